"""The layout of the published ComPASS-Bench test file, and how its people become ours.

The file is one JSON object: key to person. Tastes are prose and read by `compass.preferences`; situations carry no scene
and no time, so the n-th is set n times 30 days after 2026-01-05 18:00.
"""

import re
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from compass import jsonl
from compass.errors import UserError
from compass.preferences import parse_preferences
from compass.schema import Background, BigFive, Level, Preference, Profile, Scene, Situation, User

FIRST_MOMENT = datetime(2026, 1, 5, 18, 0)
BETWEEN = timedelta(days=30)
USER_PREFIX = "compass-"
_KEY = re.compile(r"[\w.-]{1,64}")
_SHOWN = 3

Text = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]


class _Part(BaseModel):
    """Types are taken as they stand ("52" is no number); keys that we do not use may be there."""

    model_config = ConfigDict(strict=True, frozen=True)


class _Demographic(_Part):
    age: int
    gender: Text
    firstname: Text
    lastname: Text
    address: Text
    phone: Text
    education: Text
    career: Text
    income: Text


class _Traits(_Part):
    openness: Level = Field(alias="Openness")
    conscientiousness: Level = Field(alias="Conscientiousness")
    extraversion: Level = Field(alias="Extraversion")
    agreeableness: Level = Field(alias="Agreeableness")
    neuroticism: Level = Field(alias="Neuroticism")


class _Background(_Part):
    hobbies: Text = Field(alias="Hobbies")
    health: Text = Field(alias="Health Status")
    family: Text = Field(alias="Family Environment")
    habits: Text = Field(alias="Living Habits")
    growth: Text = Field(alias="Growth Experience")


class _Preferences(_Part):
    work: Text = Field(alias="Work/Study_scenario")
    health: Text = Field(alias="Health_scenario")
    family: Text = Field(alias="Family_scenario")
    social: Text = Field(alias="Social_scenario")
    leisure: Text = Field(alias="Leisure_scenario")


class _Scenario(_Part):
    scenario: Text
    emotion: Text


class _Person(_Part):
    demographic: _Demographic
    traits: _Traits = Field(alias="Big_Five_personality_traits")
    personality: Text = Field(alias="personality_description")
    background: _Background
    preferences: _Preferences = Field(alias="tool_preferences")
    scenarios: tuple[_Scenario, ...] = Field(min_length=1, strict=False)
    utterance: tuple[Text, ...] = Field(strict=False)

    @model_validator(mode="after")
    def _paired(self) -> "_Person":
        if len(self.scenarios) != len(self.utterance):
            raise ValueError(f"{len(self.scenarios)} scenarios but {len(self.utterance)} utterances; each needs one")
        return self


def published_users(people: dict[str, Any], place: str) -> list[User]:
    """Turns the content of a published file into users, in file order.

    Args:
        people: Key to person, as the file has them.
        place: Name of the file, for errors.

    Raises:
        UserError: Names the person and the place inside the record, for the first person that does not fit.
    """
    users = []
    for key, value in people.items():
        if not _KEY.fullmatch(key):
            raise UserError(
                f"{place}: a person's key must be letters, digits, _ . - (at most 64), but one is {key[:80]!r}."
            )
        try:
            users.append(_user(key, _Person.model_validate(value)))
        except ValidationError as error:
            raise UserError(f"{place}: user {key}: {_problems(error)}. Compare with the published layout.") from None
    return users


def _problems(error: ValidationError) -> str:
    problems = jsonl.problems_of(error).split("; ")
    more = f"; and {len(problems) - _SHOWN} more problems" if len(problems) > _SHOWN else ""
    return "; ".join(problems[:_SHOWN]) + more


def _user(key: str, person: _Person) -> User:
    facts = person.demographic.model_dump(exclude={"firstname", "lastname"})
    profile = Profile(
        name=f"{person.demographic.firstname} {person.demographic.lastname}",
        **facts,
        big_five=BigFive(**person.traits.model_dump()),
        personality=person.personality,
        background=Background(**person.background.model_dump()),
    )
    texts: dict[Scene, str] = person.preferences.model_dump()
    return User(
        id=f"{USER_PREFIX}{key}",
        split="test",
        profile=profile,
        preferences={scene: _preference(text) for scene, text in texts.items()},
        situations=tuple(_situations(key, person)),
    )


def _preference(text: str) -> Preference:
    tastes = parse_preferences(text)
    return Preference(text=text, likes=tastes.likes, dislikes=tastes.dislikes)


def _situations(key: str, person: _Person) -> list[Situation]:
    return [
        Situation(
            id=f"{USER_PREFIX}{key}-{index}",
            at=(FIRST_MOMENT + index * BETWEEN).strftime("%Y-%m-%dT%H:%M"),
            emotion=told.emotion,
            text=told.scenario,
            utterance=said,
        )
        for index, (told, said) in enumerate(zip(person.scenarios, person.utterance, strict=True))
    ]
