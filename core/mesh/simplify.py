"""Fewer triangles, and a smoother surface. Only filters run here, nothing is drawn, so any thread may call them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.types import FloatArray

_PASS_BAND = 0.05
"""Of the low-pass filter: bumps of a few edges go, the shape stays."""


def smoothed(vertices: FloatArray, faces: NDArray[np.int32], *, passes: int) -> FloatArray:
    """``vertices`` [V, 3] after a windowed sinc filter (Taubin, Zhang and Golub 1996) of ``passes`` terms.

    A low-pass filter on the mesh, which does not shrink it as repeated averaging would. 0 leaves all as it is.
    """
    if passes == 0:
        return vertices
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkFiltersCore import vtkWindowedSincPolyDataFilter

    sinc = vtkWindowedSincPolyDataFilter()
    sinc.SetInputData(_poly_data(vertices, faces))
    sinc.SetNumberOfIterations(passes)
    sinc.SetPassBand(_PASS_BAND)
    sinc.NormalizeCoordinatesOn()
    sinc.BoundarySmoothingOff()
    sinc.FeatureEdgeSmoothingOff()
    sinc.Update()
    return vtk_to_numpy(sinc.GetOutput().GetPoints().GetData()).astype(np.float32)


def reduced(vertices: FloatArray, faces: NDArray[np.int32], *, target: int) -> tuple[FloatArray, NDArray[np.int32]]:
    """About ``target`` faces, by collapsing the edges that change the surface least (Garland and Heckbert 1997)."""
    if target >= len(faces):
        return vertices, faces
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkFiltersCore import vtkQuadricDecimation

    quadric = vtkQuadricDecimation()
    quadric.SetInputData(_poly_data(vertices, faces))
    quadric.SetTargetReduction(1.0 - target / len(faces))
    quadric.VolumePreservationOn()
    quadric.Update()
    surface = quadric.GetOutput()
    points = vtk_to_numpy(surface.GetPoints().GetData()).astype(np.float32)
    kept = vtk_to_numpy(surface.GetPolys().GetConnectivityArray()).reshape(-1, 3).astype(np.int32)
    return points, kept


def _poly_data(vertices: FloatArray, faces: NDArray[np.int32]) -> Any:
    from vtkmodules.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray
    from vtkmodules.vtkCommonCore import vtkPoints
    from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData

    points = vtkPoints()
    points.SetData(numpy_to_vtk(np.ascontiguousarray(vertices, np.float32), deep=True))
    cells = vtkCellArray()
    starts = np.arange(0, 3 * len(faces) + 1, 3, dtype=np.int64)
    corners = np.ascontiguousarray(faces.reshape(-1), np.int64)
    cells.SetData(numpy_to_vtkIdTypeArray(starts, deep=True), numpy_to_vtkIdTypeArray(corners, deep=True))
    surface = vtkPolyData()
    surface.SetPoints(points)
    surface.SetPolys(cells)
    return surface
