"""Meshes as files."""

from pathlib import Path

import numpy as np

from core.color import srgb_from_linear
from core.errors import RunError
from core.mesh.triangles import TriangleMesh


def write_ply(file: Path, mesh: TriangleMesh, *, up: str | None = None) -> None:
    """Binary PLY, world frame (right-handed; ``up``: the axis that points up, where it is known), with normals and,
    when there is albedo, sRGB vertex colours. The frame is stated in a comment of the file.

    Raises RunError when the file cannot be written; an older file then stays as it was.
    """
    fields = [("x", "<f4"), ("y", "<f4"), ("z", "<f4"), ("nx", "<f4"), ("ny", "<f4"), ("nz", "<f4")]
    columns = [*mesh.vertices.T, *mesh.normals.T]
    names = ["float x", "float y", "float z", "float nx", "float ny", "float nz"]
    if mesh.albedo is not None:
        fields += [("red", "u1"), ("green", "u1"), ("blue", "u1")]
        names += ["uchar red", "uchar green", "uchar blue"]
        columns += [*np.round(255 * srgb_from_linear(np.clip(mesh.albedo, 0.0, 1.0))).astype(np.uint8).T]
    vertices = np.empty(len(mesh.vertices), fields)
    for (name, _), column in zip(fields, columns, strict=True):
        vertices[name] = column
    faces = np.empty(len(mesh.faces), [("count", "u1"), ("index", "<i4", 3)])
    faces["count"], faces["index"] = 3, mesh.faces
    axes = f"comment world frame of the capture: right-handed, up axis {up or 'unknown'}"
    lines = ["ply", "format binary_little_endian 1.0", axes, f"element vertex {len(vertices)}"]
    lines += [f"property {name}" for name in names]
    lines += [f"element face {len(faces)}", "property list uchar int vertex_indices", "end_header"]
    partial = file.with_name(file.name + ".part")
    try:
        with partial.open("wb") as out:
            out.write(("\n".join(lines) + "\n").encode("ascii"))
            out.write(vertices.tobytes())
            out.write(faces.tobytes())
        partial.replace(file)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise RunError(
            f"Cannot write {file}: {error.strerror or error}; free some space or choose another folder."
        ) from error
