"""What a mesh's vertices are coloured by."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.color import error_colours, normal_colours, srgb_from_linear
from core.mesh.triangles import TriangleMesh
from core.types import FloatArray

MeshColour = Literal["shaded", "normal", "albedo", "error"]


def vertex_colours(mesh: TriangleMesh, colour: MeshColour, *, error_limit: float = 0.5) -> NDArray[np.uint8] | None:
    """[V, 3] display colours, or None for plain shading (also when the mesh lacks what the colour needs)."""
    if colour == "normal":
        return _bytes(normal_colours(mesh.normals))
    if colour == "albedo" and mesh.albedo is not None:
        return _bytes(srgb_from_linear(np.clip(mesh.albedo, 0.0, 1.0)))
    if colour == "error" and mesh.error is not None:
        return _bytes(error_colours(mesh.error[:, None], error_limit)[:, 0])
    return None


def _bytes(colours: FloatArray) -> NDArray[np.uint8]:
    return np.round(255.0 * np.clip(colours, 0.0, 1.0)).astype(np.uint8)
