"""`make catalog-check` finds what is wrong with a catalog file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from compass.tools.catalog_check import problems
from compass.tools.catalog_shapes import SHAPES
from compass.tools.search import FOLDER


@pytest.mark.parametrize("name", list(SHAPES))
def test_shipped_catalogs_are_sound(name: str) -> None:
    found = [line for line in problems(name) if "are wanted" not in line]
    assert not found


def change_title(items: list[dict[str, Any]]) -> None:
    items[0]["title"] = items[1]["title"].upper()
    items[0]["year"] = items[1]["year"]


CHANGES: list[tuple[str, Callable[[list[dict[str, Any]]], Any], str]] = [
    ("films", lambda items: items[0].pop("year"), "'year' is a required property"),
    ("films", lambda items: items[0].update(rating=11), "greater than the maximum"),
    ("films", lambda items: items[0].update(budget=3), "Additional properties"),
    ("films", change_title, "share title and year"),
    ("jokes", lambda items: items[0].update(text="Why did the moron cross the road?"), "demeaning word 'moron'"),
    ("jokes", lambda items: items[0].update(category="Yo Mama"), "outside the published values|laughs at people"),
    ("jokes", lambda items: items[0].update(text=items[1]["text"] + "!"), "alike"),
    ("stories", lambda items: items[0].update(text="Too short."), "2 words, 80 to 250 are wanted"),
    ("songs", lambda items: [item.update(genre="pop") for item in items], "no item has genre"),
    ("help", lambda items: items[0].update(url="call us"), "does not match"),
    ("help", lambda items: items[0].update(problem_types=["Boredom"]), "outside the published values"),
    ("stickers", lambda items: items[0].update(svg='<svg onload="x()"/>'), "more than a drawing"),
    ("clinics", lambda items: items[0]["departments"][0].update(opens="25:00"), "does not match"),
    ("plans", lambda items: items.__delitem__(slice(3, None)), "3 items, at least 60 are wanted"),
]


@pytest.mark.parametrize(("name", "change", "finding"), CHANGES)
def test_what_is_wrong_is_found(name: str, change: Callable[[Any], Any], finding: str, tmp_path: Path) -> None:
    data = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    change(data["items"])
    (tmp_path / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")
    lines = list(problems(name, tmp_path))
    assert any(any(part in line for part in finding.split("|")) for line in lines), lines


def test_a_missing_or_broken_file_is_one_finding(tmp_path: Path) -> None:
    assert list(problems("films", tmp_path)) == ["the file is missing"]
    (tmp_path / "films.json").write_text("{", encoding="utf-8")
    assert "not JSON" in next(iter(problems("films", tmp_path)))
