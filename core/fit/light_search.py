"""Lights that went to a wrong place are looked for all over the sky.

Gradients move a light only to the nearest place that explains its photographs: a mirror image, or one on the far side
of a ridge of bad places, is a trap, above all with few photographs. Once there is a rough shape, every light is tried
from many directions, each with the best intensity for it; where another one explains clearly more, the light jumps
there and goes on from there. Shadows are left out, as they were of a rough shape.
"""

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from core.fields.model import Model
from core.render.composite import SurfaceHits, first_rays, trace
from core.render.shade import shade_hits
from core.scene.lights import LightTable
from core.scene.pixels import RayBatch

if TYPE_CHECKING:
    from core.fit.trainer import Trainer

DIRECTIONS = 48
"""Tried over the sphere, evenly."""
PAIRS = 48
"""Pixels that each light is judged by, about."""
CLEARLY = 0.8
"""Part of the present error that another place must come below."""
_MOST_RAYS = 8_192
"""Captures of very many lights are judged by fewer pixels each."""
_FEWEST = 12
"""A light that has fewer pixels than this stays where it is."""


@torch.no_grad()
def search_lights(trainer: "Trainer") -> tuple[int, ...]:
    """Move lights that another direction explains better; returns their rows in the light table.

    Random numbers are its own, so that a run in which no light moves is what it would be without. The intensities of
    lights that moved are set to the best for their place.
    """
    model, lights = trainer.model, trainer.model.lights
    batch = _pixels_of_all_lights(trainer, torch.Generator().manual_seed(trainer.seed + trainer.steps))
    on = len(batch.colours)
    middle = torch.full((len(batch.origins),), 0.5, device=trainer.device)
    hits = first_rays(
        trace(model, batch.origins, batch.directions, sections=trainer.config.sections, jitter=middle), on
    )
    floor, ceiling = trainer.colour_floor, trainer.pool.ceiling
    before = lights.direction.detach().clone()
    belief = trainer.images.weight.to(trainer.device)[batch.images] * batch.valid
    best, scale = _errors(model, hits, batch, belief, floor=floor, ceiling=ceiling)
    count = _sum(batch.lights, belief, len(best))
    least, chosen, scales = CLEARLY * best, before.clone(), torch.ones_like(scale)
    for candidate in _candidates(before, in_rig=lights.model.fixed_to == "camera"):
        lights.direction.copy_(candidate)
        error, scale = _errors(model, hits, batch, belief, floor=floor, ceiling=ceiling)
        better = (error < least) & lights.trained & (count >= _FEWEST)
        least = torch.where(better, error, least)
        chosen[better], scales[better] = candidate[better], scale[better]
    lights.direction.copy_(chosen)
    lights.log_intensity.add_(scales.log()[:, None])
    moved = (chosen != before).any(1)
    _forget_travel(trainer.optimiser, lights, moved)
    return tuple(moved.nonzero()[:, 0].tolist())


def _forget_travel(optimiser: torch.optim.Adam, lights: LightTable, moved: Tensor) -> None:
    """Lights that jumped neither go on in the direction they were going, nor keep a beam that was aimed from there."""
    for parameter in lights.parameters():
        state = optimiser.state.get(parameter, {})
        if parameter.shape[:1] == moved.shape and "exp_avg" in state:
            state["exp_avg"][moved] = 0.0
    if lights.model.falloff:
        lights.tilt[moved] = 0.0


def _pixels_of_all_lights(trainer: "Trainer", generator: torch.Generator) -> RayBatch:
    """A batch in which every light has about ``PAIRS`` pixels."""
    wide = min(trainer.config.lights_per_ray, trainer.pool.lights_per_ray)
    pairs = PAIRS * int(trainer.model.lights.trained.sum())
    return trainer.pool.draw(min(max(256, pairs // wide), _MOST_RAYS), 1, wide, generator)


def _candidates(directions: Tensor, *, in_rig: bool) -> list[Tensor]:
    """Directions [lights, 3] to try one after the other: a sunflower over the sphere.

    In the rig frame (OpenCV camera) what lies behind the object is left out, and the mirror image about the optical
    axis is tried first.
    """
    place = torch.arange(DIRECTIONS, dtype=directions.dtype, device=directions.device)
    height = 1.0 - 2.0 * (place + 0.5) / DIRECTIONS
    around = place * (math.pi * (3.0 - math.sqrt(5.0)))
    radius = (1.0 - height * height).sqrt()
    sky = torch.stack([radius * around.cos(), radius * around.sin(), height], 1)
    if in_rig:
        sky = sky[sky[:, 2] < 0.3]
    tried = [one.expand_as(directions).clone() for one in sky]
    return [mirrored_in_rig(directions), *tried] if in_rig else tried


def mirrored_in_rig(directions: Tensor) -> Tensor:
    """[lights, 3] half a turn about the optical axis from ``directions`` [lights, 3], rig frame."""
    return directions * directions.new_tensor([-1.0, -1.0, 1.0])


def _errors(
    model: Model, hits: SurfaceHits, batch: RayBatch, share: Tensor, *, floor: float, ceiling: float
) -> tuple[Tensor, Tensor]:
    """Mean relative colour error of each light where it stands, [lights], after the best scale for it, [lights].

    ``share`` [R, K]: how much each colour counts.
    """
    on = len(batch.colours)
    lit = model.lights.incident(
        batch.lights,
        batch.images,
        hits.points,
        world_from_rig=batch.world_from_rig,
        camera_centres=batch.origins[:on],
    )
    seen = batch.colours
    render = shade_hits(model, hits, batch.directions[:on], lit.to_light, lit.intensity, shadows=0.0).unshadowed
    # What is cut off at white says nothing about the scale.
    inside = share[..., None] * (seen < 0.98 * ceiling)
    scale = _sum(batch.lights, (seen * inside).sum(-1), len(model.lights.trained))
    scale = (scale / _sum(batch.lights, (render * inside).sum(-1), len(scale)).clamp_min(1e-6)).clamp(0.05, 20.0)
    render = (render * scale[batch.lights][..., None]).clamp(max=ceiling)
    error = ((render - seen).abs() / (render + floor)).mean(-1) * share
    count = _sum(batch.lights, share, len(scale))
    return _sum(batch.lights, error, len(scale)) / count.clamp_min(1e-6), scale


def _sum(rows: Tensor, values: Tensor, count: int) -> Tensor:
    """[count] sums of ``values`` [R, K] by ``rows`` [R, K]."""
    return values.new_zeros(count).index_add(0, rows.reshape(-1), values.reshape(-1))
