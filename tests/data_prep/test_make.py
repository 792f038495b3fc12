"""The files of `make data`: contracts between them, splits, resumption, and what bad input says."""

import fcntl
import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from compass import prompt
from compass.chat import request_messages
from compass.errors import run
from compass.format import Format
from compass.rollout import open_world
from compass.schema import SftExample
from compass.tools import call
from data_prep.make import main
from tests.data_prep.conftest import RECIPE, ROOT, lines, make


def test_every_file_of_the_contract_is_there_and_nothing_else(data):
    found = sorted(path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file())
    assert found == [
        "bench/test.jsonl", "bench/train.jsonl", "bench/val.jsonl", "format.json", "journal/people.jsonl",
        "journal/trajectories.jsonl", "pairs.jsonl", "rejected.jsonl", "report.json", "sft/train.jsonl", "sft/val.jsonl",
        "trajectories/direct.jsonl", "trajectories/history.jsonl", "trajectories/profile.jsonl",
    ], "a file of the contract is missing, or a temporary one was left"  # fmt: skip


def test_test_people_stand_in_no_training_file(data, users):
    held_out = {user.id for user in users.values() if user.split == "test"}
    assert len(held_out) == 3
    for name in (
        "trajectories/profile",
        "trajectories/history",
        "trajectories/direct",
        "sft/train",
        "sft/val",
        "pairs",
    ):
        assert not held_out & {each["user_id"] for each in lines(data / f"{name}.jsonl")}, f"{name} holds test people"
    said = [(user.split, each.utterance) for user in users.values() for each in user.situations]
    assert len({text for _, text in said}) == len(said), "an utterance stands twice"


def test_examples_are_the_stock_rendering_of_what_came_before(data, users, trajectories, tokenizer):
    known = {each.id: each for each in trajectories}
    examples = [SftExample.model_validate(each) for each in lines(data / "sft" / "train.jsonl")]
    assert {(each.setting, each.kind) for each in examples} == {
        ("profile", "call"), ("profile", "reply"), ("history", "call"), ("history", "reply"), ("direct", "reply"),
    }  # fmt: skip
    for example in random.Random(0).sample(examples, 40):
        trajectory, user = known[example.trajectory_id], users[example.user_id]
        turns = [place for place, message in enumerate(trajectory.messages) if message.role == "assistant"]
        system = prompt.system(user, example.setting, "compact")
        rendered = tokenizer.apply_chat_template(
            request_messages(system, trajectory.messages[: turns[example.turn]]),
            tools=prompt.tools(example.setting, "compact"), add_generation_prompt=True, enable_thinking=False, tokenize=False,
        )  # fmt: skip
        assert example.prompt == rendered, "training would see another prompt than serving"
        assert example.completion.endswith("<|im_end|>")
        situation = next(each for each in user.situations if each.id == example.situation_id)
        assert situation.utterance in example.prompt and example.scene == situation.scene


def test_only_preferred_turns_are_trained(data, users, trajectories):
    trained = {
        (each["trajectory_id"], each["turn"])
        for split in ("train", "val")
        for each in lines(data / f"sft/{split}.jsonl")
    }
    assert trained == {(each.id, turn) for each in trajectories for turn in each.train_on}, (
        "examples and train_on differ"
    )
    for trajectory in trajectories:
        if trajectory.setting == "profile" and trajectory.rounds[0].side == "dispreferred":
            assert not trajectory.train_on, f"{trajectory.id} would teach what the person dislikes"


def test_every_call_gives_the_same_result_in_a_fresh_world(users, trajectories):
    for trajectory in trajectories:
        if trajectory.setting == "direct":
            assert all(message.role != "tool" for message in trajectory.messages)
            continue
        user, first = users[trajectory.user_id], trajectory.rounds[0]
        world = open_world(user, first.situation_id if trajectory.setting == "profile" else user.id, first.at)
        rounds, calls = iter(trajectory.rounds), {}
        for message in trajectory.messages:
            if message.role == "user":
                world.advance(next(rounds).at)
            calls |= {each.id: each.function for each in message.tool_calls}
            if message.role == "tool":
                function = calls[message.tool_call_id]
                result = call(world, function.name, function.arguments)
                assert result.ok and result.schema_ok, (
                    f"{trajectory.id}: the teacher made a call that fails: {result.content}"
                )
                assert result.content == message.content, f"{trajectory.id}: evaluation would see another world"


def test_pairs_differ_in_nothing_but_the_side(data, users):
    pairs = lines(data / "pairs.jsonl")
    assert pairs
    for pair in pairs:
        user = users[pair["user_id"]]
        scene = next(each.scene for each in user.situations if each.id == pair["situation_id"])
        apps = [
            json.loads(pair[side].split("<tool_call>\n")[1].split("\n</tool_call>")[0])["name"]
            for side in ("chosen", "rejected")
        ]
        assert apps[0] in user.preferences[scene].likes and apps[1] in user.preferences[scene].dislikes
        assert pair["prompt"].endswith("<think>\n\n</think>\n\n")


