"""Errors against photographs and ground truth. NumPy in, numbers out."""

import numpy as np

from core.types import BoolArray, DoubleArray, FloatArray


def psnr_db(render: FloatArray, photograph: FloatArray, mask: BoolArray) -> float:
    """Peak signal-to-noise ratio over mask pixels of linear images with range 1, dB; infinite for equal images."""
    difference = render[mask].astype(np.float64) - photograph[mask]
    error = float((difference * difference).mean()) if difference.size else 0.0
    return float("inf") if error == 0.0 else -10.0 * float(np.log10(error))


def angles_deg(a: FloatArray, b: FloatArray) -> DoubleArray:
    """Angles [...] between vectors [..., 3] of any length, degrees; nan where one is nan or zero."""
    a64, b64 = a.astype(np.float64), b.astype(np.float64)
    length = np.linalg.norm(a64, axis=-1) * np.linalg.norm(b64, axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        cosine = (a64 * b64).sum(-1) / np.where(length > 0, length, np.nan)
    return np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))


def light_error_deg(estimate_gl: FloatArray, truth_gl: FloatArray) -> DoubleArray:
    """Angle [lights] between estimated and true directions [lights, 3], degrees; nan where not estimated."""
    return angles_deg(estimate_gl, truth_gl)


def normal_error_deg(estimate_gl: FloatArray, truth_gl: FloatArray, mask: BoolArray) -> DoubleArray:
    """Angle [pixels] at mask pixels with a true normal, degrees; a pixel without an estimate counts 90."""
    valid = mask & (np.linalg.norm(truth_gl, axis=-1) > 0.9)
    error = angles_deg(estimate_gl[valid], truth_gl[valid])
    return np.where(np.isfinite(error), error, 90.0)
