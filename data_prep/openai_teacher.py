"""A teacher model: it writes storylines, fills calls that run for real, and words the replies; our checks judge all of it.

Items (a person's story, one trajectory) are in the journal as soon as they are done. What the model gave no usable answer
to is not: it stands in the ledger as `unanswered` and is asked again by the next run.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from compass.endpoint import Sampling
from compass.errors import UserError
from compass.journal import Journal
from compass.llm import Client
from compass.schema import Situation, User
from compass.tools import names
from compass.tools.danger import danger_in
from data_prep import asked
from data_prep.asking import Asker, Losses, Spent, Unanswered
from data_prep.chance import generator
from data_prep.data_recipe import DataRecipe
from data_prep.leaks import NEAR, Said, bare, likeness
from data_prep.offline import wanted
from data_prep.people import Persona, scaffold
from data_prep.progress import bar
from data_prep.situations import START, Plot, clock
from data_prep.written import write

TOKENS_A_SITUATION = 400  # of an answer, at most
Make = Callable[[Asker, str, Spent], Awaitable[dict[str, Any]]]


def make_people(recipe: DataRecipe, said: Said, journal: Journal) -> None:
    """Puts everybody into the journal who has a storyline; nobody says what was `said` already."""
    splits = {user_id: split for split, user_id in wanted(recipe)}
    for value in journal.done.values():
        said.add_user(User.model_validate(value["user"]))

    async def make(asker: Asker, user_id: str, spent: Spent) -> dict[str, Any]:
        empty = scaffold(recipe.seed, user_id, splits[user_id])
        situations = await _story(asker, recipe, empty.user, said, spent)
        made = empty.model_copy(update={"user": empty.user.model_copy(update={"situations": situations})})
        said.add_user(made.user)
        return made.model_dump(mode="json") | {"spent": spent.model_dump()}

    missing = asyncio.run(_all(recipe, list(splits), make, journal, "people"))
    if missing:
        reason = next(iter(missing.values()))
        raise UserError(
            f"{len(missing)} of {len(splits)} people got no storyline, such as {next(iter(missing))}: {reason}. "
            "Everything finished is kept; run the same command again."
        )


async def _story(asker: Asker, recipe: DataRecipe, user: User, said: Said, spent: Spent) -> tuple[Situation, ...]:
    count = recipe.situations_per_person
    request = asked.story(user, count)
    longest = TOKENS_A_SITUATION * (count + 1)
    for _ in range(2):
        try:
            story = await asker.ask(request, asked.Story, asked.Story.model_json_schema(), spent, longest, keep=False)
        except Unanswered as error:
            raise Unanswered(str(error), spent) from None  # a first answer that could not be used was paid too
        reason = _story_problem(story, count, said)
        if not reason:
            return tuple(_situations(recipe, user.id, story))
        request = asked.repair("story", request, story, reason)
    raise Unanswered(reason, spent)


def _story_problem(story: asked.Story, count: int, said: Said) -> str:
    if len(story.situations) != count:
        return f"{len(story.situations)} situations instead of {count}"
    own: list[str] = []
    for told in story.situations:
        if any(name in told.utterance for name in names()):
            return f"an utterance names an app: {told.utterance}"
        if match := said.match(told.utterance):
            return f"somebody said this already: {match.text}"
        plain = bare(told.utterance)
        if any(likeness(plain, other) >= NEAR for other in own):
            return f"two utterances say nearly the same: {told.utterance}"
        own.append(plain)
    return ""


def _situations(recipe: DataRecipe, user_id: str, story: asked.Story) -> Iterator[Situation]:
    rng = generator(recipe.seed, user_id, "clock")
    moment, gap = START + timedelta(days=rng.randint(0, 60)), rng.uniform(365, 700) / max(len(story.situations), 12)
    for index, told in enumerate(story.situations):
        moment += timedelta(days=rng.uniform(0.4, 1.6) * gap)
        scene = None if danger_in(told.utterance) else told.scene  # taste is set aside then
        yield Situation(
            id=f"{user_id}-{index:02d}", at=clock(rng, moment, told.scene), scene=scene, emotion=told.emotion,
            text=told.text, utterance=" ".join(told.utterance.split()),
        )  # fmt: skip


def teach(recipe: DataRecipe, people: Mapping[str, Any], students: list[str], answers: Journal) -> "Taught":
    """Writes what is not in the journal of answers yet, one trajectory an item."""
    items = {
        id: user_id for user_id in students for id in items_of(recipe, User.model_validate(people[user_id]["user"]))
    }

    async def make(asker: Asker, id: str, spent: Spent) -> dict[str, Any]:
        value = people[items[id]]
        user = User.model_validate(value["user"])
        persona = Persona(user=user, paper=value["paper"], plots=tuple(map(plot_of, user.situations)))
        return await write(asker, recipe, persona, id, spent)

    missing = asyncio.run(_all(recipe, list(items), make, answers, "trajectories"))
    return Taught(recipe, people, answers, missing)


def plot_of(situation: Situation) -> Plot:
    """A situation as a plot of no family."""
    return Plot(
        situation_id=situation.id, at=situation.at, scene=situation.scene, emotion=situation.emotion, family="", slots={}
    )  # fmt: skip


def items_of(recipe: DataRecipe, user: User) -> Iterator[str]:
    """Ids of the trajectories to write for a person."""
    for situation in user.situations:
        if "profile" in recipe.settings:
            yield f"{situation.id}-profile"
            if recipe.pairs and situation.scene:
                yield f"{situation.id}-profile-dispreferred"
        if "direct" in recipe.settings:
            yield f"{situation.id}-direct"
    if (
        "history" in recipe.settings
        and sum(each.scene is not None for each in user.situations) >= recipe.history_rounds
    ):
        yield f"{user.id}-history"


class Taught(Mapping[str, Any]):
    """{"kept", "rejected"} by user id, read from the journal of answers when asked for."""

    def __init__(
        self, recipe: DataRecipe, people: Mapping[str, Any], answers: Journal, missing: dict[str, str]
    ) -> None:
        self.recipe, self.people, self.answers, self.missing = recipe, people, answers.done, missing

    def __getitem__(self, user_id: str) -> dict[str, Any]:
        kept, rejected = [], []
        for id in items_of(self.recipe, User.model_validate(self.people[user_id]["user"])):
            if id in self.answers:
                kept += self.answers[id]["kept"]
                rejected += self.answers[id]["rejected"]
            else:
                rejected.append({"stage": "teacher", "id": id, "reason": "unanswered", "text": self.missing[id]})
        return {"kept": kept, "rejected": rejected}

    def __iter__(self) -> Iterator[str]:
        return iter(self.people)

    def __len__(self) -> int:
        return len(self.people)


async def _all(recipe: DataRecipe, ids: list[str], make: Make, journal: Journal, what: str) -> dict[str, str]:
    """Makes and journals every item that is missing; gives the reasons of those that stayed so.

    So many items are under way that the requests' throttle, not their number, sets the pace.
    """
    assert recipe.endpoint is not None and recipe.model is not None
    most = recipe.endpoint.concurrency
    missing: dict[str, str] = {}
    losses = Losses(journal.path.parent)
    rest = iter(ids)
    once = Client(recipe.endpoint.model_copy(update={"attempts": 1}), recipe.model)
    with Journal(journal.path.with_name("answers.jsonl"), "answers by what was asked") as answers:
        async with once as client:
            sampling = Sampling(temperature=recipe.temperature, seed=recipe.seed)
            asker = Asker(client, most, sampling, recipe.endpoint.attempts, recipe.endpoint.longest_wait_s, answers)
            with bar(len(ids), what) as advance:

                async def work() -> None:
                    for id in rest:
                        if id not in journal.done:
                            spent = Spent()
                            try:
                                journal.add(id, await make(asker, id, spent))
                            except Unanswered as error:
                                missing[id] = str(error)
                                losses.add(id, str(error), error.spent)
                        advance()

                try:
                    async with asyncio.TaskGroup() as group:
                        for _ in range(min(2 * most, len(ids))):
                            group.create_task(work())
                except* UserError as errors:
                    raise errors.exceptions[0] from None
    if asker.faults:
        met = ", ".join(f"{count} {kind}" for kind, count in sorted(asker.faults.items()))
        print(f"{what}: asked again after {met}; {len(missing)} items stay unanswered", file=sys.stderr)
    return missing
