"""Ray work on the cached distance grid, compiled for the CPU: where to sample along a ray, and what blocks a light.

Same contract as ``tracing_torch``. The grid holds signed distances at the nodes of a regular lattice over [-1, 1]^3,
indexed [z, y, x]; lookups are trilinear and clamped. Every ray is independent, so the result does not depend on how
the work is spread over threads.
"""

import numba as nb
import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]


@nb.njit(inline="always", fastmath=True)
def _lookup(grid: F32, x: float, y: float, z: float) -> float:
    """Trilinear signed distance at (x, y, z) of [-1, 1]^3."""
    nodes = grid.shape[0]
    half = np.float32(0.5) * np.float32(nodes - 1)
    sx = min(max((x + np.float32(1.0)) * half, np.float32(0.0)), np.float32(nodes - 1) - np.float32(1e-3))
    sy = min(max((y + np.float32(1.0)) * half, np.float32(0.0)), np.float32(nodes - 1) - np.float32(1e-3))
    sz = min(max((z + np.float32(1.0)) * half, np.float32(0.0)), np.float32(nodes - 1) - np.float32(1e-3))
    ix, iy, iz = int(sx), int(sy), int(sz)
    fx, fy, fz = sx - np.float32(ix), sy - np.float32(iy), sz - np.float32(iz)
    a = grid[iz, iy, ix] + fx * (grid[iz, iy, ix + 1] - grid[iz, iy, ix])
    b = grid[iz, iy + 1, ix] + fx * (grid[iz, iy + 1, ix + 1] - grid[iz, iy + 1, ix])
    c = grid[iz + 1, iy, ix] + fx * (grid[iz + 1, iy, ix + 1] - grid[iz + 1, iy, ix])
    d = grid[iz + 1, iy + 1, ix] + fx * (grid[iz + 1, iy + 1, ix + 1] - grid[iz + 1, iy + 1, ix])
    ab = a + fy * (b - a)
    cd = c + fy * (d - c)
    return ab + fz * (cd - ab)


@nb.njit(parallel=True, nogil=True, cache=True, fastmath=True)
def lookup(points: F32, grid: F32, out: F32) -> None:
    """``out`` [points] = signed distance at ``points`` [points, 3]."""
    for p in nb.prange(points.shape[0]):
        out[p] = _lookup(grid, points[p, 0], points[p, 1], points[p, 2])


@nb.njit(parallel=True, nogil=True, cache=True, fastmath=True)
def sample_sections(
    origins: F32,
    directions: F32,
    near: F32,
    far: F32,
    jitter: F32,
    grid: F32,
    sharpness: float,
    lookups: int,
    pieces: int,
    floor: float,
    edges: F32,
) -> None:
    """Section edges along each ray, dense where the cached field says that light is absorbed.

    ``lookups`` intervals of the ray are divided into ``pieces`` each, on which the field is taken as linear; the
    NeuS weight of every piece (plus ``floor`` spread evenly) makes a distribution whose quantiles, shifted by
    ``jitter`` in [0, 1), become ``edges`` [rays, sections + 1].
    """
    s = np.float32(sharpness)
    one = np.float32(1.0)
    total = lookups * pieces
    sections = edges.shape[1] - 1
    for r in nb.prange(origins.shape[0]):
        weight = np.empty(total, np.float32)
        t0 = near[r]
        width = (far[r] - t0) / np.float32(lookups)
        left = _lookup(
            grid,
            origins[r, 0] + t0 * directions[r, 0],
            origins[r, 1] + t0 * directions[r, 1],
            origins[r, 2] + t0 * directions[r, 2],
        )
        phi = one / (one + np.exp(-s * left))
        through = one
        absorbed = np.float32(0.0)
        for i in range(lookups):
            t = t0 + np.float32(i + 1) * width
            right = _lookup(
                grid,
                origins[r, 0] + t * directions[r, 0],
                origins[r, 1] + t * directions[r, 1],
                origins[r, 2] + t * directions[r, 2],
            )
            slope = (right - left) / np.float32(pieces)
            # Far from the surface, or beyond it, every piece is opaque or clear: skip the exponentials.
            if through < np.float32(1e-4) or (left * s > 12.0 and right * s > 12.0):
                for j in range(pieces):
                    weight[i * pieces + j] = np.float32(0.0)
                phi = one / (one + np.exp(-s * right)) if through >= np.float32(1e-4) else phi
            else:
                for j in range(pieces):
                    value = left + np.float32(j + 1) * slope
                    phi_next = one / (one + np.exp(-s * value))
                    alpha = max((phi - phi_next) / (phi + np.float32(1e-6)), np.float32(0.0))
                    weight[i * pieces + j] = alpha * through
                    absorbed += alpha * through
                    through *= one - alpha
                    phi = phi_next
            left = right
        even = np.float32(floor) / np.float32(total)
        mass = absorbed + np.float32(floor)
        step = width / np.float32(pieces)
        piece = 0
        reached = np.float32(0.0)
        for k in range(sections + 1):
            # Quantiles at (k + jitter) / (sections + 1): the same spacing on every ray, shifted as a whole.
            target = mass * (np.float32(k) + jitter[r]) / np.float32(sections + 1)
            while piece < total - 1 and reached + weight[piece] + even < target:
                reached += weight[piece] + even
                piece += 1
            inside = (target - reached) / (weight[piece] + even)
            edges[r, k] = t0 + step * (np.float32(piece) + min(max(inside, np.float32(0.0)), one))


