"""Unfolding a mesh onto the plane, and the tangents that go with it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.types import DoubleArray, FloatArray

_CHARTS = 100
"""The mesh is unfolded in about this many pieces at least: few large ones take xatlas many times longer."""
_PADDING = 6
"""Texels between pieces."""


@dataclass(frozen=True, kw_only=True)
class Unfolded:
    """A mesh cut along seams and laid flat; V vertices, of which several may be one vertex of the mesh."""

    vertex: NDArray[np.int32]
    """[V] index of the mesh's vertex."""
    faces: NDArray[np.int32]
    """[F, 3] indices into V; the mesh's faces in their order."""
    uv: FloatArray
    """[V, 2] in [0, 1], origin at the bottom left; every face turns the same way as on the mesh."""


def unfolded(vertices: FloatArray, faces: NDArray[np.int32], *, size: int) -> Unfolded:
    """Unfold a mesh (xatlas) into a square texture of ``size`` texels a side, no two faces over one another."""
    import xatlas

    a, b, c = (vertices[faces[:, i]].astype(np.float64) for i in range(3))
    area = 0.5 * float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum())
    atlas = xatlas.Atlas()
    atlas.add_mesh(np.ascontiguousarray(vertices, np.float32), np.ascontiguousarray(faces, np.uint32))
    cutting = xatlas.ChartOptions()
    cutting.max_chart_area = area / _CHARTS
    cutting.fix_winding = True
    packing = xatlas.PackOptions()
    packing.resolution = size
    packing.padding = _PADDING
    packing.bilinear = True
    # A piece may otherwise be turned by swapping x and y, which mirrors it and its tangents with it.
    packing.rotate_charts = False
    atlas.generate(cutting, packing)
    vertex, cut, uv = atlas[0]
    # The atlas need not be quite square; both sides are stretched to fill the texture.
    return Unfolded(vertex=vertex.astype(np.int32), faces=cut.astype(np.int32), uv=uv.astype(np.float32))


def tangents(vertices: FloatArray, normals: FloatArray, faces: NDArray[np.int32], uv: FloatArray) -> FloatArray:
    """[V, 4] unit tangents toward growing u, perpendicular to ``normals``; last +1 where cross(n, t) goes up in v.

    From the faces around a vertex by area, as glTF's TANGENT attribute wants them.
    """
    p, q = vertices[faces].astype(np.float64), uv[faces].astype(np.float64)
    e1, e2 = p[:, 1] - p[:, 0], p[:, 2] - p[:, 0]
    (u1, v1), (u2, v2) = (q[:, 1] - q[:, 0]).T, (q[:, 2] - q[:, 0]).T
    turn = np.sign(u1 * v2 - u2 * v1)
    # dP/du times twice the area in uv; its length over that area is dropped, so that large faces count more.
    along: DoubleArray = _unit((e1 * v2[:, None] - e2 * v1[:, None]) * turn[:, None])
    along *= np.linalg.norm(np.cross(e1, e2), axis=1)[:, None]
    total, side = np.zeros((len(vertices), 3)), np.zeros(len(vertices))
    for corner in range(3):
        np.add.at(total, faces[:, corner], along)
        np.add.at(side, faces[:, corner], turn)
    n = normals.astype(np.float64)
    across = total - n * (total * n).sum(1, keepdims=True)
    lost = np.linalg.norm(across, axis=1) < 1e-12
    across[lost] = np.cross(n[lost], np.eye(3)[np.abs(n[lost]).argmin(axis=1)])
    return np.concatenate([_unit(across), np.where(side < 0, -1.0, 1.0)[:, None]], 1).astype(np.float32)


def _unit(vectors: DoubleArray) -> DoubleArray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-30)
