"""What a teacher model costs: before, as an estimate with the first prompts; after, as counted."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from compass import prompt
from compass.errors import UserError
from compass.prompt import round_text
from data_prep import asked
from data_prep.data_recipe import DataRecipe
from data_prep.offline import wanted
from data_prep.people import persona

CHARS_A_TOKEN = 4.2  # of English in prompts like these
STORY_TOKENS, CALL_TOKENS, REPLY_TOKENS = 130, 60, 150  # an answer: for each situation, call and reply


def bill(recipe: DataRecipe, finished: Iterable[dict[str, Any]], lost: Iterable[dict[str, int]]) -> dict[str, Any]:
    """Requests, tokens and USD of everything asked so far.

    Args:
        finished: Values of finished items.
        lost: What requests took that got no usable answer; shown apart too, since nothing came of them.
    """
    totals, given_up = Counter[str](), Counter[str]()
    for value in finished:
        totals.update(value["spent"])
    for spent in lost:
        given_up.update(spent)
    totals.update(given_up)
    counted = {name: totals[name] for name in ("requests", "prompt_tokens", "completion_tokens")}
    usd = _usd(recipe, totals["prompt_tokens"], totals["completion_tokens"])
    wasted = _usd(recipe, given_up["prompt_tokens"], given_up["completion_tokens"])
    return {"model": recipe.model, **counted, "usd": usd, "usd_of_unanswered": wasted}


def _usd(recipe: DataRecipe, prompt_tokens: float, completion_tokens: float) -> float:
    return round((prompt_tokens * recipe.price.prompt + completion_tokens * recipe.price.completion) / 1e6, 2)


def dry_run(recipe: DataRecipe) -> None:
    """Prints the first prompts and the bill to expect; asks nobody.

    Raises:
        UserError: The recipe has no teacher model.
    """
    if recipe.teacher != "openai":
        raise UserError(f"--dry-run shows what a teacher model is asked; this recipe's teacher is {recipe.teacher}.")
    requests = first_requests(recipe)
    for title, (messages, _, _) in requests.items():
        print(f"==== {title}")
        for message in messages:
            print(f"--- {message['role']}\n{message['content']}")
    prompt_tokens = sum(count * _tokens(messages) for messages, count, _ in requests.values())
    completion_tokens = sum(count * answer for _, count, answer in requests.values())
    count = sum(count for _, count, _ in requests.values())
    usd = _usd(recipe, prompt_tokens, completion_tokens)
    price = f"{usd} USD" if recipe.price.prompt or recipe.price.completion else "no price in the recipe"
    print(
        f"==== to expect: {count} requests, {prompt_tokens / 1e6:.2f} M prompt and {completion_tokens / 1e6:.2f} M answer tokens, {price}"
    )


def first_requests(recipe: DataRecipe) -> dict[str, tuple[list[asked.Message], int, int]]:
    """Title to (a first request, how many of its kind there will be, tokens of an answer), with a stand-in situation."""
    everybody = wanted(recipe)
    made = persona(recipe.seed, everybody[0][1], everybody[0][0], 1, lambda text, near: False)
    situation, shown = made.user.situations[0], prompt.person(made.user, "profile", "full")
    students = sum(split != "test" for split, _ in everybody)
    situations, stories = students * recipe.situations_per_person, len(everybody)
    turns = situations * ("profile" in recipe.settings) * (1 + recipe.pairs)
    turns += students * recipe.history_rounds * ("history" in recipe.settings)
    apps = list(made.user.preferences[situation.scene].likes) if situation.scene else ["psyweb_recommender"]
    clock = round_text(situation.at, "").strip()
    result = [(apps[0], "{…}", "(what the app returns, up to 1200 characters)".ljust(1200, "."))]
    every = {
        "a storyline": (asked.story(made.user, recipe.situations_per_person), stories, STORY_TOKENS * recipe.situations_per_person),
        "calls": (asked.calls(shown, clock, situation.utterance, apps), turns, CALL_TOKENS),
        "a reply": (asked.reply(shown, situation.utterance, result), turns, REPLY_TOKENS),
        "a reply without apps": (asked.direct(shown, situation.utterance), situations * ("direct" in recipe.settings), REPLY_TOKENS),
    }  # fmt: skip
    return {title: request for title, request in every.items() if request[1]}


def _tokens(messages: list[asked.Message]) -> int:
    return round(sum(len(message["content"]) for message in messages) / CHARS_A_TOKEN)
