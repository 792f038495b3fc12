"""Step 6, utterances: a situation in the person's own voice; length, register and wording follow age, character and mood."""

import random
import re
from collections.abc import Callable, Sequence

from compass.schema import BigFive, Strict
from data_prep.chance import weighted
from data_prep.demographics import Demographics
from data_prep.situations import Plot, family_of, kind_of
from data_prep.wording import dangers, emotions, fill, load, mood_of, phrase, pools

CONTRACTED = (
    ("I'm", "I am"), ("I've", "I have"), ("I'll", "I will"), ("can't", "cannot"), ("don't", "do not"),
    ("didn't", "did not"), ("isn't", "is not"), ("won't", "will not"), ("haven't", "have not"), ("couldn't", "could not"),
    ("doesn't", "does not"), ("wasn't", "was not"), ("We've", "We have"), ("we've", "we have"), ("wouldn't", "would not"),
    ("aren't", "are not"), ("weren't", "were not"),
)  # fmt: skip
CASUAL = (
    ("going to", "gonna"),
    ("want to", "wanna"),
    ("because", "cause"),
    ("kind of", "kinda"),
    ("really", "so"),
    ("my friend", "my mate"),
)
PLANS = (  # sentence plans and how often each is spoken
    ("event say", 16), ("event detail say", 22), ("say event", 9), ("say event detail", 12), ("event detail", 12),
    ("event ask", 7), ("event detail ask", 10), ("event say ask", 10), ("event detail say ask", 10), ("event+say", 12),
    ("event+say detail", 10), ("event detail detail say", 5),
)  # fmt: skip


_POINTS_BACK = re.compile(r"\b(it|that|this|they|them|then|those|there|with|after)\b", re.IGNORECASE)
_WHOLE = re.compile(r"(I|I'm|I've|I'd|My|We|We're|It|It's|They|There|There's|The|Our|Some\w+|Every\w+|Nobody|A|An)\b")
_NAME_FIRST = re.compile(r"I\b|I'|[A-Z]\w+ (and I|called|stood|invited|told|cancelled|wrote|is|sent|was)\b")


OPENER_SHARE = 0.25
ASIDE_SHARE = 0.35


class Voice(Strict):
    """How somebody talks. `talkative` runs from 0 to 2."""

    manner: str
    talkative: int
    lively: bool


def voice(rng: random.Random, person: Demographics, traits: BigFive) -> Voice:
    """A person's voice: casual when young, formal when old, longer and livelier when extravert."""
    if person.age < 30:
        register = weighted(rng, (("casual", 7), ("plain", 3)))
    elif person.age < 60:
        register = weighted(rng, (("casual", 2), ("plain", 7), ("formal", 1)))
    else:
        register = weighted(rng, (("plain", 5), ("formal", 5)))
    levels = ("low", "medium", "high")
    return Voice(manner=register, talkative=levels.index(traits.extraversion), lively=traits.extraversion == "high")


def utterance(rng: random.Random, plot: Plot, voice: Voice, asides: Sequence[str] = ()) -> str:
    """One to five sentences in the first person, from which the scene can be told.

    Args:
        asides: Things from the person's own life, of which one may be added (see `own_life`).
    """
    if plot.scene is None:
        return _danger(rng, plot)
    family = family_of(plot)
    plan = _plan(rng, voice)
    details = rng.sample(family.detail, 2)
    parts: dict[str, Callable[[], str]] = {
        "event": lambda: rng.choice(family.event),
        "detail": details.pop,
        "say": lambda: rng.choice(_feelings(plot.emotion, first=plan.startswith("say"))),
        "ask": lambda: rng.choice(mood_of(plot.emotion).ask),
    }
    sentences = []
    for step in plan.split(" "):
        texts = [fill(parts[part](), plot.slots) for part in step.split("+")]
        sentences.append(texts[0] if len(texts) == 1 else _joined(rng, *texts))
    if asides and rng.random() < ASIDE_SHARE:
        sentences.insert(rng.choice((1, len(sentences))), rng.choice(asides))
    if rng.random() < OPENER_SHARE:
        sentences[0] = _opened(rng, sentences[0], voice)
    return spoken(rng, _swapped(rng, " ".join(sentences)), voice, kind_of(plot))


