"""Textures of a mesh: the model is asked at the surface point behind every texel.

A texel's point on the (reduced) mesh is moved along the mesh's normal onto the estimated surface; material and normal
are the model's own there. The normal is stored in the frame that a viewer of glTF rebuilds: interpolated tangent, the
bitangent cross(n, t) w of each vertex, interpolated, and the interpolated normal, each made unit.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.color import srgb_from_linear
from core.errors import RunError
from core.fields.model import Model
from core.mesh.metal_rough import base_colour_and_metallic
from core.mesh.options import TEXTURE_SIZES
from core.mesh.triangles import TriangleMesh, smooth_normals
from core.mesh.unwrap import Unfolded, tangents, unfolded
from core.scene.frame import SceneFrame
from core.types import FloatArray, Progress, silent

_CHUNK = 1 << 16
_STEPS = 3
_FARTHEST = 0.02
"""Scene units a texel's point may be moved to reach the surface."""
_LEAST_Z = 0.05
"""A stored normal leans at most this near to the mesh's plane."""

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class TexturedMesh:
    """A mesh with its unfolding and textures; texture rows go down from v = 1."""

    surface: TriangleMesh
    """The closed mesh, world frame, with smooth normals."""
    unfolded: Unfolded
    """The same faces, cut along seams."""
    tangents: FloatArray
    """[V, 4] of the cut vertices, world; see ``core.mesh.unwrap.tangents``."""
    base_colour: Bytes
    """[S, S, 3] sRGB."""
    metallic: Bytes
    """[S, S] linear."""
    roughness: Bytes
    """[S, S] linear; GGX alpha is its square."""
    normal_map: Bytes
    """[S, S, 3] (n + 1) / 2 in the tangent frame, +y toward growing v (OpenGL's and glTF's convention)."""
    factor: float
    """What the model's colours were multiplied by; see ``core.mesh.metal_rough.viewer_factor``."""

    @property
    def vertices(self) -> FloatArray:
        """[V, 3] of the cut vertices, world."""
        return self.surface.vertices[self.unfolded.vertex]

    @property
    def normals(self) -> FloatArray:
        """[V, 3] of the cut vertices, unit, world."""
        return self.surface.normals[self.unfolded.vertex]


def textured(
    model: Model,
    frame: SceneFrame,
    mesh: TriangleMesh,
    *,
    size: int = 2048,
    factor: float = 1.0,
    progress: Progress | None = None,
) -> TexturedMesh:
    """Unfold ``mesh`` and bake textures of ``size`` texels a side, the model's colours multiplied by ``factor``.

    Raises RunError for a size out of range.
    """
    if not TEXTURE_SIZES[0] <= size <= TEXTURE_SIZES[1]:
        low, high = TEXTURE_SIZES
        raise RunError(f"A texture of {size} texels a side is not possible; choose {low} to {high}.")
    # The compiler takes a while to load; only textures need it.
    from core.mesh.rasterise import covered_texels

    report = progress or silent
    report("Unfolding the mesh", 0.0)
    normals = smooth_normals(mesh.vertices, mesh.faces)
    surface = TriangleMesh(vertices=mesh.vertices, faces=mesh.faces, normals=normals, albedo=mesh.albedo, error=None)
    flat = unfolded(mesh.vertices, mesh.faces, size=size)
    along = tangents(mesh.vertices[flat.vertex], normals[flat.vertex], flat.faces, flat.uv)
    texels, face, weights = covered_texels(flat.uv, flat.faces, size)
    baked = _Textures(len(texels), factor)
    points = frame.scene_from_world(surface.vertices[flat.vertex].astype(np.float64)).astype(np.float32)
    for start in range(0, len(texels), _CHUNK):
        report("Baking the textures", 0.2 + 0.75 * start / len(texels))
        part = slice(start, start + _CHUNK)
        corners, w = flat.faces[face[part]], weights[part, :, None]
        basis = _basis(normals[flat.vertex][corners], along[corners], w)
        baked.put(part, model, (points[corners] * w).sum(1), basis)
    report("Baking the textures", 0.95)
    spread = _nearest(texels, size)
    return TexturedMesh(
        surface=surface,
        unfolded=flat,
        tangents=along,
        base_colour=baked.base_colour[spread],
        metallic=baked.metallic[spread],
        roughness=baked.roughness[spread],
        normal_map=baked.normal_map[spread],
        factor=factor,
    )


