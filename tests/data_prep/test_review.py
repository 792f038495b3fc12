"""The review page through HTTP: decisions are kept, edits are run and checked again, and nobody overwrites anybody."""

import json
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from compass.errors import UserError
from data_prep.review.overlay import NAME, Overlay
from data_prep.review.server import FILES, LARGEST_BODY, ReviewServer
from tests.data_prep.conftest import ROOT, lines
from tests.data_prep.reviewing import codes, messages, serving


def test_the_page_loads_only_its_own_files_and_runs_nothing_else(page):
    for path, (_, kind) in FILES.items():
        answer = page.http.get(path)
        assert answer.status_code == 200 and answer.headers["content-type"].startswith(kind)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff" and answer.headers["cache-control"] == "no-store"
        for door in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
            assert door not in answer.text, f"{path} could turn a model's text into markup"
    assert "<script>" not in page.http.get("/").text, "the policy forbids scripts inside the page"
    assert page.http.get("/../desk.py").status_code == 404 and page.http.get("/desk.py").status_code == 404


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Host": "evil.example"}, b"{}", 421),
        ({"Host": "127.0.0.1:1"}, b"{}", 421),
        ({"Content-Type": "text/plain"}, b"{}", 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"{}", 415),
        ({"Origin": "http://evil.example"}, b"{}", 403),
        ({"Origin": "null"}, b"{}", 403),
        ({"Sec-Fetch-Site": "cross-site"}, b"{}", 403),
        ({"Sec-Fetch-Site": "same-site"}, b"{}", 403),
        ({}, iter([b"{}"]), 411),  # in pieces of unknown number
        ({}, b" " * (LARGEST_BODY + 1), 413),
        ({}, b"{", 400),
        ({}, b'{"id": "x", "reviewer": "Ann", "seen": 0, "action": "accept", "more": 1}', 400),
        ({}, b'{"id": "x", "reviewer": "<b>", "seen": 0, "action": "accept"}', 400),
        ({}, b'{"id": "x", "reviewer": "Ann", "seen": 0, "action": "reject", "reason": "\\ud800"}', 400),
        ({}, b"[" * 100_000, 400),
        ({}, b'{"id": "nobody", "reviewer": "Ann", "seen": 0, "action": "accept"}', 404),
    ],
)
def test_what_other_sites_or_broken_clients_send_is_refused(page, headers, body, status):
    with httpx.Client(base_url=page.address) as other:
        answer = other.post("/api/decide", content=body, headers={"Content-Type": "application/json"} | headers)
    assert answer.status_code == status and answer.json()["error"], answer.text
    assert page.overlay() == b"", "something was saved"


def test_a_rebound_name_reads_nothing(page):
    answer = page.http.get("/api/find", headers={"Host": f"evil.example:{page.server.port}"})
    assert answer.status_code == 421 and "ids" not in answer.text


def test_a_page_closed_while_it_loads_is_no_error(page, capfd):
    """Every closed tab would print a traceback over the reviewer's terminal."""
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", page.server.port)) as browser:
            browser.sendall(b"GET /api/find HTTP/1.1\r\n")
            browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closing resets
    page.find()
    time.sleep(0.2)
    assert capfd.readouterr().err == ""


def test_decisions_are_appended_and_can_be_taken_back(page):
    first, second = page.find()[:2]
    assert page.decide(first, "accept").json()["review"] == {"status": "accepted", "reviewer": "Ann", "reason": None}
    before = page.overlay()
    assert page.decide(second, "reject").status_code == 422, "a rejection without a reason helps nobody"
    assert page.decide(second, "reject", reason="cold  reply").json()["review"]["reason"] == "cold reply"
    assert page.record(second)["undo"] == 2
    back = page.decide(second, "undo").json()
    assert back["review"]["status"] == "unreviewed" and back["undo"] is None
    assert page.decide(second, "undo").status_code == 422, "there is nothing left to take back"
    assert page.decide(first, "undo", reviewer="Bo").status_code == 422, "what Ann decided, Ann takes back"
    assert page.overlay().startswith(before), "what was decided was overwritten"
    assert [each["action"] for each in page.decisions()] == ["accept", "reject", "undo"]


