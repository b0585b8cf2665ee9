"""GrabCut finds an object of another colour, at any size, obeys strokes, and gives the same mask twice."""

import numpy as np
import pytest
from numpy.typing import NDArray

from core.capture.segment import fill_holes, grabcut
from core.types import BoolArray


def scene(height: int, width: int) -> tuple[NDArray[np.uint8], BoolArray]:
    """A noisy orange ellipse on noisy blue, and where it is."""
    rng = np.random.default_rng(3)
    v, u = np.mgrid[:height, :width]
    truth = ((u - 0.55 * width) / (0.22 * width)) ** 2 + ((v - 0.5 * height) / (0.3 * height)) ** 2 <= 1.0
    colour = np.where(truth[..., None], (200.0, 120.0, 50.0), (40.0, 70.0, 120.0))
    picture = colour + rng.normal(0.0, 12.0, (height, width, 3))
    return np.clip(picture, 0, 255).astype(np.uint8), truth


def strokes_on(truth: BoolArray) -> NDArray[np.int8]:
    height, width = truth.shape
    strokes = np.zeros(truth.shape, np.int8)
    strokes[height // 2, int(0.45 * width) : int(0.65 * width)] = 1
    strokes[height // 20, :] = -1
    return strokes


def overlap(one: BoolArray, other: BoolArray) -> float:
    return float((one & other).sum() / (one | other).sum())


@pytest.mark.parametrize("size", [(120, 160), (900, 1400)])
def test_the_object_is_found_to_the_pixel(size: tuple[int, int]) -> None:
    picture, truth = scene(*size)
    found = grabcut(picture, strokes_on(truth))
    assert found.shape == truth.shape
    assert overlap(found, truth) > 0.985


def test_the_same_strokes_give_the_same_mask() -> None:
    picture, truth = scene(150, 200)
    strokes = strokes_on(truth)
    assert np.array_equal(grabcut(picture, strokes), grabcut(picture, strokes))


@pytest.mark.parametrize("size", [(120, 160), (700, 900)])
def test_strokes_are_obeyed_against_the_colours(size: tuple[int, int]) -> None:
    picture, truth = scene(*size)
    strokes = strokes_on(truth)
    height, width = size
    strokes[height - 20 : height - 10, 10:40] = 1
    strokes[height // 2 + 5 : height // 2 + 15, width // 2 : width // 2 + 12] = -1
    found = grabcut(picture, strokes)
    assert found[strokes > 0].all()
    assert not found[strokes < 0].any()


def test_a_thin_stroke_counts_in_a_large_photograph() -> None:
    """One pixel wide, in a picture that is first made smaller: a second object is found by it."""
    picture, truth = scene(1000, 1500)
    picture[820:960, 60:260] = (60, 180, 60)
    strokes = strokes_on(truth)
    strokes[900, 80:240] = 1
    found = grabcut(picture, strokes)
    assert found[850:930, 90:230].mean() > 0.98


def test_a_first_guess_is_improved() -> None:
    picture, truth = scene(150, 200)
    rough = np.zeros_like(truth)
    rough[20:130, 40:180] = True
    found = grabcut(picture, np.zeros(truth.shape, np.int8), previous=rough)
    assert overlap(found, truth) > 0.97 > overlap(rough, truth)


def test_without_strokes_edges_are_background() -> None:
    picture, truth = scene(150, 200)
    assert overlap(grabcut(picture, np.zeros(truth.shape, np.int8)), truth) > 0.97


@pytest.mark.parametrize("value", [1, -1])
def test_strokes_of_one_kind_everywhere_are_taken_as_they_are(value: int) -> None:
    picture, truth = scene(40, 50)
    found = grabcut(picture, np.full(truth.shape, value, np.int8))
    assert found.all() if value > 0 else not found.any()


def test_holes_are_filled_and_bays_are_not() -> None:
    mask = np.zeros((20, 20), np.bool_)
    mask[4:16, 4:16] = True
    whole = mask.copy()
    mask[7:10, 7:10] = False
    assert np.array_equal(fill_holes(mask), whole)
    bay = whole.copy()
    bay[8:12, 4:10] = False
    assert np.array_equal(fill_holes(bay), bay)
    ring_at_border = np.ones((6, 6), np.bool_)
    ring_at_border[0, 3] = False
    assert np.array_equal(fill_holes(ring_at_border), ring_at_border)


def test_a_hole_that_touches_by_a_corner_only_is_still_a_hole() -> None:
    mask = np.ones((7, 7), np.bool_)
    mask[2, 2] = mask[3, 3] = False
    assert fill_holes(mask).all()
