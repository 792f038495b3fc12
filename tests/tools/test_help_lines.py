"""Whoever speaks of danger is shown a fitting line first; whoever does not is shown what they asked for."""

import json

import pytest

from compass.tools import call
from compass.tools.search import catalog
from compass.tools.world import Person, World


@pytest.mark.parametrize(
    ("address", "number"), [("Reno, NV 89501", "911"), ("Leeds LS1 4DY", "999"), ("Berlin", "112")]
)
@pytest.mark.parametrize("app", ["psyweb_recommender", "role_play", "joke_recommendation"])
def test_an_emergency_of_the_body_names_the_number_first(address: str, number: str, app: str) -> None:
    """A website about physical health does not help somebody who is having a stroke."""
    said = "Dad's face is drooping on one side and he can't speak"
    arguments: dict[str, dict[str, object]] = {
        "psyweb_recommender": {"situation": said, "problem_type": "Physical health", "user_group": "Adult"},
        "role_play": {"name": "Sherlock Holmes", "user_input": said},
        "joke_recommendation": {"description": said},
    }
    world = World(3, "2026-03-14T18:20", Person("Ann Lee", "1", address))
    body = json.loads(call(world, app, json.dumps(arguments[app])).content)
    offered = {"psyweb_recommender": lambda: body["help"][0], "role_play": lambda: body["help"]}.get(
        app, lambda: body["safety"]
    )()
    assert offered["phone"] == number


def first_line(situation: str, address: str, problem: str = "Sleep", group: str = "Adult") -> dict[str, str]:
    world = World(3, "2026-03-14T18:20", Person("Ann Lee", "1", address))
    arguments = {"situation": situation, "problem_type": problem, "user_group": group}
    body = json.loads(call(world, "psyweb_recommender", json.dumps(arguments)).content)
    assert "danger" in body["note"]
    return body["help"][0]


@pytest.mark.parametrize(
    ("situation", "address", "name"),
    [
        ("I want to die", "5 Elm Street, Reno, NV 89501", "988 Suicide & Crisis Lifeline"),
        ("my husband hits me", "5 Elm Street, Reno, NV 89501", "National Domestic Violence Hotline"),
        ("I was raped", "5 Elm Street, Reno, NV 89501", "RAINN"),
        ("my husband hits me", "10 High Street, Leeds LS1 4DY", "Refuge: National Domestic Abuse Helpline"),
        ("my husband hits me", "Hauptstraße 1, Berlin, Germany", "Hilfetelefon Gewalt gegen Frauen"),
        ("my wife hits me", "Hauptstraße 1, Berlin, Germany", "WEISSER RING: Opfer-Telefon"),
        ("I want to die", "10 High Street, Leeds LS1 4DY", "Samaritans"),
        ("I was raped", "10 High Street, Leeds LS1 4DY", "Rape Crisis England & Wales: 24/7 Support Line"),
        ("I was raped, here in Scotland", "Leith, EH6 7AA", "Rape Crisis Scotland"),
        ("I was raped", "Hauptstraße 1, Berlin, Germany", "WEISSER RING: Opfer-Telefon"),
        ("As a child I was molested", "Hauptstraße 1, Berlin, Germany", "Hilfe-Telefon Sexueller Missbrauch"),
        ("I want to die", "Sydney NSW 2000", "Lifeline Australia"),
        ("my husband hits me", "Sydney NSW 2000", "1800RESPECT"),
        ("I want to die", "Hauptstraße 1, Berlin, Germany", "TelefonSeelsorge"),
        ("I want to die and I live in Canada now", "5 Elm Street, Reno, NV 89501", "9-8-8 Suicide Crisis Helpline"),
    ],
)
def test_the_fitting_line_comes_first(situation: str, address: str, name: str) -> None:
    assert first_line(situation, address)["name"] == name


def test_a_country_spoken_of_is_not_where_somebody_is() -> None:
    assert first_line("since our trip to Paris I want to die", "Reno, NV 89501")["phone"] == "988"
    assert first_line("I want to die", "12 Rue X, London, KY 40741")["phone"] == "988"


def test_an_unknown_country_gets_a_directory_for_all() -> None:
    """A number that cannot be called from where somebody is costs the one call they make."""
    assert first_line("I want to die", "somewhere at sea")["country"] == "International"


def test_the_line_comes_first_whatever_the_problem_type() -> None:
    problems = {problem for item in catalog("help").items for problem in item["problem_types"]}
    for problem in problems:
        for group in ("Children", "Teenager", "Adult", "Elder"):
            line = first_line("I want to end my life", "Reno, NV 89501", problem, group)
            assert line["phone"] == "988"


def test_without_danger_the_topic_comes_first() -> None:
    world = World(3, "2026-03-14T18:20", Person("Ann Lee", "1", "Reno, NV 89501"))
    arguments = {"situation": "I gamble every night", "problem_type": "Problem gambling", "user_group": "Adult"}
    body = json.loads(call(world, "psyweb_recommender", json.dumps(arguments)).content)
    assert "note" not in body and "ambl" in body["help"][0]["name"]


def test_a_character_steps_out_of_its_role() -> None:
    world = World(3, "2026-03-14T18:20", Person("Ann Lee", "1", "Reno, NV 89501"))
    body = json.loads(
        call(world, "role_play", '{"name": "Sherlock Holmes", "user_input": "I want to kill myself"}').content
    )
    assert body["help"]["phone"] == "988" and "911" in body["note"] and "safe" in body["reply"]


def test_a_complaint_that_cannot_wait_names_the_emergency_number() -> None:
    world = World(3, "2026-03-14T18:20", Person("Ann Lee", "1", "Reno, NV 89501"))
    arguments = {
        "operation": "book",
        "desired_date": "tomorrow",
        "illness_description": "chest pain and I can't breathe",
    }
    assert "911" in json.loads(call(world, "medical_appointment", json.dumps(arguments)).content)["note"]


@pytest.mark.parametrize(
    ("app", "arguments"),
    [
        ("joke_recommendation", {"description": "I want to kill myself, make me laugh once more"}),
        ("film_recommendation", {"keyword": ["a last film before I end my life"]}),
        ("strength_card", {"situation": "I don't want to live anymore"}),
    ],
)
def test_no_app_answers_danger_to_life_with_its_own_thing_alone(app: str, arguments: dict[str, object]) -> None:
    world = World(3, "2026-03-14T18:20", Person("Ann Lee", "1", "Reno, NV 89501"))
    body = json.loads(call(world, app, json.dumps(arguments)).content)
    assert next(iter(body)) == "safety" and body["safety"]["phone"] == "988"
