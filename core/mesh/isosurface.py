"""From a lattice of signed distances to triangles, by VTK's flying edges."""

import numpy as np
from numpy.typing import NDArray

from core.types import FloatArray


def isosurface(
    distance: FloatArray, *, origin: tuple[float, float, float], spacing: float
) -> tuple[FloatArray, NDArray[np.int32]]:
    """Vertices [V, 3] and faces [F, 3] of the zero level of ``distance`` [z, y, x]; normals point to positive values.

    Only filters run here, nothing is drawn, so any thread may call it.
    """
    # VTK takes a quarter of a second to load; only meshes need it.
    from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
    from vtkmodules.vtkCommonDataModel import vtkImageData
    from vtkmodules.vtkFiltersCore import vtkFlyingEdges3D

    depth, height, width = distance.shape
    image = vtkImageData()
    image.SetDimensions(width, height, depth)
    image.SetOrigin(*origin)
    image.SetSpacing(spacing, spacing, spacing)
    flat = np.ascontiguousarray(distance, np.float32).reshape(-1)
    image.GetPointData().SetScalars(numpy_to_vtk(flat))
    edges = vtkFlyingEdges3D()
    edges.SetInputData(image)
    edges.SetValue(0, 0.0)
    edges.ComputeNormalsOff()
    edges.ComputeScalarsOff()
    edges.Update()
    surface = edges.GetOutput()
    if surface.GetNumberOfPolys() == 0:
        return np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int32)
    vertices = vtk_to_numpy(surface.GetPoints().GetData()).astype(np.float32)
    faces = vtk_to_numpy(surface.GetPolys().GetConnectivityArray()).reshape(-1, 3).astype(np.int32)
    return vertices, faces
