"""The words that the rule-written data is made of, read once from `data_prep/words/*.yaml` and checked."""

import re
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field

from compass.schema import Scene, Strict

FOLDER = Path(__file__).parent / "words"
FILES: dict[str, tuple[str, ...]] = {"work": ("work", "study")}  # scenes whose families fill more than one file
Kind = Literal["tense", "low", "grief", "anger", "warm", "up"]
Gender = Literal["female", "male", "non-binary"]
Status = Literal["employed", "student", "retired", "home"]
_SLOT = re.compile(r"\{(\w+)\}")
_SENTENCE_START = re.compile(r"(^|[.!?] )([a-z])")


class Emotion(Strict):
    """One of the 32 emotions: what the speaker says (`say`), what apps are asked for, how an answer meets it (`meet`)."""

    kind: Kind
    film: str
    music: str
    sticker: str
    say: tuple[str, ...]
    meet: tuple[str, ...]


class Mood(Strict):
    """What a kind of emotion asks for: themes of stories, closing sentences, and how well each app fits."""

    ask: tuple[str, ...]
    story: tuple[str, ...]
    close: tuple[str, ...]
    fit: dict[str, int]


class Family(Strict):
    """A kind of situation. `event`, `detail` are said by the person; `tie` names the matter when it is answered.

    Args:
        who: Stations in life it fits; `needs`: who must be there (partner, child, parent); `from_age`: in years.
        slots: Fillers of `{slot}` in every text below.
        topic: One to three words; `goal`: a plan's goal; `problem`: of the help app's list; `item`: type, name, feature;
            `entry`: event, place, duration, hour; `role`: who plays, what is said; `ill`: a reason to see a doctor.
        fits: Apps that fit best, best first. `advice`: answers without an app. `after`: families it likes to
            follow; `then`: families of which one must come next in this scene.
    """

    id: str
    who: tuple[Status, ...] = ("employed", "student", "retired", "home")
    needs: tuple[Literal["partner", "child", "parent"], ...] = ()
    from_age: int = 18
    emotions: tuple[str, ...]
    slots: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    text: tuple[str, ...]
    event: tuple[str, ...]
    detail: tuple[str, ...]
    tie: tuple[str, ...]
    topic: str
    goal: str
    problem: str
    item: tuple[str, str, str]
    entry: tuple[str, str, str, str]
    role: tuple[str, str]
    ill: str = "a check-up"
    fits: tuple[str, ...]
    advice: tuple[str, ...]
    after: tuple[str, ...] = ()
    then: tuple[str, ...] = ()


class Danger(Strict):
    """Something said by a person who may be in danger."""

    id: str
    kind: Literal["self", "other"]
    situation: str
    problem: str
    emotion: str
    text: str
    say: tuple[str, ...]


@cache
def load(name: str) -> Any:
    """The YAML file `words/<name>.yaml`; shared, not to be changed."""
    return yaml.load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


@cache
def pools() -> dict[str, Any]:
    return load("pools")


@cache
def emotions() -> dict[str, Emotion]:
    return {name: Emotion.model_validate(value) for name, value in load("emotions").items()}


@cache
def moods() -> dict[str, Mood]:
    return {name: Mood.model_validate(value) for name, value in load("moods").items()}


def mood_of(emotion: str) -> Mood:
    return moods()[emotions()[emotion].kind]


@cache
def families(scene: Scene) -> tuple[Family, ...]:
    """The situation families of one scene."""
    return tuple(Family.model_validate(value) for file in FILES.get(scene, (scene,)) for value in load(file))


@cache
def family(scene: Scene, id: str) -> Family:
    return next(each for each in families(scene) if each.id == id)


@cache
def dangers() -> dict[str, Danger]:
    return {value["id"]: Danger.model_validate(value) for value in load("danger")}


def fill(template: str, slots: dict[str, str]) -> str:
    """Puts the slots in (slots may hold slots) and begins sentences with a capital."""
    text = template
    while _SLOT.search(text):
        text = _SLOT.sub(lambda match: slots[match[1].lower()], text)
    return _SENTENCE_START.sub(lambda match: match[1] + match[2].upper(), text)


def phrase(template: str, slots: dict[str, str]) -> str:
    """As `fill`, for a phrase inside a sentence: its case stays."""
    text = template
    while _SLOT.search(text):
        text = _SLOT.sub(lambda match: slots[match[1].lower()], text)
    return text


_YOU = {
    "my": "your",
    "mine": "yours",
    "me": "you",
    "myself": "yourself",
    "i": "you",
    "our": "your",
    "we": "you",
    "i'm": "you're",
}
_THIRD = {
    "female": {"my": "her", "our": "her", "mine": "hers", "me": "her", "myself": "herself", "i": "she"},
    "male": {"my": "his", "our": "his", "mine": "his", "me": "him", "myself": "himself", "i": "he"},
    "non-binary": {"my": "their", "our": "their", "mine": "theirs", "me": "them", "myself": "themself", "i": "they"},
}
_FIRST_PERSON = re.compile(r"(?<![\w'])(my|mine|me|myself|I'm|I|our|we)(?![\w'])", re.IGNORECASE)


def to_you(text: str) -> str:
    """First person to second: `my slides` becomes `your slides`."""
    return _FIRST_PERSON.sub(lambda match: _YOU[match[0].lower()], text)


def to_third(text: str, gender: Gender) -> str:
    """First person to third: `the tool I built for me` becomes `the tool she built for her`.

    Verbs stay as they are, so words for it speak of the past or have a modal: `than I can count`, not `how I live`.

    Raises:
        KeyError: A first-person word without a counterpart here.
    """
    return _FIRST_PERSON.sub(lambda match: _THIRD[gender][match[0].lower()], text)
