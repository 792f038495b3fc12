"""What the next build makes of people's decisions."""

import json
import shutil

import pytest

from compass.schema import Review, SftExample, Trajectory
from data_prep import make
from data_prep.data_recipe import load
from data_prep.review.overlay import NAME
from tests.data_prep.conftest import lines
from tests.data_prep.reviewing import messages, serving

FILES = ("profile", "history", "direct")


@pytest.fixture
def out(data, tmp_path):
    """A copy of the small data set."""
    shutil.copytree(data, tmp_path / "small")
    return tmp_path / "small"


def build(recipe_file, out):
    make.make(load(recipe_file), out)


def written(out):
    """Every file but the journals and the overlay."""
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.relative_to(out).parts[0] not in ("journal", "review")
    }


def trajectories(out):
    return {
        each["id"]: Trajectory.model_validate(each)
        for name in FILES
        for each in lines(out / "trajectories" / f"{name}.jsonl")
    }


def examples(out):
    return [SftExample.model_validate(each) for name in ("train", "val") for each in lines(out / f"sft/{name}.jsonl")]


def paired(page):
    """The preferred records that stand in a pair."""
    return [each["preferred"] for each in lines(page.out / "pairs.jsonl")]


def test_decisions_reach_the_files_and_nothing_else_changes(recipe_file, out):
    before, old = trajectories(out), written(out)
    with serving(recipe_file, out) as page:
        edited, rejected, accepted = paired(page)[:3]
        record = page.record(edited)
        said = "I keep thinking about it, whatever I do, and the kettle has boiled twice for nothing."
        reply = messages(record)[3]
        text = reply["content"] + " I am glad that you told me."
        changes = [
            {"message": 0, "field": "utterance", "text": said},
            {"message": reply["place"], "field": "content", "text": text},
        ]
        saved = page.edit(edited, *changes)
        assert saved.status_code == 200, saved.text
        assert page.decide(rejected, "reject", reason="sounds unlike her").status_code == 200
        assert page.decide(accepted, "accept").status_code == 200
        assert page.decide(accepted, "accept", reviewer="Bo").status_code == 200
    build(recipe_file, out)
    after = trajectories(out)
    assert list(after) == list(before), "a record is gone or in another place"
    assert after[edited].review == Review(status="edited", reviewer="Ann")
    assert after[accepted].review == Review(status="accepted", reviewer="Ann, Bo")
    assert after[rejected].review == Review(status="rejected", reviewer="Ann", reason="sounds unlike her")
    assert after[edited].messages[reply["place"]].content == text
    assert not after[rejected].train_on, "who reads train_on would learn from a rejected record"
    decided = {edited, rejected, accepted}
    assert {id for id in before if before[id] != after[id]} == decided, "a record nobody decided on was changed"

    made = {each.trajectory_id: each for each in examples(out)}
    assert rejected not in made and accepted in made
    assert any(text in each.completion for each in examples(out) if each.trajectory_id == edited)
    assert all(said in each.prompt for each in examples(out) if each.trajectory_id == edited)
    pairs = {each["preferred"] for each in lines(out / "pairs.jsonl")}
    assert accepted in pairs and not pairs & {edited, rejected}, "a pair whose sides answer different words"
    ledger = [each for each in lines(out / "rejected.jsonl") if each["stage"] == "review"]
    assert {(each["id"], each["reason"]) for each in ledger} == {(edited, "pair"), (rejected, "rejected")}
    assert "sounds unlike her" in next(each["text"] for each in ledger if each["id"] == rejected)
    report = json.loads((out / "report.json").read_text())
    review = {"unreviewed": len(before) - 3, "accepted": 1, "edited": 1, "rejected": 1, "failed": 0, "stale": 0}
    assert {name: report["review"][name] for name in review} == review
    assert report["review"]["agreement"] == [{"reviewers": ["Ann", "Bo"], "records": 1, "same": 1.0, "kappa": None}]
    first = written(out)
    build(recipe_file, out)
    assert written(out) == first, "the same decisions applied again gave other bytes"

    with serving(recipe_file, out) as page:
        assert page.get("/api/progress", reviewer="Ann")["edited"] == 1
        assert messages(page.record(edited))[reply["place"]]["was"] == reply["content"], "the first text is lost"
        for id in decided:
            assert page.decide(id, "undo").status_code == 200
        assert page.decide(accepted, "undo", reviewer="Bo").status_code == 200
    build(recipe_file, out)
    assert written(out) == old, "decisions taken back left a trace in the data"


def test_decisions_about_texts_that_are_gone_are_not_applied_but_told(recipe_file, out, capsys):
    with serving(recipe_file, out) as page:
        first, second = page.find(setting="direct")[:2]
        page.decide(first, "reject", reason="cold")
        page.decide(second, "reject", reason="cold")
    overlay = out / NAME
    one, two = overlay.read_text().splitlines()
    changed = json.loads(one) | {"judged": "0" * 16}
    vanished = json.loads(two) | {"id": "u9999-00-direct"}
    overlay.write_text(f"{json.dumps(changed)}\n{json.dumps(vanished)}\n")
    build(recipe_file, out)
    report = json.loads((out / "report.json").read_text())
    assert report["review"]["stale"] == 2 and report["review"]["rejected"] == 0
    assert trajectories(out)[first].review == Review()
    assert "2 review decisions are about texts that these data no longer hold" in capsys.readouterr().err
    with serving(recipe_file, out) as page:
        assert page.record(first)["stale"] == 1


def test_an_edit_that_newer_checks_refuse_goes_to_the_ledger(recipe_file, out):
    with serving(recipe_file, out) as page:
        id = page.find(setting="direct")[0]
        text = messages(page.record(id))[1]["content"] + " I am near."
        assert page.edit(id, {"message": 1, "field": "content", "text": text}).status_code == 200
    overlay = out / NAME
    overlay.write_text(overlay.read_text().replace("I am near.", "Ring 555 0199."))
    build(recipe_file, out)
    assert id not in trajectories(out) and all(each.trajectory_id != id for each in examples(out))
    (line,) = [each for each in lines(out / "rejected.jsonl") if each["stage"] == "review"]
    assert line["id"] == id and line["reason"] == "invented"
