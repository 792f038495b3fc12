"""A teacher model at a bad endpoint: everything is asked until it is answered, paid once, checked, and accounted for."""

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter

import pytest

from compass.schema import Trajectory
from data_prep.asking import Throttle
from tests.data_prep.conftest import ROOT, lines, make
from tests.data_prep.fake_teacher import ARGUMENTS, Model, faults, make_here, recipe_file
from tests.fake_server import FakeServer


def test_a_bad_endpoint_loses_nothing_and_the_ledger_is_right(tmp_path):
    students = int(os.environ.get("COMPASS_FAULTY_PEOPLE", 7))  # 16 items each; the benchmark takes 32
    with FakeServer(script=faults(600 * students, 0.3), reply=Model(5)) as server:
        recipe = recipe_file(tmp_path, server.url, train=students - 1, situations=5, timeout=0.4)
        ran = make("--recipe", recipe, "--out", tmp_path / "out")
    print(ran.stderr)
    assert ran.returncode == 0, ran.stderr
    made = [
        Trajectory.model_validate(each)
        for name in ("profile", "history", "direct")
        for each in lines(tmp_path / f"out/trajectories/{name}.jsonl")
    ]
    ledger = lines(tmp_path / "out" / "rejected.jsonl")
    people = [each for split in ("train", "val") for each in lines(tmp_path / f"out/bench/{split}.jsonl")]
    situations = [each for user in people for each in user["situations"]]
    expected = 2 * len(situations) + sum(each["scene"] is not None for each in situations) + len(people)
    assert len(people) == students and len(situations) == 5 * students
    kept, refused = [each.id for each in made], {each["id"] for each in ledger}
    assert len(set(kept)) == len(kept) and not set(kept) & refused, "an item is there twice"
    assert len(set(kept) | refused) == expected, "an item is neither kept nor in the ledger"
    assert len(made) > 0.9 * expected, Counter(each["reason"] for each in ledger)
    assert {each.source.teacher for each in made} == {"fake"}
    assert all(each.checks["score"] == 8 for each in made), "the teacher's score is missing"
    teacher = json.loads((tmp_path / "out" / "report.json").read_text())["teacher"]
    assert teacher["requests"] >= expected and teacher["usd"] == round(
        (teacher["prompt_tokens"] + 2 * teacher["completion_tokens"]) / 1e3, 2
    )


def test_what_got_no_answer_is_asked_again_and_what_is_done_is_not(tmp_path):
    answer = Model(3)

    def no_replies(body: dict) -> str:
        return "" if body["response_format"]["json_schema"]["name"] == "reply" else answer(body)

    with FakeServer(reply=no_replies) as server:
        recipe = recipe_file(tmp_path, server.url, train=1, situations=3)
        ran = make_here("--recipe", recipe, "--out", tmp_path / "out")
        calls = [body for _, _, body in server.requests if body["response_format"]["json_schema"]["name"] == "calls"]
        answered = {json.dumps(body["messages"]) for body in calls}
    assert ran.returncode == 0, ran.stderr
    ledger = lines(tmp_path / "out" / "rejected.jsonl")
    assert ledger and {each["reason"] for each in ledger} == {"unanswered"} and "empty" in ledger[0]["text"]
    asked_for_nothing = json.loads((tmp_path / "out" / "report.json").read_text())["teacher"]
    assert asked_for_nothing["usd_of_unanswered"] > 0, "empty answers were paid, but the bill does not say so"
    with FakeServer(reply=answer) as server:
        recipe = recipe_file(tmp_path, server.url, train=1, situations=3)
        ran = make_here("--recipe", recipe, "--out", tmp_path / "out")
        asked = Counter(body["response_format"]["json_schema"]["name"] for _, _, body in server.requests)
        again = answered & {json.dumps(body["messages"]) for _, _, body in server.requests}
    assert ran.returncode == 0, ran.stderr
    assert answered and not asked["story"] and not again, "what was answered was paid again"
    teacher = json.loads((tmp_path / "out" / "report.json").read_text())["teacher"]
    assert teacher["requests"] > asked_for_nothing["requests"] and teacher["usd"] >= teacher["usd_of_unanswered"] > 0
    assert not [each for each in lines(tmp_path / "out" / "rejected.jsonl") if each["reason"] == "unanswered"]


