"""What the offline teacher teaches: this person's apps, what was learned in a history, help in danger, grounded words."""

import json
import random
from collections import Counter

import pytest

from compass.reaction import WORDS, feeling_about, reaction
from compass.schema import SCENES, Message, Trajectory
from compass.tools import names
from compass.tools.danger import danger_in
from data_prep.checks import CODES, problems
from data_prep.data_recipe import DataRecipe
from data_prep.demographics import EDUCATION, demographics
from data_prep.offline import trajectories as all_trajectories
from data_prep.people import persona
from data_prep.teacher import Teacher
from data_prep.wording import emotions, families, load

FULL = DataRecipe(
    people={"train": 0, "val": 0, "test": 0}, situations_per_person=12, history_rounds=12, prompt_style="full"
)


def taught(count: int, recipe: DataRecipe = FULL):
    """(user, trajectory) pairs of some people."""
    teacher = Teacher(recipe.seed, recipe.prompt_style)
    for number in range(count):
        made = persona(recipe.seed, f"u{number:04d}", "train", recipe.situations_per_person, lambda text, near: False)
        for trajectory in all_trajectories(recipe, teacher, made):
            yield made.user, trajectory


@pytest.fixture(scope="module")
def some():
    return list(taught(25))


def calls_of(trajectory: Trajectory) -> list[str]:
    return [call.function.name for message in trajectory.messages for call in message.tool_calls]


def test_nothing_but_the_profile_tells_what_a_person_likes():
    liked = Counter()
    for number in range(300):
        made = persona(0, f"p{number}", "train", 1, lambda text, near: False)
        for scene in SCENES:
            preference = made.user.preferences[scene]
            assert len(preference.likes) == len(preference.dislikes) == 3
            assert all(app in preference.text for app in preference.likes + preference.dislikes), (
                "prose and lists differ"
            )
            liked.update((scene, app) for app in preference.likes)
    expected = 300 * 3 / 12
    assert len(liked) == 5 * 12
    assert max(abs(count - expected) for count in liked.values()) < 0.45 * expected, (
        "some app is likelier in some scene"
    )


def test_what_stands_on_paper_agrees_with_itself():
    groups, seen = {each["group"]: each for each in load("occupations")}, Counter()
    for number in range(1500):
        paper = demographics(random.Random(number))
        seen[paper.isco] += 1
        low = int(paper.income.split(",")[0])
        if paper.status == "student":
            assert paper.isco == 0 and paper.age <= 34 and paper.career.startswith("student of") and low < 20
            continue
        group = groups[paper.isco]
        job = paper.career.removeprefix("retired ").removesuffix(", currently without a job")
        levels = {EDUCATION[level] for level in group["education"]}
        assert job in group["jobs"] and paper.education in levels, f"{paper} does not fit ISCO-08 group {paper.isco}"
        assert paper.age >= group["from_age"]
        assert paper.age >= {"Master's degree": 26, "Doctorate": 30}.get(paper.education, 18)
        assert (paper.status == "retired") == paper.career.startswith("retired") and (
            paper.status != "retired" or paper.age >= 62
        )
        if paper.status == "employed":
            assert group["income"][0] - 5 < low <= group["income"][1]
        assert (paper.child is None or paper.age >= 38) and not (
            paper.partner in ("wife", "husband") and paper.age < 24
        )
    assert set(seen) == {0, *groups} and len(groups) == 9, "an ISCO-08 major group never occurs"


def test_tastes_are_said_in_the_profile_with_genres_and_names():
    kinds = Counter()
    for number in range(60):
        for preference in persona(0, f"p{number}", "train", 1, lambda text, near: False).user.preferences.values():
            for app, taste in preference.tastes.items():
                assert all(name in preference.text for name in taste.likes + taste.dislikes), (
                    "a taste nobody could know"
                )
                kinds[app, len(taste.likes)] += 1
    assert kinds["film_recommendation", 3] and kinds["music_recommendation", 3], "no actor, director or artist is liked"


