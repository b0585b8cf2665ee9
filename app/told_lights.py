"""The lights of a run as the window is told of them. Importing this module imports torch: fit thread only."""

import numpy as np
import torch

from app.messages import Lights
from core.fit.light_truth import light_errors_deg, seen_lights
from core.fit.trainer import Trainer
from core.types import FloatArray


def told_lights(trainer: Trainer) -> Lights:
    """All lights as they stand, compared with the truth where there is one."""
    estimate, capture = trainer.lights(), trainer.capture
    seen = seen_lights(estimate, capture)
    error = light_errors_deg(estimate, capture)
    near, exposed = estimate.model.positioned, estimate.model.exposure
    return Lights(
        light_ids=estimate.light_ids,
        estimate_gl=seen.estimate_gl,
        start_gl=seen.start_gl,
        truth_gl=seen.truth_gl,
        intensities=estimate.intensities,
        error_deg=None if error is None else error.astype(np.float32),
        standing=seen.standing,
        positions=estimate.positions if near else None,
        distances=_distances(trainer) if near else None,
        exposures=dict(zip(capture.keys, map(float, estimate.exposures), strict=True)) if exposed else {},
    )


@torch.no_grad()
def _distances(trainer: Trainer) -> FloatArray:
    """[lights] of near lights from the object's centre, world units; nan where never trained."""
    table = trainer.model.lights
    distances = trainer.frame.scale / table.nearness().clamp_min(1e-9)
    return np.where(table.trained.cpu().numpy(), distances.cpu().numpy(), np.nan).astype(np.float32)
