"""What a run can write, named without loading the optimiser."""

from typing import Literal

Result = Literal["mesh", "normals", "lights", "renders", "sheet", "maps", "spheres", "latent", "film"]
RESULTS: tuple[Result, ...] = ("mesh", "normals", "lights", "renders", "sheet")
"""What every finished run holds; the others are written when they are asked for."""

MESH_CELLS = 256
"""Cells along the longest side of the extraction grid, unless asked for otherwise."""
