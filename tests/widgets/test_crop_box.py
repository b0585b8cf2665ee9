"""Laws of a dragged crop: it never leaves its frame, and what is not dragged stays."""

import numpy as np
import pytest

from widgets.crop_box import LEAST, Grip, grip_at, kept_in, pulled, spanned

SIZE = (320, 200)


def inside(crop: tuple[int, int, int, int], size: tuple[int, int] = SIZE) -> bool:
    left, top, width, height = crop
    whole = all(isinstance(value, int) for value in crop)
    return whole and left >= 0 and top >= 0 and left + width <= size[0] and top + height <= size[1]


@pytest.mark.parametrize("seed", range(20))
def test_a_drawn_crop_lies_in_the_frame(seed: int) -> None:
    first, second = np.random.default_rng(seed).uniform(-100, 420, (2, 2)).tolist()
    crop = spanned((first[0], first[1]), (second[0], second[1]), SIZE)
    assert inside(crop)
    assert min(crop[2:]) >= LEAST
    assert crop == spanned((second[0], second[1]), (first[0], first[1]), SIZE)


def test_a_crop_is_spanned_by_its_own_corners() -> None:
    crop = (33, 20, 120, 77)
    assert spanned((33, 20), (153, 97), SIZE) == crop


def test_a_tiny_frame_has_a_crop_too() -> None:
    assert spanned((0.0, 0.0), (1.0, 1.0), (9, 5)) == (0, 0, 9, 5)
    assert kept_in((4, 4, 3, 3), (9, 5)) == (0, 0, 9, 5)


@pytest.mark.parametrize("crop", [(-5, 10, 50, 60), (300, 190, 50, 60), (0, 0, 9999, 9999), (10, 10, 1, 1)])
def test_typed_numbers_are_brought_into_the_frame(crop: tuple[int, int, int, int]) -> None:
    kept = kept_in(crop, SIZE)
    assert inside(kept)
    assert kept_in(kept, SIZE) == kept


def test_an_edge_is_taken_hold_of_and_the_others_stay() -> None:
    crop = (50, 40, 100, 80)
    grip = grip_at(crop, (151.0, 90.0), 4.0)
    assert grip == Grip(x=1, y=0)
    assert pulled(crop, grip, (180.0, 5.0), SIZE) == (50, 40, 130, 80)
    corner = grip_at(crop, (49.0, 41.0), 4.0)
    assert corner == Grip(x=-1, y=-1)
    assert pulled(crop, corner, (20.0, 10.0), SIZE) == (20, 10, 130, 110)
    assert grip_at(crop, (100.0, 80.0), 4.0) is None
    assert grip_at(crop, (250.0, 40.0), 4.0) is None
