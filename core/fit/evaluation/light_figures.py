"""Estimated lights beside the true ones: directions as they are, intensities after a scale, which cannot be known."""

from collections import Counter

import numpy as np

from core.capture.capture import Capture
from core.fit.evaluation.figures import LightFigures
from core.fit.light_estimate import LightEstimate
from core.fit.light_truth import light_errors_deg, seen_lights, true_direction
from core.fit.trainer import Trainer
from core.scene.lamp import Lamp
from core.types import DoubleArray, FloatArray, ImageKey

Triple = tuple[float, float, float]


def relative_intensity_errors(estimate: FloatArray, truth: FloatArray) -> DoubleArray:
    """|truth - k estimate| / truth [lights, 3] of lights [lights, 3]; k is the least-squares scale of each channel.

    nan for lights that are not estimated. MVSCPS calls the mean of it SI-MSE.
    """
    known = np.isfinite(estimate).all(axis=1)
    true, found = truth.astype(np.float64), estimate.astype(np.float64)
    scale = (true * found)[known].sum(axis=0) / np.maximum((found * found)[known].sum(axis=0), 1e-12)
    return np.abs(true - scale * found) / np.maximum(true, 1e-8)


def light_figures(trainer: Trainer) -> tuple[LightFigures, ...]:
    """Every light id's figures, in the order of ids."""
    lights, truth = trainer.lights(), trainer.capture.truth
    count = len(lights.light_ids)
    nothing: DoubleArray = np.full(count, np.nan)
    known_intensities, angles = truth.light_intensities, light_errors_deg(lights, trainer.capture)
    directions = seen_lights(lights, trainer.capture).estimate_gl
    errors = nothing
    if known_intensities is not None:
        errors = 100.0 * relative_intensity_errors(lights.intensities, known_intensities).mean(axis=1)
    trained = Counter(key.light for key in trainer.included)
    return tuple(
        LightFigures(
            light=light,
            images=trained[light],
            direction_gl=_triple(directions[row]),
            intensity=_triple(lights.intensities[row]),
            error_deg=None if angles is None else _known(angles[row]),
            intensity_error_percent=_known(errors[row]),
        )
        for row, light in enumerate(lights.light_ids)
    )


def unseen_light(capture: Capture, lights: LightEstimate, key: ImageKey) -> Lamp | None:
    """A photograph's light, never trained on, as the ground truth has it, in the units of the estimate; None without.

    It is distant: the truth has directions, not places. The intensity is the true one times the mean of
    estimate / truth over the trained lights, channel by channel, as MVSCPS rescales it.
    """
    to_light = true_direction(capture, capture.keys.index(key), lights.model.fixed_to)
    intensities, row = capture.truth.light_intensities, lights.light_ids.index(key.light)
    if to_light is None or intensities is None or not np.isfinite([to_light, intensities[row]]).all():
        return None
    scale = intensity_scale(lights.intensities, intensities)
    if scale is None:
        return None
    return Lamp(to_light=to_light, intensity=(scale * intensities[row]).astype(np.float32))


def intensity_scale(estimate: FloatArray, truth: FloatArray) -> DoubleArray | None:
    """[3] mean of estimate / truth over the estimated lights [lights, 3]; None where no light has both."""
    known = np.isfinite(estimate).all(axis=1) & np.isfinite(truth).all(axis=1) & (truth > 0.0).all(axis=1)
    return (estimate[known].astype(np.float64) / truth[known]).mean(axis=0) if known.any() else None


def _triple(row: FloatArray) -> Triple | None:
    return (float(row[0]), float(row[1]), float(row[2])) if np.isfinite(row).all() else None


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
