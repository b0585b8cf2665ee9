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


def smooth_normals(vertices: FloatArray, faces: NDArray[np.int32]) -> FloatArray:
    """[V, 3] unit normals: the mean of the faces around a vertex by their angle there (Thürmer and Wüthrich 1998)."""
    corners = vertices[faces].astype(np.float64)
    face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    face /= np.maximum(np.linalg.norm(face, axis=1, keepdims=True), 1e-30)
    total = np.zeros((len(vertices), 3))
    for corner in range(3):
        one, other = (corners[:, (corner + step) % 3] - corners[:, corner] for step in (1, 2))
        lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
        angle = np.arccos(np.clip((one * other).sum(1) / np.maximum(lengths, 1e-30), -1.0, 1.0))
        np.add.at(total, faces[:, corner], face * angle[:, None])
    return (total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-30)).astype(np.float32)
