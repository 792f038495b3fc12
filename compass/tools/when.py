"""Dates, times and durations as people write them, read against the world's clock.

Dates: 2026-03-14, 14 March 2026, March 14, 14.03.2026, 03/14/2026 (month first), today, tomorrow, Friday, next Friday
(the one in the coming week, Monday to Sunday), in 3 days, next week. Times: 18:00, 6:30 pm, 6pm, noon, morning, tonight.
Durations: 90 minutes, 1.5 hours, 1h30, half an hour, two hours, all day.
"""

import re
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from compass.tools.fault import ToolError
from compass.tools.words import NUMBERS

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
# First hour and the hour at which the part of the day is over.
PARTS = {
    "morning": (9, 12),
    "noon": (12, 13),
    "afternoon": (14, 18),
    "evening": (18, 22),
    "night": (20, 24),
    "midday": (12, 13),
}
NEAR_DAYS = (
    ("tomorrow", 1),
    ("today|tonight|now|this (?:morning|afternoon|evening)|asap|as soon as possible|earliest", 0),
    ("yesterday", -1),
)
MAX_CHARS = 80
FURTHEST = timedelta(days=2 * 366)

_COUNT = r"(\d{1,3}|" + "|".join(NUMBERS) + r")"
_MONTH = r"(" + "|".join(f"{name[:3]}(?:{name[3:]})?" if len(name) > 3 else name for name in MONTHS) + r")\b\.?"
_DAY = r"(" + "|".join(f"{name[:3]}(?:{name[3:]})?" for name in DAYS) + r"|tues|thur|thurs)\b\.?"


class When(NamedTuple):
    """A day, and the time of day as far as it was said: an exact time, a part of the day, or nothing."""

    day: date
    time: time | None
    part: str | None

    def at(self, default: time) -> datetime:
        """The moment meant, with `default` where neither a time nor a part of the day was said."""
        if self.time:
            return datetime.combine(self.day, self.time)
        return datetime.combine(self.day, time(PARTS[self.part][0]) if self.part else default)


def read_when(text: str, clock: datetime, parameter: str) -> When:
    """Reads a date with or without a time of day.

    A time alone means its next occurrence.

    Raises:
        ToolError: `impossible_date`, `impossible_time` or `unclear_date`.
    """
    if len(text) > MAX_CHARS:
        raise ToolError("unclear_date", f"{parameter} is longer than {MAX_CHARS} characters; {_HOW}", parameter, text)
    lower = " ".join(text.casefold().replace(",", " ").split())
    moment, rest = _read_time(lower, parameter, text)
    part = None
    if moment is None:
        part = next((word for word in PARTS if re.search(rf"\b{word}\b", rest)), None) or (
            "evening" if "tonight" in rest else None
        )
    day = _read_day(rest, clock.date(), parameter, text)
    hour = moment or time(PARTS[part or "night"][1] - 1, 59)
    if day == clock.date() and hour < clock.time() and re.search(_DAY, rest) and not _written_day(rest, day):
        day += timedelta(days=7)  # on a Saturday evening, "Saturday morning" is the next one
    if day is not None and abs(day - clock.date()) > FURTHEST:
        raise ToolError("too_far", f"{parameter} lies more than two years from now, {clock.date()}", parameter, text)
    if day is None:
        if moment is None and part is None:
            raise ToolError("unclear_date", f"{parameter} names no day; {_HOW}", parameter, text)
        day = clock.date() if hour > clock.time() else clock.date() + timedelta(days=1)
    return When(day, moment, part)


_HOW = 'write for example "2026-03-14 18:00", "tomorrow 18:00", "next Friday 09:30" or "Saturday morning"'


def _read_time(lower: str, parameter: str, text: str) -> tuple[time | None, str]:
    """The time of day in a text and the text without it."""
    iso = re.search(r"(\d{4}-\d{1,2}-\d{1,2})t(?=\d)", lower)
    if iso:
        lower = lower.replace(iso[0], iso[1] + " ")
    found = re.search(r"(?<![\d:.-])(\d{1,2})(?::(\d{2}))?(?::\d{2}(?:\.\d+)?)?\s*([ap])\.?m\b\.?", lower)
    if found is None:
        found = re.search(r"(?<![\d:.-])(\d{1,2})[:h](\d{2})(?::\d{2}(?:\.\d+)?)?(?:z|[+-]\d{2}:?\d{2})?(?!\d)", lower)
    if found is None:
        found = re.search(r"\bat (\d{1,2})()(?: o'?clock)?(?![\d:./-])", lower)
    if found is None:
        return None, lower
    hour, minute = int(found[1]), int(found[2] or 0)
    half = found[3] if found.re.groups == 3 else None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0) if 1 <= hour <= 12 else 99
    elif found[0].startswith("at ") and 1 <= hour <= 6:
        hour += 12  # "at 5" is five in the afternoon
    if hour > 23 or minute > 59:
        raise ToolError("impossible_time", f"{parameter} holds a time that no clock shows; {_HOW}", parameter, text)
    end = found.end()
    until = re.match(
        r"\s*(?:-|–|to|until)\s*\d{1,2}(?::\d{2})?\s*(?:[ap]\.?m\b\.?)?", lower[end:]
    )  # "18:00-19:00": the start counts
    rest = lower[: found.start()] + " " + lower[end + (until.end() if until else 0) :]
    return time(hour, minute), rest


