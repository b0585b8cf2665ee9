"""Signed distances on a fine lattice, evaluated only where the surface is, and handed out slab after slab.

The lattice is refined by halving: a coarse one is filled from the cached grid, and each finer one is interpolated from
the one before; wherever the surface may be near, interpolated values are replaced by the field's own. Every level is a
stream of slabs a few planes thick, so a lattice of a thousand cells a side never exists as a whole. Two slabs share a
plane, which is evaluated once: what is cut from them fits together exactly.

Only the box around the object is refined. Node (0, 0, 0) of a lattice is the scene's (-1, -1, -1).
"""

import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np
import torch

from core.fields.model import Model
from core.types import FloatArray

_COARSE_CELLS = 128
"""The coarsest lattice has at most this many cells a side: a little finer than the cached grid."""
_COARSE_PLANES = 2
"""Cells a slab is thick on the coarsest lattice; twice that on the next."""
_NEAR_CELLS = 2.0
"""The field is evaluated within this many cells of the surface: one cell of the lattice before."""
_LEAST = 1e-3
"""No node is nearer to the surface than this, in cells: a surface through a node has no vertex of its own there."""
_CHUNK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Slab:
    """A part of the lattice."""

    distance: FloatArray
    """[planes, rows, columns] signed distance at nodes, scene units; far from the surface only its sign is right."""
    first: tuple[int, int, int]
    """Lattice indices (z, y, x) of its first node."""
    done: float
    """Fraction of the lattice handed out with this slab."""


def lattice_cells(cells: int) -> int:
    """The number of cells a side that a lattice asked to have ``cells`` has: halved, it must stay whole."""
    return math.ceil(cells / 2 ** _halvings(cells)) * 2 ** _halvings(cells)


def slabs(model: Model, cells: int) -> Iterator[Slab]:
    """The slabs of a lattice of ``lattice_cells(cells)`` a side, from low z to high; none where there is no surface.

    Neighbours share one plane, bit for bit. Nodes on the faces of the scene's cube are outside the object, so that a
    shape that reaches them is closed. The cached grid must be fresh.
    """
    halvings = _halvings(cells)
    coarse = lattice_cells(cells) >> halvings
    level = _coarsest(model, coarse)
    for step in range(1, halvings + 1):
        level = _refined(model, level, coarse << step)
    yield from level


def _halvings(cells: int) -> int:
    return max(0, math.ceil(math.log2(cells / _COARSE_CELLS)))


def _coarsest(model: Model, cells: int) -> Generator[Slab, None, None]:
    """The whole first lattice at once, cut to the object's box and then into slabs."""
    cell = 2.0 / cells
    axis = _axis(cells)
    points = torch.from_numpy(np.stack(np.meshgrid(axis, axis, axis, indexing="ij")[::-1], -1).reshape(-1, 3))
    cache = model.cache
    values = torch.cat([cache.lookup(part.to(cache.grid.device)).cpu() for part in points.split(_CHUNK)])
    distance = values.numpy().reshape((cells + 1,) * 3)
    band = 2.0 * cache.cell_size + _NEAR_CELLS * cell
    _evaluate(model, distance, (0, 0, 0), cells, band)
    near = distance < band
    if not near.any():
        return
    spans = [np.flatnonzero(near.any(axis=axes)) for axes in ((1, 2), (0, 2), (0, 1))]
    low = [max(0, int(span[0]) - 1) for span in spans]
    high = [min(cells, int(span[-1]) + 1) for span in spans]
    for z in range(low[0], high[0], _COARSE_PLANES):
        end = min(z + _COARSE_PLANES, high[0])
        part = distance[z : end + 1, low[1] : high[1] + 1, low[2] : high[2] + 1]
        done = (end - low[0]) / (high[0] - low[0])
        yield Slab(distance=np.ascontiguousarray(part), first=(z, low[1], low[2]), done=done)


def _refined(model: Model, level: Iterator[Slab], cells: int) -> Generator[Slab, None, None]:
    """The slabs of a lattice twice as fine, of ``cells`` a side."""
    shared: FloatArray | None = None
    for coarse in level:
        distance = _doubled(coarse.distance)
        z, y, x = (2 * index for index in coarse.first)
        new = 0
        if shared is not None:
            distance[0] = shared
            new = 1
        _evaluate(model, distance[new:], (z + new, y, x), cells, _NEAR_CELLS * 2.0 / cells)
        shared = distance[-1].copy()
        yield Slab(distance=distance, first=(z, y, x), done=coarse.done)


def _doubled(coarse: FloatArray) -> FloatArray:
    """[2n - 1, ...] a lattice of half the spacing, linear between the nodes of ``coarse`` [n, ...]."""
    planes, rows, columns = coarse.shape
    fine = np.empty((2 * planes - 1, 2 * rows - 1, 2 * columns - 1), np.float32)
    fine[::2, ::2, ::2] = coarse
    fine[1::2, ::2, ::2] = 0.5 * (coarse[:-1] + coarse[1:])
    fine[:, 1::2, ::2] = 0.5 * (fine[:, :-1:2, ::2] + fine[:, 2::2, ::2])
    fine[:, :, 1::2] = 0.5 * (fine[:, :, :-1:2] + fine[:, :, 2::2])
    return fine


@torch.no_grad()
def _evaluate(model: Model, distance: FloatArray, first: tuple[int, int, int], cells: int, band: float) -> None:
    """Replace in place what is nearer to the surface than ``band`` by the field's own values, and close the cube."""
    least = _LEAST * 2.0 / cells
    axis = _axis(cells)
    flat = distance.reshape(-1)
    near = np.flatnonzero(np.abs(flat) < band)
    for part in np.array_split(near, math.ceil(len(near) / _CHUNK) or 1):
        z, y, x = np.unravel_index(part, distance.shape)
        points = np.stack([axis[x + first[2]], axis[y + first[1]], axis[z + first[0]]], 1)
        values = model.sdf.quick_distance(torch.from_numpy(points).to(model.cache.grid.device)).cpu().numpy()
        flat[part] = np.where(np.abs(values) < least, least, values)
    for side in range(3):
        nodes = np.moveaxis(distance, side, 0)
        for end in (0, cells):
            if first[side] <= end < first[side] + len(nodes):
                np.maximum(nodes[end - first[side]], least, out=nodes[end - first[side]])


def _axis(cells: int) -> FloatArray:
    return np.linspace(-1.0, 1.0, cells + 1, dtype=np.float32)
