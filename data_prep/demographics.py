"""Step 1, demographics: name, age, address, and a station in life whose education, work and income fit one another."""

import random
from functools import cache
from typing import Any, Literal, NamedTuple

from faker import Faker

from compass.schema import Strict
from data_prep.chance import weighted
from data_prep.wording import Gender, Status, load

EDUCATION = {
    "primary school": "Primary school", "high school": "High school diploma", "vocational": "Vocational training certificate",
    "associate": "Associate degree", "bachelor": "Bachelor's degree", "master": "Master's degree", "doctorate": "Doctorate",
}  # fmt: skip
SUBJECTS = (
    "history",
    "biology",
    "business",
    "computer science",
    "nursing",
    "economics",
    "literature",
    "mechanical engineering",
    "design",
)
STATIONS: tuple[tuple[int, tuple[tuple[Status, float], ...]], ...] = (  # up to this age: stations and their weights
    (24, (("student", 6), ("employed", 4))),
    (34, (("employed", 8), ("student", 1), ("home", 1))),
    (61, (("employed", 9), ("home", 1))),
    (67, (("employed", 4), ("retired", 6))),
    (99, (("retired", 1),)),
)


class Demographics(Strict):
    """Who somebody is on paper, and the household facts that situations need.

    Args:
        isco: ISCO-08 major group of the (last) occupation; 0 for students.
        parent: "mother", "father" or nothing if neither is alive.
        partner: "wife", "husband", "partner" or nothing.
        child: "son", "daughter" or nothing.
    """

    name: str
    age: int
    gender: Gender
    address: str
    phone: str
    education: str
    career: str
    isco: int
    income: str
    status: Status
    parent: Literal["mother", "father"] | None
    partner: Literal["wife", "husband", "partner"] | None
    child: Literal["son", "daughter"] | None

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]


class Work(NamedTuple):
    """Education, work and income as the profile says them."""

    isco: int
    education: str
    career: str
    income: str


@cache
def _faker() -> Faker:
    return Faker("en_US")


@cache
def _groups() -> list[dict[str, Any]]:
    return load("occupations")


def demographics(rng: random.Random) -> Demographics:
    """Draws one person."""
    fake = _faker()
    fake.seed_instance(rng.getrandbits(64))
    age = min(max(round(rng.gauss(42, 17)), 18), 86)
    gender = weighted(rng, (("female", 49), ("male", 48), ("non-binary", 3)))
    first_names = {
        "female": fake.first_name_female,
        "male": fake.first_name_male,
        "non-binary": fake.first_name_nonbinary,
    }
    status = weighted(rng, next(stations for limit, stations in STATIONS if age <= limit))
    work = _work(rng, age, status)
    return Demographics(
        name=f"{first_names[gender]()} {fake.last_name()}",
        age=age,
        gender=gender,
        address=_address(fake),
        phone=f"+1-{rng.randint(201, 989)}-555-01{rng.randint(0, 99):02d}",  # 555-01xx is reserved for fiction
        education=work.education,
        career=work.career,
        isco=work.isco,
        income=work.income,
        status=status,
        parent=weighted(rng, (("mother", 6), ("father", 4))) if rng.random() < (68 - age) / 40 else None,
        partner=_partner(rng, age, gender),
        child=weighted(rng, (("son", 1), ("daughter", 1))) if age >= 38 and rng.random() < 0.65 else None,
    )


def _address(fake: Faker) -> str:
    state = fake.state_abbr(include_territories=False, include_freely_associated_states=False)
    return f"{fake.street_address()}, {fake.city()}, {state} {fake.zipcode_in_state(state)}"


def _partner(rng: random.Random, age: int, gender: str) -> Literal["wife", "husband", "partner"] | None:
    if rng.random() > (0.25 if age < 28 else 0.6):
        return None
    married = {"female": "husband", "male": "wife", "non-binary": "partner"}[gender]
    return weighted(rng, ((married, 0 if age < 24 else 7), ("partner", 3)))


def _work(rng: random.Random, age: int, status: Status) -> Work:
    if status == "student":
        level = "high school" if age < 23 else "bachelor"
        return Work(0, EDUCATION[level], f"student of {rng.choice(SUBJECTS)}", _band(rng.randint(6, 16)))
    group = rng.choice([each for each in _groups() if age >= each["from_age"]])
    level = rng.choice([each for each in group["education"] if age >= {"master": 26, "doctorate": 30}.get(each, 18)])
    job, income = rng.choice(group["jobs"]), rng.randint(*group["income"])
    if status == "retired":
        return Work(group["group"], EDUCATION[level], f"retired {job}", _band(max(round(income * 0.6), 14)))
    if status == "home":
        return Work(group["group"], EDUCATION[level], f"{job}, currently without a job", _band(rng.randint(8, 18)))
    return Work(group["group"], EDUCATION[level], job, _band(income))


def _band(thousands: int) -> str:
    low = thousands // 5 * 5
    return f"{low},000-{low + 5},000 USD per year" if low else "under 5,000 USD per year"
