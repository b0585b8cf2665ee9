"""What a run can write, named without loading the optimiser."""

from typing import Literal, get_args

Result = Literal["mesh", "normals", "lights", "renders", "sheet"]
RESULTS: tuple[Result, ...] = get_args(Result)

MESH_CELLS = 256
"""Cells along the longest side of the extraction grid, unless asked for otherwise."""