def _read_day(rest: str, today: date, parameter: str, text: str) -> date | None:
    written = _written_day(rest, today)
    if written:
        year, month, day = written
        try:
            return date(year, month, day)
        except ValueError as error:
            raise ToolError(
                "impossible_date", f"{parameter} names a day that no calendar has: {error}", parameter, text
            ) from None
    if "day after tomorrow" in rest:
        return today + timedelta(days=2)
    for pattern, days in NEAR_DAYS:
        if re.search(rf"\b({pattern})\b", rest):
            return today + timedelta(days=days)
    ahead = re.search(rf"\bin {_COUNT} (day|week)s?\b", rest) or re.search(
        rf"\b{_COUNT} (day|week)s? (?:from now|later)\b", rest
    )
    if ahead:
        count = NUMBERS.get(ahead[1]) or int(ahead[1])
        return today + timedelta(days=count * (7 if ahead[2] == "week" else 1))
    return _week_day(rest, today)


def _week_day(rest: str, today: date) -> date | None:
    monday = today - timedelta(days=today.weekday())
    named = re.search(rf"\b(next |this |coming )?{_DAY}", rest)
    if named:
        number = next(index for index, name in enumerate(DAYS) if name.startswith(named[2][:3]))
        if named[1] == "next " or "next week" in rest:
            return monday + timedelta(days=7 + number)
        return today + timedelta(days=(number - today.weekday()) % 7)
    if "next week" in rest:
        return monday + timedelta(days=7)
    if "weekend" in rest:
        saturday = today + timedelta(days=(5 - today.weekday()) % 7)
        return (
            saturday + timedelta(days=7)
            if "next weekend" in rest and saturday - today < timedelta(days=6)
            else saturday
        )
    return None


def _written_day(rest: str, today: date) -> tuple[int, int, int] | None:
    """Year, month and day of a calendar date, not yet checked; a day without a year is the next one of that name."""
    iso = re.search(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b", rest)
    if iso:
        return int(iso[1]), int(iso[2]), int(iso[3])
    dotted = re.search(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b", rest)
    if dotted:
        return int(dotted[3]), int(dotted[2]), int(dotted[1])
    slashed = re.search(r"\b(\d{1,2})/(\d{1,2})(?:/(\d{4}))?\b", rest)
    if slashed:
        month, day, year = int(slashed[1]), int(slashed[2]), slashed[3]
        return _with_year(year, month, day, today)
    ordinal = r"(\d{1,2})(?:st|nd|rd|th)?"
    worded = re.search(rf"\b{_MONTH}\s+(?:the )?{ordinal}\b(?:\s+(\d{{4}}))?", rest)
    if worded:
        return _with_year(worded[3], _month(worded[1]), int(worded[2]), today)
    worded = re.search(rf"\b{ordinal}\s+(?:of )?{_MONTH}(?:\s+(\d{{4}}))?", rest)
    if worded:
        return _with_year(worded[3], _month(worded[2]), int(worded[1]), today)
    return None


def _month(name: str) -> int:
    return next(index for index, month in enumerate(MONTHS, start=1) if month.startswith(name[:3]))


def _with_year(year: str | None, month: int, day: int, today: date) -> tuple[int, int, int]:
    if year:
        return int(year), month, day
    return today.year + ((month, day) < (today.month, today.day)), month, day


def read_minutes(text: str, parameter: str) -> int:
    """Reads a duration of one minute to one day.

    Raises:
        ToolError: `bad_duration`.
    """
    lower = text[:MAX_CHARS].casefold().strip()
    total = _hours_and_minutes(lower)
    if total is None or not 1 <= total <= 24 * 60:
        rule = 'one minute to one day, for example "45 minutes", "1.5 hours" or "all day"'
        raise ToolError("bad_duration", f"{parameter} is not a duration of {rule}", parameter, text)
    return total


def _hours_and_minutes(lower: str) -> int | None:
    if re.search(r"\b(all|whole|full) day\b", lower):
        return 24 * 60
    if re.search(r"\bhalf an? hour\b", lower) and not re.search(r"\d", lower):
        return 30
    iso = re.fullmatch(r"pt(?:(\d{1,2})h)?(?:(\d{1,3})m)?", lower)
    if iso and (iso[1] or iso[2]):
        return 60 * int(iso[1] or 0) + int(iso[2] or 0)
    clock = re.fullmatch(r"(\d{1,2})[:h](\d{2})", lower)
    if clock:
        return 60 * int(clock[1]) + int(clock[2])
    if re.fullmatch(r"\d{1,4}", lower):
        return int(lower)  # a bare number has always meant minutes in calendars
    count = r"(\d{1,4}(?:\.\d{1,2})?|" + "|".join(NUMBERS) + r")"
    hours = re.search(rf"{count}(?: and a half)?[\s-]*(?:h\b|hrs?\b|hours?\b)", lower)
    minutes = re.search(rf"{count}[\s-]*(?:m\b|mins?\b|minutes?\b)", lower)
    if not hours and not minutes:
        return None
    total = (_count(hours[1]) * 60 if hours else 0) + (_count(minutes[1]) if minutes else 0)
    return round(total + (30 if hours and "and a half" in lower else 0))


def _count(word: str) -> float:
    return float(NUMBERS.get(word) or word)


def spoken(moment: datetime) -> str:
    """A moment as results show it: weekday, date and time, e.g. "Sat 2026-03-14 18:20"."""
    return f"{DAYS[moment.weekday()][:3].capitalize()} {moment:%Y-%m-%d %H:%M}"


def length(minutes: int) -> str:
    """A duration as results show it, e.g. "1 h 30 min"."""
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part)
