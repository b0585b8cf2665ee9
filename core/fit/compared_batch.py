"""A batch of photograph pixels, rendered by the model as it stands and compared with the photographs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from core.fit import schedule
from core.fit.losses import Losses, batch_losses
from core.fit.rendered_batch import RenderedBatch, rendered_batch
from core.fit.shadow_trust import TRUST_DECIDED, shadow_trust
from core.scene.pixels import RayBatch

if TYPE_CHECKING:
    from core.fit.trainer import Trainer


@dataclass(frozen=True, kw_only=True)
class ComparedBatch:
    """A batch, how it was rendered, and how far that is from the photographs."""

    batch: RayBatch
    drawn: RenderedBatch
    losses: Losses


def compared_batch(trainer: "Trainer", stage: float) -> ComparedBatch:
    """Draw a batch, render it, and compare. Takes random numbers from the trainer's generator, changes nothing else."""
    batch = _draw(trainer)
    jitter = torch.rand(len(batch.origins), generator=trainer.generator).to(trainer.device)
    masked = trainer.capture.masked
    drawn = rendered_batch(trainer.model, batch, trainer.config, jitter=jitter, stage=stage, masked=masked)
    return ComparedBatch(batch=batch, drawn=drawn, losses=_losses(trainer, batch, drawn, stage))


def trust_after(trainer: "Trainer", compared: ComparedBatch, stage: float) -> float:
    """How far cast shadows are to be believed after this batch."""
    before = trainer.model.shadow_trust
    if stage > TRUST_DECIDED:
        return before
    drawn, ceiling = compared.drawn, trainer.pool.ceiling
    return shadow_trust(before, drawn.shaded, compared.batch, strength=drawn.shadows, ceiling=ceiling, stage=stage)


def _draw(trainer: "Trainer") -> RayBatch:
    config = trainer.config
    many = min(config.lights_per_ray, trainer.pool.lights_per_ray)
    rays = config.rays if many > 1 else config.rays_one_light
    return trainer.pool.draw(rays, config.rays_beside, many, trainer.generator)


def _losses(trainer: "Trainer", batch: RayBatch, drawn: RenderedBatch, stage: float) -> Losses:
    weights = trainer.config.weights
    masks = schedule.mask_weight(stage, weights.mask, weights.mask_end) if trainer.capture.masked else 0.0
    return batch_losses(
        # A photograph cannot tell how much brighter than white a pixel was.
        radiance=drawn.shaded.radiance.clamp(max=trainer.pool.ceiling),
        colours=batch.colours,
        valid=batch.valid,
        belief=_belief(trainer, batch),
        opacity=drawn.hits.opacity,
        clear=batch.clear,
        gradient=drawn.hits.gradient,
        weights=weights,
        colour_floor=trainer.colour_floor,
        mask_weight=masks,
    )


def _belief(trainer: "Trainer", batch: RayBatch) -> Tensor:
    """[rays, lights] how much each colour counts."""
    edge = torch.where(batch.edge, trainer.config.weights.edge, 1.0)
    return trainer.images.weight.to(trainer.device)[batch.images] * edge[:, None]
