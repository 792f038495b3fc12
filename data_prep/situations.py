"""Step 5, situations: a storyline of a person's situations over one to two years, each with scene, family and emotion."""

import random
from datetime import datetime, timedelta

from compass.schema import SCENES, Scene, Strict
from data_prep.demographics import Demographics
from data_prep.wording import Danger, Family, dangers, emotions, families, family, fill, pools, to_third

START = datetime(2026, 1, 5)
HOURS: dict[str, tuple[int, int]] = {  # first and last hour at which somebody tells about it
    "work": (8, 20),
    "health": (7, 23),
    "family": (10, 22),
    "social": (10, 23),
    "leisure": (9, 22),
}
FOLLOWS = 0.7


class Plot(Strict):
    """A situation before it is put into words. `slots` are spoken by the person (`my sister`)."""

    situation_id: str
    at: str
    scene: Scene | None
    emotion: str
    family: str
    slots: dict[str, str]


def storyline(rng: random.Random, person: Demographics, user_id: str, count: int) -> tuple[Plot, ...]:
    """Draws `count` situations in the order of time; families follow from one another, and none comes twice too soon."""
    moment = START + timedelta(days=rng.randint(0, 60))
    gap = rng.uniform(365, 700) / max(count, 12)
    plots: list[Plot] = []
    for index in range(count):
        scene = _scene(rng, [plot.scene for plot in plots])
        family = _family(rng, person, scene, [plot.family for plot in plots if plot.scene == scene])
        moment += timedelta(days=rng.uniform(0.4, 1.6) * gap)
        plots.append(
            Plot(
                situation_id=f"{user_id}-{index:02d}",
                at=clock(rng, moment, scene),
                scene=scene,
                emotion=rng.choice(family.emotions),
                family=family.id,
                slots=_slots(rng, person, family),
            )
        )
    return tuple(plots)


def danger_plot(rng: random.Random, user_id: str, last: str) -> Plot:
    """A situation of danger after the storyline's last; it has no scene, since taste is set aside."""
    danger: Danger = rng.choice(list(dangers().values()))
    moment = datetime.fromisoformat(last) + timedelta(days=rng.uniform(3, 40))
    return Plot(
        situation_id=f"{user_id}-d0",
        at=clock(rng, moment, "health"),
        scene=None,
        emotion=danger.emotion,
        family=danger.id,
        slots={"friend": rng.choice(pools()["friends"])},
    )


def third_person(rng: random.Random, person: Demographics, plot: Plot) -> str:
    """The situation as somebody else would tell it."""
    slots = {name: to_third(value, person.gender) for name, value in plot.slots.items()} | {"name": person.first_name}
    if plot.scene is None:
        return fill(dangers()[plot.family].text, slots)
    told = fill(rng.choice(family_of(plot).text), slots)
    feeling = rng.choice(("{n} feels {e}.", "It leaves {n} {e}.", "{n} is {e} about it.", "The mood is {e}."))
    return f"{told} {feeling.format(n=person.first_name, e=plot.emotion)}"


def family_of(plot: Plot) -> Family:
    """The family of a plot that has a scene."""
    assert plot.scene is not None
    return family(plot.scene, plot.family)


def _scene(rng: random.Random, before: list[Scene | None]) -> Scene:
    recent = before[-2:]
    return rng.choice([scene for scene in SCENES if recent != [scene, scene]])


def fits(person: Demographics, family: Family) -> bool:
    """Whether a family suits the person's station and household."""
    return (
        person.status in family.who
        and person.age >= family.from_age
        and all(getattr(person, need) for need in family.needs)
    )


def _family(rng: random.Random, person: Demographics, scene: Scene, told: list[str]) -> Family:
    """What happens next in a scene: what must follow, else often what likes to follow, else something new."""
    fitting = [each for each in families(scene) if fits(person, each)]
    last = family(scene, told[-1]) if told else None
    due = [each for each in fitting if last and each.id in last.then]
    fewest = min(told.count(each.id) for each in fitting)
    fresh = [each for each in fitting if told.count(each.id) == fewest]
    following = [each for each in fresh if set(each.after) & set(told)]
    return rng.choice(due or (following if following and rng.random() < FOLLOWS else fresh))


def _slots(rng: random.Random, person: Demographics, family: Family) -> dict[str, str]:
    friend, colleague = rng.sample(pools()["friends"], 2)
    common = {
        "friend": friend,
        "colleague": colleague,
        "parent": f"my {person.parent}",
        "partner": f"my {person.partner}",
        "kid": person.child or "",
        "auntuncle": "aunt" if person.gender == "female" else "uncle",
    }
    own = {name: rng.choice(values) for name, values in family.slots.items()}
    return {name: _nested(value, common) for name, value in (common | own).items()}


def _nested(value: str, slots: dict[str, str]) -> str:
    return value.format(**slots) if "{" in value else value


def clock(rng: random.Random, moment: datetime, scene: Scene) -> str:
    """A time of that day at which somebody tells about this part of life."""
    first, last = HOURS[scene]
    at = moment.replace(hour=rng.randint(first, last), minute=5 * rng.randint(0, 11), second=0, microsecond=0)
    return at.isoformat(timespec="minutes")


def kind_of(plot: Plot) -> str:
    """The kind of the plot's emotion."""
    return emotions()[plot.emotion].kind
