"""Meshes of the estimated shape: a quick one from the cached grid, and a fine one evaluated near the surface only."""

from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from core.errors import RunError
from core.fields.model import Model
from core.mesh.isosurface import isosurface
from core.mesh.lattice import lattice_cells, slabs
from core.mesh.options import CELLS
from core.mesh.simplify import reduced, smoothed
from core.mesh.triangles import TriangleMesh, largest_component, outward
from core.scene.frame import SceneFrame
from core.types import DoubleArray, FloatArray, Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor


_WEIGHED, _WEIGHED_PER_KEPT = 500_000, 4
"""How many triangles the reduction by cost begins with at most, and at most for each that it keeps: it takes 0.8 KB
and 10 microseconds for each."""


def live_mesh(
    model: Model, frame: SceneFrame, *, error_at: "Callable[[Tensor], Tensor] | None" = None, albedo: bool = True
) -> TriangleMesh:
    """The surface of the cached grid, largest piece, for a viewport; empty while there is no surface."""
    grid = model.cache.grid.detach().cpu().numpy()
    vertices, faces = isosurface(grid, origin=(-1.0, -1.0, -1.0), spacing=model.cache.cell_size)
    vertices, faces = largest_component(vertices, faces)
    return _dressed(model, frame, vertices, faces, albedo=albedo, error_at=error_at)


def extract_mesh(
    model: Model,
    frame: SceneFrame,
    *,
    cells: int = 256,
    smooth: int = 0,
    faces: int | None = None,
    colours: bool = True,
    progress: Progress | None = None,
) -> TriangleMesh:
    """The surface on a lattice of at least ``cells`` a side, largest piece; closed, every edge between two triangles.

    ``smooth``: passes of smoothing that keep the volume (``core.mesh.simplify``). ``faces``: reduce to about that many
    triangles; None keeps all. Raises RunError when there is no surface.
    """
    if not CELLS[0] <= cells <= CELLS[1]:
        raise RunError(f"A mesh of {cells} cells a side is not possible; choose {CELLS[0]} to {CELLS[1]}.")
    vertices, triangles = _surface(model, cells, progress)
    if len(triangles) == 0:
        raise RunError("There is no surface to write yet; train for some seconds first.")
    vertices, triangles = largest_component(vertices, triangles)
    vertices = smoothed(vertices, triangles, passes=smooth)
    if faces is not None:
        if progress is not None:
            progress("Reducing the mesh", 0.9)
        vertices, triangles = _reduced(vertices, triangles, faces)
    return _dressed(model, frame, vertices, triangles, albedo=colours, error_at=None)


def _reduced(vertices: FloatArray, triangles: NDArray[np.int32], target: int) -> tuple[FloatArray, NDArray[np.int32]]:
    """About ``target`` triangles; of very many most are taken away before the costs of all edges are looked at."""
    enough = max(_WEIGHED, _WEIGHED_PER_KEPT * target)
    if len(triangles) > enough:
        # The compiler takes a while to load.
        from core.mesh.thin import thinned

        vertices, triangles = thinned(vertices, triangles, enough=enough)
    return reduced(vertices, triangles, target=target)


def _surface(model: Model, cells: int, progress: Progress | None) -> tuple[FloatArray, NDArray[np.int32]]:
    """Vertices [V, 3], scene frame, and faces [F, 3]: flying edges a slab, joined where slabs meet."""
    model.cache.refresh_all(model.sdf)
    nodes: list[DoubleArray] = [np.zeros((0, 3))]
    triangles = [np.zeros((0, 3), np.int64)]
    count = 0
    for slab in slabs(model, cells):
        local, faces = isosurface(slab.distance, origin=(0.0, 0.0, 0.0), spacing=1.0)
        nodes.append(local.astype(np.float64) + slab.first[::-1])
        triangles.append(faces.astype(np.int64) + count)
        count += len(local)
        if progress is not None:
            progress("Extracting the mesh", 0.9 * slab.done)
    places, faces = _welded(np.concatenate(nodes), np.concatenate(triangles))
    return (places * (2.0 / lattice_cells(cells)) - 1.0).astype(np.float32), faces


def _welded(nodes: DoubleArray, triangles: NDArray[np.int64]) -> tuple[DoubleArray, NDArray[np.int32]]:
    """One vertex an edge of the lattice: slabs that share a plane both have the vertices on its edges.

    ``nodes`` [V, 3] in cells: two coordinates are whole, the third tells along which axis the edge runs.
    """
    lower = np.floor(nodes)
    low = lower.astype(np.int64)
    side = 2 * CELLS[1]
    edge = ((low[:, 2] * side + low[:, 1]) * side + low[:, 0]) * 3 + (nodes - lower).argmax(axis=1)
    _, first, number = np.unique(edge, return_index=True, return_inverse=True)
    return nodes[first], number.astype(np.int32)[triangles]


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
    """A mesh of the scene with normals and, when wanted, colours and errors; moved to the world."""
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
