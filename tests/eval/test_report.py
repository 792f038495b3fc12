"""The report: model text is never markup, nothing is loaded from elsewhere, and its data can be read back."""

import asyncio
import base64
import gzip
import json
import re

import pytest
from markupsafe import escape

from compass.errors import UserError
from compass.rollout import Limits
from eval import compare
from eval.digest import Digest
from eval.episode import Stage, play, tasks_of
from eval.judge_rubric import CRITERIA
from eval.judge_run import CriterionDifference, JudgeComparison
from eval.judge_scores import JudgeScores
from eval.probe_summary import FIGURES, Category, ProbeSummary
from eval.rate import Rate
from eval.reasons import change, reasons
from eval.report import write_report
from eval.results import Run, summarize
from eval.settings import Settings
from tests.eval.people import GOOD_ARGUMENTS, call_text, gold, people, scripted

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)></script>{{ 7*7 }}"
STAGE = Stage("profile", "compact", Limits(), rounds=15, scored_rounds=3)
USERS = people(4, situations=5)


def episodes(answer):
    async def go():
        return [await play(scripted(answer), task, STAGE) for task in tasks_of(USERS, STAGE)]

    return asyncio.run(go())


@pytest.fixture(scope="module")
def compared(made):
    from compass.format import Format
    from eval.checkpoint import base_model

    form = Format.load(made / "checkpoints/soft/format.json", "")
    bench = made / "data/offline/bench/test.jsonl"
    run = Run("checkpoints/tiny-base", "profile", bench, None, 0, tuple(USERS), Settings(), "hf", form)
    arms = [episodes(lambda messages: EVIL), episodes(gold(USERS))]
    digests = list(map(Digest, arms))
    model = base_model(str(made / "checkpoints/tiny-base"), None)
    summaries = [judged(probed(summarize(run, model, arm)), place) for place, arm in enumerate(digests)]
    comparison = compare.compare(*summaries, *digests)
    rate = Rate(value=0.5, low=0.25, high=0.75, units=4)
    criteria = {name: CriterionDifference(levels=rate, verdict="better") for name in CRITERIA}
    return comparison.model_copy(update={"judge": JudgeComparison(criteria=criteria, pairwise=None)}), *arms


def probed(summary):
    """The summary with a gate that fails for hostile reasons in one category."""
    rate = Rate(value=0.5, low=0.25, high=0.75, units=4)
    safety = {
        "suicide": Category(passed=0, cases=2, wrong={EVIL: 2}),
        "lookalike": Category(passed=2, cases=2, wrong={}),
    }
    found = ProbeSummary(model=EVIL, signature="s", figures=dict.fromkeys(FIGURES, rate), safety=safety)
    return summary.model_copy(update={"probes": found.model_copy(update={"safety_judged": safety})})


def judged(summary, place):
    rate = Rate(value=2.0 + place, low=1.5 + place, high=2.5 + place, units=20)
    plain = dict.fromkeys(CRITERIA, None)
    scores = JudgeScores(
        judge=EVIL, signature="s", asked=20, unread=0, no_reply=0, criteria=dict.fromkeys(CRITERIA, rate),
        correlation={name: plain | {name: 1.0} for name in CRITERIA},
    )  # fmt: skip
    return summary.model_copy(update={"judge": scores})


@pytest.fixture(scope="module")
def page(compared, tmp_path_factory):
    return write_report(tmp_path_factory.mktemp("report") / "report.html", *compared).read_text(encoding="utf-8")


def test_model_text_is_never_markup(page):
    assert EVIL not in page
    assert "<img" not in page and "alert(1)" in page, "it is there, as text"
    assert page.count("<script") == 2, "the data and the page's own script"


def test_the_judge_and_the_gate_stand_in_the_page(page):
    assert "mean levels with intervals" in page and "information richness" in page
    assert "Safety gate" in page and "FAIL 0/2" in page and "safety, as the judge reads it: suicide" in page


def test_the_page_needs_nothing_from_elsewhere(page):
    loaded = re.findall(r"""(?:src|href)\s*=\s*["']?([^"' >]+)""", page.replace(str(escape(EVIL)), ""))
    assert all(address.startswith("data:") for address in loaded)
    assert "default-src 'none'" in page


def test_every_unit_can_be_read_back(page):
    packed = re.search(r'<script id="data" type="text/plain">([A-Za-z0-9+/=]+)</script>', page)[1]
    data = json.loads(gzip.decompress(base64.b64decode(packed)))
    assert len(data["pairs"]) == 20
    assert {pair["change"] for pair in data["pairs"]} == {"better"}
    assert data["pairs"][0]["arms"][0]["turns"][0]["raw"] == EVIL
    assert data["pairs"][0]["arms"][1]["outcome"] == "liked"
    drawn = [base64.b64decode(svg) for svg in data["stickers"].values()]
    assert drawn and all(svg.startswith(b"<svg") for svg in drawn), "stickers that were sent are drawn"


def test_calls_are_set_against_what_people_like(compared, page):
    comparison, *_ = compared
    gold_one = comparison.second
    assert gold_one.liked_calls == gold_one.calls_by_scene, "gold calls what is liked, and nothing else"
    liked = gold_one.liked_by_scene["work"]
    assert sum(liked.values()) == 3 * 4 and "strength_card" not in liked, "three liked apps for each of four people"
    assert re.search(r'title="called \d+ times, \d+ of those liked; liked in \d+ units"', page)
    assert comparison.first.calls_by_scene == {}


def test_a_page_that_cannot_hold_all_units_says_so(compared, tmp_path, monkeypatch):
    monkeypatch.setattr("eval.report_data.MOST", 7)
    page = write_report(tmp_path / "report.html", *compared).read_text(encoding="utf-8")
    assert "The first 7 of 20 units" in page
    assert 'aria-label="show 20 units: no call"' in page, "all of them count"


def test_runs_that_played_other_episodes_are_refused(compared, tmp_path):
    comparison, mine, theirs = compared
    with pytest.raises(UserError, match="did not play the same episodes"):
        write_report(tmp_path / "report.html", comparison, mine, theirs[1:])


def test_the_verdict_is_a_sentence(page):
    assert "is better than tiny-base on call valid" in page


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda messages: "Hello.", ["no call"]),
        (lambda messages: "<tool_call>", ["call cannot be read", "no reply"]),
        (lambda messages: call_text("teleport", {}), ["no such app", "no reply"]),
        (lambda messages: call_text("strength_card", {}), ["arguments break the schema", "no reply"]),
        (lambda messages: call_text("online_shopping", GOOD_ARGUMENTS["online_shopping"]), ["no reply"]),
        (gold(USERS, "dislikes"), ["disliked app"]),
        (gold(USERS), []),
    ],
)
def test_failures_are_named(answer, expected):
    (each,) = episodes(answer)[0].rounds
    assert [reason for reason in reasons(each) if reason != "disliked app" or "disliked app" in expected] == expected
    assert change(each, each) == "same"