def own_life(person: Demographics, hobbies: str, plot: Plot, before: Sequence[Plot]) -> list[str]:
    """Sentences about the person's own life that go with a situation.

    Args:
        hobbies: What the profile says of them; those of the word list are picked out.
        before: The situations before this one.
    """
    if plot.scene is None:
        return []
    words = pools()["asides"]
    up = kind_of(plot) in ("up", "warm")
    lines = list(words["any"])
    liked = [hobby for hobby in load("background")["hobbies"] if hobby in hobbies]
    if plot.scene != "leisure":
        templates = words["hobby_up" if up else "hobby_down"]
        lines += [fill(template, {"hobby": hobby}) for template in templates for hobby in liked]
    if person.status == "employed" and not up:
        lines += [fill(template, {"career": person.career}) for template in words["career_down"]]
    if plot.scene != "family":
        for who in ("partner", "kid", "parent"):
            named = person.child if who == "kid" else getattr(person, who)
            lines += [fill(template, {who: named}) for template in words[who]] if named else []
    last = next((each for each in reversed(before) if each.scene == plot.scene), None)
    if last and last.family != plot.family and not up:
        topic = phrase(family_of(last).topic, last.slots)
        lines += 3 * [fill(template, {"topic": topic}) for template in words["first"]]
    return lines


def _feelings(emotion: str, first: bool) -> list[str]:
    """What says the feeling; in the first sentence nothing that points back to what is not told yet."""
    says = emotions()[emotion].say
    return [text for text in says if not (first and _POINTS_BACK.search(text))] or list(says)


def _swapped(rng: random.Random, text: str) -> str:
    """Some words replaced by their like."""
    for first, second in pools()["swaps"]:
        for old, new in ((first, second), (second, first)):
            if re.search(rf"\b{re.escape(old)}\b", text):
                text = re.sub(rf"\b{re.escape(old)}\b", new, text) if rng.random() < 0.5 else text
                break
    return text


def _plan(rng: random.Random, voice: Voice) -> str:
    return weighted(
        rng,
        [(plan, weight * (1 + voice.talkative * (len(re.split(r"[ +]", plan)) - 2) / 2)) for plan, weight in PLANS],
    )


def _danger(rng: random.Random, plot: Plot) -> str:
    said = rng.choice(dangers()[plot.family].say)
    after = rng.choice(emotions()[plot.emotion].say)
    before = rng.choice(
        (
            "I don't know how to say this.",
            "Please don't be shocked.",
            "I have told nobody so far.",
            "It's been building up for weeks.",
        )
    )
    return weighted(rng, ((f"{said} {after}", 3), (f"{before} {said}", 3), (said, 1), (f"{before} {said} {after}", 2)))


def _joined(rng: random.Random, first: str, second: str) -> str:
    """Two sentences as one."""
    if not first.endswith(".") or not second.startswith(("I ", "I'", "It ", "My ")):
        return f"{first} {second}"
    second = second if second.startswith("I") and second[1] in " '" else second[0].lower() + second[1:]
    return f"{first[:-1]}{rng.choice((', and ', ', so ', ' and ', '; ', ' - '))}{second}"


def _opened(rng: random.Random, sentence: str, voice: Voice) -> str:
    """An opening word or two, before whole sentences only."""
    opener = rng.choice(pools()["openers"][voice.manner])
    if opener.endswith("."):
        return f"{opener} {sentence}"
    if not _WHOLE.match(sentence):
        return sentence
    return f"{opener} {sentence if _NAME_FIRST.match(sentence) else sentence[0].lower() + sentence[1:]}"


def spoken(rng: random.Random, text: str, voice: Voice, kind: str) -> str:
    """Register and mood laid over plain sentences."""
    if voice.manner == "formal":
        for short, long in CONTRACTED:
            text = text.replace(short, long)
    if voice.manner == "casual":
        for plain, loose in CASUAL:
            if rng.random() < 0.5:
                text = text.replace(plain, loose)
        text = _loosened(rng, text)
    if kind == "up" and voice.lively and text.endswith(".") and rng.random() < 0.5:
        text = text[:-1] + "!"
    if kind in ("tense", "low", "grief") and rng.random() < 0.12:
        text = text.replace(". ", "... ", 1)
    return text


def _loosened(rng: random.Random, text: str) -> str:
    """As typed into a phone: now and then no full stop, no capital, or a word after the end."""
    open_end = text.removesuffix(".")
    small = text[0].lower() + open_end[1:]
    added = f"{open_end}, {rng.choice(('ngl', 'tbh', 'honestly', 'lol'))}" if open_end != text else text
    return weighted(rng, ((text, 6), (open_end, 2), (small, 1), (added, 0.5)))
