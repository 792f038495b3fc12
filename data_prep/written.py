"""One trajectory by a teacher model: its calls run in the world, its reply is checked, each may be repaired once."""

import json
from typing import Any

from compass import prompt
from compass.prompt import PromptStyle, guides_sha, round_text
from compass.rollout import open_world
from compass.schema import (
    Function,
    Message,
    Round,
    Setting,
    Side,
    Situation,
    Source,
    ToolCall,
    Trajectory,
    canonical_json,
)  # fmt: skip
from compass.tools import ToolResult, call
from compass.tools.danger import danger_in
from compass.tools.world import World
from data_prep import asked
from data_prep.asking import Asker, Spent
from data_prep.checks import HELP, Problem, problems
from data_prep.data_recipe import DataRecipe
from data_prep.history import Wish, explored
from data_prep.people import Persona
from data_prep.teacher import Teacher

LOWEST_SCORE = 6
WORDS = ("grounded", "invented", "length", "language", "safety")  # what another reply may mend


class Failed(Exception):
    """A trajectory that cannot be finished, since its calls could not be repaired."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.text)
        self.problem = problem


class Writer:
    """Writes for one person and counts what it takes in `spent`."""

    def __init__(self, asker: Asker, recipe: DataRecipe, persona: Persona, spent: Spent) -> None:
        self.asker, self.recipe, self.persona, self.user = asker, recipe, persona, persona.user
        self.style: PromptStyle = recipe.prompt_style
        self.spent, self.score = spent, 10

    def situation(self, id: str) -> Situation:
        return next(each for each in self.user.situations if each.id == id)

    def apps(self, situation: Situation, side: str) -> list[str]:
        """The apps to choose from; the help app alone if somebody may be in danger."""
        if danger_in(situation.utterance) or situation.scene is None:
            return [HELP]
        preference = self.user.preferences[situation.scene]
        return list(preference.likes if side == "preferred" else preference.dislikes)

    async def turn(
        self, setting: Setting, situation: Situation, world: World, apps: list[str], first_call: int = 0
    ) -> tuple[Message, ...]:
        """Calls, results and the reply to them."""
        person = prompt.person(self.user, setting, "full")
        calls, results = await self._calls(person, situation, world, apps, first_call)
        told = [(each.function.name, each.function.arguments, result.content) for each, result in zip(calls, results)]
        answered = [
            Message(role="tool", content=each.content, tool_call_id=made.id) for made, each in zip(calls, results)
        ]
        request = asked.reply(person, situation.utterance, told)
        before = [opening_of(situation), Message(role="assistant", tool_calls=calls), *answered]
        reply = await self.reply(request, before, setting, situation)
        return Message(role="assistant", tool_calls=calls), *answered, Message(role="assistant", content=reply)

    async def _calls(
        self, person: str, situation: Situation, world: World, apps: list[str], first_call: int
    ) -> tuple[tuple[ToolCall, ...], list[ToolResult]]:
        request = asked.calls(person, round_text(situation.at, "").strip(), situation.utterance, apps)
        schema = asked.calls_schema(apps)
        for attempt in range(2):
            answer = await self.asker.ask(request, asked.Calls, schema, self.spent)
            trial = world.copy()
            calls = tuple(_call(first_call + number, each) for number, each in enumerate(answer.calls))
            results = [call(trial, each.function.name, each.function.arguments) for each in calls]
            problem = _call_problem(answer, apps, results)
            if problem is None:
                world.image = trial.image
                return calls, results
            if attempt == 0:
                request = asked.repair("calls", request, answer, problem.text)
        raise Failed(problem)

    async def reply(
        self, request: list[dict[str, Any]], before: list[Message], setting: Setting, situation: Situation
    ) -> str:
        """A reply; if our checks or the teacher itself find fault with it, another."""
        for attempt in range(2):
            answer = await self.asker.ask(request, asked.Reply, asked.Reply.model_json_schema(), self.spent)
            found = self._faults(before, answer.reply.strip(), setting, situation)
            if answer.score < LOWEST_SCORE:
                found += f"{'; ' if found else ''}score: you gave it {answer.score} of 10"
            if not found or attempt:
                break
            request = asked.repair("reply", request, answer, found)
        self.score = min(self.score, answer.score)
        return answer.reply.strip()

    def _faults(self, before: list[Message], reply: str, setting: Setting, situation: Situation) -> str:
        rounds, messages = [_round(situation)], [*before, Message(role="assistant", content=reply)]
        trial = self.trajectory("trial", setting, rounds, messages, ())
        found = [each for each in problems(trial, self.user, self.style) if each.reason in WORDS]
        return "; ".join(f"{each.reason}: {each.text[:200]}" for each in found)

    def trajectory(
        self, id: str, setting: Setting, rounds: list[Round], messages: list[Message], train_on: tuple[int, ...]
    ) -> Trajectory:
        """A record of the native form."""
        return Trajectory(
            id=id, user_id=self.user.id, setting=setting, rounds=tuple(rounds), messages=tuple(messages), train_on=train_on,
            source=self.source(),
        )  # fmt: skip

    def source(self) -> Source:
        """Where this person's trajectories come from."""
        return Source(teacher=self.recipe.model or "", seed=self.recipe.seed, prompt_sha=guides_sha())

    def record(self, made: Trajectory) -> dict[str, Any]:
        """The item as the journal keeps it: kept, or refused with the reasons."""
        found = problems(made, self.user, self.style)
        if self.score < LOWEST_SCORE:
            found.append(Problem(reason="score", text=f"the teacher gives it {self.score} of 10"))
        checked = made.model_copy(update={"checks": {"passed": not found, "score": self.score}})
        return self.item(made.id, [] if found else [checked.model_dump(mode="json")], found)

    def item(self, id: str, kept: list[dict[str, Any]], found: list[Problem]) -> dict[str, Any]:
        """What the journal keeps of a trajectory."""
        refused = [{"stage": "trajectory", "id": id, **each.model_dump()} for each in found]
        return {"kept": kept, "rejected": refused, "spent": self.spent.model_dump()}


