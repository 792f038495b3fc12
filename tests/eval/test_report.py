"""The report: model text is never markup, nothing is loaded from elsewhere, and its data can be read back."""

import asyncio
import base64
import gzip
import json
import re

import pytest

from compass.rollout import Limits
from eval import compare
from eval.digest import Digest
from eval.episode import Stage, play, tasks_of
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
    comparison = compare.compare(*(summarize(run, model, arm) for arm in digests), *digests)
    return comparison, *arms


@pytest.fixture(scope="module")
def page(compared, tmp_path_factory):
    return write_report(tmp_path_factory.mktemp("report") / "report.html", *compared).read_text(encoding="utf-8")


def test_model_text_is_never_markup(page):
    assert EVIL not in page
    assert "onerror" not in page
    assert page.count("<script") == 2, "the data and the page's own script"


def test_the_page_needs_nothing_from_elsewhere(page):
    loaded = re.findall(r"""(?:src|href)\s*=\s*["']?([^"' >]+)""", page)
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
