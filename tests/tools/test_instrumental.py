"""Appointments, schedule and orders behave like the things they stand for."""

import json
from datetime import datetime, time, timedelta
from typing import Any

from compass.tools import call
from compass.tools.clinic import WEEK
from compass.tools.search import catalog
from compass.tools.world import Person, World


def moment(shown: str) -> datetime:
    return datetime.strptime(shown[4:], "%Y-%m-%d %H:%M")


def test_a_slot_lies_within_opening_hours_and_ahead_of_the_clock(person: Person) -> None:
    for seed in range(60):
        world = World(seed, "2026-03-14T18:20", person)
        wish = ("tomorrow", "Saturday 18:30", "Monday morning", "next Wednesday 12:00")[seed % 4]
        reason = ("rash", "toothache", "knee pain", "anxiety", "check-up")[seed % 5]
        arguments = {"operation": "book", "desired_date": wish, "illness_description": reason}
        booked = json.loads(call(world, "medical_appointment", json.dumps(arguments)).content)["appointment"]
        start = moment(booked["time"])
        clinic = next(each for each in catalog("clinics").items if each["name"] == booked["clinic"])
        part = next(each for each in clinic["departments"] if each["name"] == booked["department"])
        assert start > world.clock and WEEK[start.weekday()] in part["days"] and booked["doctor"] in part["doctors"]
        assert time.fromisoformat(part["opens"]) <= start.time()
        assert (start + timedelta(minutes=30)).time() <= time.fromisoformat(part["closes"])


def test_a_taken_time_is_held_at_the_nearest_free_one(person: Person) -> None:
    """Nobody is booked silently for a time that they did not ask for."""
    seen = set()
    for seed in range(80):
        world = World(seed, "2026-03-14T18:20", person)
        arguments = {
            "operation": "book",
            "desired_date": "2026-03-18 10:00",
            "department": "Dermatology",
            "hospital": "Lindenfeld",
        }
        body = json.loads(call(world, "medical_appointment", json.dumps(arguments)).content)
        exact = body["appointment"]["time"] == "Wed 2026-03-18 10:00"
        assert (body["appointment"]["status"] == "confirmed") == (
            exact and "another clinic" not in body.get("note", "")
        )
        assert exact or "nearest free slot" in body["note"]
        assert len(body["alternatives"]) == 2
        seen.add(exact)
    assert seen == {True, False}


def test_an_appointment_lives_until_it_is_cancelled(run: Any, refused: Any, world: World) -> None:
    wish = {"desired_date": "next Tuesday morning", "department": "dentist", "illness_description": "toothache"}
    booked = run("medical_appointment", operation="book", **wish)
    number = booked["appointment"]["appointment_id"]
    assert booked["appointment"]["department"] == "Dentistry" and booked["appointment"]["patient"] == "James Lopez"
    assert run("medical_appointment", operation="query")["appointments"][0]["appointment_id"] == number
    moved = run(
        "medical_appointment", operation="modify", appointment_id=number, desired_date="next Thursday afternoon"
    )
    assert moved["before"] == booked["appointment"]["time"] != moved["changed"]["time"]
    schedule = run("schedule_manager", operation="query", event="dentistry")["schedule"]
    assert schedule[0]["time"] == moved["changed"]["time"]
    assert run("medical_appointment", operation="cancel")["cancelled"]["status"] == "cancelled"
    assert run("medical_appointment", operation="query", status="confirmed")["total"] == 0
    result, _ = refused("medical_appointment", operation="modify", appointment_id=number, desired_date="next Friday")
    assert result.error == "conflict"


def test_the_own_slot_is_not_given_twice(run: Any) -> None:
    first = run(
        "medical_appointment", operation="book", desired_date="next Tuesday 10:00", department="General Practice"
    )
    second = run("medical_appointment", operation="book", desired_date="next Tuesday 10:00", department="Dermatology")
    assert first["appointment"]["time"] != second["appointment"]["time"]


def test_cancel_without_date_and_unknown_ids(run: Any, refused: Any) -> None:
    result, body = refused("medical_appointment", operation="cancel")
    assert (result.error, result.schema_ok) == ("not_found", True)
    run("medical_appointment", operation="book", desired_date="next Tuesday", department="Neurology")
    result, body = refused("medical_appointment", operation="cancel", appointment_id="apt_9")
    assert (
        result.error == "not_found" and body["value"] == "apt_9" and body["choices"][0].startswith("apt_1: Neurology")
    )


def test_dates_that_cannot_be(refused: Any) -> None:
    for wish, code in (
        ("2026-02-30", "impossible_date"),
        ("2026-03-01", "past"),
        ("2027-12-01", "too_far"),
        ("whenever", "unclear_date"),
    ):
        result, body = refused("medical_appointment", operation="book", desired_date=wish)
        assert (result.error, body["parameter"], body["value"]) == (code, "desired_date", wish)


