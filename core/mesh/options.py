"""What a mesh is exported as, named without loading the optimiser."""

from dataclasses import dataclass
from typing import Literal, get_args

from core.errors import RunError

MeshFormat = Literal["ply", "glb", "obj"]
MESH_FORMATS: tuple[MeshFormat, ...] = get_args(MeshFormat)
MESH_FILES: dict[MeshFormat, tuple[str, ...]] = {
    "ply": ("mesh.ply",),
    "glb": ("mesh.glb",),
    "obj": ("mesh.obj", "mesh.mtl", "mesh_*.png"),
}
"""Patterns of the files of each format."""

CELLS = (8, 1024)
"""Fewest and most cells a side of the lattice a mesh is extracted from."""
TEXTURE_SIZES = (256, 4096)
"""Fewest and most texels a side of a texture."""
FEWEST_FACES = 100
TEXTURED_FACES = 50_000
"""Triangles of a textured mesh unless asked for otherwise: what the normal map shows need not be in the mesh."""
MOST_TEXTURED_FACES = 500_000
"""Unfolding more takes many minutes, and is of no use: the normal map shows what they would."""
MOST_SMOOTHING = 200


@dataclass(frozen=True, kw_only=True)
class MeshOptions:
    """How a mesh is made and written. Raises RunError for what is not possible."""

    cells: int | None = None
    """Cells along the longest side of the lattice; None: as the run's configuration says."""
    format: MeshFormat = "ply"
    """ply: vertex colours; glb and obj: unfolded, with textures."""
    faces: int | None = None
    """About how many triangles; None: all that were extracted for ply, ``TEXTURED_FACES`` for the others."""
    texture: int = 2048
    """Texels a side; not for ply."""
    smooth: int = 0
    """Passes of smoothing."""

    def __post_init__(self) -> None:
        if self.cells is not None:
            _check("cells a side", self.cells, *CELLS)
        _check("smoothing passes", self.smooth, 0, MOST_SMOOTHING)
        _check("texels a side of its texture", self.texture, *TEXTURE_SIZES)
        if self.faces is not None and self.faces < FEWEST_FACES:
            raise RunError(f"A mesh of {self.faces} triangles is not possible; choose {FEWEST_FACES} or more.")
        if self.textured and self.faces is not None and self.faces > MOST_TEXTURED_FACES:
            raise RunError(
                f"A mesh of {self.faces} triangles cannot be unfolded for its textures in reasonable time; choose "
                f"{FEWEST_FACES} to {MOST_TEXTURED_FACES}, or PLY."
            )

    @property
    def textured(self) -> bool:
        """Whether it carries textures."""
        return self.format != "ply"

    @property
    def target(self) -> int | None:
        """The number of triangles to reduce to, or None."""
        return TEXTURED_FACES if self.faces is None and self.textured else self.faces


def _check(what: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise RunError(f"A mesh of {value} {what} is not possible; choose {low} to {high}.")


AS_PLY = MeshOptions()
"""The plain mesh of a run folder."""
