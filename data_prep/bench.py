"""How fast and how safe data is made, behind `make bench-data`.

    python -m data_prep.bench                       all figures
    python -m data_prep.bench conversion kills --kills 20

Prints one line a figure with its bound, and exits with status 1 if a bound is missed.
"""

import argparse
import os
import sys
from collections.abc import Callable

from compass.errors import run

TRAJECTORIES_A_SECOND = 400  # on two cores
BYTES_A_RECORD = 2_000
TIMES_AS_FAST = 8
FEW, SPEED_RECORDS = 1_000, 10_000


def main() -> int:
    """Measures what was asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m data_prep.bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("figures", nargs="*", choices=[[], *FIGURES], help="which (default: all)")
    parser.add_argument("--kills", type=int, default=200, help="how many (default: 200)")
    parser.add_argument("--records", type=int, default=100_000, help="most trajectories of `memory` (default: 100000)")
    parser.add_argument("--people", type=int, default=20, help="whose records are converted (default: 20)")
    options = parser.parse_args()
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    good = [FIGURES[name](options) for name in options.figures or FIGURES]
    return 0 if all(good) else 1


def say(what: str, value: str, good: bool) -> bool:
    """Prints a figure."""
    print(f"{'ok    ' if good else 'MISSED'} {what}: {value}", flush=True)
    return good


def speed(options: argparse.Namespace) -> bool:
    """Offline trajectories a second, with people, checks and files."""
    from data_prep.bench_runs import apart

    made = apart(SPEED_RECORDS)
    rate, cores = made.records / made.seconds, len(os.sched_getaffinity(0))
    got = (made.own_cpu + made.workers_cpu) / made.seconds
    alone = made.records / (made.own_cpu + made.workers_cpu / 2)
    value = (
        f"{rate:.0f} a second ({made.records:,} in {made.seconds:.0f} s, {got:.1f} of {cores} cores were ours; by CPU time two idle "
        f"cores give {alone:.0f}; goal {TRAJECTORIES_A_SECOND} on 2)"
    )
    return say("offline trajectories", value, rate >= TRAJECTORIES_A_SECOND)


def memory(options: argparse.Namespace) -> bool:
    """Memory that each further record takes."""
    from data_prep.bench_runs import apart

    few, many = apart(FEW), apart(options.records)
    each = (many.own - few.own) / (many.records - few.records)
    workers = (many.worker - few.worker) / (many.records - few.records)
    value = (
        f"{each:.0f} bytes a record from {few.records:,} to {many.records:,} (peak {few.own / 2**20:.0f} to "
        f"{many.own / 2**20:.0f} MB; a worker {workers:.0f} bytes a record; goal at most {BYTES_A_RECORD})"
    )
    return say("memory", value, max(each, workers) <= BYTES_A_RECORD)


def conversion(options: argparse.Namespace) -> bool:
    """Records to tokens against the usual way, on the same records in the same run."""
    from data_prep.bench_conversion import measure
    from data_prep.qwen_tokens import qwen_tokenizer

    made = measure(qwen_tokenizer(), options.people)
    times = made.baseline / made.ours
    value = (
        f"{times:.1f} times as fast as datasets.map over apply_chat_template ({made.examples:,} examples, {made.tokens:,} "
        f"tokens: {made.ours:.1f} against {made.baseline:.1f} CPU seconds; goal {TIMES_AS_FAST})"
    )
    equal = say("tokens of both ways", "the same" if made.equal else "DIFFERENT", made.equal)
    return say("conversion", value, times >= TIMES_AS_FAST) and equal


def kills(options: argparse.Namespace) -> bool:
    """Kills at random moments; nothing lost."""
    from data_prep.bench_kills import kill_often

    fell = kill_often(options.kills)
    where = ", ".join(f"{count} {name}" for name, count in sorted(fell.items()) if name.startswith("while"))
    value = f"{fell['kills']} ({where}); {fell['finished']} runs finished, all files byte for byte the same"
    return say("kills without a loss", value, True)


FIGURES: dict[str, Callable[[argparse.Namespace], bool]] = {
    "speed": speed, "memory": memory, "conversion": conversion, "kills": kills,
}  # fmt: skip


if __name__ == "__main__":
    run(lambda: sys.exit(main()))
