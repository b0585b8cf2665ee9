"""Ray work on the cached distance grid in plain PyTorch: the reference for ``tracing_numba``, and the CUDA path."""

import torch
from torch import Tensor


def lookup(points: Tensor, grid: Tensor) -> Tensor:
    """Trilinear signed distance [...] at ``points`` [..., 3] of [-1, 1]^3; ``grid`` is [nodes, nodes, nodes], z y x."""
    nodes = grid.shape[0]
    scaled = ((points + 1.0) * (0.5 * (nodes - 1))).clamp(0.0, nodes - 1 - 1e-3)
    cell = scaled.floor().long()
    fraction = scaled - cell
    flat = grid.reshape(-1)
    base = (cell[..., 2] * nodes + cell[..., 1]) * nodes + cell[..., 0]
    total = torch.zeros_like(fraction[..., 0])
    for dz in (0, 1):
        for dy in (0, 1):
            for dx in (0, 1):
                weight = torch.ones_like(total)
                for axis, high in enumerate((dx, dy, dz)):
                    weight = weight * (fraction[..., axis] if high else 1.0 - fraction[..., axis])
                total = total + weight * flat[base + (dz * nodes + dy) * nodes + dx]
    return total


def sample_sections(
    origins: Tensor,
    directions: Tensor,
    near: Tensor,
    far: Tensor,
    jitter: Tensor,
    grid: Tensor,
    *,
    sharpness: float,
    lookups: int,
    pieces: int,
    floor: float,
    sections: int,
) -> Tensor:
    """Section edges [rays, sections + 1]; see ``tracing_numba.sample_sections``."""
    total = lookups * pieces
    t = near[:, None] + (far - near)[:, None] * torch.linspace(0, 1, lookups + 1, device=near.device)
    value = lookup(origins[:, None] + t[..., None] * directions[:, None], grid)
    blend = torch.arange(pieces, device=near.device) / pieces
    fine = value[:, :-1, None] * (1 - blend) + value[:, 1:, None] * blend
    phi = torch.sigmoid(sharpness * torch.cat([fine.flatten(1), value[:, -1:]], 1))
    alpha = ((phi[:, :-1] - phi[:, 1:]) / (phi[:, :-1] + 1e-6)).clamp_min(0.0)
    through = torch.cumprod(torch.cat([torch.ones_like(alpha[:, :1]), 1.0 - alpha], 1), 1)[:, :-1]
    weight = alpha * through + floor / total
    cumulative = torch.cat([torch.zeros_like(weight[:, :1]), weight.cumsum(1)], 1)
    quantile = (torch.arange(sections + 1, device=near.device) + jitter[:, None]) / (sections + 1)
    target = quantile * cumulative[:, -1:]
    piece = (torch.searchsorted(cumulative[:, 1:].contiguous(), target.contiguous())).clamp(max=total - 1)
    inside = (target - cumulative.gather(1, piece)) / weight.gather(1, piece)
    return near[:, None] + (far - near)[:, None] * (piece + inside.clamp(0.0, 1.0)) / total


def closest_approach(
    origins: Tensor, directions: Tensor, grid: Tensor, *, start: float, step_min: float, steps: int
) -> tuple[Tensor, Tensor]:
    """Smallest cached distance along each ray and where; see ``tracing_numba.closest_approach``."""
    t = torch.full_like(origins[:, 0], start)
    best = torch.full_like(t, 1e3)
    where = t.clone()
    alive = torch.ones_like(t, dtype=torch.bool)
    for _ in range(steps):
        point = origins + t[:, None] * directions
        alive = alive & _near_object(point)
        value = lookup(point, grid)
        better = alive & (value < best)
        best = torch.where(better, value, best)
        where = torch.where(better, t, where)
        alive = alive & (value >= -4.0 * step_min)
        t = _marched(t, value, alive, step_min)
    return best, where


def first_hit(
    origins: Tensor,
    normals: Tensor,
    directions: Tensor,
    grid: Tensor,
    *,
    start: float,
    floor: float,
    step_min: float,
    steps: int,
) -> Tensor:
    """Distance at which each ray enters the object, or -1; see ``tracing_numba.first_hit``."""
    rise = (normals * directions).sum(1)
    t = torch.full_like(origins[:, 0], start)
    before, outside = t.clone(), torch.zeros_like(t)
    found = torch.full_like(t, -1.0)
    alive = torch.ones_like(t, dtype=torch.bool)
    for _ in range(steps):
        point = _lifted(origins + t[:, None] * directions, normals, floor - t * rise)
        alive = alive & _near_object(point)
        value = lookup(point, grid)
        entered = alive & (value < 0.0)
        found = torch.where(entered, before + (t - before) * outside / (outside - value), found)
        alive = alive & ~entered
        before = torch.where(alive, t, before)
        outside = torch.where(alive, value, outside)
        t = _marched(t, value, alive, step_min)
    return found


def narrowest_pass(
    origins: Tensor,
    normals: Tensor,
    directions: Tensor,
    spread: Tensor,
    grid: Tensor,
    *,
    start: float,
    floor: float,
    step_min: float,
    steps: int,
) -> tuple[Tensor, Tensor]:
    """Smallest cached distance in units of a cone's radius and where; see ``tracing_numba.narrowest_pass``."""
    rise = (normals * directions).sum(1)
    t = torch.full_like(origins[:, 0], start)
    best = torch.full_like(t, 1e3)
    where = t.clone()
    alive = torch.ones_like(t, dtype=torch.bool)
    for _ in range(steps):
        point = _lifted(origins + t[:, None] * directions, normals, floor - t * rise)
        alive = alive & _near_object(point)
        value = lookup(point, grid)
        share = value / (spread * t).clamp_min(floor)
        better = alive & (share < best)
        best = torch.where(better, share, best)
        where = torch.where(better, t, where)
        alive = alive & (share >= -1.0)
        t = _marched(t, value, alive, step_min)
    return best, where


def _lifted(points: Tensor, normals: Tensor, missing: Tensor) -> Tensor:
    """``points`` [rays, 3] raised along ``normals`` by what each is ``missing`` [rays] to the height it is kept at."""
    return points + missing.clamp_min(0.0)[:, None] * normals


def _near_object(points: Tensor) -> Tensor:
    """[rays] whether each point is inside a little more than the unit sphere: beyond, there is nothing to meet."""
    return (points * points).sum(1) <= 1.02


def _marched(t: Tensor, value: Tensor, alive: Tensor, step_min: float) -> Tensor:
    """[rays] where rays that are ``alive`` go next: a little less far than the distance ``value`` allows."""
    return torch.where(alive, t + (value * 0.8).clamp_min(step_min), t)
