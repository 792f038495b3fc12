"""A world is one episode's own: nothing leaks, copies part, digests tell states apart."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from compass.tools import call
from compass.tools.world import Person, World, seed_of

ADD = '{"operation": "add", "time": "tomorrow 21:00", "event": "Walk", "location": "park", "duration": "30 minutes"}'


def test_seed_is_the_head_of_the_digest() -> None:
    """Teacher, gold, base and tuned must meet the same world for the same id, whoever computes the seed."""
    assert seed_of("u0001-00") == 16256846662013097507


def test_copy_goes_its_own_way(world: World) -> None:
    before = world.digest()
    twin = world.copy()
    assert twin.digest() == before
    assert call(twin, "schedule_manager", ADD).ok
    assert world.digest() == before != twin.digest()


def test_equal_states_have_equal_digests_whatever_led_there(world: World, person: Person) -> None:
    other = World(7, "2026-03-14T18:20", person)
    other_way = ADD.replace("tomorrow 21:00", "2026-03-15T21:00")
    call(other, "film_recommendation", '{"keyword": ["sea"]}')
    assert call(world, "schedule_manager", ADD).ok and call(other, "schedule_manager", other_way).ok
    assert world.digest() == other.digest()


def test_clock_moves_forward_only(world: World) -> None:
    world.advance("2026-04-01T09:00")
    assert world.clock.isoformat() == "2026-04-01T09:00:00"
    with pytest.raises(ValueError, match="cannot go back"):
        world.advance("2026-03-31T09:00")


def test_reading_leaves_the_world_alone(world: World) -> None:
    before = world.digest()
    for name, arguments in (
        ("film_recommendation", '{"keyword": ["x"]}'),
        ("schedule_manager", '{"operation": "get_all"}'),
    ):
        assert call(world, name, arguments).ok
    assert world.digest() == before


def test_threads_do_not_meet(person: Person) -> None:
    """Eight threads with interleaved worlds must end where one thread ends."""

    def live(seed: int) -> str:
        world = World(seed, "2026-03-14T18:20", person)
        for hour in range(10, 20):
            arguments = json.loads(ADD) | {"time": f"2026-05-{1 + seed % 20:02d} {hour}:00", "event": f"event {seed}"}
            assert call(world, "schedule_manager", json.dumps(arguments)).ok
            assert call(world, "music_recommendation", '{"keywords": ["calm"]}').ok
        return world.digest()

    alone = [live(seed) for seed in range(40)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(live, range(40))) == alone


CALLS = [
    ("film_recommendation", '{"keyword": ["lonely", "hopeful"], "emotion": "sad"}'),
    ("joke_recommendation", '{"description": "zxqv"}'),
    (
        "medical_appointment",
        '{"operation": "book", "desired_date": "next Tuesday 10:00", "illness_description": "rash"}',
    ),
    ("music_recommendation", '{"keywords": ["calm", "zxqv"], "genre": "jazz"}'),
    ("online_shopping", '{"item_type": "tea", "item_name": "herbal tea", "item_features": ["express"]}'),
    ("plan_assistant", '{"plan": "sleep better in two weeks", "style": "gentle"}'),
    ("psyweb_recommender", '{"situation": "no sleep", "problem_type": "Sleep", "user_group": "Adult", "topk": 3}'),
    ("role_play", '{"name": "my boss", "user_input": "I am nervous"}'),
    ("schedule_manager", ADD),
    ("sticker_respond", '{"tag": "hug", "topk": 3}'),
    ("story_recommender", '{"user_prompt": "I failed my exam"}'),
    ("strength_card", '{"situation": "I have to decide"}'),
    ("schedule_manager", '{"operation": "get_all"}'),
    ("schedule_manager", '{"operation": "delete", "schedule_id": "sch_99"}'),
]
PROGRAM = """
import json, sys
from compass.tools import call
from compass.tools.world import Person, World
world = World(7, "2026-03-14T18:20", Person("James Lopez", "+1-555-010-0142", "Amber Corner, NC 51206"))
calls = json.loads(sys.argv[1])
sys.stdout.buffer.write(json.dumps([call(world, *each).content for each in calls] + [world.digest()]).encode())
"""


def test_same_bytes_in_another_process() -> None:
    """A replay in another process must see the same world, whatever that process hashes or the order of its calls to the catalogs."""

    def replay(hash_seed: str, calls: list[tuple[str, str]]) -> list[str]:
        environment = {"PYTHONHASHSEED": hash_seed, "PATH": "", "TZ": f"UTC+{hash_seed}"}
        command = [sys.executable, "-c", PROGRAM, json.dumps(calls)]
        return json.loads(subprocess.run(command, capture_output=True, check=True, env=environment).stdout)

    first = replay("1", CALLS)
    assert replay("2", CALLS) == first
    readers = [each for each in CALLS if each[0] not in ("schedule_manager", "medical_appointment", "online_shopping")]
    backwards = replay("3", readers[::-1])[:-1][::-1]
    assert backwards == [content for each, content in zip(CALLS, first) if each in readers]
