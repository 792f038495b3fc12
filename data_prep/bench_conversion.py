"""Conversion to tokens, timed against `datasets.map` on the same records.

The usual way maps `apply_chat_template(tokenize=True)` over the records. Both make a `datasets.Dataset` on disk with
the ids of prompt and completion of every supervised turn.
"""

import tempfile
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

from compass import chat, prompt
from compass.encode import Encoder
from compass.schema import Trajectory, User
from data_prep import convert, offline
from data_prep.data_recipe import DataRecipe
from data_prep.leaks import Said
from data_prep.rendering import Renderer
from data_prep.teacher import Teacher

CACHED_PIECES = 4_096
COLUMNS = ("prompt_ids", "completion_ids")


class Conversion(NamedTuple):
    """CPU seconds of both ways, each on one core, over the same examples."""

    examples: int
    tokens: int
    ours: float
    baseline: float
    equal: bool


def records(people: int) -> list[tuple[User, Trajectory]]:
    """Trajectories of full style, all settings, fifteen rounds of history."""
    recipe = DataRecipe(people={"train": people, "val": 0, "test": 0})
    teacher, said, made = Teacher(recipe.seed, recipe.prompt_style), Said(), []
    for split, user_id in offline.wanted(recipe):
        persona = offline.person(recipe, user_id, split, said)
        said.add_user(persona.user)
        made += [(persona.user, trajectory) for trajectory in offline.trajectories(recipe, teacher, persona)]
    said.close()
    return made


def measure(tokenizer: Any, people: int) -> Conversion:
    """Times both ways, ours first, each from nothing."""
    from datasets import disable_progress_bars

    disable_progress_bars()
    made = records(people)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        begin = time.process_time()
        ours = _ours(tokenizer, made, f"{folder}/ours")
        between = time.process_time()
        requests = _requests(made, f"{folder}/requests")
        ready = time.process_time()
        theirs = _baseline(tokenizer, requests)
        end = time.process_time()
        equal = len(ours) == len(theirs) and all(mine == other for mine, other in zip(ours, theirs, strict=True))
        tokens = sum(len(row[name]) for row in ours for name in COLUMNS)
        return Conversion(len(ours), tokens, between - begin, end - ready, equal)


def _ours(tokenizer: Any, made: list[tuple[User, Trajectory]], cache: str) -> Any:
    from datasets import Dataset, Features, List, Value

    def rows() -> Iterator[dict[str, list[int]]]:
        renderer, encoder = Renderer(tokenizer, False), Encoder(tokenizer, CACHED_PIECES)
        for user, trajectory in made:
            for turn in convert.turns(trajectory, user, renderer, "full", trajectory.train_on):
                yield {
                    "prompt_ids": encoder.encode(turn.prompt), "completion_ids": encoder.encode(turn.completion),
                }  # fmt: skip

    features = Features(dict.fromkeys(COLUMNS, List(Value("int32"))))
    return Dataset.from_generator(rows, features=features, cache_dir=cache, fingerprint="ours")


def _requests(made: list[tuple[User, Trajectory]], cache: str) -> Any:
    """What the baseline starts from: the messages and schemas of each supervised turn; not timed."""
    from datasets import Dataset, Features, Json, List, Value

    def rows() -> Iterator[dict[str, Any]]:
        for user, trajectory in made:
            system, tools = prompt.system(user, trajectory.setting, "full"), prompt.tools(trajectory.setting, "full")
            places = [index for index, message in enumerate(trajectory.messages) if message.role == "assistant"]
            for turn in trajectory.train_on:
                before, message = trajectory.messages[: places[turn]], trajectory.messages[places[turn]]
                yield {
                    "messages": chat.request_messages(system, before), "tools": tools or [],
                    "completion": chat.completion_text(message),
                }  # fmt: skip

    features = Features({"messages": List(Json()), "tools": List(Json()), "completion": Value("string")})
    return Dataset.from_generator(rows, features=features, cache_dir=cache, fingerprint="requests")


def _baseline(tokenizer: Any, requests: Any) -> Any:
    def tokenized(row: dict[str, Any]) -> dict[str, list[int]]:
        ids = tokenizer.apply_chat_template(
            row["messages"], tools=row["tools"] or None, add_generation_prompt=True, enable_thinking=False, tokenize=True,
            return_dict=False,
        )  # fmt: skip
        return {
            "prompt_ids": ids, "completion_ids": tokenizer(row["completion"], add_special_tokens=False)["input_ids"],
        }  # fmt: skip

    return requests.map(tokenized, remove_columns=requests.column_names, new_fingerprint="baseline")