@nb.njit(parallel=True, nogil=True, cache=True, fastmath=True)
def closest_approach(
    origins: F32, directions: F32, grid: F32, start: float, step_min: float, steps: int, least: F32, where: F32
) -> None:
    """Smallest cached distance ``least`` [rays] along each ray beyond ``start``, and its position ``where`` [rays].

    Sphere tracing with a smallest step; ends outside the unit sphere or four such steps inside the object.
    """
    smallest = np.float32(step_min)
    for r in nb.prange(origins.shape[0]):
        ox, oy, oz = origins[r, 0], origins[r, 1], origins[r, 2]
        dx, dy, dz = directions[r, 0], directions[r, 1], directions[r, 2]
        t = np.float32(start)
        best = np.float32(1e3)
        at = t
        for _ in range(steps):
            x, y, z = ox + t * dx, oy + t * dy, oz + t * dz
            if x * x + y * y + z * z > np.float32(1.02):
                break
            value = _lookup(grid, x, y, z)
            if value < best:
                best = value
                at = t
            if value < np.float32(-4.0) * smallest:
                break
            t += max(value * np.float32(0.8), smallest)
        least[r] = best
        where[r] = at


@nb.njit(parallel=True, nogil=True, cache=True, fastmath=True)
def first_hit(
    origins: F32,
    normals: F32,
    directions: F32,
    grid: F32,
    start: float,
    floor: float,
    step_min: float,
    steps: int,
    where: F32,
) -> None:
    """Distance ``where`` [rays] beyond ``start`` at which each ray enters the object; -1 where it never does.

    Sphere tracing with a smallest step, then the zero of the line through the last two distances. Where the ray is
    lower than ``floor`` above the tangent plane of its origin (unit ``normals`` [rays, 3]) it is followed at that
    height.
    """
    smallest, low = np.float32(step_min), np.float32(floor)
    for r in nb.prange(origins.shape[0]):
        ox, oy, oz = origins[r, 0], origins[r, 1], origins[r, 2]
        dx, dy, dz = directions[r, 0], directions[r, 1], directions[r, 2]
        nx, ny, nz = normals[r, 0], normals[r, 1], normals[r, 2]
        rise = nx * dx + ny * dy + nz * dz
        t = np.float32(start)
        before = t
        outside = np.float32(0.0)
        found = np.float32(-1.0)
        for _ in range(steps):
            lift = max(low - t * rise, np.float32(0.0))
            x, y, z = ox + t * dx + lift * nx, oy + t * dy + lift * ny, oz + t * dz + lift * nz
            if x * x + y * y + z * z > np.float32(1.02):
                break
            value = _lookup(grid, x, y, z)
            if value < np.float32(0.0):
                found = before + (t - before) * outside / (outside - value)
                break
            before = t
            outside = value
            t += max(value * np.float32(0.8), smallest)
        where[r] = found


@nb.njit(parallel=True, nogil=True, cache=True, fastmath=True)
def narrowest_pass(
    origins: F32,
    normals: F32,
    directions: F32,
    spread: F32,
    grid: F32,
    start: float,
    floor: float,
    step_min: float,
    steps: int,
    least: F32,
    where: F32,
) -> None:
    """Smallest cached distance in units of a cone's radius, ``least`` [rays], and how far along, ``where`` [rays].

    The cone about a ray has the radius max(``floor``, ``spread`` [rays] times the distance travelled). Kept
    ``floor`` above the tangent plane as in ``first_hit``, otherwise as ``closest_approach``; it also ends where the
    whole cone is blocked (-1).
    """
    smallest, low = np.float32(step_min), np.float32(floor)
    for r in nb.prange(origins.shape[0]):
        ox, oy, oz = origins[r, 0], origins[r, 1], origins[r, 2]
        dx, dy, dz = directions[r, 0], directions[r, 1], directions[r, 2]
        nx, ny, nz = normals[r, 0], normals[r, 1], normals[r, 2]
        rise = nx * dx + ny * dy + nz * dz
        t = np.float32(start)
        best = np.float32(1e3)
        at = t
        for _ in range(steps):
            lift = max(low - t * rise, np.float32(0.0))
            x, y, z = ox + t * dx + lift * nx, oy + t * dy + lift * ny, oz + t * dz + lift * nz
            if x * x + y * y + z * z > np.float32(1.02):
                break
            value = _lookup(grid, x, y, z)
            share = value / max(low, spread[r] * t)
            if share < best:
                best = share
                at = t
            if share < np.float32(-1.0):
                break
            t += max(value * np.float32(0.8), smallest)
        least[r] = best
        where[r] = at
