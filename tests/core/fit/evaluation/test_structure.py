"""Structural similarity against the formula written out, and where it can be worked out by hand."""

import math

import numpy as np
import pytest

from core.fit.evaluation.structure import object_crop, ssim, structural_similarity
from core.types import DoubleArray, FloatArray


def brute_force(a: FloatArray, b: FloatArray) -> float:
    """The definition, window by window."""
    offsets = np.arange(-5, 6)
    window: DoubleArray = np.exp(-(offsets[:, None] ** 2 + offsets[None] ** 2) / (2 * 1.5**2))
    window /= window.sum()
    values = list[float]()
    for channel in range(a.shape[2]):
        for row in range(5, a.shape[0] - 5):
            for column in range(5, a.shape[1] - 5):
                x, y = (p[row - 5 : row + 6, column - 5 : column + 6, channel].astype(np.float64) for p in (a, b))
                mx, my = (window * x).sum(), (window * y).sum()
                sx, sy = (window * (x - mx) ** 2).sum(), (window * (y - my) ** 2).sum()
                sxy = (window * (x - mx) * (y - my)).sum()
                top = (2 * mx * my + 1e-4) * (2 * sxy + 9e-4)
                values.append(top / ((mx**2 + my**2 + 1e-4) * (sx + sy + 9e-4)))
    return float(np.mean(values))


def test_agrees_with_the_definition() -> None:
    rng = np.random.default_rng(1)
    a = rng.random((14, 17, 3), dtype=np.float32)
    b = np.clip(a + 0.2 * rng.standard_normal(a.shape), 0, 1).astype(np.float32)
    assert structural_similarity(a, b) == pytest.approx(brute_force(a, b), abs=1e-9)


def test_constant_images_differ_by_their_luminance_term_alone() -> None:
    a, b = np.full((12, 12, 3), 0.2, np.float32), np.full((12, 12, 3), 0.6, np.float32)
    assert structural_similarity(a, b) == pytest.approx((2 * 0.12 + 1e-4) / (0.04 + 0.36 + 1e-4), rel=1e-5)


def test_an_image_is_like_itself_and_its_negative_is_not() -> None:
    a = np.random.default_rng(2).random((20, 20, 3), dtype=np.float32)
    assert structural_similarity(a, a) == pytest.approx(1.0)
    assert structural_similarity(a, 1 - a) < 0.0


def test_only_the_object_counts() -> None:
    rng = np.random.default_rng(3)
    mask = np.zeros((40, 30), bool)
    mask[8:30, 5:24] = True
    mask[8:12, 5:9] = False
    a, b = (rng.random((40, 30, 3), dtype=np.float32) for _ in range(2))
    value = ssim(a, b, mask)
    outside = ~mask[..., None]
    assert ssim(np.where(outside, 7.0, a), np.where(outside, -3.0, b), mask) == value
    crop_a, crop_b = (np.where(mask[..., None], image, 0.0).astype(np.float32)[8:30, 5:24] for image in (a, b))
    assert value == pytest.approx(brute_force(crop_a, crop_b), abs=1e-9)


def test_an_object_smaller_than_the_window_is_set_on_black() -> None:
    image = np.ones((20, 20, 3), np.float32)
    mask = np.zeros((20, 20), bool)
    mask[4:7, 9:17] = True
    crop = object_crop(image, mask)
    assert crop.shape == (11, 11, 3)
    assert crop.sum() == 3 * 8 * 3
    assert ssim(image, image, mask) == pytest.approx(1.0)
    assert math.isnan(ssim(image, image, np.zeros((20, 20), bool)))
