"""Small pictures of each view for lists and matrices."""

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
        mean = np.mean([_reduced(capture.linear(index), longest) for index in some], axis=0, dtype=np.float32)
        mask = _reduced(capture.masks[view][..., None].astype(np.float32), longest)[..., 0] > 0.5
        white = np.quantile(mean[mask], _WHITE_QUANTILE) if mask.any() else mean.max()
        pictures[view] = srgb_from_linear(mean / np.float32(max(float(white), 1e-6)))
    return pictures


def _reduced(image: FloatArray, longest: int) -> FloatArray:
    """[height, width, channels] area-averaged by a whole factor, so that the longest side fits."""
    height, width, channels = image.shape
    factor = -(-max(height, width) // longest)
    if factor == 1:
        return image
    rows, columns = max(1, height // factor), max(1, width // factor)
    kept = image[: rows * factor, : columns * factor]
    if height < factor or width < factor:  # a strip thinner than one output pixel
        return image[::factor, ::factor]
    blocks = kept.reshape(rows, factor, columns, factor, channels)
    return np.asarray(blocks.mean(axis=(1, 3)), dtype=np.float32)
