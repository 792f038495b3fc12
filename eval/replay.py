"""Replays a bench against checkpoints and their base, prints the comparison, writes the report.

python -m eval.replay checkpoints/NAME [MORE …] --setting profile
"""

import argparse
import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from compass import errors
from compass.bench import load_bench
from compass.errors import UserError
from compass.journal import Journal
from compass.schema import User
from eval import checkpoint, hosted, judge_scenes, results
from eval import judge as judges
from eval import settings as recipes
from eval.checkpoint import Contest, Model
from eval.digest import Digest
from eval.engine import Engine, default_engine, open_engine
from eval.episode import Stage, Task, play, tasks_of
from eval.judge_run import judge_both, judge_model
from eval.play import journal_path, play_all
from eval.probe import Probing
from eval.results import Episodes, Run
from eval.summary import Summary

_NO_BENCH = "Name a benchmark with --bench (BENCH=): our JSON lines or the published ComPASS-Bench file."


def parser(program: str, description: str) -> argparse.ArgumentParser:
    """What names a run; the rest of a command line is for the recipe (`--max_tokens 256`)."""
    parser = argparse.ArgumentParser(prog=program, description=description)
    parser.add_argument("checkpoints", nargs="+", type=Path, metavar="CKPT", help="folder that training wrote")
    parser.add_argument("--setting", choices=("profile", "history", "direct"), default="profile")
    parser.add_argument(
        "--bench", type=Path, help="people and situations; by default the test people of the checkpoint's data"
    )
    parser.add_argument("--labels", type=Path, help="CSV user,index,scene,second: scenes for a bench without them")
    parser.add_argument("--limit", type=int, default=0, help="only the first so many people; 0 for all")
    parser.add_argument("--engine", choices=("hf", "vllm"), help="default: vllm on a CUDA machine, else hf")
    parser.add_argument(
        "--base-url", action="append", default=[], help="a vLLM server that is already there; several: spread"
    )
    parser.add_argument(
        "--noise-floor", action="store_true", help="run the base twice: what differs between its runs is noise"
    )
    parser.add_argument("--config", type=Path, default=recipes.DEFAULT, help="evaluation recipe")
    parser.add_argument(
        "--hosted", action="append", default=[], type=Path, help="recipe of a hosted model to set beside them"
    )
    parser.add_argument("--judge", type=Path, help="recipe of a judge model (recipes/eval/judge.yaml)")
    return parser


def prepare(arguments: argparse.Namespace, overrides: Sequence[str]) -> tuple[Contest, Run, list[Task]]:
    """Checks everything that can be checked before a model is loaded.

    Raises:
        UserError: Something is missing, damaged or does not fit together.
    """
    settings = recipes.load(arguments.config, overrides)
    contest = _contest(arguments, settings.base_thinking)
    bench = arguments.bench or _default_bench(contest)
    if arguments.limit < 0:
        raise UserError(f"--limit is {arguments.limit}, but must be a number of people, or 0 for all.")
    users, labels = _people(arguments, bench)
    engine = arguments.engine or default_engine(arguments.base_url)
    run = Run(
        contest.models[0].weights,
        arguments.setting,
        bench,
        labels,
        arguments.limit,
        users,
        settings,
        engine,
        contest.format,
    )
    tasks = tasks_of(users, stage_of(run), settings.trials)
    if not tasks:
        raise UserError(f"{bench}: its people have no situations, so there is nothing to replay.")
    return contest, run, tasks


def _contest(arguments: argparse.Namespace, base_thinking: bool) -> Contest:
    """Base, checkpoints and hosted models, each under a name of its own."""
    contest = checkpoint.resolve(arguments.checkpoints)
    checkpoint.check_format(contest)
    base = replace(contest.models[0], thinks=base_thinking)
    contest = replace(contest, models=(base, *contest.models[1:], *map(hosted.load, arguments.hosted)))
    if len({model.name for model in contest.models}) < len(contest.models):
        raise UserError("A hosted model has the name of another model. Rename its recipe; the file's name is shown.")
    return contest


def _people(arguments: argparse.Namespace, bench: Path) -> tuple[tuple[User, ...], Path | None]:
    """The people of a run, and where their scenes come from: a judge, if there is one and the bench has none."""
    users, labels = load_bench(bench, arguments.labels)[: arguments.limit or None], arguments.labels
    tasteful = arguments.setting != "direct"  # without apps no taste is met, so nothing asks for scenes
    if arguments.judge and tasteful and not labels and judge_scenes.lacks_scenes(users):
        labels = asyncio.run(judge_scenes.label_scenes(judges.load(arguments.judge), users))
        users = load_bench(bench, labels)[: arguments.limit or None]
    return tuple(users), labels


