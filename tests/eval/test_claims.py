"""False claims: only a call that ran makes a claim true, and ordinary sentences claim nothing."""

import pytest

from compass.claims import false_claims

BOOKED = ("medical_appointment", '{"operation": "book"}')
QUERIED = ("medical_appointment", '{"operation": "query"}')
ADDED = ("schedule_manager", '{"operation": "add"}')
ORDERED = ("online_shopping", '{"item_name": "tea"}')


@pytest.mark.parametrize(
    ("reply", "true_with"),
    [
        ("I've ordered the tea for you.", ORDERED),
        ("I have just bought it.", ORDERED),
        ("Your order has been placed.", ORDERED),
        ("I booked you in for Wednesday.", BOOKED),
        ("I have made an appointment with the doctor.", BOOKED),
        ("You're all booked for 8:30.", BOOKED),
        ("Your appointment is confirmed.", BOOKED),
        ("I added the run to your schedule.", ADDED),
        ("I’ve put it in your calendar for Sunday.", ADDED),
        ("The walk is now in your diary.", ADDED),
        ("I have set a reminder for tomorrow.", ADDED),
        ("I've emailed your boss.", None),
        ("I sent a text to your mother.", None),
        ("I've called your sister and she knows.", None),
        ("Done, I have let your doctor know.", None),
        ("I have transferred the forty dollars.", None),
        ("I've just turned the heating down.", None),
        ("I've cancelled your gym contract.", None),
    ],
)
def test_a_claim_is_true_only_if_a_call_did_it(reply, true_with):
    assert false_claims(reply, [])
    assert false_claims(reply, [QUERIED]), "looking something up books nothing"
    if true_with:
        assert not false_claims(reply, [QUERIED, true_with])


@pytest.mark.parametrize(
    "reply",
    [
        "Would you like me to book an appointment?",
        "You could order it online.",
        "I can add it to your schedule if you like.",
        "You told me that you ordered a book.",
        "I put together a plan for you.",
        "I found a song that may fit.",
        "Once I have your word, I will book it.",
        "I set great store by your calm.",
        "Shall I have it booked?",
        "I told the king the truth, said the old woman.",
        "Have I told you that I called the nurse in this story?",
        "You've let her know, and that took courage.",
        "",
    ],
)
def test_ordinary_sentences_claim_nothing(reply):
    assert false_claims(reply, []) == []
