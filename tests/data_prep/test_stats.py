"""The page of plots counts what the files hold, needs no network, and shows hostile text as text."""

import json
import re
import shutil
from collections import Counter
from html.parser import HTMLParser

from data_prep.finished import Finished
from data_prep.stats import gather, main
from data_prep.stats_page import page
from data_prep.stats_plots import BINS, histogram
from tests.data_prep.conftest import lines

EVIL = "</style><script>alert(1)</script><img src=http://evil.example/x onerror=alert(1)>"


class Elements(HTMLParser):
    """What a browser would make of the page: the elements, and the text of tooltips."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.kinds, self.addresses, self.said = Counter(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.kinds[tag] += 1
        self.addresses += [value for name, value in attributes if name in ("src", "href", "srcset", "data", "action")]
        assert not any(name.startswith("on") for name, _ in attributes), "a handler came in through data"

    def handle_data(self, data):
        self.said.append(data)


def test_figures_are_those_of_the_files(data, users):
    figures = gather(Finished(data))
    assert sum(figures.emotions.values()) == sum(len(user.situations) for user in users.values())
    examples = lines(data / "sft" / "train.jsonl") + lines(data / "sft" / "val.jsonl")
    calls = sum(each["completion"].count("<tool_call>") for each in examples)
    assert sum(figures.apps.values()) == calls > 0
    assert sum(figures.prompt_tokens.values()) == len(examples) == sum(figures.completion_tokens.values())
    longest = json.loads((data / "report.json").read_text())["sft"]["prompt_tokens"]["p100"]
    assert max(figures.prompt_tokens) == longest
    replies = sum(each["kind"] == "reply" for each in examples)
    assert sum(figures.reply_words.values()) == replies


def test_the_page_opens_offline_and_shows_hostile_text_as_text(data, tmp_path, monkeypatch):
    folder = tmp_path / EVIL.replace("/", "_")
    shutil.copytree(data, folder)
    with (folder / "rejected.jsonl").open("a") as ledger:
        ledger.write(json.dumps({"stage": EVIL, "id": "x", "reason": "r", "text": EVIL}) + "\n")
    report = json.loads((folder / "report.json").read_text())
    report["diversity"]["replies"]["frequent_5_grams"] = {EVIL: 0.5}
    (folder / "report.json").write_text(json.dumps(report))
    monkeypatch.setattr("sys.argv", ["stats", str(folder), "-o", str(tmp_path / "page.html")])
    main()
    text = (tmp_path / "page.html").read_text()
    seen = Elements(text)
    assert not seen.kinds["script"] and not seen.kinds["img"] and not seen.addresses
    assert "default-src 'none'" in text and seen.kinds["svg"] >= 9
    assert any(EVIL in said for said in seen.said), "the reason of a refused record is not shown"
    style = text[text.index("<style>") : text.index("</style>")]
    assert not re.search(r"url\(|@import|https?:", style), "the page would fetch something"


def test_every_length_is_in_a_bar():
    for lengths in ({1: 3}, {5: 1, 6: 1}, {number: number % 7 for number in range(1000)}, {0: 2, 1_000_000: 1}):
        drawing = histogram("x", lengths, "words")
        bars = drawing.findall("rect")
        counted = sum(int(bar.find("title").text.rsplit(": ", 1)[1].replace(",", "")) for bar in bars)
        assert counted == sum(lengths.values()) and len(bars) <= BINS


def test_a_data_set_without_tokens_and_with_nothing_refused_has_a_page(data):
    finished = Finished(data)
    figures = gather(finished)
    figures.prompt_tokens.clear()
    figures.rejects.clear()
    text = page("x", finished.report | {"rejected": {}}, figures)
    assert "Nothing was refused" in text and "Prompts" not in text
