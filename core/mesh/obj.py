"""Wavefront OBJ with an MTL material and its textures beside it."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.files import replacing
from core.mesh.bake import TexturedMesh
from core.mesh.glb import png_bytes
from core.types import FloatArray

_MATERIAL = """# Physically based, as most programs read it: colour in sRGB; roughness, metallic and normals linear. The
# normal map is OpenGL's: red right, green up.
newmtl object
Kd 1 1 1
Ks 0 0 0
Pr 1
Pm 1
illum 2
"""
_MAPS = {
    "map_Kd": ("base_colour", "base_colour"),
    "map_Pr": ("roughness", "roughness"),
    "map_Pm": ("metallic", "metallic"),
    "norm": ("normal", "normal_map"),
}
"""Each statement: the end of the picture's name, and what is in it."""


def write_obj(file: Path, mesh: TexturedMesh, *, up: str | None = None) -> None:
    """Write ``file`` (.obj), and the .mtl and four .png of the same stem; world frame (right-handed).

    The mesh is closed: vertices are not doubled along the seams of the texture. ``up``: the axis that points up, where
    it is known; stated in a comment. Raises RunError when a file cannot be written.
    """
    lines = [f"# The run's albedo and specular colour are multiplied by {mesh.factor:.6g}.\n", _MATERIAL]
    for statement, (name, picture) in _MAPS.items():
        texture = file.with_name(f"{file.stem}_{name}.png")
        lines.append(f"{statement} {texture.name}\n")
        with replacing(texture) as temporary:
            temporary.write_bytes(png_bytes(getattr(mesh, picture)))
    material = file.with_suffix(".mtl")
    with replacing(material) as temporary:
        temporary.write_text("".join(lines), encoding="utf-8", newline="\n")
    with replacing(file) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as out:
        out.write(f"# World frame of the capture: right-handed, up axis {up or 'unknown'}\nmtllib {material.name}\n")
        out.writelines(_rows("v", mesh.surface.vertices))
        out.writelines(_rows("vt", mesh.unfolded.uv))
        out.writelines(_rows("vn", mesh.surface.normals))
        out.write("usemtl object\n")
        out.writelines(_faces(mesh.unfolded.vertex[mesh.unfolded.faces] + 1, mesh.unfolded.faces + 1))


def _rows(word: str, values: FloatArray) -> list[str]:
    return [f"{word} {' '.join(f'{number:.7g}' for number in row)}\n" for row in values.tolist()]


def _faces(vertex: NDArray[np.int32], place: NDArray[np.int32]) -> list[str]:
    """Corners as vertex/texture place/normal, counted from one; a vertex and its normal share a number."""
    return [
        "f " + " ".join(f"{v}/{t}/{v}" for v, t in zip(corners, places, strict=True)) + "\n"
        for corners, places in zip(vertex.tolist(), place.tolist(), strict=True)
    ]
