"""The hash-grid encoding, compiled for the CPU: features and their position derivative in one pass.

Same contract as ``encoding_torch`` (tests hold them equal). All functions release the GIL so that the window stays
alive, and are cached on disk so that only the first start compiles. The forward pass is parallel over points, the
backward over levels, so that no two threads ever write one table row and results do not depend on timing.
"""

from typing import Any

import numba as nb
import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]

# Freshly compiled kernels are optimised in other portions than those loaded from disk. So that a run is the same either
# way, to the last bit, nothing may depend on that: sums keep their order, and where gradients are scattered, each
# product is rounded before it is added.
_EXACT = {"nnan", "ninf", "nsz", "arcp"}
_FUSED = {*_EXACT, "contract"}

_PRIME_Y = np.uint64(2654435761)
_PRIME_Z = np.uint64(805459861)


@nb.njit(inline="always", fastmath=_FUSED)
def cell_at(position: float, resolution: int) -> Any:
    """Cell index and fraction inside it along one axis, for a coordinate in [-1, 1] (clamped)."""
    scaled = (position + np.float32(1.0)) * np.float32(0.5) * np.float32(resolution)
    index = min(max(int(np.floor(scaled)), 0), resolution - 1)
    fraction = min(max(scaled - np.float32(index), np.float32(0.0)), np.float32(1.0))
    return index, fraction


@nb.njit(inline="always")
def table_row(x: int, y: int, z: int, resolution: int, offset: int, rows: int, hashed: bool) -> Any:
    """Table row of corner (x, y, z)."""
    if hashed:
        mixed = np.uint64(x) ^ (np.uint64(y) * _PRIME_Y) ^ (np.uint64(z) * _PRIME_Z)
        return offset + np.int64(mixed & np.uint64(rows - 1))
    side = resolution + 1
    return offset + x + side * (y + side * z)


@nb.njit(parallel=True, nogil=True, cache=True, fastmath=_FUSED)
def encode(
    points: F32, table: F32, resolutions: I64, offsets: I64, hashed: NDArray[np.bool_], features: F32, jacobian: F32
) -> None:
    """Fill ``features`` [points, 2 L] and ``jacobian`` [points, 2 L, 3] for as many levels as they have room for."""
    levels = features.shape[1] // 2
    count = points.shape[0]
    blocks = (count + 255) // 256
    for block in nb.prange(blocks):
        for level in range(levels):
            resolution = resolutions[level]
            offset = offsets[level]
            rows = offsets[level + 1] - offset
            is_hashed = hashed[level]
            slope = np.float32(0.5) * np.float32(resolution)
            for p in range(block * 256, min(block * 256 + 256, count)):
                ix, fx = cell_at(points[p, 0], resolution)
                iy, fy = cell_at(points[p, 1], resolution)
                iz, fz = cell_at(points[p, 2], resolution)
                f0 = np.float32(0.0)
                f1 = np.float32(0.0)
                gx0 = np.float32(0.0)
                gy0 = np.float32(0.0)
                gz0 = np.float32(0.0)
                gx1 = np.float32(0.0)
                gy1 = np.float32(0.0)
                gz1 = np.float32(0.0)
                for dz in range(2):
                    wz = fz if dz == 1 else np.float32(1.0) - fz
                    sz = np.float32(2 * dz - 1)
                    for dy in range(2):
                        wy = fy if dy == 1 else np.float32(1.0) - fy
                        sy = np.float32(2 * dy - 1)
                        for dx in range(2):
                            wx = fx if dx == 1 else np.float32(1.0) - fx
                            sx = np.float32(2 * dx - 1)
                            row = table_row(ix + dx, iy + dy, iz + dz, resolution, offset, rows, is_hashed)
                            v0 = table[row, 0]
                            v1 = table[row, 1]
                            w = wx * wy * wz
                            f0 += w * v0
                            f1 += w * v1
                            wgx = sx * wy * wz
                            wgy = wx * sy * wz
                            wgz = wx * wy * sz
                            gx0 += wgx * v0
                            gx1 += wgx * v1
                            gy0 += wgy * v0
                            gy1 += wgy * v1
                            gz0 += wgz * v0
                            gz1 += wgz * v1
                k = 2 * level
                features[p, k] = f0
                features[p, k + 1] = f1
                jacobian[p, k, 0] = slope * gx0
                jacobian[p, k, 1] = slope * gy0
                jacobian[p, k, 2] = slope * gz0
                jacobian[p, k + 1, 0] = slope * gx1
                jacobian[p, k + 1, 1] = slope * gy1
                jacobian[p, k + 1, 2] = slope * gz1


