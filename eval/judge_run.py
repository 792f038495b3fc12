"""The judge's part in a run: scores of each model into its summary, both against each other into the comparison."""

from collections.abc import Sequence
from pathlib import Path

from compass import jsonl
from compass.schema import Strict, User
from eval import judge_pairs, judge_scores
from eval.digest import Digest
from eval.intervals import Resamples, Verdict, differences, verdict
from eval.judge import Judge
from eval.judge_pairs import Pairwise
from eval.judge_rubric import CRITERIA
from eval.judge_safety import judge_safety
from eval.probe import FILE as PROBES
from eval.probe_sets import Probe
from eval.rate import Rate, rate_of
from eval.results import Episodes, with_judge, with_probes
from eval.summary import Summary


class CriterionDifference(Strict):
    """Second minus first in levels, paired over people."""

    levels: Rate
    verdict: Verdict | None


class JudgeComparison(Strict):
    """What `comparison.json` holds under `judge`; `pairwise` is None where only scores were compared."""

    criteria: dict[str, CriterionDifference]
    pairwise: Pairwise | None


async def judge_model(judge: Judge, users: Sequence[User], folder: Path, summary: Summary) -> Summary:
    """Judges a finished run, its safety probes included; writes `judge.jsonl` and the summary with the judge's figures.

    Raises:
        UserError: As `Judge.answers`.
    """
    judged = await judge_scores.judge_units(judge, users, Episodes(folder), summary.model)
    judge_scores.write(folder, judged)
    people = list(dict.fromkeys(each.user_id for each in judged))
    summary = with_judge(folder, summary, judge_scores.summarize(judge, judged, people))
    if summary.probes:
        probes = jsonl.read(folder.parent / "probes" / PROBES, Probe, "the probes", "Evaluate with --probes true.")
        found = await judge_safety(judge, list(probes), summary.model)
        summary = with_probes(folder, summary, summary.probes.model_copy(update={"safety_judged": found}))
    return summary


def compare_scores(first: Path, second: Path, mine: Digest) -> dict[str, CriterionDifference]:
    """Second minus first for each criterion, from what was written for both."""
    people = list(mine.people)
    samples = [judge_scores.sample(judge_scores.read(folder), people) for folder in (first, second)]
    found = zip(CRITERIA, differences(*samples, Resamples(len(people))))
    return {
        name: CriterionDifference(levels=rate_of(estimate), verdict=verdict(estimate, "higher"))
        for name, estimate in found
    }


async def judge_both(
    judge: Judge | None, users: Sequence[User], first: Path, second: Path, both: tuple[Summary, Summary], mine: Digest
) -> JudgeComparison | None:
    """Both models side by side; None without a judge's scores of both by the same judge."""
    if not all(each.judge for each in both) or both[0].judge.signature != both[1].judge.signature:
        return None
    pairwise = None
    if judge:
        verdicts = await judge_pairs.judge_pairs(judge, users, Episodes(first), Episodes(second))
        pairwise = judge_pairs.summarize(judge, verdicts, list(mine.people))
    return JudgeComparison(criteria=compare_scores(first, second, mine), pairwise=pairwise)
