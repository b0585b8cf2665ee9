"""Measuring a run in full: every photograph rendered, every view's normals compared."""

from dataclasses import dataclass

import numpy as np

from core.fit.known_lights import held_out_keys
from core.fit.sampled_errors import light_error_deg
from core.fit.traced import exact_distances, first_images, normal_errors, render_photograph, traced_poses
from core.fit.trainer import Trainer
from core.types import DoubleArray, FloatArray, Progress


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Figures of a run; None where there is nothing to compare with."""

    steps: int
    seconds: float
    """Optimisation time."""
    training_psnr_db: float | None
    """Mean over the photographs trained on, mask pixels."""
    training_images: int
    held_out_psnr_db: float | None
    """Mean over the photographs kept out whose light is known from others, mask pixels."""
    held_out_images: int
    normal_error_deg: float | None
    """Mean over all mask pixels with ground truth; a pixel without an estimate counts 90."""
    normal_median_deg: float | None
    light_error_deg: float | None
    """Mean over the estimated lights."""
    intensity_error_percent: float | None
    """Mean relative error of the intensities after one scale per channel."""


def evaluate_run(trainer: Trainer, *, progress: Progress) -> Evaluation:
    """Render and compare everything. Raises Cancelled from ``progress``."""
    capture = trainer.capture
    held_out = set(held_out_keys(trainer))
    first = {image: view for view, image in first_images(trainer).items()}
    wanted = held_out | trainer.included | {capture.keys[image] for image in first}
    kept_out, trained = list[float](), list[float]()
    errors: list[DoubleArray | FloatArray] = [np.empty(0)]
    with exact_distances(trainer):
        for pose in traced_poses(trainer, wanted, progress):
            for image in pose.images:
                key = capture.keys[image]
                if image in first:
                    errors.append(normal_errors(trainer, key.view, pose.maps.normals_gl))
                if key in held_out or key in trainer.included:
                    psnr_db = render_photograph(trainer, pose, image).psnr_db
                    (kept_out if key in held_out else trained).append(psnr_db)
    degrees = np.concatenate(errors)
    return Evaluation(
        steps=trainer.steps,
        seconds=trainer.seconds,
        training_psnr_db=_mean(trained),
        training_images=len(trained),
        held_out_psnr_db=_mean(kept_out),
        held_out_images=len(kept_out),
        normal_error_deg=float(degrees.mean()) if degrees.size else None,
        normal_median_deg=float(np.median(degrees)) if degrees.size else None,
        light_error_deg=light_error_deg(trainer),
        intensity_error_percent=_intensity_error_percent(trainer),
    )


def _intensity_error_percent(trainer: Trainer) -> float | None:
    """Mean |truth - k estimate| / truth in percent, k the least-squares scale of each channel."""
    truth, estimate = trainer.capture.truth.light_intensities, trainer.lights().intensities
    if truth is None:
        return None
    known = np.isfinite(estimate).all(axis=1)
    true, found = truth[known].astype(np.float64), estimate[known].astype(np.float64)
    if not len(found):
        return None
    scale = (true * found).sum(axis=0) / np.maximum((found * found).sum(axis=0), 1e-12)
    return float(100.0 * (np.abs(true - scale * found) / np.maximum(true, 1e-8)).mean())


def _mean(values: list[float]) -> float | None:
    return float(np.mean(values)) if values else None
