"""The same work on several cores, results in the order of the items, and never more than a few in flight."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

AHEAD = 4  # items in flight for each core
WORTH_IT = 40  # with fewer items, starting processes takes longer than they save


def in_order(work: Callable[[Item], Result], items: Iterable[Item], count: int) -> Iterator[Result]:
    """`map`, on all cores if there are enough items.

    Args:
        work: A picklable function without side effects; its result must depend on its item alone.
        items: Read only as far as the work has come.
        count: How many there are.
    """
    cores = len(os.sched_getaffinity(0))
    if count < WORTH_IT or cores == 1:
        yield from map(work, items)
        return
    rest = iter(items)
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:  # SQLite does not survive a fork
        waiting: deque[Future[Result]] = deque(pool.submit(work, item) for item in islice(rest, cores * AHEAD))
        while waiting:
            yield waiting.popleft().result()
            waiting.extend(pool.submit(work, item) for item in islice(rest, 1))
