"""What the object and its surroundings look like in one view, to begin the mask of the next view from."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.types import BoolArray, FloatArray

_BINS = 24
"""Levels a channel."""
_SPREAD = 1.2
"""Levels by which counts are smoothed, so that a colour speaks for its neighbours too."""
_SPECK = 0.05
"""Pieces smaller than this part of the largest are taken for chance."""
_LEAST, _MOST = 0.002, 0.9
"""A guess that covers less or more of the photograph is none."""


@dataclass(frozen=True, kw_only=True)
class ColourModel:
    """Colours of the object against those around it."""

    surplus: FloatArray
    """[levels, levels, levels] by red, green, blue: share among the object's pixels less that among the others'."""

    @classmethod
    def of(cls, picture: NDArray[np.uint8], mask: BoolArray) -> "ColourModel | None":
        """The model of ``picture`` [height, width, 3] sRGB under its mask; None when one of both sides is empty."""
        if not mask.any() or mask.all():
            return None
        return cls(surplus=_shares(picture[mask]) - _shares(picture[~mask]))

    def guess(self, picture: NDArray[np.uint8]) -> BoolArray | None:
        """[height, width] where the object probably is in another picture of it; None when nothing speaks for it."""
        levels = _levels(picture)
        likely = self.surplus[levels[..., 0], levels[..., 1], levels[..., 2]] > 0.0
        smooth = cv2.medianBlur(likely.astype(np.uint8), 5)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(smooth, connectivity=8)
        if count < 2:
            return None
        areas = stats[:, cv2.CC_STAT_AREA].copy()
        areas[0] = 0
        found = np.asarray((areas >= _SPECK * areas.max())[labels] & (smooth > 0))
        return found if _LEAST <= float(found.mean()) <= _MOST else None


def _levels(colours: NDArray[np.uint8]) -> NDArray[np.intp]:
    return (colours.astype(np.intp) * _BINS) // 256


def _shares(colours: NDArray[np.uint8]) -> FloatArray:
    """[levels, levels, levels] shares of colours [pixels, 3], smoothed; they sum to 1 but for rounding."""
    red, green, blue = _levels(colours).T
    counts = np.bincount((red * _BINS + green) * _BINS + blue, minlength=_BINS**3).astype(np.float32)
    shares = (counts / counts.sum()).reshape(_BINS, _BINS, _BINS)
    away = np.arange(_BINS)[:, None] - np.arange(_BINS)[None, :]
    kernel = np.exp(-0.5 * (away / _SPREAD) ** 2)
    kernel /= kernel.sum(axis=0, keepdims=True)
    return np.einsum("ai,bj,ck,ijk->abc", kernel, kernel, kernel, shares, optimize=True).astype(np.float32)
