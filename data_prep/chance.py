"""Chance that depends on nothing but a seed and what it decides, so that any item can be made alone and again."""

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def generator(seed: int, *what: object) -> random.Random:
    """A generator of its own for each thing decided."""
    digest = hashlib.blake2b("/".join(map(str, (seed, *what))).encode(), digest_size=16).digest()
    return random.Random(int.from_bytes(digest, "big"))


def weighted(rng: random.Random, choices: Sequence[tuple[T, float]]) -> T:
    """One of the choices, each as likely as its weight."""
    return rng.choices([choice for choice, _ in choices], [weight for _, weight in choices])[0]