def stage_of(run: Run) -> Stage:
    """What the episodes of a run have in common."""
    settings = run.settings
    style, richer = run.format.prompt_style, settings.richer_model
    return Stage(run.setting, style, settings.limits, settings.rounds, settings.scored_rounds, richer)


def _default_bench(contest: Contest) -> Path:
    if contest.data_folder is None:
        raise UserError(f"The checkpoint does not say which data it was trained on. {_NO_BENCH}")
    bench = contest.data_folder / "bench" / "test.jsonl"
    if not bench.is_file():
        raise UserError(
            f"The test people of the checkpoint's data are missing ({bench}). Run `make data` for it. {_NO_BENCH}"
        )
    return bench


async def evaluate(contest: Contest, run: Run, tasks: Sequence[Task], base_urls: Sequence[str]) -> dict[str, Summary]:
    """Plays what has no kept result, models with the same weights on one engine; returns the summary of each model."""
    probing = (
        Probing(run.users, run.settings, run.engine, run.format) if run.settings.probes and not run.again else None
    )
    summaries = {model.name: summary for model in contest.models if (summary := results.kept(run, model))}
    probes = {model.name: found for model in contest.models if probing and (found := probing.kept(model))}
    missing = [m for m in contest.models if m.name not in summaries or (probing and m.name not in probes)]
    for name in summaries:
        print(f"{name}: results of an earlier run are still valid")
    for served in dict.fromkeys((model.weights, model.hosted) for model in missing):
        together = [model for model in missing if (model.weights, model.hosted) == served]
        async with open_engine(run.engine, together, run.format, contest.tokenizer, run.settings, base_urls) as engine:
            for model in together:
                if model.name not in summaries:
                    summaries[model.name] = await _evaluate_one(engine, model, run, tasks)
                if probing and model.name not in probes:
                    probes[model.name] = await probing.play(engine, model)
    for model in contest.models:
        if model.name in probes:
            found = summaries[model.name], probes[model.name]
            summaries[model.name] = results.with_probes(run.folder(model), *found)
    return summaries


async def _evaluate_one(engine: Engine, model: Model, run: Run, tasks: Sequence[Task]) -> Summary:
    started = time.perf_counter()
    signature, stage = run.signature(model), stage_of(run)
    doors = [engine.of(model, trial) for trial in range(run.settings.trials)]
    with Journal(journal_path(run.folder(model), signature), signature) as journal:
        jobs = {task.id: partial(play, doors[task.trial], task, stage) for task in tasks}
        await play_all(jobs, journal, run.settings.concurrency, model.name)
        seconds = time.perf_counter() - started
        episodes = (journal.done[key] for key in jobs)
        return results.write(run, model, episodes, seconds, engine.faults(model))


def main() -> None:
    """Evaluates checkpoints against their base."""
    from eval import compare
    from eval.report import write_report
    from eval.table import print_comparison

    arguments, overrides = parser("python -m eval.replay", __doc__.split("\n")[0]).parse_known_args()
    judge = judges.load(arguments.judge) if arguments.judge else None
    contest, run, tasks = prepare(arguments, overrides)
    summaries = asyncio.run(evaluate(contest, run, tasks, arguments.base_url))
    base = contest.models[0]
    mine, again = Episodes(run.folder(base)), None
    if arguments.noise_floor:
        repeat = run.repeated()
        asyncio.run(evaluate(replace(contest, models=(base,)), repeat, tasks, arguments.base_url))
        again = Digest(Episodes(repeat.folder(base)))
    if judge:
        for model in contest.models:
            judged = judge_model(judge, run.users, run.folder(model), summaries[model.name])
            summaries[model.name] = asyncio.run(judged)
    for model in contest.models[1:]:
        theirs, both = Episodes(run.folder(model)), (summaries[base.name], summaries[model.name])
        digest, folders = Digest(mine), (run.folder(base), run.folder(model))
        comparison = compare.compare(*both, digest, Digest(theirs), again)
        if judged := asyncio.run(judge_both(judge, run.users, *folders, both, digest)):
            comparison = comparison.model_copy(update={"judge": judged})
        compare.write(comparison, mine, theirs)
        report = write_report(run.folder(model) / "report.html", comparison, mine, theirs)
        print_comparison(comparison)
        print(f"report: {report}")


if __name__ == "__main__":
    errors.run(main)