def test_a_record_that_fails_a_check_can_be_rejected_but_not_accepted(data, recipe_file, tmp_path):
    out = tmp_path / "small"
    shutil.copytree(data, out)
    path = out / "trajectories" / "direct.jsonl"
    first, *rest = lines(path)
    first["messages"][1]["content"] = "Ring 555 0199 now, they will know what to do about it."
    path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in (first, *rest)))
    with serving(recipe_file, out) as page:
        assert page.record(first["id"])["problems"]
        refused = page.decide(first["id"], "accept")
        assert refused.status_code == 422 and "invented" in codes(refused) and page.overlay() == b""
        assert page.decide(first["id"], "reject", reason="made up").status_code == 200


def test_who_was_slower_is_told_and_overwrites_nothing(page):
    id = page.find(setting="direct")[0]
    seen = page.record(id)["seen"]
    reply = messages(page.record(id))[1]
    mended = {"message": 1, "field": "content", "text": reply["content"] + " Take all the time that you need."}
    assert page.edit(id, mended, reviewer="Bo").status_code == 200
    before = page.overlay()
    late = page.decide(id, "accept", seen=seen)
    assert late.status_code == 409 and "Bo edited it" in late.json()["error"] and page.overlay() == before
    now = page.decide(id, "accept").json()
    assert now["review"] == {"status": "edited", "reviewer": "Bo", "reason": None} and now["own"]["action"] == "accept"
    assert page.decide(id, "reject", reviewer="Cy", reason="still cold").json()["review"]["status"] == "rejected"
    assert page.decide(id, "accept", reviewer="Di").json()["review"]["status"] == "rejected", (
        "a rejection was outvoted; it holds until it is taken back or the text is mended"
    )
    assert id in page.find(status="disputed")
    assert page.decide(id, "undo", reviewer="Cy").json()["review"]["status"] == "edited"
    assert messages(page.decide(id, "undo", reviewer="Bo").json())[1]["content"] == reply["content"]


def test_an_edit_that_somebody_built_upon_cannot_be_taken_back(page):
    id = page.find(setting="direct")[0]
    text = messages(page.record(id))[1]["content"]
    for name, more in (("Ann", " Rest well."), ("Bo", " Rest well. I am near.")):
        assert page.edit(id, {"message": 1, "field": "content", "text": text + more}, reviewer=name).status_code == 200
    refused = page.decide(id, "undo", reviewer="Ann")
    assert refused.status_code == 409 and "Bo" in refused.json()["error"]


def test_many_browsers_at_once_lose_nothing(page):
    ids = page.find()[:12]

    def one(task):
        reviewer, id = task
        with httpx.Client(base_url=page.address, timeout=60) as http:
            ask = {"id": id, "action": "reject", "reviewer": reviewer, "seen": 0, "reason": f"by {reviewer}"}
            return task, http.post("/api/decide", json=ask).status_code

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(one, [(f"P{n}", id) for id in ids for n in range(4)]))
    assert {status for _, status in answers} == {200, 409}
    saved = [(each["reviewer"], each["id"]) for each in page.decisions()]
    assert sorted(saved) == sorted(task for task, status in answers if status == 200)
    assert len(saved) == len(ids), "exactly one of four who had seen nothing may decide on each record"
    assert [each["number"] for each in page.decisions()] == list(range(1, len(ids) + 1))


