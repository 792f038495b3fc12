"""What follows from decisions, whatever people do in whatever order, and whenever the data are built in between."""

from hypothesis import given, settings
from hypothesis import strategies as st

from compass.schema import Message, Round, Source, Trajectory
from data_prep.review.decisions import Decision, active, original_of, standing, text_sha

TEXTS = ("first", "second", "third")
STEPS = st.tuples(
    st.sampled_from(("accept", "reject", "edit", "undo", "build")), st.sampled_from("ABC"), st.sampled_from(TEXTS)
)


def record(text):
    messages = (Message(role="user", content="hello"), Message(role="assistant", content=text))
    return Trajectory(
        id="t", user_id="u", setting="direct", rounds=(Round(situation_id="s", at="2026-03-14T18:20"),), messages=messages,
        train_on=(0,), source=Source(teacher="rules", seed=1, prompt_sha="0"),
    )  # fmt: skip


def play(steps):
    """(decisions, texts that builds wrote) of people who do these things one after the other, as far as they are allowed."""
    original, decisions, built = record("first"), [], [record("first")]
    for action, reviewer, text in steps:
        now = standing(original, decisions)
        change = {}
        if action == "build":
            built.append(original.model_copy(update={"messages": now.messages}))
            continue
        if action == "edit":
            change = {"before": now.messages, "messages": record(text).messages}
            if change["before"] == change["messages"]:
                continue
        if action == "undo":
            mine = [each for each in active(decisions) if each.reviewer == reviewer]
            if not mine or any(each.action == "edit" and each.number > mine[-1].number for each in active(decisions)):
                continue
            change = {"undoes": mine[-1].number}
        decisions.append(
            Decision(
                number=len(decisions) + 1, at="2026-11-23T06:00:00+00:00", id="t", user_id="u", reviewer=reviewer,
                action=action, judged=now.sha, **change,
            )
        )  # fmt: skip
    return decisions, built


@settings(max_examples=300)
@given(st.lists(STEPS, max_size=12))
def test_the_first_text_is_found_again_from_whatever_a_build_wrote(steps):
    decisions, built = play(steps)
    for each in built:
        assert original_of(each, decisions).messages == record("first").messages


@settings(max_examples=300)
@given(st.lists(STEPS, max_size=12))
def test_the_strictest_verdict_on_the_text_as_it_stands_holds(steps):
    decisions, _ = play(steps)
    now = standing(record("first"), decisions)
    about = {each.reviewer: each for each in active(decisions) if each.judged == now.sha and each.action != "edit"}
    if any(each.action == "reject" for each in about.values()):
        assert now.review.status == "rejected"
    elif now.messages != record("first").messages:
        assert now.review.status == "edited"
    elif now.review.status == "accepted":
        assert now.review.reviewer == ", ".join(about)
    assert now.sha == text_sha(record("first").rounds, now.messages)
    assert now.disputed == ({"reject"} < {each.action for each in now.valid.values()})


@given(st.lists(STEPS, max_size=12))
def test_taken_back_one_by_one_nothing_is_left(steps):
    decisions, _ = play(steps)
    while left := active(decisions):
        last = left[-1]
        undo = last.model_copy(
            update={"number": len(decisions) + 1, "action": "undo", "undoes": last.number, "messages": ()}
        )
        decisions.append(undo)
    now = standing(record("first"), decisions)
    assert now.messages == record("first").messages and now.review.status == "unreviewed" and not now.valid
