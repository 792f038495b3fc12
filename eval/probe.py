"""Plays the probe sets against a model of a run: small talk, deeds, safety by category, a changed taste."""

import hashlib
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from compass import jsonl
from compass.format import Format
from compass.journal import Journal
from compass.schema import User
from eval import probe_summary
from eval.checkpoint import Model
from eval.engine import Engine
from eval.play import journal_path, play_all
from eval.probe_sets import FILES, FLIP_PEOPLE, Probe, jobs_of
from eval.probe_summary import ProbeSummary, summarize
from eval.settings import EngineKind, Settings

FILE = "probes.jsonl"
REVISION = 3
"""Raised by hand when probes or rules change, so that kept results of older code are not used again."""


class Probing:
    """The probes of a run, for any of its models; what is finished under the same conditions is kept.

    Args:
        users: People whose tastes are turned round; the first `FLIP_PEOPLE` take part.
        settings: The evaluation recipe.
        engine: Who computes the replies.
        format: Style, template and thinking of the prompts.
    """

    def __init__(self, users: Sequence[User], settings: Settings, engine: EngineKind, format: Format) -> None:
        self._settings = settings
        self._jobs = jobs_of(users, format.prompt_style, settings.limits)
        files = [hashlib.sha256(path.read_bytes()).hexdigest() for path in FILES]
        people = hashlib.sha256("".join(user.model_dump_json() for user in users[:FLIP_PEOPLE]).encode()).hexdigest()
        form = format.model_dump(exclude={"tokenizer", "tokenizer_revision"})
        self._conditions = [REVISION, files, people, settings.that_count(), engine, form]

    def signature(self, model: Model) -> str:
        """16 hex digits, equal for runs that must agree."""
        text = json.dumps([model.sha, self._conditions], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def kept(self, model: Model) -> ProbeSummary | None:
        """The result of an earlier run under the same conditions."""
        summary = probe_summary.load(model.folder / "eval")
        return summary if summary and summary.signature == self.signature(model) else None

    async def play(self, engine: Engine, model: Model) -> ProbeSummary:
        """Plays all probes and writes `probes.jsonl` and `probes.json` to `<model folder>/eval/probes/`."""
        folder, signature, door = folder_of(model), self.signature(model), engine.of(model)
        with Journal(journal_path(folder, signature), signature) as journal:
            jobs = {key: partial(job, door) for key, job in self._jobs.items()}
            await play_all(jobs, journal, self._settings.concurrency, f"{model.name}, probes")
            probes = [Probe.model_validate(journal.done[key]) for key in jobs]
        summary = summarize(model.name, signature, probes)
        jsonl.write(folder / FILE, probes)
        jsonl.write_json(folder / "probes.json", summary.model_dump(mode="json"))
        for old in folder.glob(".journal-*.jsonl"):
            old.unlink()
        return summary


def folder_of(model: Model) -> Path:
    """Where a model's probes lie."""
    return model.folder / "eval" / "probes"