def test_filters_find_what_they_say(page):
    everything = page.find()
    record = page.record(everything[0])
    app, scene = messages(record)[1]["calls"][0]["name"], record["rounds"][0]["situation"]["scene"] or "none"
    assert len(everything) == sum(len(page.find(setting=each)) for each in ("profile", "history", "direct"))
    for wanted in ({"app": app}, {"scene": scene}, {"setting": "profile"}, {"text": f" {everything[0].upper()} "}):
        found = page.find(**wanted)
        assert everything[0] in found and len(found) < len(everything), wanted
    word = messages(record)[0]["utterance"].split()[0]
    assert everything[0] in page.find(text=word) and page.find(text=f"{word} zyzzyva") == []
    typed = messages(record)[1]["calls"][0]["arguments"].split()[0]  # such as {"name":
    assert everything[0] in page.find(text=typed), "what a line spells with escapes is not found"
    page.decide(everything[0], "accept")
    assert page.find(status="accepted") == page.find(by="Ann") == [everything[0]] and page.find(by="Bo") == []
    assert everything[0] not in page.find(status="todo", reviewer="Ann")
    assert everything[0] in page.find(status="todo", reviewer="Bo")
    assert len(page.find(status="unreviewed")) == len(everything) - 1
    progress = page.get("/api/progress", reviewer="Ann")
    assert (progress["records"], progress["accepted"], progress["own"]) == (len(everything), 1, 1)
    assert page.http.get("/api/find", params={"colour": "red"}).status_code == 400


def test_a_saved_decision_survives_kill_9(data, recipe_file, tmp_path):
    out = tmp_path / "small"
    shutil.copytree(data, out)
    command = [sys.executable, "-m", "data_prep.review", "--recipe", str(recipe_file), "--out", str(out), "--port", "0"]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        address = running.stdout.readline().split(": ")[1].split()[0]
        with httpx.Client(base_url=address, timeout=60) as http:
            ids = http.get("/api/find").json()["ids"][:3]
            for id in ids:
                ask = {"id": id, "action": "accept", "reviewer": "Ann", "seen": 0}
                assert http.post("/api/decide", json=ask).status_code == 200
    finally:
        running.send_signal(signal.SIGKILL)
        running.wait()
        running.stdout.close()
    with (out / NAME).open("ab") as file:
        file.write(b'{"number": 4, "at": "20')  # the crash came in the middle of a fourth
    with serving(recipe_file, out) as page:
        assert [each["id"] for each in page.decisions()] == ids
        assert page.find(status="accepted") == ids


def test_a_full_disk_is_told_and_leaves_the_overlay_whole(page, monkeypatch):
    id = page.find()[0]
    page.decide(id, "accept")
    before = page.overlay()

    def full(handle):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("data_prep.review.overlay.os.fsync", full)
        answer = page.decide(id, "accept", reviewer="Bo")
    assert answer.status_code == 507 and "No space left" in answer.json()["error"] and page.overlay() == before
    assert page.decide(id, "accept", reviewer="Bo").status_code == 200


def test_data_made_anew_under_an_open_page_take_no_decision(page):
    id = page.find()[0]
    path = page.out / "trajectories" / "profile.jsonl"
    fresh = path.with_suffix(".new")
    shutil.copy(path, fresh)
    fresh.replace(path)
    answer = page.decide(id, "accept")
    assert answer.status_code == 409 and "start it again" in answer.json()["error"] and page.overlay() == b""


def test_mistakes_at_the_start_end_in_one_sentence(page, recipe_file, tmp_path):
    with pytest.raises(UserError, match="in use by another review page"):
        Overlay(page.out / NAME)
    with pytest.raises(UserError, match=f"port {page.server.port} cannot be used"):
        ReviewServer(page.server.desk, page.server.port)
    with pytest.raises(UserError, match="does not exist"), serving(recipe_file, tmp_path / "nothing"):
        pass
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "decisions.jsonl").write_text('{"number": 1}\n')
    with pytest.raises(UserError, match=r"decisions\.jsonl:1: not a decision"):
        Overlay(tmp_path / "broken" / "decisions.jsonl")