def test_the_report_counts_what_the_files_hold(data):
    report = json.loads((data / "report.json").read_text())
    for setting in ("profile", "history", "direct"):
        assert report["trajectories"][setting] == len(lines(data / f"trajectories/{setting}.jsonl"))
    for split in ("train", "val"):
        assert sum(report["sft"][split].values()) == len(lines(data / f"sft/{split}.jsonl"))
    assert report["pairs"] == len(lines(data / "pairs.jsonl"))
    assert sum(report["rejected"].values()) == len(lines(data / "rejected.jsonl"))
    assert report["sft"]["prompt_tokens"]["p100"] >= report["sft"]["prompt_tokens"]["p50"] > 500


def test_the_format_is_that_of_the_tokenizer_and_the_code(data, tokenizer):
    written = Format.load(data / "format.json", "")
    assert not written.differences(Format.of(tokenizer, "x", None, "compact", False))


def written(out) -> int:
    """Bytes of finished work in the journals."""
    return sum(path.stat().st_size for path in out.glob("journal/*.jsonl"))


def test_killed_runs_end_with_the_bytes_of_an_uninterrupted_one(people_recipe, tmp_path):
    whole, out, kills, chance = tmp_path / "whole", tmp_path / "killed", 0, random.Random(3)
    assert make("--recipe", people_recipe, "--out", whole).returncode == 0
    command = [sys.executable, "-m", "data_prep.make", "--recipe", str(people_recipe), "--out", str(out)]
    while kills < 4:
        before = written(out)
        running = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True)
        while running.poll() is None and written(out) == before:
            time.sleep(0.002)
        time.sleep(chance.uniform(0.0, 0.1))
        if running.poll() is not None:
            break
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        kills += 1
    ran = make("--recipe", people_recipe, "--out", out)
    assert ran.returncode == 0 and kills >= 2, f"{kills} kills: {ran.stderr}"
    for path in sorted(whole.rglob("*.json*")):
        assert (out / path.relative_to(whole)).read_bytes() == path.read_bytes(), f"{path.name} differs after kill -9"
    assert not list(out.rglob(".*")), "a killed run left a temporary file that the next did not clear"


def test_two_runs_at_once_do_not_share_a_journal(data, people_recipe):
    with (data / "journal" / "people.jsonl").open("r+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        ran = make("--recipe", people_recipe, "--out", data)
    assert ran.returncode == 2 and "in use by another run" in ran.stderr


def test_another_recipe_does_not_mix_with_a_started_one(data, tmp_path, people_recipe):
    other = tmp_path / "small.yaml"
    other.write_text(people_recipe.read_text().replace("seed: 5", "seed: 6"))
    before = {path: path.read_bytes() for path in data.rglob("*.jsonl")}
    ran = make("--recipe", other, "--out", data)
    assert ran.returncode == 2 and "--fresh" in ran.stderr and "Traceback" not in ran.stderr
    assert before == {path: path.read_bytes() for path in data.rglob("*.jsonl")}, "the old data were touched"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "does not exist"),
        ("", "holds nothing"),
        ("people: [1, 2", "not valid YAML"),
        (RECIPE.replace("pairs:", "pears:"), "Did you mean 'pairs'"),
        (RECIPE.replace("history_rounds: 4", "history_rounds: 9"), "only 6 situations"),
        (RECIPE.replace("train: 9", "train: nine"), "people.train"),
        (RECIPE.replace("{tokenizer}", "checkpoints/no-such-folder"), "does not exist"),
        (RECIPE.replace("{tokenizer}", "no-such-org/no-such-model"), "cannot be loaded"),
        (RECIPE + "guard: [no/such/bench.jsonl]\n", "does not exist"),
    ],
)
def test_bad_recipes_end_in_one_clear_message(text, said, tmp_path, tokenizer_folder, monkeypatch, capsys):
    path, out = tmp_path / "bad.yaml", tmp_path / "out"
    if text is not None:
        path.write_text(text.replace("{tokenizer}", str(tokenizer_folder)).replace("{{", "{").replace("}}", "}"))
    monkeypatch.setattr(sys, "argv", ["make", "--recipe", str(path), "--out", str(out)])
    with pytest.raises(SystemExit) as ended:
        run(main)
    assert ended.value.code == 2 and said in capsys.readouterr().err
    assert not [each for each in out.rglob("*.jsonl") if each.parent.name != "journal"], "half a data set was left"


def test_a_training_recipe_gets_the_data_it_names(tmp_path, recipe_file, data):
    training = tmp_path / "train.yaml"
    training.write_text(f"data: {recipe_file}\n")
    ran = make("--for", training, "--out", data)
    assert ran.returncode == 0 and "written by rules" in ran.stderr, ran.stderr
    training.write_text("learning_rate: 1e-4\n")
    ran = make("--for", training)
    assert ran.returncode == 2 and "names no data recipe" in ran.stderr
