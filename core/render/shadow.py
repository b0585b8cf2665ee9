"""Cast shadows: how much of a light reaches a surface point past the rest of the object.

A ray toward the light is followed through the cached distance grid to its closest approach to the surface. The
visibility rises smoothly from 0 to 1 while that smallest distance goes from half a cell inside to half a cell
outside: 1/2 when the ray just touches, exactly 1 for a ray that starts half a cell off a convex surface. For rays near
the edge the smallest distance can be evaluated again in the exact field, with gradients, so that a shadow in a
photograph moves the shape that cast it.
"""

import torch
from torch import Tensor

from core.fields.model import Model


def visibility(model: Model, points: Tensor, normals: Tensor, to_light: Tensor, *, learn: bool = False) -> Tensor:
    """Visibility [R, K] in [0, 1] of lights ``to_light`` [R, K, 3] at ``points`` [R, 3] with unit ``normals`` [R, 3].

    With ``learn`` the result carries gradients into the shape (not into the lights).
    """
    direction = to_light.detach()
    facing = (direction * normals.detach()[:, None]).sum(-1) > 0.0
    ray, light = facing.nonzero(as_tuple=True)
    cell = model.cache.cell_size
    # A composited point may lie a little inside; step onto the cached surface, then half a cell off it.
    lift = 0.5 * cell - model.cache.lookup(points)
    start = (points + lift[:, None] * normals.detach())[ray]
    aim = direction[ray, light]
    least, where = model.cache.closest_approach(start, aim, start=1.0 * cell)
    if learn:
        least = _refined(model, start, aim, least, where, cell)
    rise = (least / cell + 0.5).clamp(0.0, 1.0)
    seen = rise * rise * (3.0 - 2.0 * rise)
    result = torch.ones(facing.shape, device=points.device)
    return result.index_put((ray, light), seen)


def _refined(model: Model, start: Tensor, aim: Tensor, least: Tensor, where: Tensor, margin: float) -> Tensor:
    """``least`` with its doubtful entries replaced by the exact, differentiable distance at the same point."""
    doubtful = (least.abs() < margin).nonzero()[:, 0]
    if len(doubtful) == 0:
        return least
    spot = start[doubtful] + where[doubtful, None] * aim[doubtful]
    exact, _, _ = model.sdf(spot)
    return least.index_put((doubtful,), exact)
