"""From a signed distance function to a closed mesh with exact normals."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.types import FloatArray

_HALF_SIDE = 0.92
"""The sampled cube reaches this far along each axis, world units."""
_COARSE = 4
"""Far from the surface the distance is sampled at every fourth grid point only."""
_PART = 16_384
_SLACK = 0.05
"""How far, world units, a distance may be off; points closer than a coarse step and this are sampled."""

Distance = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, kw_only=True)
class Mesh:
    """A closed triangle mesh, world frame."""

    vertices: FloatArray
    """[vertices, 3]"""
    faces: NDArray[np.int32]
    """[faces, 3]"""
    normals: FloatArray
    """[vertices, 3] unit, outward: the gradient of the distance function."""


def mesh_of(distance: Distance, cells: int) -> Mesh:
    """The zero level of ``distance`` inside the cube, ``cells`` grid cells along each side (a multiple of 4)."""
    vertices, faces = _flying_edges(_sampled(distance, cells), cells)
    normals = gradient_directions(distance, vertices, 0.25 * 2.0 * _HALF_SIDE / cells)
    return Mesh(vertices=vertices, faces=faces, normals=normals)


def gradient_directions(distance: Distance, points: FloatArray, step: float) -> FloatArray:
    """[points, 3] unit vectors of steepest ascent, by central differences of half width ``step``."""
    offsets = np.float32(step) * np.eye(3, dtype=np.float32)
    slopes = [_in_parts(distance, points + offset) - _in_parts(distance, points - offset) for offset in offsets]
    gradient = np.stack(slopes, axis=1)
    return gradient / np.maximum(np.linalg.norm(gradient, axis=1, keepdims=True), np.float32(1e-12))


def _sampled(distance: Distance, cells: int) -> FloatArray:
    """[cells + 1] cubed distances, z slowest; exact near the surface, positive or negative 1 elsewhere."""
    axis = np.linspace(-_HALF_SIDE, _HALF_SIDE, cells + 1, dtype=np.float32)
    coarse = _on_grid(distance, axis[::_COARSE])
    reach = np.sqrt(3.0) * _COARSE * (axis[1] - axis[0]) + _SLACK
    blocks = np.repeat(np.repeat(np.repeat(coarse, _COARSE, 0), _COARSE, 1), _COARSE, 2)
    shift = _COARSE // 2
    nearest = blocks[shift : shift + cells + 1, shift : shift + cells + 1, shift : shift + cells + 1]
    values = np.where(nearest > 0.0, np.float32(1.0), np.float32(-1.0))
    z, y, x = np.nonzero(np.abs(nearest) < reach)
    values[z, y, x] = _in_parts(distance, np.stack([axis[x], axis[y], axis[z]], axis=1))
    return values


def _on_grid(distance: Distance, axis: FloatArray) -> FloatArray:
    z, y, x = np.meshgrid(axis, axis, axis, indexing="ij")
    return _in_parts(distance, np.stack([x.ravel(), y.ravel(), z.ravel()], axis=1)).reshape(x.shape)


def _in_parts(distance: Distance, points: FloatArray) -> FloatArray:
    """``distance`` of many points: in parts that stay in the processor's cache, on several threads."""
    parts = np.array_split(points, max(1, len(points) // _PART))
    with ThreadPoolExecutor() as pool:
        return np.concatenate(list(pool.map(distance, parts)))


def _flying_edges(values: FloatArray, cells: int) -> tuple[FloatArray, NDArray[np.int32]]:
    # VTK takes a quarter of a second to import, and only making the demo needs it here.
    import vtkmodules.util.numpy_support as arrays
    from vtkmodules.vtkCommonDataModel import vtkImageData
    from vtkmodules.vtkFiltersCore import vtkFlyingEdges3D

    vtk: Any = arrays  # untyped
    image: Any = vtkImageData()
    image.SetDimensions(cells + 1, cells + 1, cells + 1)
    image.SetOrigin(-_HALF_SIDE, -_HALF_SIDE, -_HALF_SIDE)
    image.SetSpacing(*(3 * [2.0 * _HALF_SIDE / cells]))
    flat = np.ascontiguousarray(values).ravel()
    image.GetPointData().SetScalars(vtk.numpy_to_vtk(flat, deep=False))
    surface: Any = vtkFlyingEdges3D()
    surface.SetInputData(image)
    surface.SetValue(0, 0.0)
    surface.ComputeNormalsOff()
    surface.Update()
    output = surface.GetOutput()
    vertices = vtk.vtk_to_numpy(output.GetPoints().GetData()).astype(np.float32)
    faces = vtk.vtk_to_numpy(output.GetPolys().GetConnectivityArray()).reshape(-1, 3).astype(np.int32)
    return vertices, np.ascontiguousarray(faces[:, ::-1])  # counter-clockwise seen from outside
