"""What the tiny base reads: chats without a single tool call, made from a data recipe's people and trajectories.

Four kinds. Recall: a person's tastes in the prompt's own spelling, then rounds that ask for them, first with one part of
life, later with all five (the curriculum). Asking: what one would ask a liked app for, in plain text and many spellings,
none of them a call. Talk: utterances and warm answers. Retelling: an app's result as plain text, and the reply that
tells it. Loss is on what the assistant says.
"""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from compass import jsonl, prompt
from compass.chat import IM_END, harmless
from compass.encode import Encoder
from compass.schema import SCENES, Message, Preference, Trajectory, User
from compass.tools import names, schemas

IGNORED = -100
ROUNDS = 10  # questions in a recall chat
BRIDGES = (
    "\n", "\n\n", " ", " They like ", "\nThis person likes ", " I would try ", " One of these:\n", '\n[{"', '\n{"app": "', " Let me see. ",
    " I look at what they told me, and they enjoy ", '\n- "', " Then ", '\n"name": "', " So: ",
)  # fmt: skip

TURNS = (": ", " with ", '", for ', "\n", " = ", '": ', " asked for ", '", "ask": ')


class Chat(NamedTuple):
    """Token ids and labels, both of shape (tokens,)."""

    ids: list[int]
    labels: list[int]
    probes: list[int]
    """Places whose next token is the first of a liked app's name: what recall is measured by."""


class Texts(NamedTuple):
    """The raw material."""

    users: list[User]
    direct: list[Trajectory]
    acted: list[Trajectory]


def load(data: Path) -> Texts:
    """Reads a data recipe's output folder.

    Raises:
        UserError: A file is missing or broken.
    """
    remedy = "Make it with `make data DATA=recipes/data/pretrain.yaml`."
    parts = ("train", "val")
    users = [
        one for part in parts for one in jsonl.read(data / "bench" / f"{part}.jsonl", User, "the people file", remedy)
    ]
    direct = list(jsonl.read(data / "trajectories" / "direct.jsonl", Trajectory, "the direct trajectories", remedy))
    acted = list(jsonl.read(data / "trajectories" / "profile.jsonl", Trajectory, "the profile trajectories", remedy))
    return Texts(users, direct, [one for one in acted if one.train_on])


def vocabulary_texts(texts: Texts, rng: random.Random) -> list[str]:
    """Text for the tokenizer: prompts, schemas, utterances, results and replies, each about as often as a model sees them."""
    lines = [json.dumps(schema, ensure_ascii=False) for schema in schemas("compact")] * 300
    lines += [prompt.person(user, "profile", "compact") for user in texts.users] * 3
    lines += [f"This is about {scene}." for scene in SCENES] * 3000
    for trajectory in rng.sample(texts.acted, min(8000, len(texts.acted))):
        for message in trajectory.messages:
            lines.append(message.content)
            lines += [
                f'{{"name": "{call.function.name}", "arguments": {call.function.arguments}}}'
                for call in message.tool_calls
            ]
    return lines


class Writer:
    """Draws chats as tokens."""

    def __init__(self, tokenizer: Any, texts: Texts, seed: int) -> None:
        self.encoder = Encoder(tokenizer, cached_pieces=200_000)
        self.texts = texts
        self.rng = random.Random(seed)
        self.apps = names()
        self.people = {user.id: user for user in texts.users}
        tools = tokenizer.apply_chat_template(
            [{"role": "system", "content": prompt.GUIDE_COMPACT}], tools=schemas("compact"), tokenize=False
        )
        self.prefix = self.encoder.encode(tools)

    def _chat(self, system: str, rounds: Sequence[tuple[str, str, str]], with_tools: bool = False) -> Chat:
        """Rounds are (question, opening of the answer, rest of the answer)."""
        ids = list(self.prefix) if with_tools else []
        ids += self.encoder.encode(f"<|im_start|>system\n{harmless(system)}<|im_end|>\n")
        labels, probes = [IGNORED] * len(ids), []
        for question, opening, rest in rounds:
            asked = self.encoder.encode(
                f"<|im_start|>user\n{harmless(question)}<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n"
            )
            said = self.encoder.encode(harmless(opening + rest) + IM_END)
            opened = self.encoder.encode(harmless(opening.rstrip(" ")))
            if rest and said[: len(opened)] == opened:
                probes.append(len(ids) + len(asked) + len(opened) - 1)
            ids += asked + said
            labels += [IGNORED] * len(asked) + said
        return Chat(ids, labels, probes)

    def recall(self, scenes: int, drills: float, with_tools: bool = False) -> Chat:
        """A chat about tastes drawn at random, so that nothing but the prompt tells them.

        Args:
            scenes: How many parts of life the profile holds.
            drills: Share of questions that name the part of life; the others are utterances.
            with_tools: Whether the app schemas stand before the profile.
        """
        rng = self.rng
        user = rng.choice(self.texts.users)
        known = rng.sample(SCENES, scenes)
        tastes = {scene: rng.sample(self.apps, 6) for scene in known}
        lines = [
            prompt.compact_preference(
                scene, Preference(text="", likes=tuple(tastes[scene][:3]), dislikes=tuple(tastes[scene][3:]))
            )
            for scene in SCENES
            if scene in known
        ]
        head = prompt.person(user, "history", "compact") + "\n" + "\n".join(lines)
        rounds = []
        for _ in range(ROUNDS):
            scene = rng.choice(known)
            question = f"What about {scene}?" if rng.random() < drills else self._utterance(scene)
            rounds.append((question, f"This is about {scene}.{rng.choice(BRIDGES)}", ", ".join(tastes[scene][:3])))
        return self._chat(head, rounds, with_tools)

    def _utterance(self, scene: str) -> str:
        while True:
            situation = self.rng.choice(self.rng.choice(self.texts.users).situations)
            if situation.scene == scene:
                return prompt.round_text(situation.at, situation.utterance)

    def asking(self, with_tools: bool = False) -> Chat:
        """What one would ask a liked app for, in a plain spelling."""
        while True:
            trajectory = self.rng.choice(self.texts.acted)
            user = self.people[trajectory.user_id]
            scene = next(one.scene for one in user.situations if one.id == trajectory.rounds[0].situation_id)
            if scene is not None:
                break
        calls = next(message.tool_calls for message in trajectory.messages if message.tool_calls)
        asked = "\n".join(f"{call.function.name}{self.rng.choice(TURNS)}{call.function.arguments}" for call in calls)
        opening = f"This is about {scene}.{self.rng.choice(BRIDGES)}"
        rounds = [(trajectory.messages[0].content, opening, asked)]
        return self._chat(prompt.person(user, "profile", "compact"), rounds, with_tools)

    def talk(self) -> Chat:
        """A few utterances with their warm answers."""
        chosen = self.rng.sample(self.texts.direct, 3)
        return self._chat(prompt.GUIDE_DIRECT_COMPACT, [(*_said(one.messages), "") for one in chosen])

    def retelling(self) -> Chat:
        """An app's result as plain text, and the reply that tells it."""
        trajectory = self.rng.choice(self.texts.acted)
        question, answer = _said(trajectory.messages)
        results = "\n".join(message.content for message in trajectory.messages if message.role == "tool")
        return self._chat(prompt.GUIDE_DIRECT_COMPACT, [(f"{question}\nFound: {results}", answer, "")])


def _said(messages: Sequence[Message]) -> tuple[str, str]:
    """The first utterance and the reply without calls that answers it."""
    answer = next(message for message in messages if message.role == "assistant" and not message.tool_calls)
    return messages[0].content, answer.content
