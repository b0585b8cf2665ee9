"""Small pictures of each view."""

from dataclasses import replace

import numpy as np
import pytest

from core.capture.capture import Capture
from core.capture.thumbnails import thumbnails
from core.color import linear_from_srgb


@pytest.mark.parametrize("longest", [128, 48, 32, 7])
def test_size_and_range(tiny_capture: Capture, longest: int) -> None:
    pictures = thumbnails(tiny_capture, longest)
    assert sorted(pictures) == [0, 1, 2, 3]
    for picture in pictures.values():
        assert picture.shape == (min(48, longest), min(48, longest), 3)
        assert picture.dtype == np.float32
        assert picture.min() >= 0.0
        assert 0.8 < picture.max() <= 1.0  # brightened until the object is well seen


def test_the_longest_side_counts(tiny_capture: Capture) -> None:
    photographs = tuple(photograph[:24] for photograph in tiny_capture.photographs)
    masks = {view: mask[:24] for view, mask in tiny_capture.masks.items()}
    cropped = replace(tiny_capture, photographs=photographs, masks=masks)
    assert thumbnails(cropped, 20)[0].shape == (10, 20, 3)


@pytest.mark.parametrize("longest", [24, 7])
def test_every_pixel_is_the_mean_of_its_area(tiny_capture: Capture, longest: int) -> None:
    """Against pixels repeated ``longest`` times, which makes every area a whole number of them. Not clipped: dim."""
    photographs = tuple(np.minimum(photograph, 20_000) for photograph in tiny_capture.photographs)
    capture = replace(tiny_capture, photographs=photographs, masks={v: np.ones((48, 48), dtype=bool) for v in range(4)})
    full, small = (linear_from_srgb(thumbnails(capture, side)[2]) for side in (48, longest))
    spread = np.repeat(np.repeat(full, longest, axis=0), longest, axis=1)
    means = spread.reshape(longest, 48, longest, 48, 3).mean(axis=(1, 3))
    unclipped = (small < 0.99) & (means < 0.9)
    scale = np.median(small[unclipped & (means > 0.05)] / means[unclipped & (means > 0.05)])
    assert np.allclose(small[unclipped], scale * means[unclipped], atol=0.02)
