"""The published raw records become trajectories; what cannot is in the ledger with its reason."""

import json
from collections import Counter

import pytest

from compass.schema import Trajectory
from data_prep.export import export
from data_prep.finished import Finished
from tests.data_prep.conftest import lines, make

TASTE = "He likes music_recommendation because songs help. He dislikes joke_recommendation because jokes grate."
PERSON = {
    "demographic": {
        "age": 40, "gender": "male", "firstname": "Ray", "lastname": "Tester", "address": "1 Main St, Springfield, OH 45501",
        "phone": "+1-201-555-0101", "education": "High school", "career": "baker", "income": "30,000 USD",
    },
    "Big_Five_personality_traits": dict.fromkeys(
        ("Openness", "Conscientiousness", "Extraversion", "Agreeableness", "Neuroticism"), "medium"
    ),
    "personality_description": "Calm.",
    "background": dict.fromkeys(("Hobbies", "Health Status", "Family Environment", "Living Habits", "Growth Experience"), "Plain."),
    "tool_preferences": {f"{scene}_scenario": TASTE for scene in ("Work/Study", "Health", "Family", "Social", "Leisure")},
}  # fmt: skip


def side(
    app="music_recommendation",
    param=None,
    result="{'songs': [{'title': 'Blue Sky'}]}",
    reply="That sounds hard. Maybe play Blue Sky.",
):
    """One call as the published files hold it."""
    call = {
        "tool_folder_name": app,
        "function_name": "query_music",
        "param": {"keywords": ["calm"]} if param is None else param,
    }
    return {"1": {"tool_call": call, "tool_result": result, "generated_feedback": reply, "Pass_check": "True:8"}}


def record(said: str, good=None, bad=None, scene="Work/Study_scenario"):
    worse = bad or side(
        "joke_recommendation",
        {"description": "work"},
        "{'jokes': [{'text': 'Ha.'}]}",
        "Here you are: Ha. Enjoy it now.",
    )
    return {"user_utterance": said, "scenario": scene, "tool_call_pos": good or side(), "tool_call_neg": worse}


RECORDS = [
    record("My shift was endless and I am tired."),
    record(
        "Nulls are in the parameters of this one.", side(param={"keywords": ["calm"], "artist": None, "genre": None})
    ),
    record("Unknown app is called for this one.", side("Empathetic_respond")),
    record("Wrong parameters are given for this one.", side(param={"keywords": "calm"})),
    record("A failed call stands behind this one.", side(result="Class method call failed: boom")),
    record("No reply was generated for this one.", side(reply="")),
    record("A disliked app was called for this one.", side("joke_recommendation", {"description": "work"})),
    record("The result is no JSON for this one.", side(result="<html>")),
    {"user_utterance": "Nothing came of this one.", "tool_call_all": "timeout"},
    record("Half a letter \ud83d stands in this one.", side(param={"keywords": ["calm \udc00", float("nan")]})),
]


@pytest.fixture(scope="module")
def imported(tmp_path_factory, tokenizer_folder):
    folder = tmp_path_factory.mktemp("published")
    (folder / "persona.json").write_text(json.dumps({"0": PERSON, "1": PERSON}))
    interactions = {"0": [record("The dough did not rise and my boss shouted.")], "1": RECORDS}
    (folder / "records.json").write_text(json.dumps({"user_interactions": interactions}))
    recipe = folder / "published.yaml"
    recipe.write_text(
        f"teacher: published\nrecords: {folder}/records.json\nprofiles: {folder}/persona.json\ntokenizer: {tokenizer_folder}\n"
        "people: {train: 9, val: 1, test: 0}\nsettings: [profile]\n"
    )
    ran = make("--recipe", recipe, "--out", folder / "out")
    assert ran.returncode == 0, ran.stderr
    return folder / "out"


def test_records_become_trajectories_with_valid_canonical_calls(imported):
    made = {each["id"]: Trajectory.model_validate(each) for each in lines(imported / "trajectories" / "profile.jsonl")}
    first = made["compass-0-0-1-profile"]
    assert [message.role for message in first.messages] == ["user", "assistant", "tool", "assistant"]
    assert first.messages[1].tool_calls[0].function.arguments == '{"keywords": ["calm"]}'
    assert first.messages[2].content == '{"songs": [{"title": "Blue Sky"}]}', (
        "a result in Python's spelling must become JSON"
    )
    assert made["compass-1-1-1-profile"].messages[1].tool_calls[0].function.arguments == '{"keywords": ["calm"]}', (
        "nulls were kept"
    )
    assert json.loads(made["compass-1-7-1-profile"].messages[2].content) == {"result": "<html>"}
    assert first.checks["published"]["Pass_check"] == "True:8"
    users = {each["id"]: each for split in ("train", "val") for each in lines(imported / "bench" / f"{split}.jsonl")}
    assert users["compass-0"]["split"] == "val" and users["compass-1"]["situations"][0]["scene"] == "work"


def test_what_cannot_be_used_is_in_the_ledger_with_its_reason(imported):
    refused = Counter((each["id"].split("-")[2], each["reason"]) for each in lines(imported / "rejected.jsonl"))
    wanted = {
        ("2", "unmapped"),
        ("3", "schema"),
        ("4", "execution"),
        ("5", "empty"),
        ("6", "side"),
        ("8", "unreadable"),
        ("9", "schema"),
    }
    assert wanted <= set(refused), refused
    assert all(each["stage"] == "import" and each["text"] for each in lines(imported / "rejected.jsonl"))


def test_liked_calls_are_trained_and_twins_are_pairs(imported):
    trained = lines(imported / "sft" / "train.jsonl")
    assert trained and all("dispreferred" not in each["id"] and each["user_id"] == "compass-1" for each in trained)
    pair = next(each for each in lines(imported / "pairs.jsonl") if each["situation_id"] == "compass-1-0")
    assert "music_recommendation" in pair["chosen"] and "joke_recommendation" in pair["rejected"]


def test_what_no_file_can_hold_is_replaced(imported):
    user = lines(imported / "bench" / "train.jsonl")[0]
    assert user["situations"][9]["utterance"] == "Half a letter ? stands in this one."
    refused = next(
        each for each in lines(imported / "rejected.jsonl") if each["id"].startswith("compass-1-9-1-profile")
    )
    assert "calm ?" in refused["text"] and "NaN" not in refused["text"]


def test_published_records_can_be_handed_on(imported, tmp_path):
    counts = export(Finished(imported), tmp_path / "exported")
    assert counts["turns/train"] == len(lines(imported / "sft" / "train.jsonl")) > 0
    card = (tmp_path / "exported" / "README.md").read_text()
    assert "published raw records" in card and "invented" not in card and "license" not in card.split("---")[1]


def test_missing_files_are_named(tmp_path):
    recipe = tmp_path / "p.yaml"
    recipe.write_text("teacher: published\npeople: {train: 1, val: 0, test: 0}\n")
    ran = make("--recipe", recipe, "--out", tmp_path / "out")
    assert (
        ran.returncode == 2
        and "needs records" in ran.stderr
        and "needs profiles" in ran.stderr
        and "settings" in ran.stderr
    )
    recipe.write_text(
        "teacher: published\nrecords: no.json\nprofiles: no.json\nsettings: [profile]\npeople: {train: 1, val: 0, test: 0}\n"
    )
    ran = make("--recipe", recipe, "--out", tmp_path / "out")
    assert ran.returncode == 2 and "no.json does not exist" in ran.stderr and "Traceback" not in ran.stderr
