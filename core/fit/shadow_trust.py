"""Whether cast shadows explain the photographs: under one small lamp they do, under a sky or in a lit room they do not.

A directional light is all the model has. Where photographs were lit from all around, its shadows fall where there are
none, and no shape can mend that. So the error with shadows is compared with the error without: under lamps it begins
above it, while the shape is rough, and falls below; under a sky it stays well above (measured in docs/benchmarks.md).
"""

import torch

from core.render.shade import Shaded
from core.scene.pixels import RayBatch

TRUST_DECIDED = 0.5
"""Stage of the run after which the trust stays as it is."""
LEAST = 0.02
"""Kept, so that shadows go on being compared and may be believed later."""
_CHANGE = 0.02
"""A step: fifty of them from full trust to none."""
_FIRST, _LAST = (0.1, 1.6), (0.3, 1.12)
"""(stage, limit): how much larger the error with shadows may be than without, falling from the first to the last."""


def largest_ratio(stage: float) -> float:
    """How many times larger the error with shadows may be than without at this stage of the run."""
    part = min(max((stage - _FIRST[0]) / (_LAST[0] - _FIRST[0]), 0.0), 1.0)
    return _FIRST[1] + part * (_LAST[1] - _FIRST[1])


@torch.no_grad()
def shadow_trust(
    before: float, shaded: Shaded, batch: RayBatch, *, strength: float, ceiling: float, stage: float
) -> float:
    """The trust in [LEAST, 1] after one more batch, which was shaded with shadows of this ``strength``.

    Compares the absolute errors of the batch with full shadows and without any. ``ceiling``: where photographs are cut
    off, model radiance.
    """
    if strength <= 0.0:
        return before
    visibility = (1.0 - (1.0 - shaded.visibility) / strength).clamp(0.0, 1.0)
    share = batch.valid[..., None].to(batch.colours.dtype)
    without = ((shaded.unshadowed.clamp(max=ceiling) - batch.colours).abs() * share).sum()
    full = (shaded.unshadowed * visibility[..., None]).clamp(max=ceiling)
    explained = bool(((full - batch.colours).abs() * share).sum() <= largest_ratio(stage) * without)
    return min(1.0, max(LEAST, before + (_CHANGE if explained else -_CHANGE)))
