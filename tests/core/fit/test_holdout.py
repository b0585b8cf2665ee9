"""Keeping images out of training leaves every view and light something to be learnt from."""

import pytest

from core.errors import SubsetError
from core.fit.holdout import without_holdout
from core.types import ImageKey

GRID = frozenset(ImageKey(view, light) for view in range(6) for light in range(5))


@pytest.mark.parametrize("fraction", [0.1, 0.2, 0.5, 0.95])
def test_every_view_and_light_keeps_an_image(fraction: float) -> None:
    kept = without_holdout(GRID, fraction, seed=3)
    assert kept < GRID
    assert {key.view for key in kept} == set(range(6))
    assert {key.light for key in kept} == set(range(5))


def test_as_many_as_asked_for_are_kept_out() -> None:
    assert len(without_holdout(GRID, 0.2, seed=0)) == 24
    assert without_holdout(GRID, 0.0, seed=0) == GRID


def test_the_choice_depends_on_the_seed_and_nothing_else() -> None:
    assert without_holdout(GRID, 0.3, seed=1) == without_holdout(sorted(GRID, reverse=True), 0.3, seed=1)
    assert without_holdout(GRID, 0.3, seed=1) != without_holdout(GRID, 0.3, seed=2)


def test_lights_of_one_image_each_cannot_be_kept_out() -> None:
    diagonal = [ImageKey(number, number) for number in range(8)]
    with pytest.raises(SubsetError, match="No image can be kept out"):
        without_holdout(diagonal, 0.25, seed=0)


@pytest.mark.parametrize("fraction", [-0.1, 1.0, float("nan")])
def test_impossible_fractions_are_refused(fraction: float) -> None:
    with pytest.raises(SubsetError, match="must lie in"):
        without_holdout(GRID, fraction, seed=0)
