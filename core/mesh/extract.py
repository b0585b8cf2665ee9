"""Meshes of the estimated shape: a quick one from the cached grid, and a fine one evaluated near the surface only."""

from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from core.errors import RunError
from core.fields.model import Model
from core.mesh.isosurface import isosurface
from core.mesh.triangles import TriangleMesh, largest_component, outward
from core.scene.frame import SceneFrame
from core.types import FloatArray, Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

_LARGEST_CELLS = 1024
_SLAB_POINTS = 1 << 20


def live_mesh(
    model: Model, frame: SceneFrame, *, error_at: "Callable[[Tensor], Tensor] | None" = None, albedo: bool = True
) -> TriangleMesh:
    """The surface of the cached grid, largest piece, for a viewport; empty while there is no surface."""
    grid = model.cache.grid.detach().cpu().numpy()
    vertices, faces = isosurface(grid, origin=(-1.0, -1.0, -1.0), spacing=model.cache.cell_size)
    return _dressed(model, frame, vertices, faces, albedo=albedo, error_at=error_at)


def extract_mesh(
    model: Model, frame: SceneFrame, *, cells: int = 256, colours: bool = True, progress: Progress | None = None
) -> TriangleMesh:
    """The surface on a lattice of ``cells`` a side, largest piece. Raises RunError when there is no surface."""
    if not 8 <= cells <= _LARGEST_CELLS:
        raise RunError(f"A mesh of {cells} cells a side is not possible; choose 8 to {_LARGEST_CELLS}.")
    distance = _lattice(model, cells, progress)
    vertices, faces = isosurface(distance, origin=(-1.0, -1.0, -1.0), spacing=2.0 / cells)
    if len(faces) == 0:
        raise RunError("There is no surface to write yet; train for some seconds first.")
    return _dressed(model, frame, vertices, faces, albedo=colours, error_at=None)


@torch.no_grad()
def _lattice(model: Model, cells: int, progress: Progress | None) -> FloatArray:
    """Signed distances [z, y, x] at (cells + 1)^3 nodes: exact near the surface, from the cached grid elsewhere."""
    cache = model.cache
    cache.refresh_all(model.sdf)
    device = cache.grid.device
    axis = torch.linspace(-1.0, 1.0, cells + 1, device=device)
    out = np.empty((cells + 1,) * 3, np.float32)
    slab = max(1, _SLAB_POINTS // (cells + 1) ** 2)
    band = 2.0 * cache.cell_size + 2.0 * (2.0 / cells)
    for start in range(0, cells + 1, slab):
        z = axis[start : start + slab]
        points = torch.stack(torch.meshgrid(z, axis, axis, indexing="ij")[::-1], -1).reshape(-1, 3)
        values = cache.lookup(points)
        near = (values.abs() < band).nonzero()[:, 0]
        values[near] = model.sdf.quick_distance(points[near])
        out[start : start + len(z)] = values.view(len(z), cells + 1, cells + 1).cpu().numpy()
        if progress is not None:
            progress("Extracting the mesh", min(1.0, (start + slab) / (cells + 1)))
    _close(out)
    return out


def _close(distance: FloatArray) -> None:
    """Make the lattice's faces outside, so that a shape that reaches them still gives a closed mesh."""
    for face in (distance[0], distance[-1], distance[:, 0], distance[:, -1], distance[:, :, 0], distance[:, :, -1]):
        np.maximum(face, 1e-4, out=face)


@torch.no_grad()
def _dressed(
    model: Model,
    frame: SceneFrame,
    vertices: FloatArray,
    faces: NDArray[np.int32],
    *,
    albedo: bool,
    error_at: "Callable[[Tensor], Tensor] | None",
) -> TriangleMesh:
    """The largest piece with normals and, when wanted, colours and errors; moved to the world."""
    vertices, faces = largest_component(vertices, faces)
    faces = outward(vertices, faces)
    points = torch.from_numpy(vertices).to(model.cache.grid.device)
    normals, colours = [points.new_zeros((0, 3))], [points.new_zeros((0, 3))]
    for part in points.split(1 << 16):
        _, features, gradient = model.sdf(part)
        normals.append(torch.nn.functional.normalize(gradient, dim=1))
        if albedo:
            colours.append(model.shown_material(features).albedo)
    return TriangleMesh(
        vertices=frame.world_from_scene(vertices.astype(np.float64)).astype(np.float32),
        faces=faces,
        normals=torch.cat(normals).cpu().numpy(),
        albedo=torch.cat(colours).cpu().numpy() if albedo else None,
        error=error_at(points).cpu().numpy() if error_at is not None else None,
    )
