"""`report.json`: what was made, how long it is, how varied, and what was refused for which reason.

Counts grow as records pass by; texts are kept for the diversity figures only, and of those the first `SAMPLE`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from compass.encode import Encoder
from compass.schema import SftExample, Trajectory, User
from data_prep.leaks import NEAR, Said, bare

PERCENTILES = (50, 90, 99, 100)
SAMPLE = 5_000
FREQUENT = 10


class Lengths:
    """Token counts as a histogram, exact and small."""

    def __init__(self) -> None:
        self.counts: Counter[int] = Counter()

    def percentiles(self) -> dict[str, int]:
        """Percentiles; p100 is the longest."""
        lengths = sorted(self.counts)
        if not lengths:
            return {}
        reached = np.cumsum([self.counts[length] for length in lengths])
        places = np.searchsorted(reached, [reached[-1] * each / 100 for each in PERCENTILES])
        return {f"p{each}": lengths[place] for each, place in zip(PERCENTILES, places)}


class Report:
    """Takes every record in and gives the summary."""

    def __init__(self, encoder: Encoder | None) -> None:
        self.encoder = encoder
        self.people: Counter[str] = Counter()
        self.counts: dict[str, Counter[str]] = {}
        self.utterances: list[str] = []
        self.replies: list[str] = []
        self.reasons: Counter[str] = Counter()
        self.lengths: dict[str, Lengths] = {}
        self.pairs = 0

    def person(self, user: User) -> None:
        """Counts a person and what they say."""
        self.people[user.split] += 1
        for situation in user.situations:
            self._count(f"situations_{user.split}", str(situation.scene))
            self._count("emotions", situation.emotion)
            if len(self.utterances) < SAMPLE:
                self.utterances.append(situation.utterance)

    def trajectory(self, trajectory: Trajectory) -> None:
        """Counts a kept trajectory, the apps it teaches and its replies."""
        self._count("settings", trajectory.setting)
        for message in trajectory.messages:
            if message.role != "assistant" or not trajectory.train_on:
                continue
            for call in message.tool_calls:
                self._count("apps", call.function.name)
            if not message.tool_calls and len(self.replies) < SAMPLE:
                self.replies.append(message.content)

    def refused(self, reason: str) -> None:
        """Counts a problem of a refused record."""
        self.reasons[reason] += 1

    def example(self, split: str, example: SftExample) -> None:
        """Counts an example and measures it in tokens."""
        self._count(f"examples_{split}", f"{example.setting} {example.kind}")
        assert self.encoder is not None
        for part in ("prompt", "completion"):
            lengths = self.lengths.setdefault(f"{part}_tokens", Lengths())
            lengths.counts[len(self.encoder.encode(getattr(example, part)))] += 1

    def pair(self) -> None:
        """Counts a preference pair."""
        self.pairs += 1

    def _count(self, group: str, value: str) -> None:
        self.counts.setdefault(group, Counter())[value] += 1

    def _sorted(self, group: str) -> dict[str, int]:
        return dict(sorted(self.counts.get(group, Counter()).items()))

    def summary(self) -> dict[str, Any]:
        """The figures by part."""
        settings = self._sorted("settings")
        summary: dict[str, Any] = {
            "people": {"count": sum(self.people.values()), **dict(sorted(self.people.items()))},
            "situations": {split: self._sorted(f"situations_{split}") for split in self.people},
            "emotions": self._sorted("emotions"),
            "trajectories": {"count": sum(settings.values()), **settings, "apps": self._sorted("apps")},
            "rejected": dict(sorted(self.reasons.items())),
            "diversity": {"utterances": diversity(self.utterances), "replies": diversity(self.replies)},
        }
        if self.encoder is not None:
            summary["sft"] = {split: self._sorted(f"examples_{split}") for split in ("train", "val")}
            summary["sft"] |= {part: lengths.percentiles() for part, lengths in self.lengths.items()}
            summary["pairs"] = self.pairs
        return summary


def distinct(texts: Iterable[str], n: int) -> float:
    """Distinct n-grams over all tokens, corpus level, on bare words."""
    seen: set[tuple[str, ...]] = set()
    tokens = 0
    for text in texts:
        words = bare(text).split()
        tokens += len(words)
        seen |= set(zip(*(words[start:] for start in range(n))))
    return round(len(seen) / tokens, 4) if tokens else 0.0


def near_duplicates(texts: Sequence[str]) -> float:
    """Share of texts that are nearly the same as an earlier one."""
    said = Said()
    repeated = 0
    for text in texts:
        repeated += said.match(text) is not None
        said.add("", text)
    said.close()
    return round(repeated / len(texts), 4) if texts else 0.0


def frequent(texts: Sequence[str], n: int = 5) -> dict[str, float]:
    """The most frequent n-grams, each with the share of texts that hold it."""
    counts: Counter[str] = Counter()
    for text in texts:
        words = bare(text).split()
        grams = dict.fromkeys(" ".join(words[start : start + n]) for start in range(len(words) - n + 1))
        counts.update(list(grams))  # in the order of the text: equal counts must not change places from run to run
    return {gram: round(count / len(texts), 4) for gram, count in counts.most_common(FREQUENT)}


def diversity(texts: Sequence[str]) -> dict[str, Any]:
    """How varied texts are; figures depend on how many there are."""
    return {
        "texts": len(texts),
        "words_mean": round(sum(len(text.split()) for text in texts) / max(len(texts), 1), 1),
        "distinct_1": distinct(texts, 1),
        "distinct_2": distinct(texts, 2),
        f"near_duplicates_{NEAR}": near_duplicates(texts),
        "frequent_5_grams": frequent(texts),
    }