def test_a_killed_run_pays_again_only_for_what_was_under_way(tmp_path):
    answer, asked, killed = Model(4), Counter(), threading.Event()

    def counted(body: dict) -> str:
        if body["response_format"]["json_schema"]["name"] != "story":
            asked[json.dumps(body["messages"])] += 1
            if sum(asked.values()) >= 60:
                killed.set()
        time.sleep(0.01)
        return answer(body)

    with FakeServer(reply=counted) as server:
        recipe = recipe_file(tmp_path, server.url, train=5, situations=4)
        command = [sys.executable, "-m", "data_prep.make", "--recipe", recipe, "--out", tmp_path / "out"]
        running = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
        assert killed.wait(60), "the run never got that far"
        running.kill()
        running.wait()
        ran = make_here("--recipe", recipe, "--out", tmp_path / "out")
    assert ran.returncode == 0, ran.stderr
    again = sum(count - 1 for count in asked.values())
    assert again <= 16 + 2, f"{again} requests were paid twice; 16 at most were under way"
    assert len(lines(tmp_path / "out" / "trajectories" / "history.jsonl")) == 6


def test_a_bad_reply_is_repaired_once_with_its_reason(tmp_path):
    answer, first = Model(2), Counter()

    def inventive(body: dict) -> str:
        shape = body["response_format"]["json_schema"]["name"]
        if shape == "reply" and len(body["messages"]) == 2:
            first["bad"] += 1
            return json.dumps(
                {"reply": "That sounds hard. See https://made-up.example at 03:33, they will help.", "score": 9}
            )
        if shape == "reply":
            assert "invented" in body["messages"][-1]["content"] or "grounded" in body["messages"][-1]["content"]
            first["repaired"] += 1
        return answer(body)

    with FakeServer(reply=inventive) as server:
        recipe = recipe_file(tmp_path, server.url, train=1, situations=2)
        recipe.write_text(recipe.read_text().replace("history_rounds: 3", "history_rounds: 2"))
        ran = make_here("--recipe", recipe, "--out", tmp_path / "out")
    assert ran.returncode == 0, ran.stderr
    assert first["bad"] == first["repaired"] > 0
    for each in lines(tmp_path / "out" / "trajectories" / "profile.jsonl"):
        assert "made-up" not in json.dumps(each)


def test_a_call_of_an_app_that_was_not_offered_is_repaired_once_then_refused(tmp_path):
    answer, rounds = Model(2), Counter()

    def stubborn(body: dict) -> str:
        if body["response_format"]["json_schema"]["name"] != "calls":
            return answer(body)
        rounds[len(body["messages"])] += 1
        person = body["messages"][1]["content"]
        if len(body["messages"]) == 4:
            assert "was not offered" in body["messages"][-1]["content"]
            if rounds[4] > 2:
                return answer(body)
        offered = [each["properties"]["name"]["const"]
                   for each in body["response_format"]["json_schema"]["schema"]["properties"]["calls"]["items"]["anyOf"]]  # fmt: skip
        strange = next(name for name in ARGUMENTS if name not in offered)
        assert person
        return json.dumps({"calls": [{"name": strange, "arguments": ARGUMENTS[strange]}]})

    with FakeServer(reply=stubborn) as server:
        recipe = recipe_file(tmp_path, server.url, train=1, situations=2)
        recipe.write_text(recipe.read_text().replace("[profile, history, direct]", "[profile]"))
        ran = make_here("--recipe", recipe, "--out", tmp_path / "out")
        replies = sum(body["response_format"]["json_schema"]["name"] == "reply" for _, _, body in server.requests)
    assert ran.returncode == 0, ran.stderr
    assert rounds[2] == rounds[4] > 2, "each is asked once more, with the reason"
    ledger = lines(tmp_path / "out" / "rejected.jsonl")
    assert [each["reason"] for each in ledger] == ["side", "side"] and "not offered" in ledger[0]["text"]
    assert replies == rounds[2] - 2, "replies were paid for calls that could not be used"


def test_the_teachers_own_low_score_is_a_reason(tmp_path):
    answer, asked = Model(2), Counter()

    def modest(body: dict) -> str:
        text = answer(body)
        if body["response_format"]["json_schema"]["name"] != "reply":
            return text
        asked["again" if len(body["messages"]) == 4 else "first"] += 1
        return json.dumps(json.loads(text) | {"score": 3})

    with FakeServer(reply=modest) as server:
        recipe = recipe_file(tmp_path, server.url, train=1, situations=2)
        recipe.write_text(recipe.read_text().replace("[profile, history, direct]", "[direct]"))
        ran = make_here("--recipe", recipe, "--out", tmp_path / "out")
    assert ran.returncode == 0, ran.stderr
    assert asked["again"] == asked["first"] == 4
    assert {each["reason"] for each in lines(tmp_path / "out" / "rejected.jsonl")} == {"score"}
    assert not lines(tmp_path / "out" / "trajectories" / "direct.jsonl")


