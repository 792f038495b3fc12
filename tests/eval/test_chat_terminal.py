"""Talking to a model: calls are shown, /undo takes back what apps did, /save writes a trajectory that loads again."""

import asyncio
import io
from datetime import datetime

import pytest
from rich.console import Console

from compass import jsonl
from compass.schema import Trajectory
from eval import chat
from eval.settings import Settings
from tests.conftest import ROOT
from tests.eval.people import GOOD_ARGUMENTS, call_text, person, scripted

USER = person(0)


def talk(lines, answer, tmp_path=None):
    """What stands on the screen after these lines."""
    console = Console(file=io.StringIO(), width=100)
    waiting = iter(lines)

    def read(prompt):
        try:
            return next(waiting)
        except StopIteration:
            raise EOFError from None

    console.input = read
    session = chat.Session(USER, "profile", "compact", now=lambda: datetime(2026, 3, 14, 18, 20))
    asyncio.run(chat.converse(console, session, scripted(answer), "tiny", Settings()))
    return console.file.getvalue(), session


def order(messages):
    return (
        "It is on its way."
        if messages[-1]["role"] == "tool"
        else call_text("online_shopping", GOOD_ARGUMENTS["online_shopping"])
    )


def test_calls_and_results_are_shown_and_the_standing_line_names_help():
    screen, _ = talk(["I need a book."], order)
    assert "→ online_shopping" in screen and "ord_1" in screen and "It is on its way." in screen
    assert "no substitute" in screen and "findahelpline.com" in screen and "988" in screen


def test_undo_takes_back_the_round_and_its_orders():
    screen, session = talk(["One book.", "/undo", "Another book.", "/undo", "/undo"], order)
    assert screen.count("ord_1") == 2 and "ord_2" not in screen, "the first order was taken back"
    assert "nothing to take back" in screen
    assert session.conversation.messages == []


def test_save_writes_a_trajectory(tmp_path):
    screen, _ = talk(["One book.", f"/save {tmp_path / 'talk.jsonl'}", "/nonsense", f"/save {tmp_path}"], order)
    (saved,) = jsonl.read(tmp_path / "talk.jsonl", Trajectory)
    assert [message.role for message in saved.messages] == ["user", "assistant", "tool", "assistant"]
    assert "cannot be written" in screen
    assert chat.HELP.split("·")[0].strip() in screen


def test_a_model_cannot_take_over_the_terminal():
    screen, _ = talk(["Hello."], lambda messages: "\x1b]0;owned\x07\x1b[2J[bold]Hi[/bold]")
    assert "\x1b" not in screen and "\x07" not in screen
    assert "[bold]Hi[/bold]" in screen, "markup is shown, not obeyed"


def test_a_failed_round_leaves_the_conversation_as_it_was():
    async def dead(messages, tools):
        raise ConnectionError

    session = chat.Session(USER, "profile", "compact")
    with pytest.raises(ConnectionError):
        asyncio.run(session.say(dead, "Hello.", Settings(), lambda exchange: None))
    assert session.conversation.messages == [] and session.rounds == []


def test_the_door_opens_with_the_tiny_model(root, call, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("Hello.\n/quit\n"))
    recipe = ("--config", ROOT / "recipes/eval/tiny.yaml")
    done = call(chat.main, "checkpoints/soft", "--engine", "hf", *recipe, "--max_tokens", "8")
    assert done.code == 0, done.err
    assert "soft with Robin Vale0 (u0000)" in done.out
    gone = call(chat.main, "checkpoints/soft", "--person", "nobody", *recipe)
    assert gone.code == 2 and "has no person nobody" in gone.err
