"""What surface points see of the rest of the object, and how that is lit: the far ends of a bounce.

The lamp is taken to be as far from the second point as from the first: direction and intensity serve both. For a near
lamp this is wrong by the distance between the two points over that to the lamp.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.fields.model import Model
from core.render.shadow import visibility


@dataclass(frozen=True, kw_only=True)
class SecondHits:
    """Places where rays from surface points meet the object again; [H] of them, no gradients."""

    row: Tensor
    """[H] which point each ray left."""
    ray: Tensor
    """[H] which of all rays it is, row-major."""
    way: Tensor
    """[H, 3] its unit direction."""
    normal: Tensor
    """[H, 3] unit, where it ends."""
    features: Tensor
    """[H, F] there."""
    lit: Tensor
    """[H, K] cosine to each lamp times its visibility there; 0 where the surface turns its back to the ray."""


@torch.no_grad()
def second_hits(model: Model, points: Tensor, normals: Tensor, ways: Tensor, to_light: Tensor) -> SecondHits:
    """Follow rays ``ways`` [R, M, 3] from ``points`` [R, 3] with unit ``normals``, under ``to_light`` [R, K, 3].

    Rays below a point's horizon meet nothing.
    """
    count = ways.shape[1]
    cell = model.cache.cell_size
    # Onto the cached surface; the rays themselves keep half a cell off it.
    surface = points - model.cache.lookup(points)[:, None] * normals
    up = normals.repeat_interleave(count, 0)
    flat = ways.reshape(-1, 3)
    above = ((flat * up).sum(1) > 0.0).nonzero()[:, 0]
    start, up, way = surface[above // count], up[above], flat[above]
    distance = model.cache.first_hit(start, up, way, start=1.0 * cell, floor=0.5 * cell)
    hit = (distance >= 0.0).nonzero()[:, 0]
    start, up, way, far, ray = start[hit], up[hit], way[hit], distance[hit, None], above[hit]
    row = ray // count
    lift = (0.5 * cell - far * (way * up).sum(1, keepdim=True)).clamp_min(0.0)
    place = start + far * way + lift * up
    _, features, gradient = model.sdf(place)
    normal = torch.nn.functional.normalize(gradient, dim=1, eps=1e-6)
    lamps = to_light[row]
    # A coarse grid may be entered where the field itself turns away.
    toward = ((normal * way).sum(1, keepdim=True) < 0.0).to(far.dtype)
    lit = toward * (lamps * normal[:, None]).sum(-1).clamp_min(0.0) * visibility(model, place, normal, lamps)
    return SecondHits(row=row, ray=ray, way=way, normal=normal, features=features, lit=lit)