def test_a_burst_of_refusals_halves_once_and_answers_give_it_back():
    async def burst() -> list[float]:
        throttle, limits = Throttle(16), []

        async def refused() -> None:
            async with throttle.slot() as era:
                await asyncio.sleep(0.01)
                throttle.refused(era)

        await asyncio.gather(*(refused() for _ in range(16)))
        limits.append(throttle.limit)
        await refused()
        limits.append(throttle.limit)
        for _ in range(8):
            throttle.succeeded()
        limits.append(throttle.limit)
        for _ in range(1000):
            throttle.succeeded()
        return [*limits, throttle.limit]

    assert asyncio.run(burst()) == [8, 4, pytest.approx(5.6, abs=0.5), 16]


def test_no_more_requests_are_under_way_than_the_recipe_allows(tmp_path):
    answer, now, most, lock = Model(2), Counter(), Counter(), threading.Lock()

    def slow(body: dict) -> str:
        with lock:
            now["under way"] += 1
            most["under way"] = max(most["under way"], now["under way"])
        time.sleep(0.02)
        with lock:
            now["under way"] -= 1
        return answer(body)

    with FakeServer(reply=slow) as server:
        recipe = recipe_file(tmp_path, server.url, train=4, situations=2)
        text = (
            recipe.read_text()
            .replace("concurrency: 16", "concurrency: 3")
            .replace("[profile, history, direct]", "[direct]")
        )
        recipe.write_text(text)
        ran = make_here("--recipe", recipe, "--out", tmp_path / "out")
    assert ran.returncode == 0, ran.stderr
    assert 1 < most["under way"] <= 3


def test_paid_work_is_kept_when_the_recipe_changes(tmp_path):
    with FakeServer(reply=Model(2)) as server:
        recipe = recipe_file(tmp_path, server.url, train=1, situations=2)
        recipe.write_text(recipe.read_text().replace("[profile, history, direct]", "[direct]"))
        out = tmp_path / "out"
        assert make_here("--recipe", recipe, "--out", out).returncode == 0
        asked = len(server.requests)
        recipe.write_text(recipe.read_text().replace("[direct]", "[direct, profile]"))
        ran = make_here("--recipe", recipe, "--out", out)
        assert ran.returncode == 2 and "--mix" in ran.stderr and len(server.requests) == asked, "it did not ask first"
        paid = (out / "journal" / "people.jsonl").read_bytes()
        ran = make_here("--recipe", recipe, "--out", out, "--mix")
        assert ran.returncode == 0, ran.stderr
        assert (out / "journal" / "people.jsonl").read_bytes() == paid
        stories = sum(
            body["response_format"]["json_schema"]["name"] == "story" for _, _, body in server.requests[asked:]
        )
        assert not stories and lines(out / "trajectories" / "profile.jsonl")
        ran = make_here("--recipe", recipe, "--out", out, "--fresh")
        assert ran.returncode == 0 and (out / "journal" / "people.jsonl.old").read_bytes() == paid


def test_a_dry_run_asks_nobody_and_names_the_bill(tmp_path):
    with FakeServer(reply=Model(2)) as server:
        recipe = recipe_file(tmp_path, server.url, train=10, situations=4)
        ran = make_here("--recipe", recipe, "--dry-run")
        assert not server.requests, "a dry run must cost nothing"
    assert ran.returncode == 0 and "to expect:" in ran.stdout and "USD" in ran.stdout and "a storyline" in ran.stdout
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("change", "said"), [(("model: fake\n", ""), "needs model"), (("http://127", "ftp://127"), "no server address")]
)
def test_bad_endpoints_are_told_before_anything_is_asked(tmp_path, change, said):
    recipe = recipe_file(tmp_path, "http://127.0.0.1:9", 1, 2)
    recipe.write_text(recipe.read_text().replace(*change))
    ran = make_here("--recipe", recipe, "--out", tmp_path / "out")
    assert ran.returncode == 2 and said in ran.stderr and "Traceback" not in ran.stderr


def test_a_server_that_knows_no_such_key_stops_the_run(tmp_path):
    with FakeServer(script=[401] * 50, reply=Model(2)) as server:
        ran = make_here("--recipe", recipe_file(tmp_path, server.url, 1, 3), "--out", tmp_path / "out")
    assert ran.returncode == 2 and "refuses the API key" in ran.stderr and "Traceback" not in ran.stderr, ran.stderr
