"""Probes of checkpoints and their base: needless calls, safety by category, and whether a changed taste changes the call.

python -m eval.probe checkpoints/NAME [MORE …]
"""

import argparse
import asyncio
import hashlib
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from compass import errors, jsonl
from compass.bench import load_bench
from compass.errors import UserError
from compass.journal import Journal
from compass.schema import User
from eval import checkpoint, safety
from eval import settings as recipes
from eval.checkpoint import Contest, Model
from eval.engine import Engine, default_engine, open_engine
from eval.play import journal_path, play_all
from eval.probe_sets import SMALL_TALK, Job, Probe, jobs_of
from eval.probe_summary import ProbeSummary, load, print_probes, summarize
from eval.settings import EngineKind, Settings

REVISION = 1


def folder_of(model: Model) -> Path:
    """Where a model's probes lie."""
    return model.folder / "eval" / "probes"


def signature_of(model: Model, contest: Contest, users: Sequence[User], settings: Settings, engine: EngineKind) -> str:
    """Equal for runs that must agree."""
    files = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (SMALL_TALK, safety.FILE)]
    people = hashlib.sha256("".join(user.model_dump_json() for user in users).encode()).hexdigest()
    form = contest.format.model_dump(exclude={"tokenizer", "tokenizer_revision"})
    text = json.dumps([REVISION, model.sha, files, people, settings.that_count(), engine, form], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


async def _probe(engine: Engine, model: Model, signature: str, jobs: dict[str, Job], concurrency: int) -> ProbeSummary:
    folder, door = folder_of(model), engine.of(model)
    with Journal(journal_path(folder, signature), signature) as journal:
        played = await play_all(
            {key: partial(job, door) for key, job in jobs.items()}, journal, concurrency, model.name
        )
    probes = [Probe.model_validate(each) for each in played]
    summary = summarize(model.name, signature, probes)
    jsonl.write(folder / "probes.jsonl", probes)
    jsonl.write_json(folder / "probes.json", summary.model_dump(mode="json"))
    for old in folder.glob(".journal-*.jsonl"):
        old.unlink()
    return summary


async def _probe_all(
    contest: Contest, settings: Settings, kind: EngineKind, base_urls: Sequence[str], users: Sequence[User]
) -> list[ProbeSummary]:
    signatures = {m.name: signature_of(m, contest, users, settings, kind) for m in contest.models}
    kept = {model.name: load(model.folder / "eval") for model in contest.models}
    found = {name: each for name, each in kept.items() if each and each.signature == signatures[name]}
    jobs = jobs_of(users, contest.format.prompt_style, settings.limits)
    missing = [model for model in contest.models if model.name not in found]
    for weights_of in dict.fromkeys(model.weights for model in missing):
        together = [model for model in missing if model.weights == weights_of]
        async with open_engine(kind, together, contest.format, contest.tokenizer, settings, base_urls) as engine:
            for model in together:
                found[model.name] = await _probe(engine, model, signatures[model.name], jobs, settings.concurrency)
    return [found[model.name] for model in contest.models]


def main() -> None:
    """Probes checkpoints and their base."""
    parser = argparse.ArgumentParser(prog="python -m eval.probe", description=__doc__.split("\n")[0])
    parser.add_argument("checkpoints", nargs="+", type=Path, metavar="CKPT", help="folder that training wrote")
    parser.add_argument(
        "--bench", type=Path, help="people whose tastes are turned round; by default the checkpoint's test people"
    )
    parser.add_argument("--labels", type=Path, help="CSV user,index,scene,second: scenes for a bench without them")
    parser.add_argument("--limit", type=int, default=20, help="so many people; 0 for all")
    parser.add_argument("--engine", choices=("hf", "vllm"), help="default: vllm on a CUDA machine, else hf")
    parser.add_argument("--base-url", action="append", default=[], help="a vLLM server that is already there")
    parser.add_argument("--config", type=Path, default=recipes.DEFAULT, help="evaluation recipe")
    arguments, overrides = parser.parse_known_args()
    settings = recipes.load(arguments.config, overrides)
    contest = checkpoint.resolve(arguments.checkpoints)
    checkpoint.check_format(contest)
    if arguments.bench is None and contest.data_folder is None:
        raise UserError("The checkpoint does not say which data it was trained on. Name a benchmark with --bench.")
    bench = arguments.bench or contest.data_folder / "bench" / "test.jsonl"
    users = load_bench(bench, arguments.labels)[: arguments.limit or None]
    kind = arguments.engine or default_engine(arguments.base_url)
    print_probes(asyncio.run(_probe_all(contest, settings, kind, arguments.base_url, users)))


if __name__ == "__main__":
    errors.run(main)
