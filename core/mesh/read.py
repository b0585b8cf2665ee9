"""Reading a mesh that came with a capture, to compare a result with it."""

from pathlib import Path

import numpy as np

from core.errors import CaptureError
from core.mesh.visible import Triangles

_MAX_BYTES = 1_000_000_000


def read_triangles(file: Path) -> Triangles:
    """The triangles of a mesh file, world frame. Raises CaptureError."""
    import open3d as o3d

    try:
        size = file.stat().st_size
    except OSError as error:
        raise CaptureError(f"Cannot read {file}: {error.strerror or error}; check the path.") from error
    if size > _MAX_BYTES:
        raise CaptureError(f"{file} is larger than {_MAX_BYTES / 1e9:.0f} GB; reduce the mesh to be compared with.")
    # Its warnings would go to standard output, among what scripts read.
    with o3d.utility.VerbosityContextManager(o3d.utility.VerbosityLevel.Error):
        mesh = o3d.io.read_triangle_mesh(file)
    vertices, faces = np.asarray(mesh.vertices, np.float32), np.asarray(mesh.triangles, np.int32)
    if not len(faces) or not np.isfinite(vertices).all():
        raise CaptureError(f"{file} holds no triangles that can be read; write the mesh as a PLY file again.")
    return Triangles(vertices=vertices, faces=faces)
