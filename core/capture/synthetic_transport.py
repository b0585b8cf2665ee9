"""Light that reaches a point of a mesh by way of another point: once reflected, or scattered below the surface.

Both are sparse matrices over the vertices, made once a mesh, so that every photograph's share costs one product.

Once reflected: row i of ``bounces`` holds which part of the cosine-weighted hemisphere above vertex i each other
vertex fills, by path tracing. With b = (diffuse albedo) x (direct irradiance), the irradiance that arrives once
reflected is ``bounces @ b``. Diffuse to diffuse: mirror images of the object in itself are left out.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.capture.synthetic_render import LIFT, Stage
from core.capture.synthetic_shape import Mesh
from core.types import FloatArray

STRATA = 14
"""Directions traced from every vertex: the square of this."""
_PART = 1024
_NEIGHBOURS = 32
_CELLS_PER_BLUR = 1.5


def bounces(stage: Stage, mesh: Mesh, *, seed: int, strata: int = STRATA) -> Any:
    """[vertices, vertices] sparse, rows sum to at most 1; see the module.

    Directions are stratified and cosine-distributed (Malley's method); what a ray meets inside a triangle counts for
    one of its corners, drawn by the place. The same seed gives the same matrix.
    """
    from scipy.sparse import csr_matrix

    parts = [np.arange(start, min(start + _PART, len(mesh.vertices))) for start in range(0, len(mesh.vertices), _PART)]
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1), thread_name_prefix="bounces") as pool:
        found = list(pool.map(lambda part: _seen_from(stage, mesh, part, strata, (seed, int(part[0]))), parts))
    rows, columns = (np.concatenate([part[i] for part in found]) for i in (0, 1))
    shares = np.full(len(rows), 1.0 / strata**2, np.float32)
    return csr_matrix((shares, (rows, columns)), shape=(len(mesh.vertices), len(mesh.vertices)))


def blur_over(mesh: Mesh, width: float) -> Any:
    """[vertices, vertices' cells] and [cells, vertices] sparse, whose product blurs values over the surface.

    A Gaussian of standard deviation ``width`` (world units, straight through space), rows summing to 1: values that
    are the same everywhere stay so.
    """
    from scipy.sparse import csr_matrix
    from scipy.spatial import KDTree

    vertices = mesh.vertices.astype(np.float64)
    _, cell = np.unique(np.floor(vertices * (_CELLS_PER_BLUR / width)).astype(np.int64), axis=0, return_inverse=True)
    weights = vertex_areas(mesh)
    into = csr_matrix((weights, (cell.ravel(), np.arange(len(vertices)))))
    totals = np.asarray(into.sum(axis=1)).ravel()
    into = csr_matrix((weights / totals[cell.ravel()], (cell.ravel(), np.arange(len(vertices)))))
    centres: NDArray[Any] = into @ vertices
    count = min(_NEIGHBOURS, len(centres))
    distance, near = KDTree(centres).query(vertices, k=count)
    share = np.exp(-0.5 * (distance / width) ** 2).reshape(len(vertices), count) * totals[near.reshape(-1, count)]
    share /= share.sum(axis=1, keepdims=True)
    rows = np.repeat(np.arange(len(vertices)), count)
    out_of = csr_matrix((share.ravel(), (rows, near.ravel())), shape=(len(vertices), len(centres)))
    return out_of.astype(np.float32), into.astype(np.float32)


def vertex_areas(mesh: Mesh) -> NDArray[np.float64]:
    """[vertices] a third of the area of the triangles around each."""
    corners = mesh.vertices[mesh.faces].astype(np.float64)
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.repeat(np.linalg.norm(across, axis=1) / 6.0, 3)
    sums = np.bincount(mesh.faces.ravel(), weights=area, minlength=len(mesh.vertices))
    return np.asarray(sums + 1e-15, dtype=np.float64)


def _seen_from(
    stage: Stage, mesh: Mesh, part: NDArray[np.intp], strata: int, seed: tuple[int, int]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """(vertex that looks, vertex that is seen) of every ray that meets the mesh."""
    rng = np.random.default_rng(seed)
    cells = np.stack(np.divmod(np.arange(strata**2), strata), axis=1)
    place = (cells[None] + rng.random((len(part), strata**2, 2), np.float32)) / np.float32(strata)
    radius, angle = np.sqrt(place[..., 0]), 2.0 * np.pi * place[..., 1]
    local = np.stack([radius * np.cos(angle), radius * np.sin(angle), np.sqrt(1.0 - place[..., 0])], axis=-1)
    normals = mesh.normals[part]
    rays = np.empty((len(part), strata**2, 6), np.float32)
    rays[..., :3] = (mesh.vertices[part] + np.float32(LIFT) * normals)[:, None]
    rays[..., 3:] = np.einsum("vsk,vkj->vsj", local, frames(normals))
    hit, triangles, places = stage.met(rays.reshape(-1, 6))
    threshold = rng.random(len(triangles))
    corner = (threshold < places[:, 0]) * 1 + ((threshold >= places[:, 0]) & (threshold < places.sum(axis=1))) * 2
    return np.repeat(part, strata**2)[hit], mesh.faces[triangles, corner].astype(np.intp)


def frames(normals: FloatArray) -> FloatArray:
    """[points, 3, 3] rows: two unit vectors across each normal, and the normal (Duff et al. 2017)."""
    x, y, z = normals.T
    sign = np.where(z >= 0.0, 1.0, -1.0).astype(np.float32)
    a = -1.0 / (sign + z)
    b = x * y * a
    first = np.stack([1.0 + sign * x * x * a, sign * b, -sign * x], axis=1)
    second = np.stack([b, sign + y * y * a, -y], axis=1)
    return np.stack([first, second, normals], axis=1).astype(np.float32)
