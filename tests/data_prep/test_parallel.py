"""Work on several cores gives what work on one gives, in the same order, without reading ahead of itself."""

from data_prep.parallel import AHEAD, in_order


def double(number: int) -> int:
    return 2 * number


def test_results_come_in_the_order_of_the_items():
    assert list(in_order(double, range(200), 200)) == [2 * number for number in range(200)]
    assert list(in_order(double, range(5), 5)) == [0, 2, 4, 6, 8]


def test_items_are_read_only_as_far_as_needed():
    read = []
    results = in_order(double, (read.append(number) or number for number in range(10_000)), 10_000)
    assert next(results) == 0
    assert len(read) <= 200 * AHEAD, "the whole input would be held in memory"
    results.close()
