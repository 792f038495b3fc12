"""One run of the offline teacher, measured in a process of its own.

`python -m data_prep.bench_runs RECORDS` prints its figures as JSON. It does everything that `make data` does but
tokens: people who say nothing twice, trajectories, checks, ledger, files, report.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from data_prep import parallel
from data_prep.data_recipe import DataRecipe, People
from data_prep.make import make

RECORDS_A_PERSON = 46  # fifteen situations, each told in three ways, and a history; a little more with those in danger


class Run(NamedTuple):
    """What a run took; memory is the peak of the resident set, in bytes.

    Attributes:
        own: Of the process that holds journals, index and report; `own_cpu`: its seconds of CPU.
        worker: Of the largest process that writes trajectories; `workers_cpu`: seconds of CPU of all of them.
    """

    records: int
    seconds: float
    own_cpu: float
    workers_cpu: float
    own: int
    worker: int


def apart(records: int) -> Run:
    """Makes about so many trajectories in a fresh process."""
    command = [sys.executable, "-m", "data_prep.bench_runs", str(records)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return Run(*json.loads(done.stdout.splitlines()[-1]))


def measured(records: int) -> Run:
    """Makes about so many trajectories in this process."""
    parallel.WORTH_IT = 0  # the same processes for few people as for many, else their memory cannot be compared
    recipe = DataRecipe(people=People(train=round(records / RECORDS_A_PERSON), val=0, test=0))
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        begin = time.perf_counter()
        make(recipe, Path(folder) / "data")
        seconds = time.perf_counter() - begin
        report = json.loads((Path(folder) / "data" / "report.json").read_text(encoding="utf-8"))
    own, worker = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    own_cpu, workers_cpu = (usage.ru_utime + usage.ru_stime for usage in (own, worker))
    count = report["trajectories"]["count"]
    return Run(count, seconds, own_cpu, workers_cpu, own.ru_maxrss * 1024, worker.ru_maxrss * 1024)


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]))))