async def write(asker: Asker, recipe: DataRecipe, persona: Persona, id: str, spent: Spent) -> dict[str, Any]:
    """Writes the trajectory of that id; what it takes is added to `spent`, also if it comes to nothing.

    Raises:
        Unanswered: The teacher gave no usable answer.
    """
    writer = Writer(asker, recipe, persona, spent)
    try:
        return writer.record(await _written(writer, recipe, persona, id))
    except Failed as failed:
        return writer.item(id, [], [failed.problem])


async def _written(writer: Writer, recipe: DataRecipe, persona: Persona, id: str) -> Trajectory:
    if id.endswith("-history"):
        return await _history(writer, recipe, persona)
    situation = writer.situation(id.split("-profile")[0].removesuffix("-direct"))
    opening = opening_of(situation)
    if id.endswith("-direct"):
        request = asked.direct(prompt.person(persona.user, "direct", "full"), situation.utterance)
        reply = await writer.reply(request, [opening], "direct", situation)
        messages = [opening, Message(role="assistant", content=reply)]
        return writer.trajectory(id, "direct", [_round(situation)], messages, (0,))
    side: Side = "dispreferred" if id.endswith("-dispreferred") else "preferred"
    world = open_world(persona.user, situation.id, situation.at, recipe.richer_model)
    turn = await writer.turn("profile", situation, world, writer.apps(situation, side))
    trained = (0, 1) if side == "preferred" else ()
    return writer.trajectory(id, "profile", [_round(situation, side)], [opening, *turn], trained)


async def _history(writer: Writer, recipe: DataRecipe, persona: Persona) -> Trajectory:
    steps = explored(Teacher(recipe.seed, recipe.prompt_style, recipe.richer_model), persona, recipe.history_rounds)
    try:
        wish: Wish = next(steps)
        while True:
            situation = writer.situation(wish.plot.situation_id)
            wish = steps.send(await writer.turn("history", situation, wish.world, [wish.app], wish.first_call))
    except StopIteration as end:
        made: Trajectory = end.value
        return made.model_copy(update={"source": writer.source()})


def _round(situation: Situation, side: Side = "preferred") -> Round:
    return Round(situation_id=situation.id, at=situation.at, side=side)


def _call_problem(answer: asked.Calls, apps: list[str], results: list[ToolResult]) -> Problem | None:
    """What is wrong with the first bad call: an app that was not offered, or a call that could not be carried out."""
    strange = next((each.name for each in answer.calls if each.name not in apps), None)
    if strange is not None:
        return Problem(reason="side", text=f"{strange} was not offered; the apps to choose from are {', '.join(apps)}")
    failed = next((result for result in results if not result.ok), None)
    if failed is None:
        return None
    return Problem(reason="execution" if failed.schema_ok else "schema", text=failed.content)


def opening_of(situation: Situation) -> Message:
    """The user message of a situation on its own."""
    return Message(role="user", content=round_text(situation.at, situation.utterance))


def _call(number: int, answer: asked.Call) -> ToolCall:
    arguments = canonical_json(json.loads(json.dumps(answer.arguments)))
    return ToolCall(id=f"call_{number}", function=Function(name=answer.name, arguments=arguments))