def test_each_situation_can_be_a_family_of_its_scene_and_all_emotions_occur():
    assert sum(len(families(scene)) for scene in SCENES) >= 48 and len(emotions()) == 32
    assert {emotion for scene in SCENES for family in families(scene) for emotion in family.emotions} == set(emotions())


def test_preferred_turns_call_liked_apps_and_their_twins_disliked_ones(some):
    sides = Counter()
    for user, trajectory in some:
        scene = {each.id: each.scene for each in user.situations}[trajectory.rounds[0].situation_id]
        if trajectory.setting == "profile" and scene:
            side = trajectory.rounds[0].side
            wanted = user.preferences[scene].likes if side == "preferred" else user.preferences[scene].dislikes
            assert set(calls_of(trajectory)) <= set(wanted), f"{trajectory.id} calls {calls_of(trajectory)}"
            sides[side] += 1
    assert sides["preferred"] == sides["dispreferred"] > 100


def test_all_apps_two_calls_small_talk_and_words_before_a_call_occur(some):
    profiles = [each for _, each in some if each.setting == "profile" and each.train_on]
    assert set().union(*map(calls_of, profiles)) == set(names())
    shapes = Counter()
    for trajectory in profiles:
        shapes["two calls"] += any(len(message.tool_calls) == 2 for message in trajectory.messages)
        shapes["small talk"] += len(trajectory.rounds) == 2
        shapes["words first"] += any(message.tool_calls and message.content for message in trajectory.messages)
    for shape, share in (("two calls", 0.2), ("small talk", 0.15), ("words first", 0.25)):
        assert 0 < shapes[shape] < share * len(profiles), f"{shape}: {shapes[shape]} of {len(profiles)}"


def test_a_history_uses_what_it_was_told(some):
    returns = 0
    for user, trajectory in some:
        if trajectory.setting != "history":
            continue
        scenes = {each.id: each.scene for each in user.situations}
        apps, liked, refused = calls_of(trajectory), {}, set()
        said = [message.content for message in trajectory.messages if message.role == "user"]
        for number, (made, app) in enumerate(zip(trajectory.rounds, apps, strict=True)):
            scene = scenes[made.situation_id]
            preference = user.preferences[scene]
            if scene in liked:
                assert app == liked[scene], "what was liked in this part of life must be chosen again"
                returns += 1
            assert (scene, app) not in refused, "what was not liked must not be tried again"
            feeling = feeling_about(app, preference.likes, preference.dislikes)
            assert (made.side == "preferred") == (feeling == "liked")
            if feeling == "liked":
                liked[scene] = app
            else:
                refused.add((scene, app))
            if number + 1 < len(said):
                assert reaction(feeling, made.situation_id) in said[number + 1], (
                    "the reaction is missing from the next turn"
                )
    assert returns > 50


def test_danger_gets_the_help_line_first_and_no_taste_counts(some):
    seen = 0
    for user, trajectory in some:
        said = trajectory.messages[0].content
        if not danger_in(said):
            continue
        seen += 1
        scene = {each.id: each.scene for each in user.situations}[trajectory.rounds[0].situation_id]
        assert scene is None, "preference scores must not count a turn in which taste is set aside"
        reply = trajectory.messages[-1].content
        if trajectory.setting == "profile":
            assert calls_of(trajectory) == ["psyweb_recommender"]
            first = json.loads(trajectory.messages[2].content)["help"][0]
            assert first["name"] in reply and first.get("phone", first["url"]) in reply
        assert ("call" in reply and "glad" in reply) or "Thank you" in reply
    assert seen >= 2, "no person in danger was met; the seed must be chosen so that one is"


def test_the_offline_teacher_passes_its_own_checks(some):
    refused = [(trajectory.id, found) for user, trajectory in some if (found := problems(trajectory, user, "full"))]
    assert len(refused) <= 0.005 * len(some), refused[:3]


