"""One training example in colours, with the tokens of each part.

python -m data_prep.preview data/tiny                      the first example
python -m data_prep.preview data/tiny 41                   the 41st
python -m data_prep.preview data/tiny 'u0000-00-profile#1' --whole
"""

import argparse
import bisect
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from compass import chat
from compass.errors import UserError, run
from compass.format import Format
from compass.schema import SftExample
from data_prep.data_recipe import load_tokenizer
from data_prep.finished import REMEDY, Finished

SUPERVISED = "to be learned"
STYLES = {
    "guide": "blue", "schemas": "dark_blue", "person": "cyan", "user": "yellow", "assistant, earlier": "green4",
    "result": "magenta", "opening": "bright_black", SUPERVISED: "bold black on green3",
}  # fmt: skip
NEXT_TOKEN = "bold black on green1"  # every second supervised token, so that one sees where tokens end
SHOWN = 700  # characters of a long part, half from its beginning and half from its end
TOOLS = "\n\n# Tools\n"
RESULT = f"{chat.IM_START}user\n<tool_response>"


class Part(NamedTuple):
    """A piece of an example; `name` is a key of `STYLES`."""

    name: str
    text: str


def main() -> None:
    """Reads the command line and prints an example."""
    parser = argparse.ArgumentParser(
        prog="python -m data_prep.preview", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="a folder that `make data` wrote, such as data/tiny")
    parser.add_argument("example", nargs="?", default="1", help="its id, or its number from 1 (default: 1)")
    parser.add_argument("--split", choices=("train", "val"), default="train")
    parser.add_argument("--whole", action="store_true", help="show long parts in full")
    options = parser.parse_args()
    data = Finished(options.data)
    made = Format.load(options.data / "format.json", f"{REMEDY} A recipe without a tokenizer makes no examples.")
    example = find(data, options.split, options.example)
    tokenizer = load_tokenizer(made.tokenizer, made.tokenizer_revision)
    console = Console(soft_wrap=True)
    console.print(shown(example, tokenizer, options.whole))
    console.print(counts(example, tokenizer))


def find(data: Finished, split: str, wanted: str) -> SftExample:
    """The example with that id or number.

    Raises:
        UserError: There is none.
    """
    number = 0
    for number, example in enumerate(data.examples(split), start=1):
        if wanted in (example.id, str(number)):
            return example
    raise UserError(
        f"{data.folder}/sft/{split}.jsonl has no example {wanted}; it holds {number}. Give a number up to that, or an id in it."
    )


def parts(example: SftExample) -> Iterator[Part]:
    """The example cut at its turns; the texts together are prompt and completion."""
    *turns, opening = filter(None, re.split(f"(?={re.escape(chat.IM_START)})", example.prompt))
    for place, turn in enumerate(turns):
        if turn.startswith(f"{chat.IM_START}system"):
            guide, tools, schemas = turn.partition(TOOLS)
            yield Part("person" if place else "guide", guide)
            if schemas:
                yield Part("schemas", tools + schemas)
        elif turn.startswith(RESULT):
            yield Part("result", turn)
        else:
            yield Part("user" if turn.startswith(f"{chat.IM_START}user") else "assistant, earlier", turn)
    yield Part("opening", opening)
    yield Part(SUPERVISED, example.completion)


def shown(example: SftExample, tokenizer: Any, whole: bool) -> Text:
    """The example in colours; the supervised tokens alternate between two shades."""
    text = Text()
    for part in parts(example):
        if part.name == SUPERVISED:
            for place, token in enumerate(tokens_of(part.text, tokenizer)):
                text.append(printable(token), STYLES[SUPERVISED] if place % 2 == 0 else NEXT_TOKEN)
        elif whole or len(part.text) <= 2 * SHOWN:
            text.append(printable(part.text), STYLES[part.name])
        else:
            left_out = f" […{len(part.text) - SHOWN:,} characters, --whole shows them…] "
            text.append(printable(part.text[: SHOWN // 2]), STYLES[part.name])
            text.append(left_out, "reverse")
            text.append(printable(part.text[-SHOWN // 2 :]), STYLES[part.name])
    return text


def tokens_of(text: str, tokenizer: Any) -> list[str]:
    """The text cut where its tokens begin; tokens that share one character stay together."""
    starts = sorted({*token_starts(text, tokenizer), 0, len(text)})
    return [text[start:end] for start, end in itertools.pairwise(starts)]


def token_starts(text: str, tokenizer: Any) -> list[int]:
    """The character at which each token begins."""
    offsets = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    return [start for start, _ in offsets]


def printable(text: str) -> str:
    """Without characters that a terminal would obey."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "\ufffd" for letter in text)


def tokens_by_part(example: SftExample, tokenizer: Any) -> dict[str, int]:
    """Tokens by part; one that reaches over an edge counts where it begins. Prompt and completion are encoded apart."""
    prompt = [part for part in parts(example) if part.name != SUPERVISED]
    ends = list(itertools.accumulate(len(part.text) for part in prompt))
    sums = dict.fromkeys((part.name for part in prompt), 0)
    for start in token_starts(example.prompt, tokenizer):
        sums[prompt[bisect.bisect_right(ends, start)].name] += 1
    return sums | {SUPERVISED: len(token_starts(example.completion, tokenizer))}


def counts(example: SftExample, tokenizer: Any) -> Table:
    """The tokens by part as a table; their sum is what a trainer sees."""
    sums = tokens_by_part(example, tokenizer)
    table = Table(title=f"{example.id} ({example.setting}, {example.kind}, {example.scene or 'no part of life'})")
    table.add_column("part")
    table.add_column("tokens", justify="right")
    for name, count in sums.items():
        table.add_row(Text(name, STYLES[name]), f"{count:,}")
    table.add_section()
    table.add_row("all", f"{sum(sums.values()):,}")
    return table


if __name__ == "__main__":
    run(main)