@nb.njit(parallel=True, nogil=True, cache=True, fastmath=_FUSED)
def encode_values(
    points: F32, table: F32, resolutions: I64, offsets: I64, hashed: NDArray[np.bool_], features: F32
) -> None:
    """Fill ``features`` alone; for grids and meshes, where no derivative is needed."""
    levels = features.shape[1] // 2
    count = points.shape[0]
    blocks = (count + 1023) // 1024
    for block in nb.prange(blocks):
        for level in range(levels):
            resolution = resolutions[level]
            offset = offsets[level]
            rows = offsets[level + 1] - offset
            is_hashed = hashed[level]
            for p in range(block * 1024, min(block * 1024 + 1024, count)):
                ix, fx = cell_at(points[p, 0], resolution)
                iy, fy = cell_at(points[p, 1], resolution)
                iz, fz = cell_at(points[p, 2], resolution)
                f0 = np.float32(0.0)
                f1 = np.float32(0.0)
                for dz in range(2):
                    wz = fz if dz == 1 else np.float32(1.0) - fz
                    for dy in range(2):
                        wyz = wz * (fy if dy == 1 else np.float32(1.0) - fy)
                        for dx in range(2):
                            w = wyz * (fx if dx == 1 else np.float32(1.0) - fx)
                            row = table_row(ix + dx, iy + dy, iz + dz, resolution, offset, rows, is_hashed)
                            f0 += w * table[row, 0]
                            f1 += w * table[row, 1]
                features[p, 2 * level] = f0
                features[p, 2 * level + 1] = f1


@nb.njit(parallel=True, nogil=True, cache=True, fastmath=_EXACT)
def encode_backward(
    points: F32,
    resolutions: I64,
    offsets: I64,
    hashed: NDArray[np.bool_],
    to_features: F32,
    to_jacobian: F32,
    direction: F32,
    gradient: F32,
) -> None:
    """Add the table's gradient of  sum_k to_features[k] * features[k] + to_jacobian[k] * (jacobian[k] . direction).

    ``to_features``, ``to_jacobian`` [points, 2 L]; ``direction`` [points, 3]; ``gradient`` [rows, 2], added to.
    The field only ever uses the jacobian through such products, so the full [points, 2 L, 3] gradient is never built.
    """
    levels = to_features.shape[1] // 2
    count = points.shape[0]
    for level in nb.prange(levels):
        resolution = resolutions[level]
        offset = offsets[level]
        rows = offsets[level + 1] - offset
        is_hashed = hashed[level]
        slope = np.float32(0.5) * np.float32(resolution)
        k = 2 * level
        for p in range(count):
            ix, fx = cell_at(points[p, 0], resolution)
            iy, fy = cell_at(points[p, 1], resolution)
            iz, fz = cell_at(points[p, 2], resolution)
            a0 = to_features[p, k]
            a1 = to_features[p, k + 1]
            b0 = to_jacobian[p, k] * slope
            b1 = to_jacobian[p, k + 1] * slope
            ux = direction[p, 0]
            uy = direction[p, 1]
            uz = direction[p, 2]
            for dz in range(2):
                wz = fz if dz == 1 else np.float32(1.0) - fz
                sz = uz * np.float32(2 * dz - 1)
                for dy in range(2):
                    wy = fy if dy == 1 else np.float32(1.0) - fy
                    sy = uy * np.float32(2 * dy - 1)
                    wyz = wy * wz
                    syz = sy * wz + wy * sz
                    for dx in range(2):
                        wx = fx if dx == 1 else np.float32(1.0) - fx
                        sx = ux * np.float32(2 * dx - 1)
                        row = table_row(ix + dx, iy + dy, iz + dz, resolution, offset, rows, is_hashed)
                        w = wx * wyz
                        s = sx * wyz + wx * syz
                        gradient[row, 0] += a0 * w + b0 * s
                        gradient[row, 1] += a1 * w + b1 * s


@nb.njit(parallel=True, nogil=True, cache=True, fastmath=_FUSED)
def adam_rows(
    table: F32,
    gradient: F32,
    mean: F32,
    square: F32,
    rate: float,
    beta_mean: float,
    beta_square: float,
    correct_mean: float,
    correct_square: float,
    epsilon: float,
    rows: int,
) -> None:
    """Adam on the first ``rows`` rows with a gradient (the others are left alone); clears the gradient on the way."""
    b1 = np.float32(beta_mean)
    b2 = np.float32(beta_square)
    one = np.float32(1.0)
    step = np.float32(rate / correct_mean)
    root = np.float32(1.0 / np.sqrt(correct_square))
    eps = np.float32(epsilon)
    blocks = (rows + 4095) // 4096
    for block in nb.prange(blocks):
        for row in range(block * 4096, min(block * 4096 + 4096, rows)):
            g0 = gradient[row, 0]
            g1 = gradient[row, 1]
            if g0 == 0.0 and g1 == 0.0:
                continue
            gradient[row, 0] = 0.0
            gradient[row, 1] = 0.0
            m0 = b1 * mean[row, 0] + (one - b1) * g0
            m1 = b1 * mean[row, 1] + (one - b1) * g1
            v0 = b2 * square[row, 0] + (one - b2) * g0 * g0
            v1 = b2 * square[row, 1] + (one - b2) * g1 * g1
            mean[row, 0] = m0
            mean[row, 1] = m1
            square[row, 0] = v0
            square[row, 1] = v1
            table[row, 0] -= step * m0 / (np.sqrt(v0) * root + eps)
            table[row, 1] -= step * m1 / (np.sqrt(v1) * root + eps)
