"""What figures need of a run's episodes, gathered in one pass: numbers for each unit, no texts."""

from array import array
from collections import Counter
from collections.abc import Iterable

import numpy as np

from compass.rollout import Exchange, reply_text
from eval.episode import Episode, Round
from eval.intervals import Sample
from eval.metrics import METRICS, Distinct, distinct_per_reply

Key = tuple[str, str, int]
"""(person, situation, number of the round): what trials of one unit share."""


def columns() -> list[tuple[str, str]]:
    """(metric, `all` or `given`) of each column of a unit matrix; the chance and the per-reply distincts come last."""
    pairs = [(name, "all") for name in METRICS] + [(name, "given") for name, m in METRICS.items() if m.given]
    return [*pairs, ("liked_by_chance", "all"), ("distinct_1", "all"), ("distinct_2", "all")]


def _number(value: bool | float | None) -> float:
    return float("nan") if value is None else float(value)


def _row(each: Round, reply: str) -> list[float]:
    """What a unit scored in each of `columns`, nan where it does not count."""
    scores = each.scores
    row = [_number(metric.hit(scores)) for metric in METRICS.values()]
    row += [_number(m.hit(scores)) if m.given(scores) else float("nan") for m in METRICS.values() if m.given]
    return [*row, _number(each.liked_by_chance), *(_number(distinct_per_reply(reply, n)) for n in (1, 2))]


class Units:
    """The scored rounds of one arm: all of them, or in the history setting those with or without what came before."""

    def __init__(self) -> None:
        self.keys: list[Key] = []
        self.distinct = {n: Distinct(n) for n in (1, 2)}
        self._values = array("d")

    def add(self, key: Key, each: Round) -> None:
        """Takes a unit in."""
        reply = reply_text(each.exchanges)
        self.keys.append(key)
        self._values.extend(_row(each, reply))
        for distinct in self.distinct.values():
            distinct.add(reply)

    @property
    def matrix(self) -> np.ndarray:
        """Shape (units, columns)."""
        return np.frombuffer(self._values, dtype=float).reshape(len(self.keys), len(columns()))


class Digest:
    """Goes through the episodes of a run once.

    Attributes:
        people: Each person once, in the order of the bench.
        together: The units that count; `alone`: in the history setting, the same rounds without their history.
        calls_by_scene: Scene (or `unknown`) to app to how often it was the first call of a unit; `liked_calls`: how often of
            those the person likes it there; `liked_by_scene`: in how many units of the scene the person likes it.
        counts: Episodes, requests, calls, and how requests (`finish:…`) and calls (`error:…`) ended, scored or not.
        tokens: Prompt, cached and completion tokens, and seconds of requests and apps.
    """

    def __init__(self, episodes: Iterable[Episode]) -> None:
        self.people: dict[str, str] = {}
        self.together, self.alone = Units(), Units()
        self.calls_by_scene: dict[str, Counter[str]] = {}
        self.liked_calls: dict[str, Counter[str]] = {}
        self.liked_by_scene: dict[str, Counter[str]] = {}
        self.counts: Counter[str] = Counter()
        self._ends: Counter[str] = Counter()
        self.tokens: Counter[str] = Counter()
        for episode in episodes:
            person = self.people.setdefault(episode.user_id, episode.user_id)
            self.counts["episodes"] += 1
            for each in episode.rounds:
                self._count(each.exchanges)
                if each.scored:
                    self._add(person, each)

    def _add(self, person: str, each: Round) -> None:
        units = self.alone if each.with_history is False else self.together
        units.add((person, each.situation_id, each.number), each)
        if each.with_history is not False:
            self._confusion(each)

    def _confusion(self, each: Round) -> None:
        scene = each.scene or "unknown"
        self.liked_by_scene.setdefault(scene, Counter()).update(each.liked)
        if each.exchanges[0].calls:
            app = each.exchanges[0].calls[0].name[:64]
            self.calls_by_scene.setdefault(scene, Counter())[app] += 1
            self.liked_calls.setdefault(scene, Counter())[app] += app in each.liked

    def _count(self, exchanges: Iterable[Exchange]) -> None:
        for exchange in exchanges:
            self.counts["requests"] += 1
            self.counts["calls"] += len(exchange.calls)
            self.counts["calls_not_run"] += exchange.not_run
            self.counts["replies_that_did_not_parse"] += exchange.parse_error is not None
            self._ends[f"finish:{exchange.finish_reason}"] += 1
            self._ends.update(f"error:{call.error}" for call in exchange.calls if call.error)
            for name in ("prompt_tokens", "cached_tokens", "completion_tokens", "seconds", "tool_seconds"):
                self.tokens[name] += getattr(exchange, name)

    def sample(self, with_history: bool = True) -> Sample:
        """The units grouped by person, ready for intervals and paired differences."""
        units = self.together if with_history else self.alone
        return Sample([person for person, *_ in units.keys], units.matrix, list(self.people))

    def all_counts(self) -> dict[str, int]:
        """`counts` as the summary holds them."""
        names = ("episodes", "requests", "calls", "calls_not_run", "replies_that_did_not_parse")
        plain = {name: self.counts[name] for name in names} | {"completion_tokens": self.tokens["completion_tokens"]}
        return plain | dict(sorted(self._ends.items()))


def in_order(table: dict[str, Counter[str]]) -> dict[str, dict[str, int]]:
    """A table of counters with its keys sorted, zeros left out."""
    return {scene: {app: n for app, n in sorted(counts.items()) if n} for scene, counts in sorted(table.items())}
