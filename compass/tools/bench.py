"""How fast and how small the apps are: `python -m compass.tools.bench`, behind `make bench-tools`.

Prints one line a figure with its bound, and exits with status 1 if a bound is missed.
"""

import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

CALLS_PER_SECOND = 2000
WORLDS = 10_000
WORLDS_MB = 1024
IMPORT_SECONDS = 1.0
HOSTILE_CALLS = 50_000

FIRST_CALL = """
import time; begin = time.perf_counter()
from compass.tools import call
from compass.tools.world import Person, World
world = World(1, "2026-03-14T18:20", Person("A", "1", "B"))
assert call(world, "film_recommendation", '{"keyword": ["hopeful"]}').ok
print(time.perf_counter() - begin)
"""


def first_call_seconds() -> float:
    """Seconds from import to the first result in a fresh process; the best of three."""
    runs = (
        subprocess.run([sys.executable, "-c", FIRST_CALL], capture_output=True, text=True, check=True) for _ in range(3)
    )
    return min(float(run.stdout) for run in runs)


def calls_per_second(count: int = 3000, rounds: int = 5) -> float:
    """Calls a second and core over a realistic mix, three calls to a world; the best of five rounds."""
    from compass.tools import call
    from compass.tools.hostile import usual_call

    random_source = random.Random(1)
    mix = [usual_call(random_source) for _ in range(count)]
    for name, arguments in mix[:300]:  # catalogs are indexed on first use
        call(next(_worlds(1)), name, arguments)
    best = 0.0
    for _ in range(rounds):
        worlds = list(_worlds(count // 3 + 1))
        begin = time.process_time()
        for number, (name, arguments) in enumerate(mix):
            call(worlds[number // 3], name, arguments)
        best = max(best, count / (time.process_time() - begin))
    return best


def worlds_megabytes() -> float:
    """Growth of the resident set, in MB, with ten thousand worlds alive in each of which something was booked and planned."""
    from compass.tools import call

    before = _resident()
    alive = list(_worlds(WORLDS))
    book = json.dumps({"operation": "book", "desired_date": "tomorrow", "department": "Dermatology"})
    plan = json.dumps(
        {"operation": "add", "time": "next Friday 23:00", "event": "Walk", "location": "park", "duration": "30 minutes"}
    )
    for world in alive:
        assert call(world, "medical_appointment", book).ok and call(world, "schedule_manager", plan).ok
    return _resident() - before


def untyped_exceptions(count: int = HOSTILE_CALLS) -> int:
    """Random and hostile calls that end in anything but a result."""
    from compass.tools import call
    from compass.tools.hostile import hostile_call

    random_source = random.Random(2)
    world = next(_worlds(1))
    bad = 0
    for number in range(count):
        if number % 50 == 0:
            world = next(_worlds(1))
        name, arguments = hostile_call(random_source)
        try:
            json.loads(call(world, name, arguments).content).items()
        except Exception as error:  # the figure is their number; each is shown
            bad += 1
            print(f"{type(error).__name__}: {error}"[:300], file=sys.stderr)
    return bad


def _worlds(count: int) -> Iterator:
    from compass.tools.world import Person, World

    person = Person("James Lopez", "+1-555-010-0142", "12 Amber Corner, Springfield, IL 62704")
    return (World(seed, "2026-03-14T18:20", person) for seed in range(count))


def _resident() -> float:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20


def main() -> int:
    """Measures every figure and prints it beside its bound."""
    figures: tuple[tuple[str, Callable[[], float], str, float], ...] = (
        ("import to first result, s", first_call_seconds, "<", IMPORT_SECONDS),
        ("calls a second and core", calls_per_second, ">", CALLS_PER_SECOND),
        (f"{WORLDS} worlds alive, MB", worlds_megabytes, "<", WORLDS_MB),
        (f"untyped exceptions in {HOSTILE_CALLS} hostile calls", untyped_exceptions, "<", 1),
    )
    missed = 0
    for name, measure, sign, bound in figures:
        figure = measure()
        met = figure < bound if sign == "<" else figure > bound
        missed += not met
        print(f"{name:<50}{figure:>12.2f}   {sign} {bound:g}   {'met' if met else 'MISSED'}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
