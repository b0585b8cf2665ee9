"""Cast shadows: how much of a light reaches a surface point past the rest of the object.

A ray toward the light is followed through the cached distance grid to its closest approach to the surface. The
visibility rises smoothly from 0 to 1 while that smallest distance goes from half a cell inside to half a cell
outside: 1/2 when the ray just touches, exactly 1 for a ray that starts half a cell off a convex surface. For rays near
the edge the smallest distance can be evaluated again in the exact field, with gradients, so that a shadow in a
photograph moves the shape that cast it.

Soft shadows (``ModelConfig.soft_shadows``) take the lamps as discs of one learnt angular radius. A lamp is then a cone
about the ray, r = max(half a cell, t tan(radius)) wide at distance t, and u, the smallest distance along the ray in
units of r, tells how much of it is free: the part of a disc beyond a straight edge that passes u radii off its middle,

    visibility = 1/2 + (u sqrt(1 - u^2) + asin u) / pi,

so that a penumbra widens with the distance to what casts it (after the soft shadows of Quilez 2010 and Aaltonen 2018,
who take min d / t as it is). Two rules keep it exactly 1 on convex surfaces, where the distance at a point is at least
its height above the tangent plane: the cone is never wider than the ray is high, what is below the horizon being the
cosine's matter; and where the ray is lower than half a cell it is followed at that height. So the ray itself passes
through the surface point, and shadows lie where they fall; a ray that starts half a cell higher moves them by as much.
"""

import math

import torch
from torch import Tensor

from core.fields.model import Model

_WHOLE = 0.9999
"""Beyond so many radii a disc is taken as wholly free or wholly covered: there the slope of the asin has no limit."""


def visibility(model: Model, points: Tensor, normals: Tensor, to_light: Tensor, *, learn: bool = False) -> Tensor:
    """Visibility [R, K] in [0, 1] of lights ``to_light`` [R, K, 3] at ``points`` [R, 3] with unit ``normals`` [R, 3].

    With ``learn`` the result carries gradients into the shape (not into the lights). Those into the radius of the
    lamps it always carries, where there is one.
    """
    direction = to_light.detach()
    normals = normals.detach()
    facing = (direction * normals[:, None]).sum(-1) > 0.0
    ray, light = facing.nonzero(as_tuple=True)
    if model.log_lamp_radius is None:
        seen = _along_rays(model, points, normals, ray, direction[ray, light], learn=learn)
    else:
        seen = _along_cones(model, points, normals, ray, direction[ray, light], learn=learn)
    result = torch.ones(facing.shape, device=points.device)
    return result.index_put((ray, light), seen)


def _along_rays(model: Model, points: Tensor, normals: Tensor, ray: Tensor, aim: Tensor, *, learn: bool) -> Tensor:
    """Visibility [pairs] of lamps without a size, toward ``aim`` [pairs, 3] from the points of row ``ray``."""
    cell = model.cache.cell_size
    # A composited point may lie a little inside; step onto the cached surface, then half a cell off it.
    lift = 0.5 * cell - model.cache.lookup(points)
    start = (points + lift[:, None] * normals)[ray]
    least, where = model.cache.closest_approach(start, aim, start=1.0 * cell)
    if learn:
        least = _exact(model, least, least.abs() < cell, start + where[:, None] * aim)
    rise = (least / cell + 0.5).clamp(0.0, 1.0)
    return rise * rise * (3.0 - 2.0 * rise)


def _along_cones(model: Model, points: Tensor, normals: Tensor, ray: Tensor, aim: Tensor, *, learn: bool) -> Tensor:
    """Visibility [pairs] of discs of light; see ``_along_rays`` and the head of this module."""
    cell = model.cache.cell_size
    floor = 0.5 * cell
    # Onto the cached surface; the pass itself keeps half a cell off it.
    start = (points - model.cache.lookup(points)[:, None] * normals)[ray]
    normal = normals[ray]
    height = (normal * aim).sum(1)
    spread = torch.minimum(model.lamp_radius().tan(), height)
    share, where = model.cache.narrowest_pass(start, normal, aim, spread.detach(), start=1.0 * cell, floor=floor)
    radius = (spread * where).clamp_min(floor)
    least = share * radius.detach()
    if learn:
        lift = (floor - where * height).clamp_min(0.0)
        least = _exact(model, least, share.abs() < 1.0, start + where[:, None] * aim + lift[:, None] * normal)
    return _free_part(least / radius)


def _free_part(offset: Tensor) -> Tensor:
    """How much of a disc is beyond a straight edge that passes ``offset`` radii off its middle, 0 (-1) to 1 (1)."""
    partly = offset.abs() < _WHOLE
    # Where it is whole, or nothing, a harmless number takes its place: the gradients of both branches are added.
    u = torch.where(partly, offset, torch.zeros_like(offset))
    share = 0.5 + (u * (1.0 - u * u).sqrt() + u.asin()) / math.pi
    return torch.where(partly, share, (offset > 0.0).to(offset.dtype))


def _exact(model: Model, least: Tensor, doubtful: Tensor, spots: Tensor) -> Tensor:
    """``least`` with its ``doubtful`` entries replaced by the exact, differentiable distance at ``spots``."""
    rows = doubtful.nonzero()[:, 0]
    if len(rows) == 0:
        return least
    exact, _, _ = model.sdf(spots[rows])
    return least.index_put((rows,), exact)
