"""Where results lie, when they may be used again, and how they are written: whole or not at all."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from compass import jsonl
from compass.errors import UserError
from compass.format import Format
from compass.schema import Setting, User
from eval.checkpoint import Model
from eval.digest import Digest, in_order
from eval.episode import Episode
from eval.judge_scores import JudgeScores
from eval.probe_summary import ProbeSummary
from eval.settings import EngineKind, Settings
from eval.summary import Arm, Bench, Summary, arm_of, history_effect, provenance
from eval.trials import trials_of

_OTHER_SEED = 1_000_003
REVISION = 3
"""Raised by hand when prompts, rounds or scores change, so that kept results of older code are not used again."""


@dataclass(frozen=True)
class Run:
    """Everything that two evaluations must share to be comparable."""

    base: str
    setting: Setting
    bench: Path
    labels: Path | None
    limit: int
    users: tuple[User, ...]
    settings: Settings
    engine: EngineKind
    format: Format
    again: bool = False

    @property
    def bench_name(self) -> str:
        """The file's name; the bench of a data recipe is called after the recipe too."""
        place = self.bench.resolve().parts
        return f"{place[-3]}-{self.bench.stem}" if place[-4:-3] == ("data",) else self.bench.stem

    @property
    def name(self) -> str:
        """`<bench>-<setting>`."""
        return f"{self.bench_name}-{self.setting}{'-again' if self.again else ''}"

    def repeated(self) -> "Run":
        """The same once more, with other draws: what differs between the two is noise."""
        return replace(
            self, again=True, settings=self.settings.model_copy(update={"seed": self.settings.seed + _OTHER_SEED})
        )

    def folder(self, model: Model) -> Path:
        return model.folder / "eval" / self.name

    def conditions(self) -> dict[str, Any]:
        """What the signature is made of, besides the model."""
        return {
            "revision": REVISION,
            "again": self.again,
            "setting": self.setting,
            "bench": _sha(self.bench),
            "labels": _sha(self.labels) if self.labels else None,
            "limit": self.limit,
            "settings": self.settings.that_count(),
            "engine": self.engine,
            "format": self.format.model_dump(exclude={"tokenizer", "tokenizer_revision"}),
        }

    def signature(self, model: Model) -> str:
        """16 hex digits, equal for runs that must agree."""
        text = json.dumps([model.sha, self.conditions()], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def _sha(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def load_summary(folder: Path) -> Summary | None:
    """The summary in a folder; None if there is none, or one of another version of the schema."""
    path = folder / "summary.json"
    if not path.is_file():
        return None
    try:
        return Summary.model_validate_json(path.read_bytes())
    except ValidationError:
        return None


class Episodes:
    """The episodes of a finished run, read from their file one by one, each time anew."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "episodes.jsonl"

    def __iter__(self) -> Iterator[Episode]:
        return jsonl.read(self._path, Episode, "the episodes file", "Evaluate the checkpoint again.")


def kept(run: Run, model: Model) -> Summary | None:
    """The result of an earlier run under the same conditions."""
    summary = load_summary(run.folder(model))
    episodes = run.folder(model) / "episodes.jsonl"
    return summary if summary and summary.signature == run.signature(model) and episodes.is_file() else None


def summarize(run: Run, model: Model, digest: Digest) -> Summary:
    """All figures of a finished run."""
    results: Arm = arm_of(digest)
    conditions = run.conditions()
    return Summary(
        model=model.name,
        base=run.base,
        setting=run.setting,
        engine="hosted" if model.hosted else run.engine,
        signature=run.signature(model),
        bench=Bench(
            name=run.bench_name,
            sha=conditions["bench"],
            labels_sha=conditions["labels"],
            limit=run.limit,
            people=len(run.users),
            units=results.rates["replied"].over_all.units,
        ),
        settings=conditions["settings"],
        format=run.format,
        results=results,
        history=history_effect(digest) if run.setting == "history" else None,
        trials=trials_of(digest, run.settings.trials) if run.settings.trials > 1 else None,
        calls_by_scene=in_order(digest.calls_by_scene),
        liked_calls=in_order(digest.liked_calls),
        liked_by_scene=in_order(digest.liked_by_scene),
        counts=digest.all_counts(),
        provenance=provenance(),
    )


def write(
    run: Run, model: Model, episodes: Iterable[Episode | dict[str, Any]], seconds: float, faults: dict[str, int]
) -> Summary:
    """Writes `episodes.jsonl`, `timing.json` and last `summary.json`, whose presence says that the run is whole."""
    folder = run.folder(model)
    (folder / "summary.json").unlink(missing_ok=True)
    jsonl.write(folder / "episodes.jsonl", episodes)
    digest = Digest(Episodes(folder))
    summary = summarize(run, model, digest)
    jsonl.write_json(folder / "timing.json", timing(digest, seconds) | {"faults": faults})
    jsonl.write_json(folder / "summary.json", summary.model_dump(mode="json"))
    for journal in folder.glob(".journal-*.jsonl"):
        journal.unlink()
    return summary


def with_probes(folder: Path, summary: Summary, probes: ProbeSummary) -> Summary:
    """The summary with these probes in it, in its file too; what a judge said about the same ones stays."""
    before = summary.probes
    if before and before.signature == probes.signature and probes.safety_judged in (None, before.safety_judged):
        return summary
    whole = summary.model_copy(update={"probes": probes})
    jsonl.write_json(folder / "summary.json", whole.model_dump(mode="json"))
    return whole


def with_judge(folder: Path, summary: Summary, scores: JudgeScores) -> Summary:
    """The summary with a judge's figures in it, in its file too."""
    if summary.judge == scores:
        return summary
    whole = summary.model_copy(update={"judge": scores})
    jsonl.write_json(folder / "summary.json", whole.model_dump(mode="json"))
    return whole


def timing(digest: Digest, seconds: float) -> dict[str, Any]:
    """How long the last start of the run took, and tokens over the whole run."""
    requests, tokens = digest.counts["requests"], digest.tokens
    return {
        "seconds": round(seconds, 2),
        "requests": requests,
        "prompt_tokens": tokens["prompt_tokens"],
        "cached_prompt_tokens": tokens["cached_tokens"],
        "completion_tokens": tokens["completion_tokens"],
        "mean_request_seconds": round(tokens["seconds"] / max(requests, 1), 4),
        "tool_seconds": round(tokens["tool_seconds"], 3),
    }


def need_same_conditions(first: Summary, second: Summary) -> None:
    """Raises UserError unless two results may be compared: same setting, bench, labels, limit, settings, engine, format."""
    engines = () if "hosted" in (first.engine, second.engine) else ("engine",)  # a hosted model has no other
    for what in ("setting", *engines, "settings"):
        if getattr(first, what) != getattr(second, what):
            raise UserError(
                f"{first.model} and {second.model} were evaluated with different {what}:"
                f" {getattr(first, what)} / {getattr(second, what)}. Evaluate both the same way."
            )
    mine, theirs = first.bench.model_dump(), second.bench.model_dump()
    if different := [f"{key}: {mine[key]} / {theirs[key]}" for key in mine if mine[key] != theirs[key]]:
        raise UserError(
            f"{first.model} and {second.model} were evaluated on different benches ({'; '.join(different)}). Evaluate both on one."
        )
    if different := first.format.differences(second.format):
        raise UserError(
            f"{first.model} and {second.model} have different formats ({'; '.join(different)}). They cannot be compared."
        )
