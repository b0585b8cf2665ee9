"""Tables and meshes of generated captures, in the MVSCPS layout."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from core.capture.synthetic_shape import Mesh
from core.types import Camera, FloatArray, ImageKey


def write_cameras(file: Path, shots: Mapping[ImageKey, Camera]) -> None:
    """``camera_params.json``: the camera of every photograph, and the unit sphere as the object's."""
    table: dict[str, object] = {"O2W_scale": 1.0, "O2W_translation": [0.0, 0.0, 0.0]}
    for key, camera in shots.items():
        table[f"K_{key.name}"] = camera.intrinsics.tolist()
        table[f"C2W_{key.name}"] = camera.world_from_camera.tolist()
    file.write_text(json.dumps(table), encoding="utf-8")


def write_rows(file: Path, rows: FloatArray) -> None:
    """A table of numbers [rows, columns] as text."""
    np.savetxt(file, rows, fmt="%.8f")


def write_ply(file: Path, mesh: Mesh, albedo: FloatArray) -> None:
    """A binary PLY with the albedo (linear) as 8-bit vertex colours."""
    vertices = np.empty(len(mesh.vertices), dtype=[("place", "<f4", 3), ("normal", "<f4", 3), ("colour", "u1", 3)])
    vertices["place"], vertices["normal"] = mesh.vertices, mesh.normals
    vertices["colour"] = np.rint(np.clip(albedo, 0.0, 1.0) * 255.0)
    faces = np.empty(len(mesh.faces), dtype=[("corners", "u1"), ("indices", "<i4", 3)])
    faces["corners"], faces["indices"] = 3, mesh.faces
    lines = ["ply", "format binary_little_endian 1.0", f"element vertex {len(vertices)}"]
    lines += [f"property float {name}" for name in ("x", "y", "z", "nx", "ny", "nz")]
    lines += [f"property uchar {name}" for name in ("red", "green", "blue")]
    lines += [f"element face {len(faces)}", "property list uchar int vertex_indices", "end_header", ""]
    file.write_bytes("\n".join(lines).encode("ascii") + vertices.tobytes() + faces.tobytes())


def write_lines(file: Path, words: Mapping[ImageKey, str]) -> None:
    """A line a photograph: its name and a word about it."""
    file.write_text("".join(f"{key.name} {word}\n" for key, word in words.items()), encoding="utf-8", newline="\n")
