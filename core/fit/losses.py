"""The loss of one batch: relative colour error, mask, and the eikonal term.

colour   mean over valid (ray, light) pairs of |I - I'| / (stop-gradient(I') + floor)
mask     binary cross-entropy of each ray's opacity against inside (1) or beside (0) the object; and once more, with a
         weight of its own, of rays clear of the object that see mist; without masks instead the entropy of each
         ray's opacity, lowest where it is let through or stopped
eikonal  mean of (|grad f| - 1)^2 over all sections (Gropp et al. 2020)
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.fit.config import Weights

_SOLID = 0.9
"""Opacity beyond which a ray sees a body and no mist: other photographs saw it too, and one wrong mask must not carve
it away."""


@dataclass(frozen=True, kw_only=True)
class Losses:
    """Terms of the loss, scalars, unweighted; and the error of each photograph pixel."""

    total: Tensor
    colour: Tensor
    mask: Tensor
    eikonal: Tensor
    relative: Tensor
    """[rays, lights] relative colour error, no gradient."""
    squared: Tensor
    """[rays, lights] mean squared error over the channels, model radiance, no gradient."""


def batch_losses(
    *,
    radiance: Tensor,
    colours: Tensor,
    valid: Tensor,
    belief: Tensor,
    opacity: Tensor,
    clear: Tensor,
    gradient: Tensor,
    weights: Weights,
    colour_floor: float,
    mask_weight: float,
) -> Losses:
    """Losses of a batch; the first ``len(colours)`` entries of ``opacity`` belong to object rays.

    ``belief`` [rays, lights] in (0, 1]: how much the photograph of each colour counts. ``clear`` [background rays]:
    whether no neighbouring pixel shows the object either. ``colour_floor``: see ``Weights.floor_at``. With a
    ``mask_weight`` of 0 there are no masks.
    """
    difference = radiance - colours
    relative = (difference.abs() / (radiance.detach() + colour_floor)).mean(-1)
    share = valid.to(relative.dtype) * belief
    colour = (relative * share).sum() / share.sum().clamp_min(1e-6)
    sure = opacity.clamp(1e-3, 1.0 - 1e-3)
    wrong = -torch.cat([sure[: len(colours)], 1.0 - sure[len(colours) :]]).log()
    if mask_weight:
        mist = -(1.0 - opacity[len(colours) :][clear].clamp(max=_SOLID)).log()
        by_opacity = mask_weight * wrong.mean() + weights.clear * mist.sum() / len(opacity)
    else:
        by_opacity = -weights.solid * (sure * sure.log() + (1.0 - sure) * (1.0 - sure).log()).mean()
    eikonal = ((gradient.norm(dim=-1) - 1.0) ** 2).mean()
    return Losses(
        total=colour + by_opacity + weights.eikonal * eikonal,
        colour=colour,
        mask=wrong.mean(),
        eikonal=eikonal,
        relative=relative.detach(),
        squared=(difference.detach() ** 2).mean(-1),
    )
