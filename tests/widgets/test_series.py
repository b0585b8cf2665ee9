import itertools
import math

import pytest

from widgets.loss_plot import value_limits
from widgets.series import Series


@pytest.mark.parametrize("count", [1, 7, 100, 101, 5000])
def test_a_long_curve_stays_short_in_order_and_ends_with_the_newest(count: int) -> None:
    series = Series(limit=100)
    for step in range(count):
        series.add(step, step * 2.0)
    x, y = series.points
    assert len(x) == len(y) <= 101
    assert x == sorted(x)
    assert (x[0], x[-1], y[-1]) == (0.0, count - 1.0, 2.0 * (count - 1))
    assert y == [2.0 * step for step in x]
    assert all(isinstance(value, float) for value in x + y)


def test_points_stay_evenly_spread() -> None:
    series = Series(limit=64)
    for step in range(10_000):
        series.add(step, 0.0)
    x = series.points[0][:-1]
    assert len({b - a for a, b in itertools.pairwise(x)}) == 1
    assert len(x) > 30


def test_values_that_are_no_numbers_are_left_out() -> None:
    series = Series()
    for value in (None, math.nan, math.inf, 3.0):
        series.add(1, value)
    assert series.points == ([1.0], [3.0])
    assert series.newest == 3.0


def test_clear_forgets() -> None:
    series = Series()
    series.add(1, 1.0)
    series.clear()
    assert series.points == ([], [])
    assert series.newest is None


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("values", [[0.5], [1e-4, 3.0], [7.0, 7.0], []])
def test_an_axis_shows_all_its_values(values: list[float], log: bool) -> None:
    low, high = value_limits(values, log=log)
    assert low < high
    assert all(low < value < high for value in values)
    assert low > 0.0 or not log