class _Textures:
    """What is baked so far, one row a covered texel."""

    def __init__(self, count: int, factor: float) -> None:
        self._factor = np.float32(factor)
        self.base_colour = np.zeros((count, 3), np.uint8)
        self.metallic = np.zeros(count, np.uint8)
        self.roughness = np.zeros(count, np.uint8)
        self.normal_map = np.zeros((count, 3), np.uint8)

    @torch.no_grad()
    def put(self, part: slice, model: Model, points: FloatArray, basis: FloatArray) -> None:
        """Ask the model at ``points`` [N, 3], scene frame; ``basis`` [N, 3, 3] holds tangent, bitangent, normal."""
        device = model.cache.grid.device
        normals = torch.from_numpy(np.ascontiguousarray(basis[:, 2])).to(device)
        _, features, gradient = model.sdf(_on_surface(model, torch.from_numpy(points).to(device), normals))
        material = model.shown_material(features)
        diffuse, specular = (colour.cpu().numpy() * self._factor for colour in (material.albedo, material.specular))
        colour, metallic = base_colour_and_metallic(diffuse, specular)
        self.base_colour[part] = _bytes(srgb_from_linear(colour))
        self.metallic[part] = _bytes(metallic)
        self.roughness[part] = _bytes(material.roughness.cpu().numpy())
        self.normal_map[part] = _bytes(0.5 + 0.5 * _in_basis(gradient.cpu().numpy(), basis))


def _on_surface(model: Model, points: Tensor, normals: Tensor) -> Tensor:
    """``points`` moved along unit ``normals`` to where the distance is zero; no farther than allowed."""
    moved = torch.zeros_like(points[:, :1])
    for _ in range(_STEPS):
        moved -= model.sdf.quick_distance(points + moved * normals)[:, None]
        moved.clamp_(-_FARTHEST, _FARTHEST)
    return points + moved * normals


def _basis(normals: FloatArray, along: FloatArray, weights: FloatArray) -> FloatArray:
    """[N, 3, 3] unit tangent, bitangent and normal, each interpolated from three corners [N, 3, ...]."""
    up = np.cross(normals, along[..., :3]) * along[..., 3:]
    rows = np.stack([(part * weights).sum(1) for part in (along[..., :3], up, normals)], 1)
    return rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-30)


def _in_basis(vectors: FloatArray, basis: FloatArray) -> FloatArray:
    """[N, 3] unit (x, y, z) so that x t + y b + z n points as ``vectors`` [N, 3] do; t, b, n need not be square."""
    t, b, n = basis[:, 0], basis[:, 1], basis[:, 2]
    dual = np.stack([np.cross(b, n), np.cross(n, t), np.cross(t, b)], 1)
    inside = (dual @ vectors[:, :, None])[:, :, 0] / np.maximum((dual[:, 2] * n).sum(1), 1e-6)[:, None]
    inside /= np.maximum(np.linalg.norm(inside, axis=1, keepdims=True), 1e-30)
    inside[:, 2] = np.maximum(inside[:, 2], _LEAST_Z)
    return inside / np.linalg.norm(inside, axis=1, keepdims=True)


def _nearest(texels: NDArray[np.int64], size: int) -> NDArray[np.int32]:
    """[size, size] row of the nearest covered texel: what lies beside a seam looks like the seam."""
    from scipy.ndimage import distance_transform_edt

    row = np.zeros(size * size, np.int32)
    row[texels] = np.arange(len(texels), dtype=np.int32)
    empty = np.ones(size * size, np.bool_)
    empty[texels] = False
    nearest: Any = distance_transform_edt(empty.reshape(size, size), return_distances=False, return_indices=True)
    return row.reshape(size, size)[nearest[0], nearest[1]]


def _bytes(values: FloatArray) -> Bytes:
    return np.rint(255.0 * np.clip(values, 0.0, 1.0)).astype(np.uint8)
