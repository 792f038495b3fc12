"""Situations as somebody else would tell them."""

import re

import pytest

from compass.schema import SCENES
from data_prep.wording import families, to_third

FIRST_PERSON = re.compile(r"(?<![\w'])(I|I'\w+|me|my|mine|myself|we|us|our|ours)(?![\w])", re.IGNORECASE)
SAME_FOR_SHE = re.compile(r"\w+ed|can|built|found|made|put|set|told|took|wrote")
TOLD = [
    (family.id, value)
    for scene in SCENES
    for family in families(scene)
    for name, values in family.slots.items()
    for value in values
    if any(f"{{{name}}}" in text.lower() for text in family.text)
]


@pytest.mark.parametrize("gender", ["female", "male", "non-binary"])
def test_nothing_is_told_in_the_first_person(gender):
    """In "Kathleen learns of gossip about a photo of me" the model takes the teller for somebody else."""
    assert len(TOLD) > 500
    left = [(family, value) for family, value in TOLD if FIRST_PERSON.search(to_third(value, gender))]
    texts = [
        text for scene in SCENES for family in families(scene) for text in family.text if FIRST_PERSON.search(text)
    ]
    assert not left and not texts


def test_verbs_fit_the_third_person():
    """Else "how I live" would become "how she live"; a new verb in the past belongs in the list above."""
    verbs = [(family, verb) for family, value in TOLD for verb in re.findall(r"(?<![\w'])(?:I|we) (\w+)", value)]
    assert verbs and not [each for each in verbs if not SAME_FOR_SHE.fullmatch(each[1])]


def test_each_pronoun_has_its_form():
    """For "me" and "my" there is one word for her, and two for him."""
    told = "someone I trusted gave me my hat, and the secret wasn't mine"
    assert to_third(told, "female") == "someone she trusted gave her her hat, and the secret wasn't hers"
    assert to_third(told, "male") == "someone he trusted gave him his hat, and the secret wasn't his"
    assert to_third(told, "non-binary") == "someone they trusted gave them their hat, and the secret wasn't theirs"
