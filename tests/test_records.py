"""Records, JSON lines and the journal: wrong input is named by file and line, finished work survives."""

import json

import pytest

from compass import jsonl
from compass.errors import UserError
from compass.journal import Journal
from compass.schema import Function, Message, SftExample, ToolCall, Trajectory

CALL = {"id": "call_0", "type": "function", "function": {"name": "film", "arguments": '{"keyword": ["é"]}'}}
TRAJECTORY = {
    "id": "t1", "user_id": "u1", "setting": "profile",
    "rounds": [{"situation_id": "u1-00", "at": "2026-03-14T18:20", "side": "preferred"}],
    "messages": [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "", "tool_calls": [CALL]},
        {"role": "tool", "content": "{}", "tool_call_id": "call_0"},
        {"role": "assistant", "content": "There."},
    ],
    "train_on": [0, 1], "checks": {}, "source": {"teacher": "offline", "seed": 1, "prompt_sha": "x"},
}  # fmt: skip


def test_a_trajectory_read_and_written_is_the_same_bytes(tmp_path):
    path, again = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    jsonl.write(path, [Trajectory.model_validate(TRAJECTORY)])
    jsonl.write(again, jsonl.read(path, Trajectory))
    assert path.read_bytes() == again.read_bytes()
    messages = json.loads(path.read_text())["messages"]
    assert messages[1] == TRAJECTORY["messages"][1] and "tool_calls" not in messages[0], (
        "absent fields must stay absent, not null"
    )


@pytest.mark.parametrize(
    "arguments",
    ['{"a":1}', '{"a": "\\u00e9"}', "{'a': 1}", "[1]", '{"a": 1} ', "", '{ "a": 1}'],
    ids=lambda a: a or "empty",
)
def test_arguments_in_another_spelling_are_refused(arguments):
    with pytest.raises(ValueError):
        Function(name="film", arguments=arguments)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"train_on": [2]}, "train_on"),
        ({"train_on": [1, 0]}, "train_on"),
        ({"rounds": []}, "rounds"),
        ({"messages": TRAJECTORY["messages"][1:]}, "first message"),
        ({"surprise": 1}, "surprise"),
        (
            {
                "messages": [*TRAJECTORY["messages"][:2], {"role": "tool", "content": "", "tool_call_id": "call_9"}],
                "train_on": [0],
            },
            "call_9",
        ),
        ({"messages": [TRAJECTORY["messages"][0], TRAJECTORY["messages"][2]], "train_on": []}, "must follow"),
    ],
)
def test_a_trajectory_that_contradicts_itself_is_refused_with_its_line(tmp_path, change, complaint):
    path = tmp_path / "t.jsonl"
    path.write_text(json.dumps(TRAJECTORY) + "\n" + json.dumps(TRAJECTORY | change) + "\n")
    with pytest.raises(UserError, match=rf"t\.jsonl:2: not a valid Trajectory: .*{complaint}"):
        list(jsonl.read(path, Trajectory))


def test_roles_hold_only_their_own_fields():
    with pytest.raises(ValueError, match="tool_calls"):
        Message(role="user", content="x", tool_calls=(ToolCall.model_validate(CALL),))
    with pytest.raises(ValueError, match="tool_call_id"):
        Message(role="tool", content="x")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "does not exist"),
        (b"", "is empty"),
        (b'{"a": 1}\n{"a": \n', r":2: not valid JSON"),
        (b"[1]\n", ":1: holds a list"),
        (b"\xff\n", ":1: not valid JSON"),
    ],
)
def test_a_bad_file_is_one_sentence_with_file_and_line(tmp_path, content, complaint):
    path = tmp_path / "x.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError, match=complaint):
        list(jsonl.read_dicts(path))


def test_a_record_that_misses_fields_names_them_all(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"id": "a"}\n')
    with pytest.raises(UserError, match=r"x\.jsonl:1: not a valid SftExample: trajectory_id: .*completion: "):
        list(jsonl.read(path, SftExample))


def test_a_write_that_fails_leaves_the_old_file_and_no_remains(tmp_path):
    path = tmp_path / "x.jsonl"
    jsonl.write(path, [{"a": 1}])

    def records():
        yield {"a": 2}
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        jsonl.write(path, records())
    assert path.read_text() == '{"a": 1}\n' and list(tmp_path.iterdir()) == [path]


def test_a_journal_continues_after_a_cut_line(tmp_path):
    path = tmp_path / "journal.jsonl"
    with Journal(path, "s1") as journal:
        for number in range(5):
            journal.add(f"k{number}", {"value": number})
    whole = path.read_bytes()
    for cut in range(len(whole) - 1, 0, -7):
        path.write_bytes(whole[:cut])
        finished = max(0, whole[:cut].count(b"\n") - 1)
        with Journal(path, "s1") as journal:
            assert list(journal.done) == [f"k{number}" for number in range(finished)], (
                "a crash lost finished work or kept half a line"
            )
            for number in range(finished, 5):
                journal.add(f"k{number}", {"value": number})
        assert path.read_bytes() == whole, "a resumed journal must equal an uninterrupted one"


def test_a_journal_of_another_recipe_is_refused(tmp_path):
    Journal(tmp_path / "j", "s1").close()
    with pytest.raises(UserError, match="another recipe"):
        Journal(tmp_path / "j", "s2")


def test_doing_the_same_work_twice_is_our_bug(tmp_path):
    with Journal(tmp_path / "j", "s") as journal:
        journal.add("k", 1)
        with pytest.raises(ValueError, match="already"):
            journal.add("k", 2)


def test_a_damaged_line_inside_a_journal_is_named(tmp_path):
    path = tmp_path / "j"
    path.write_text('{"signature": "s"}\n{"key": "a", \n{"key": "b", "value": 1}\n')
    with pytest.raises(UserError, match=r"j:2: the journal is damaged"):
        Journal(path, "s")
