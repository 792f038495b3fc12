"""Scene labels by a judge for a bench that has none, kept as a label file like those that people write."""

import csv
import hashlib
from collections.abc import Sequence
from pathlib import Path

from compass import jsonl, prompt
from compass.bench import LABEL_COLUMNS
from compass.schema import User
from eval.judge import Judge
from eval.judge_rubric import scene_question


async def label_scenes(judge: Judge, users: Sequence[User]) -> Path:
    """Asks for the scene of each situation that has none; returns a CSV `user,index,scene,second` in the judge's cache.

    A situation whose answer cannot be read stays without a scene.

    Raises:
        UserError: As `Judge.answers`.
    """
    questions = {
        (user.id, index): scene_question(prompt.person(user, "history", "full"), situation.text, situation.utterance)
        for user in users
        for index, situation in enumerate(user.situations)
        if situation.scene is None
    }
    answers = await judge.answers(questions, "scenes")
    rows = [
        (user, index, answer["scene"], answer["second"] if answer["second"] not in ("none", answer["scene"]) else "")
        for (user, index), answer in answers.items()
        if answer
    ]
    asked = hashlib.sha256("".join(question.key for question in questions.values()).encode()).hexdigest()[:16]
    path = judge.settings.cache / f"scenes-{asked}-{judge.signature}.csv"
    with jsonl.writing(path) as file:
        csv.writer(file, lineterminator="\n").writerows([LABEL_COLUMNS, *rows])
    return path


def lacks_scenes(users: Sequence[User]) -> bool:
    """Whether a situation has no scene."""
    return any(situation.scene is None for user in users for situation in user.situations)