def test_schedule_round(run: Any, refused: Any) -> None:
    entry = {"event": "Call mother", "location": "home", "duration": "45 minutes"}
    added = run("schedule_manager", operation="add", time="tomorrow 20:00", **entry)["added"]
    assert added["schedule_id"] == "sch_4" and added["time"] == "Sun 2026-03-15 20:00"
    result, body = refused(
        "schedule_manager", operation="add", time="tomorrow 20:30", event="Walk", location="park", duration="1 hour"
    )
    assert result.error == "conflict" and "Call mother" in body["message"] and body["choices"][0] == "2026-03-15 21:00"
    run("schedule_manager", operation="add", time="tomorrow 20:45", event="Walk", location="park", duration="1 hour")
    changed = run(
        "schedule_manager", operation="update", schedule_id="sch_4", duration="15 minutes", event="Call mother back"
    )["updated"]
    assert (changed["time"], changed["duration"], changed["event"]) == (
        "Sun 2026-03-15 20:00",
        "15 min",
        "Call mother back",
    )
    assert run("schedule_manager", operation="query", event="mother")["total"] == 1
    assert run("schedule_manager", operation="delete", schedule_id="sch_4")["deleted"]["event"] == "Call mother back"
    result, body = refused("schedule_manager", operation="delete", schedule_id="sch_4")
    assert result.error == "not_found" and all(choice.startswith("sch_") for choice in body["choices"])


def test_ids_are_never_given_twice(run: Any) -> None:
    """A model that remembers sch_4 from three rounds ago must not delete something else."""
    entry = {"operation": "add", "event": "Walk", "location": "park", "duration": "30 minutes"}
    first = run("schedule_manager", time="tomorrow 20:00", **entry)["added"]["schedule_id"]
    run("schedule_manager", operation="delete", schedule_id=first)
    assert run("schedule_manager", time="tomorrow 20:00", **entry)["added"]["schedule_id"] != first


def test_schedule_refusals(refused: Any) -> None:
    entry = {"operation": "add", "event": "Walk", "location": "park"}
    for time_said, duration, code in (
        ("yesterday 10:00", "1 hour", "past"),
        ("31 April 10:00", "1 hour", "impossible_date"),
        ("tomorrow 26:00", "1 hour", "impossible_time"),
        ("tomorrow 10:00", "a while", "bad_duration"),
    ):
        result, _ = refused("schedule_manager", time=time_said, duration=duration, **entry)
        assert result.error == code
    assert refused("schedule_manager", operation="update", schedule_id="sch_1")[0].error == "nothing_to_change"


def test_past_entries_leave_the_list(run: Any, world: World) -> None:
    run(
        "schedule_manager", operation="add", time="tomorrow 20:00", event="Concert", location="hall", duration="2 hours"
    )
    world.advance("2026-03-15T23:00")
    assert "Concert" not in json.dumps(run("schedule_manager", operation="get_all"))


def test_an_order_adds_up(run: Any, world: World) -> None:
    order = run(
        "online_shopping", item_type="candle", item_name="scented candle", item_features=["quantity 2", "express"]
    )["order"]
    assert order["quantity"] == 2 and order["total"] == round(2 * order["price"] + order["shipping"], 2)
    assert order["delivery"] == "Mon 2026-03-16" and order["address"] == world.person.address  # ordered on a Saturday
    again = run("online_shopping", item_type="candle", item_name="scented candle", item_features=[])["order"]
    assert (order["order_id"], again["order_id"]) == ("ord_1", "ord_2")


def test_a_budget_is_kept_and_nothing_else_is_ordered(run: Any, world: World) -> None:
    order = run("online_shopping", item_type="headphones", item_name="headphones", item_features=["under $40"])["order"]
    assert order["price"] <= 40
    before = world.digest()
    for name, features in (("headphones", ["under 1 dollar"]), ("red sports car", [])):
        body = run(
            "online_shopping",
            item_type="vehicle" if features == [] else "headphones",
            item_name=name,
            item_features=features,
        )
        assert "order" not in body and "nothing was ordered" in body["note"] and body["products"]
    assert world.digest() == before


def test_today_without_an_hour_is_not_past(run: Any) -> None:
    added = run(
        "schedule_manager", operation="add", time="today", event="Walk", location="park", duration="30 minutes"
    )["added"]
    assert added["time"] == "Sat 2026-03-14 18:30"


def test_words_that_say_nothing_order_nothing(run: Any, world: World) -> None:
    """Found by the fuzzer: a name of stop words fitted a product that no search then found."""
    before = world.digest()
    body = run("online_shopping", item_type="null", item_name='" OR ""="', item_features=["soft"])
    assert "nothing was ordered" in body["note"] and world.digest() == before
