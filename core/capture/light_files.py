"""What files say about lights and normals, checked: tables of three numbers a row, one row a light."""

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.capture.capture import GroundTruth, Problem
from core.capture.folder import inside
from core.errors import CaptureError
from core.types import DoubleArray, FloatArray

MAX_TABLE_BYTES = 16_000_000
_KNOWN_LENGTH = 0.9
"""A shorter vector marks a pixel without ground truth; interpolated normals are a little shorter than 1."""

Rows = Mapping[int, Sequence[float]]
"""Three numbers by light id."""


def read_rows(file: Path) -> FloatArray:
    """[rows, 3] numbers from a text file. Raises CaptureError, naming it, when it holds anything else."""
    with np.errstate(over="ignore"):  # a number too large for 32 bits becomes infinite
        rows = _numbers(file).astype(np.float32)
    if rows.ndim != 2 or rows.shape[1] != 3 or len(rows) == 0 or np.isinf(rows).any():
        raise CaptureError(f"{file} does not hold three finite numbers a row; write x y z, a light a line.")
    return rows


def read_numbers(file: Path, shape: tuple[int, ...]) -> DoubleArray:
    """The finite numbers of a text file in that shape, row by row. Raises CaptureError, naming the file."""
    found = _numbers(file)
    if found.size != np.prod(shape) or not np.isfinite(found).all():
        wanted = " x ".join(map(str, shape))
        raise CaptureError(f"{file} does not hold {wanted} finite numbers; write it again.")
    return found.reshape(shape)


def _numbers(file: Path) -> DoubleArray:
    """What a table in a text file holds, [rows, columns]."""
    if not file.is_file():
        raise CaptureError(f"{file} is missing or is not a file; put it there.")
    try:
        if file.stat().st_size > MAX_TABLE_BYTES:
            raise CaptureError(f"{file} is too large for a table of numbers; put the right file there.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an empty file is a warning to NumPy and an error here
            return np.loadtxt(file, dtype=np.float64, ndmin=2, encoding="utf-8-sig")
    except UnicodeError:
        raise CaptureError(f"{file} is not a text file in UTF-8; save it as plain text.") from None
    except (ValueError, OSError) as error:
        reason = str(error).partition(";")[0].rstrip(".")
        text = f"{file} is not a table of numbers ({reason}); write numbers with spaces between them, a row a line."
        raise CaptureError(text) from None


def unit_normals(vectors: NDArray[np.floating]) -> FloatArray:
    """[height, width, 3] unit normals of a file's vectors, zero where it knows none."""
    with np.errstate(over="ignore", invalid="ignore"):  # damaged numbers are unknown
        length = np.linalg.norm(vectors, axis=-1, keepdims=True)
        known = np.isfinite(length) & (length > _KNOWN_LENGTH)
        return np.where(known, vectors / np.where(known, length, 1.0), 0.0).astype(np.float32)


def numbered_rows(folder: Path, name: str, problems: list[Problem]) -> dict[int, tuple[float, ...]]:
    """The rows of a table by number from 0, empty when there is no such file; what is wrong with it is noted."""
    if not (folder / name).is_file():
        return {}
    try:
        rows = read_rows(inside(folder, folder / name))
    except CaptureError as error:
        problems.append(Problem(file=name, text=f"Ground truth left out: {error}"))
        return {}
    return dict(enumerate(map(tuple, rows.tolist())))


def truth_of_lights(
    directions_gl: Rows,
    intensities: Rows,
    light_ids: Sequence[int],
    *,
    normals_gl: dict[int, FloatArray] | None = None,
    mesh: Path | None = None,
) -> GroundTruth:
    """Ground truth with the lights of these ids, as far as every one of them is known; directions become unit."""
    directions = _table(directions_gl, light_ids)
    if directions is not None:
        length = np.linalg.norm(directions.astype(np.float64), axis=1, keepdims=True)
        directions = (directions / length).astype(np.float32) if length.min() > 0.0 else None
    return GroundTruth(
        normals_gl=normals_gl or {},
        light_directions_gl=directions,
        light_intensities=_table(intensities, light_ids),
        mesh=mesh,
    )


def _table(rows: Rows, light_ids: Sequence[int]) -> FloatArray | None:
    """[lights, 3] or None when a light has no row of finite numbers."""
    if not light_ids or any(light not in rows for light in light_ids):
        return None
    with np.errstate(over="ignore"):
        table = np.array([rows[light] for light in light_ids], np.float64).astype(np.float32)
    return table if np.isfinite(table).all() else None