def broken(trajectory: Trajectory, place: int, **changes) -> Trajectory:
    messages = list(trajectory.messages)
    messages[place] = Message.model_validate(messages[place].to_openai() | changes)
    return trajectory.model_copy(update={"messages": tuple(messages)})


def swapped(call, name: str | None = None, arguments: str | None = None):
    function = {"name": name or call.function.name, "arguments": arguments or call.function.arguments}
    return {"id": call.id, "type": "function", "function": function}


def is_plain(trajectory: Trajectory, app: str) -> bool:
    """One trained profile round with one call, of this app."""
    return (
        bool(trajectory.setting == "profile" and trajectory.train_on)
        and calls_of(trajectory) == [app]
        and len(trajectory.messages) == 4
    )


@pytest.mark.parametrize("code", CODES)
def test_each_check_refuses_what_it_is_for(some, code):
    user, good = next((user, each) for user, each in some if is_plain(each, "music_recommendation"))
    assert not problems(good, user, "full")
    call = good.messages[1].tool_calls[0]
    scene = next(each.scene for each in user.situations if each.id == good.rounds[0].situation_id)
    reply = good.messages[-1].content
    wrong = {
        "schema": lambda: broken(good, 1, tool_calls=[swapped(call, arguments='{"keywords": "calm"}')]),
        "execution": lambda: broken(good, 2, content='{"error": "conflict", "message": "taken"}'),
        "side": lambda: broken(good, 1, tool_calls=[swapped(call, name=user.preferences[scene].dislikes[0], arguments="{}")]),
        "grounded": lambda: broken(good, 3, content="That sounds hard, and I am here for you all evening long."),
        "invented": lambda: broken(good, 3, content=f"{reply} See https://example.org at 19:45."),
        "length": lambda: broken(good, 3, content=f"{reply} {'and so on ' * 120}"),
        "language": lambda: broken(good, 3, content="Это очень тяжело, и я рядом с тобой весь вечер сегодня."),
        "safety": lambda: broken(good, 0, content="[Mon 2026-01-05 10:00]\nI want to end my life."),
    }  # fmt: skip
    assert code in {each.reason for each in problems(wrong[code](), user, "full")}, f"{code} let it pass"


def test_a_plot_is_no_talk_of_danger_but_own_words_are(some):
    user, good = next((user, each) for user, each in some if is_plain(each, "film_recommendation"))
    plot = "A rat cooks in a Paris restaurant by steering a clumsy kitchen boy by the hair."
    assert danger_in(plot), "this plot sounds no alarm any more, so the test shows nothing"
    result = json.loads(good.messages[2].content)
    result["films"][0]["description"] = plot
    told = broken(good, 2, content=json.dumps(result, ensure_ascii=False))
    quoting = broken(told, 3, content=f"{good.messages[3].content} In a sentence: {plot}")
    assert "safety" not in {each.reason for each in problems(quoting, user, "full")}
    own = broken(told, 3, content=f"{good.messages[3].content} He pulls you by the hair, doesn't he?")
    assert "safety" in {each.reason for each in problems(own, user, "full")}


def test_reactions_vary_and_never_sound_like_another_feeling():
    for feeling, words in WORDS.items():
        drawn = {reaction(feeling, str(number)) for number in range(300)}
        assert drawn == set(words), "some words are never used"
        assert reaction(feeling, "u1") == reaction(feeling, "u1")
        assert not drawn & {text for other, texts in WORDS.items() if other != feeling for text in texts}


def test_compact_replies_stay_short():
    compact = FULL.model_copy(update={"prompt_style": "compact", "history_rounds": 4, "situations_per_person": 6})
    lengths = [len(each.messages[-1].content.split()) for _, each in taught(10, compact)]
    assert max(lengths) <= 90 and sum(length > 70 for length in lengths) < 0.02 * len(lengths)
    assert sum(lengths) / len(lengths) > 15
