"""What the page of plots shows, counted in one pass over the files."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from compass.schema import SftExample, Situation, Trajectory, User
from data_prep.convert import round_of_turns

EXAMPLES = 5  # of refused records, for each stage and reason
SHOWN_LETTERS = 300


@dataclass
class Figures:
    """Counts; lengths as length to count."""

    emotions: Counter[str] = field(default_factory=Counter)
    utterance_words: Counter[int] = field(default_factory=Counter)
    reply_words: Counter[int] = field(default_factory=Counter)
    calls: Counter[int] = field(default_factory=Counter)
    apps: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(part of life, or "danger"; app) of learned calls."""
    prompt_tokens: Counter[int] = field(default_factory=Counter)
    completion_tokens: Counter[int] = field(default_factory=Counter)
    rejects: Counter[str] = field(default_factory=Counter)
    """"stage: reason" of refused records."""
    reject_examples: list[tuple[str, str, str]] = field(default_factory=list)

    def people(self, users: Iterable[User]) -> dict[str, Situation]:
        """Counts what people say; returns the situations by id."""
        situations = {situation.id: situation for user in users for situation in user.situations}
        for situation in situations.values():
            self.emotions[situation.emotion] += 1
            self.utterance_words[len(situation.utterance.split())] += 1
        return situations

    def conversation(self, trajectory: Trajectory, situations: dict[str, Situation]) -> None:
        """Counts a trajectory."""
        self.calls[sum(len(message.tool_calls) for message in trajectory.messages)] += 1
        rounds, turn = round_of_turns(trajectory), -1
        for message in trajectory.messages:
            turn += message.role == "assistant"
            if message.role != "assistant" or turn not in trajectory.train_on:
                continue
            scene = situations[trajectory.rounds[rounds[turn]].situation_id].scene or "danger"
            self.apps.update((scene, call.function.name) for call in message.tool_calls)
            if not message.tool_calls:
                self.reply_words[len(message.content.split())] += 1

    def example(self, example: SftExample, length: Callable[[str], int]) -> None:
        """Measures an example in tokens."""
        self.prompt_tokens[length(example.prompt)] += 1
        self.completion_tokens[length(example.completion)] += 1

    def refused(self, entry: dict[str, Any]) -> None:
        """Counts a line of the ledger."""
        reason = f"{entry.get('stage')}: {entry.get('reason')}"
        self.rejects[reason] += 1
        if self.rejects[reason] <= EXAMPLES:
            self.reject_examples.append((reason, str(entry.get("id")), str(entry.get("text"))[:SHOWN_LETTERS]))
