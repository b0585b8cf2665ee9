"""A triangle mesh, and keeping its largest piece."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.types import FloatArray


@dataclass(frozen=True, kw_only=True)
class TriangleMesh:
    """Triangles in the world frame, counter-clockwise seen from outside."""

    vertices: FloatArray
    """[V, 3] world."""
    faces: NDArray[np.int32]
    """[F, 3] vertex indices."""
    normals: FloatArray
    """[V, 3] unit, world, leaving the surface."""
    albedo: FloatArray | None
    """[V, 3] linear diffuse colour."""
    error: FloatArray | None
    """[V] running relative colour error of the photographs there."""


def largest_component(vertices: FloatArray, faces: NDArray[np.int32]) -> tuple[FloatArray, NDArray[np.int32]]:
    """The connected piece with the most faces, its vertices renumbered in their old order."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    if len(faces) == 0:
        return vertices, faces
    ends = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]]])
    graph = coo_matrix((np.ones(len(ends), np.bool_), (ends[:, 0], ends[:, 1])), shape=(len(vertices),) * 2)
    _, piece = connected_components(graph, directed=False)
    kept = piece[faces[:, 0]] == np.bincount(piece[faces[:, 0]]).argmax()
    used = np.unique(faces[kept])
    number = np.full(len(vertices), -1, np.int32)
    number[used] = np.arange(len(used), dtype=np.int32)
    return vertices[used], number[faces[kept]]


def outward(vertices: FloatArray, faces: NDArray[np.int32]) -> NDArray[np.int32]:
    """``faces`` turned so that the signed volume of the closed mesh is positive."""
    a, b, c = (vertices[faces[:, i]].astype(np.float64) for i in range(3))
    volume = float((a * np.cross(b, c)).sum())
    return faces if volume >= 0 else np.ascontiguousarray(faces[:, ::-1])
