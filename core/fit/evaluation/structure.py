"""Structural similarity of a render and a photograph (Wang et al. 2004, "Image quality assessment")."""

import numpy as np

from core.types import BoolArray, DoubleArray, FloatArray

WINDOW = 11
"""Pixels across the weighting window."""
_SIGMA = 1.5
_C1, _C2 = 0.01**2, 0.03**2
"""(K1 L)^2 and (K2 L)^2 for values of range L = 1."""


def ssim(render: FloatArray, photograph: FloatArray, mask: BoolArray) -> float:
    """Structural similarity of two linear images [height, width, 3] where the object is.

    Both are cut to the mask's bounding box and black outside the mask, as MVSCPS does. nan for an empty mask.
    """
    if not mask.any():
        return float("nan")
    return structural_similarity(object_crop(render, mask), object_crop(photograph, mask))


def object_crop(image: FloatArray, mask: BoolArray) -> FloatArray:
    """The mask's bounding box of [height, width, 3], black outside the mask; at least ``WINDOW`` pixels each way."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    crop = np.where(mask[box][..., None], image[box], np.float32(0.0)).astype(np.float32, copy=False)
    missing = [max(0, WINDOW - length) for length in crop.shape[:2]]
    return np.pad(crop, [(lack // 2, lack - lack // 2) for lack in missing] + [(0, 0)])


def structural_similarity(a: FloatArray, b: FloatArray) -> float:
    """Mean over channels and over all places where the window fits, of images [height, width, channels], range 1.

        (2 ma mb + C1) (2 sab + C2) / ((ma² + mb² + C1) (sa² + sb² + C2))

    with means m, variances s² and covariance sab weighted by a Gaussian of 1.5 pixels on 11 x 11 pixels.
    """
    a64, b64 = a.astype(np.float64), b.astype(np.float64)
    mean_a, mean_b = _weighted(a64), _weighted(b64)
    variance_a = _weighted(a64 * a64) - mean_a * mean_a
    variance_b = _weighted(b64 * b64) - mean_b * mean_b
    covariance = _weighted(a64 * b64) - mean_a * mean_b
    top = (2.0 * mean_a * mean_b + _C1) * (2.0 * covariance + _C2)
    bottom = (mean_a * mean_a + mean_b * mean_b + _C1) * (variance_a + variance_b + _C2)
    return float((top / bottom).mean())


def _weights() -> DoubleArray:
    offsets = np.arange(WINDOW) - WINDOW // 2
    weights: DoubleArray = np.exp(-0.5 * (offsets / _SIGMA) ** 2)
    return weights / weights.sum()


def _weighted(image: DoubleArray) -> DoubleArray:
    """Weighted means at the places where the whole window lies inside the image."""
    weights = _weights()
    rows = sum(weight * image[i : image.shape[0] - WINDOW + 1 + i] for i, weight in enumerate(weights))
    rows = np.asarray(rows, np.float64)
    both = sum(weight * rows[:, i : image.shape[1] - WINDOW + 1 + i] for i, weight in enumerate(weights))
    return np.asarray(both, np.float64)
