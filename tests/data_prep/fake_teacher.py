"""A teacher model to test with: a server on loopback that answers by rule, and the commands that ask it."""

import io
import json
import random
import sys
import threading
from contextlib import redirect_stderr, redirect_stdout
from types import SimpleNamespace
from unittest import mock

from compass.errors import run
from data_prep.make import main
from data_prep.people import persona
from data_prep.replies import about
from tests.fake_server import chat_body

ARGUMENTS = {
    "film_recommendation": {"keyword": ["calm"]},
    "joke_recommendation": {"description": "work"},
    "medical_appointment": {"operation": "book", "desired_date": "tomorrow morning"},
    "music_recommendation": {"keywords": ["calm"]},
    "online_shopping": {"item_type": "blanket", "item_name": "wool blanket", "item_features": []},
    "plan_assistant": {"plan": "sleep better"},
    "psyweb_recommender": {"situation": "stress at work", "problem_type": "Stress", "user_group": "Adult"},
    "role_play": {"name": "an old friend", "user_input": "How are you?"},
    "schedule_manager": {"operation": "add", "time": "tomorrow 20:00", "location": "home", "event": "A walk", "duration": "1 hour"},
    "sticker_respond": {"tag": "hug"},
    "story_recommender": {"user_prompt": "loss"},
    "strength_card": {"situation": "stress"},
}  # fmt: skip
WRONG = ['{"situations": 3}', "", '{"calls": [', "Sure! Here you go.", '{"reply": "ok", "score": 99}', "null"]
RECIPE = """
teacher: openai
model: fake
endpoint: {{base_urls: ["{url}"], dialect: openai, concurrency: 16, attempts: 12, longest_wait_s: 0.05, timeout_s: {timeout}}}
price: {{prompt: 1000.0, completion: 2000.0}}
seed: 5
prompt_style: full
people: {{train: {train}, val: 1, test: 1}}
situations_per_person: {situations}
settings: [profile, history, direct]
history_rounds: 3
"""


def make_here(*arguments: object) -> SimpleNamespace:
    """The same command inside this process, where everything is imported already."""
    said, told = io.StringIO(), io.StringIO()
    with mock.patch.object(sys, "argv", ["make", *map(str, arguments)]), redirect_stderr(said), redirect_stdout(told):
        try:
            run(main)
        except SystemExit as ended:
            return SimpleNamespace(returncode=ended.code, stderr=said.getvalue(), stdout=told.getvalue())
    raise AssertionError("run always ends the process")


class Model:
    """Answers as a good teacher would."""

    def __init__(self, situations: int) -> None:
        self.situations, self.told, self.lock = situations, 0, threading.Lock()

    def __call__(self, body: dict) -> str:
        shape = body["response_format"]["json_schema"]
        asked = body["messages"][1]["content"]
        if shape["name"] == "story":
            return self.story()
        if shape["name"] == "calls":
            items = shape["schema"]["properties"]["calls"]["items"]["anyOf"]
            name = items[0]["properties"]["name"]["const"]
            return json.dumps({"calls": [{"name": name, "arguments": ARGUMENTS[name]}]})
        if "no apps here" in asked:
            return json.dumps(
                {"reply": "That sounds like a lot for one day. A slow walk might do you good tonight.", "score": 8}
            )
        app = asked.split("The app ")[1].split(" was called")[0]
        result = asked.split("and returned:\n")[1].split("\n\nWrite the reply")[0]
        return json.dumps(
            {"reply": f"That sounds like a lot today. {about(random.Random(1), app, result, 'compact')}", "score": 8}
        )

    def story(self) -> str:
        with self.lock:
            self.told += 1
            number = self.told
        made = persona(99, f"told{number}", "test", self.situations, lambda text, near: False).user.situations
        situations = [
            {"scene": each.scene, "emotion": each.emotion, "text": each.text, "utterance": each.utterance}
            for each in made
        ]
        return json.dumps({"situations": situations})


def recipe_file(folder, url: str, train: int, situations: int, timeout: float = 30.0):
    path = folder / "teacher.yaml"
    path.write_text(RECIPE.format(url=url, train=train, situations=situations, timeout=timeout))
    return path


def faults(count: int, share: float):
    """That share of bad answers, of every kind, in an order by seed."""
    chance = random.Random(4)
    bad = [429, 500, "hang", "cut", (429, {"retry-after": "0"}, "slow down"), *(chat_body(text) for text in WRONG)]
    bad.append(chat_body('{"situations": [', "length"))
    return [chance.choice(bad) if chance.random() < share else "ok" for _ in range(count)]
