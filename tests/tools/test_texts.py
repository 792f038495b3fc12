"""Plans, roles, strengths, stickers and stories fit what was asked."""

from typing import Any


def test_a_plan_takes_in_theme_style_and_requirements(run: Any) -> None:
    plain = run("plan_assistant", plan="prepare for an exam")
    wishes = {"style": "gentle", "additional_requirements": "20 minutes a day, I have kids"}
    fitted = run("plan_assistant", plan="prepare for an exam in two weeks", **wishes)
    assert "exam" in plain["title"].casefold() and plain["steps"][0]["step"] == 1
    assert fitted["steps"][-1]["day"] == 14 and "20 minutes" in fitted["for_you"][0]
    assert any("children" in line for line in fitted["for_you"]) and any("gently" in line for line in fitted["for_you"])
    assert len(run("plan_assistant", plan="prepare for an exam", style="brief")["steps"]) == 4


def test_an_unknown_goal_gets_steps_that_say_so(run: Any) -> None:
    body = run("plan_assistant", plan="zxqvw")
    assert "no template" in body["note"] and len(body["steps"]) >= 5


def test_a_known_character_speaks_in_its_own_voice(run: Any) -> None:
    body = run("role_play", name="sherlock holmes", user_input="I am so anxious about tomorrow", user_name="Jim")
    assert body["character"]["name"] == "Sherlock Holmes" and body["character"]["traits"]
    assert body["reply"].startswith("Jim") and len(body["could_say_next"]) == 2


def test_any_name_can_be_called(run: Any) -> None:
    boss = run("role_play", name="my boss", user_input="I want to ask for a raise")
    unknown = run("role_play", name="Qwxyz", ip="Nowhere", user_input="hello", style="like a pirate")
    assert "busy" in boss["character"]["style"] and boss["reply"]
    assert (
        unknown["character"]["name"] == "Qwxyz"
        and unknown["character"]["style"] == "like a pirate"
        and unknown["reply"]
    )


def test_a_strength_comes_with_ways_to_use_it(run: Any) -> None:
    card = run("strength_card", situation="I cannot forgive my brother")["strengths"][0]
    assert card["name"] == "Forgiveness" and len(card["how"]) >= 2 and card["when"]


def test_stickers_answer_a_feeling(run: Any) -> None:
    body = run("sticker_respond", tag="angry", topk=3)
    assert len(body["stickers"]) == 3 and any(
        "calm" in each["tags"] or "listening" in each["tags"] for each in body["stickers"]
    )
    assert run("sticker_respond", tag="hug", subject="bear")["stickers"][0]["subject"] == "bear"
    assert len(run("sticker_respond", tag="hug", topk=99)["stickers"]) <= 5
    assert len(run("sticker_respond", tag="hug", topk=-3)["stickers"]) == 1


def test_a_story_is_told(run: Any) -> None:
    body = run(
        "story_recommender",
        user_prompt="I failed an exam",
        theme="Adversity and Resilience",
        style="Warm and Comforting",
    )
    assert len(body["story"]["text"].split()) > 60 and body["story"]["title"] and len(body["more"]) == 2


def test_minutes_a_day_are_no_plan_of_one_day(run: Any) -> None:
    steps = run("plan_assistant", plan="sleep better", additional_requirements="20 minutes a day")["steps"]
    assert "day" not in steps[0]
    assert run("plan_assistant", plan="sleep better in a week")["steps"][-1]["day"] == 7
