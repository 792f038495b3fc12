"""The preview shows the whole example, marks exactly what is learned, and its counts are a trainer's."""

import subprocess
import sys

import pytest
from rich.console import Console

from compass.encode import Encoder
from compass.schema import SftExample
from data_prep.preview import NEXT_TOKEN, STYLES, SUPERVISED, parts, shown, tokens_by_part
from tests.data_prep.conftest import ROOT, lines


@pytest.fixture(scope="module")
def examples(data) -> list[SftExample]:
    return [SftExample.model_validate(each) for each in lines(data / "sft" / "train.jsonl")]


def test_the_parts_are_the_example_and_their_tokens_are_counted_once(examples, tokenizer):
    encoder, seen = Encoder(tokenizer), set()
    for example in examples[::9]:
        pieces = list(parts(example))
        assert "".join(piece.text for piece in pieces) == example.prompt + example.completion
        assert pieces[-1].text == example.completion and pieces[-2].text.startswith("<|im_start|>assistant")
        counted = tokens_by_part(example, tokenizer)
        assert counted[SUPERVISED] == len(encoder.encode(example.completion))
        assert sum(counted.values()) == len(encoder.encode(example.prompt)) + counted[SUPERVISED]
        seen |= counted.keys()
    assert seen == STYLES.keys(), "a kind of part never occurs"


def test_only_supervised_tokens_have_their_colour_and_each_token_is_seen(examples, tokenizer):
    example = next(each for each in examples if each.setting == "profile" and each.kind == "reply")
    text = shown(example, tokenizer, whole=True)
    marked = [span for span in text.spans if span.style in (STYLES[SUPERVISED], NEXT_TOKEN)]
    assert "".join(text.plain[span.start : span.end] for span in marked) == example.completion
    assert len(marked) == tokens_by_part(example, tokenizer)[SUPERVISED], "ASCII text has one span a token"
    assert text.plain == example.prompt + example.completion


def test_a_terminal_obeys_nothing_in_an_example(examples, tokenizer):
    evil = examples[0].model_copy(update={"completion": "a\x1b[2J\x07\u202eb [red]not markup[/red]"})
    console = Console(color_system=None, width=4000)
    with console.capture() as captured:
        console.print(shown(evil, tokenizer, whole=False))
    printed = captured.get()
    assert not {"\x1b", "\x07", "\u202e"} & set(printed) and "[red]not markup[/red]" in printed


def test_the_command_finds_examples_by_number_and_id(data, examples):
    def preview(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "data_prep.preview", *map(str, arguments)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)

    by_id = preview(data, examples[1].id)
    assert by_id.returncode == 0 and examples[1].id in by_id.stdout and "to be learned" in by_id.stdout, by_id.stderr
    wrong = preview(data, "0")
    assert wrong.returncode == 2 and str(len(examples)) in wrong.stderr and "Traceback" not in wrong.stderr
