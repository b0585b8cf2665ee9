"""``camera_params.json`` of the MVSCPS layout: one camera an image, and the sphere the object lies in.

Keys: ``K_VxxLyy`` [3, 3] intrinsics in pixels, ``C2W_VxxLyy`` [4, 4] world from camera (OpenCV axes), ``O2W_scale``
and ``O2W_translation`` [3]: x_world = O2W_scale * x_object + O2W_translation. Other keys are left alone.
"""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from core.capture.capture import Problem
from core.capture.file_names import CAMERA_PARAMS
from core.errors import CaptureError
from core.types import DoubleArray, ImageKey

MAX_BYTES = 64_000_000
"""More than 150,000 cameras; a longer file is something else."""
_ROTATION_TOLERANCE = 1e-3
"""Largest entry of R Rᵀ - I: files with six decimals pass, a scaled or sheared axis does not."""
_AXIS_FIX = "write a rigid camera-to-world matrix with a right-handed rotation"


@dataclass(frozen=True, kw_only=True)
class CameraParams:
    """The cameras of the photographs asked for, checked."""

    intrinsics: dict[ImageKey, DoubleArray]
    """[3, 3] pixels, last row (0, 0, 1)."""
    world_from_camera: dict[ImageKey, DoubleArray]
    """[4, 4] rigid, OpenCV camera axes."""
    file_frame: tuple[tuple[float, float, float], float] | None
    """(centre [3] world, scale) as declared, or None."""
    problems: tuple[Problem, ...]


def read_camera_params(file: Path, keys: Iterable[ImageKey]) -> CameraParams:
    """Read the cameras of ``keys``. Raises CaptureError, naming file and camera, when one is missing or impossible."""
    table = _json_object(file)
    wanted = tuple(keys)
    without = [key.name for key in wanted if f"K_{key.name}" not in table or f"C2W_{key.name}" not in table]
    if without:
        more = f" (nor have {len(without) - 1} others)" if len(without) > 1 else ""
        raise CaptureError(
            f"{file}: photograph {without[0]} has no camera{more}; add K_{without[0]} and C2W_{without[0]}, "
            "or remove the photograph."
        )
    frame, problems = _file_frame(table)
    return CameraParams(
        intrinsics={key: _intrinsics(table[f"K_{key.name}"], f"{file}: K_{key.name}") for key in wanted},
        world_from_camera={key: _pose(table[f"C2W_{key.name}"], f"{file}: C2W_{key.name}") for key in wanted},
        file_frame=frame,
        problems=problems,
    )


def _json_object(file: Path) -> dict[str, Any]:
    if not file.is_file():
        raise CaptureError(f"{file} is missing; a capture needs it, with one camera for each photograph.")
    try:
        if file.stat().st_size > MAX_BYTES:
            raise CaptureError(f"{file} is larger than {MAX_BYTES // 1_000_000} MB; it is not a list of cameras.")
        content: Any = json.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:  # no JSON, no UTF-8, a number of 5,000 digits; nested too deep
        reason = "nested too deep" if isinstance(error, RecursionError) else str(error).partition("\n")[0]
        raise CaptureError(f"{file} is not valid JSON ({reason}); write it again.") from None
    except OSError as error:
        raise CaptureError(f"{file} cannot be read: {error.strerror or error}; check its permissions.") from error
    if not isinstance(content, dict):
        raise CaptureError(f"{file} does not hold a JSON object with K_VxxLyy and C2W_VxxLyy entries; write it again.")
    return cast(dict[str, Any], content)


def _numbers(value: Any, shape: tuple[int, ...]) -> DoubleArray | None:
    """``value`` as an array when it is nested lists of finite numbers of that shape, else None."""
    if not shape:
        plain = isinstance(value, int | float) and not isinstance(value, bool)
        try:
            return np.array(float(value)) if plain and math.isfinite(value) else None
        except OverflowError:
            return None
    if not isinstance(value, list) or len(cast(list[Any], value)) != shape[0]:
        return None
    rows = [_numbers(item, shape[1:]) for item in cast(list[Any], value)]
    return None if any(row is None for row in rows) else np.array(rows, dtype=np.float64)


def _intrinsics(value: Any, what: str) -> DoubleArray:
    """[3, 3] with last row (0, 0, 1)."""
    matrix = _numbers(value, (3, 3))
    if matrix is None:
        raise CaptureError(f"{what} is not a 3 x 3 matrix of finite numbers; write the intrinsics in pixels.")
    below = (matrix[1, 0], matrix[2, 0], matrix[2, 1])
    if matrix[2, 2] == 0.0 or any(entry != 0.0 for entry in below):
        raise CaptureError(f"{what} is singular or not upper triangular; write fx, s, cx; 0, fy, cy; 0, 0, 1.")
    matrix = matrix / matrix[2, 2]
    if not (matrix[0, 0] > 0.0 and matrix[1, 1] > 0.0):
        raise CaptureError(f"{what} has a focal length that is not positive, so it is singular; write it in pixels.")
    return matrix


def _pose(value: Any, what: str) -> DoubleArray:
    """[4, 4] rigid."""
    matrix = _numbers(value, (4, 4))
    if matrix is None:
        raise CaptureError(f"{what} is not a 4 x 4 matrix of finite numbers; {_AXIS_FIX}.")
    rotation = matrix[:3, :3]
    orthonormal = np.abs(rotation @ rotation.T - np.eye(3)).max() <= _ROTATION_TOLERANCE
    last_row = np.abs(matrix[3] - np.array([0.0, 0.0, 0.0, 1.0])).max() <= _ROTATION_TOLERANCE
    if not (orthonormal and last_row and np.linalg.det(rotation) > 0.0):
        raise CaptureError(f"{what} is no rotation and position; {_AXIS_FIX}.")
    return matrix


def _file_frame(table: dict[str, Any]) -> tuple[tuple[tuple[float, float, float], float] | None, tuple[Problem, ...]]:
    """The declared sphere; one that is written but impossible is left out with a word about it."""
    if "O2W_scale" not in table and "O2W_translation" not in table:
        return None, ()
    scale = _numbers(table.get("O2W_scale"), ())
    centre = _numbers(table.get("O2W_translation"), (3,))
    if scale is None or centre is None or not scale > 0.0:
        text = "O2W_scale and O2W_translation are not a positive number and three numbers; they are left out."
        return None, (Problem(file=CAMERA_PARAMS, text=text),)
    return (tuple(centre.tolist()), float(scale)), ()
