"""Small pictures of each view for lists and matrices."""

import cv2
import numpy as np

from core.capture.capture import Capture
from core.color import srgb_from_linear
from core.types import FloatArray

_MEAN_OF = 8
"""Photographs of a view averaged into its thumbnail; more look the same and take longer."""
_WHITE_QUANTILE = 0.99
"""The brightness on the object that is shown almost white."""


def thumbnails(capture: Capture, longest: int = 128) -> dict[int, FloatArray]:
    """Per view: display-referred [height, width, 3], the mean of photographs under different lights.

    The longest side has at most ``longest`` pixels; every view is brightened so that its object is well seen.
    """
    pictures: dict[int, FloatArray] = {}
    for view in capture.views:
        images = [index for index, key in enumerate(capture.keys) if key.view == view]
        some = images[:: max(1, len(images) // _MEAN_OF)][:_MEAN_OF]
        mean: FloatArray = np.stack([_reduced(capture.linear(index), longest) for index in some]).mean(axis=0)
        mask = _reduced(capture.masks[view][..., None].astype(np.float32), longest)[..., 0] > 0.5
        white = np.quantile(mean[mask], _WHITE_QUANTILE) if mask.any() else mean.max()
        pictures[view] = srgb_from_linear(mean / np.float32(max(float(white), 1e-6)))
    return pictures


def _reduced(image: FloatArray, longest: int) -> FloatArray:
    """[height, width, channels] with its longest side at most ``longest``, every output pixel the mean of its area."""
    height, width = image.shape[:2]
    ratio = min(1.0, longest / max(height, width))
    size = (max(1, round(width * ratio)), max(1, round(height * ratio)))
    small = image if size == (width, height) else cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.float32).reshape(size[1], size[0], image.shape[2])
