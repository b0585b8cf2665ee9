"""``camera_params.json`` of the MVSCPS layout: one camera an image, and the sphere the object lies in.

Keys: ``K_VxxLyy`` [3, 3] intrinsics in pixels, ``C2W_VxxLyy`` [4, 4] world from camera (OpenCV axes), ``O2W_scale``
and ``O2W_translation`` [3]: x_world = O2W_scale * x_object + O2W_translation. Other keys are left alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.capture.capture import Problem
from core.capture.file_names import CAMERA_PARAMS
from core.capture.json_file import numbers, read_json_object
from core.capture.matrices import checked_intrinsics, checked_pose
from core.errors import CaptureError
from core.types import DoubleArray, ImageKey


@dataclass(frozen=True, kw_only=True)
class CameraParams:
    """The cameras of the photographs asked for, as far as there are any, checked."""

    intrinsics: dict[ImageKey, DoubleArray]
    """[3, 3] pixels, last row (0, 0, 1)."""
    world_from_camera: dict[ImageKey, DoubleArray]
    """[4, 4] rigid, OpenCV camera axes."""
    file_frame: tuple[tuple[float, float, float], float] | None
    """(centre [3] world, scale) as declared, or None."""
    problems: tuple[Problem, ...]
    without_photograph: tuple[str, ...]
    """``VxxLyy`` of cameras that were not asked for."""


def read_camera_params(file: Path, keys: Iterable[ImageKey]) -> CameraParams:
    """Read the cameras of ``keys``. Raises CaptureError, naming file and camera, when one is impossible."""
    table = read_json_object(
        file,
        missing="a capture needs it, with one camera for each photograph",
        holds="a JSON object with K_VxxLyy and C2W_VxxLyy entries",
    )
    wanted = tuple(keys)
    found = [key for key in wanted if f"K_{key.name}" in table and f"C2W_{key.name}" in table]
    if not found:
        first = wanted[0].name
        raise CaptureError(f"{file} has a camera for none of the photographs; add K_{first} and C2W_{first} and so on.")
    frame, problems = _file_frame(table)
    return CameraParams(
        intrinsics={key: _intrinsics(table, key, file) for key in found},
        world_from_camera={key: _pose(table, key, file) for key in found},
        file_frame=frame,
        problems=problems,
        without_photograph=_strangers(table, set(wanted)),
    )


def _intrinsics(table: dict[str, Any], key: ImageKey, file: Path) -> DoubleArray:
    name = f"K_{key.name}"
    return checked_intrinsics(numbers(table[name], (3, 3)), f"{file}: {name}")


def _pose(table: dict[str, Any], key: ImageKey, file: Path) -> DoubleArray:
    name = f"C2W_{key.name}"
    return checked_pose(numbers(table[name], (4, 4)), f"{file}: {name}")


def _strangers(table: dict[str, Any], keys: set[ImageKey]) -> tuple[str, ...]:
    """Names of cameras that no photograph of ``keys`` belongs to."""
    named = (name.removeprefix("C2W_") for name in table if name.startswith("C2W_"))
    known = {key.name for key in keys}
    return tuple(sorted(name for name in named if name not in known))


def _file_frame(table: dict[str, Any]) -> tuple[tuple[tuple[float, float, float], float] | None, tuple[Problem, ...]]:
    """The declared sphere; one that is written but impossible is left out with a word about it."""
    if "O2W_scale" not in table and "O2W_translation" not in table:
        return None, ()
    scale = numbers(table.get("O2W_scale"), ())
    centre = numbers(table.get("O2W_translation"), (3,))
    if scale is None or centre is None or not scale > 0.0:
        text = "O2W_scale and O2W_translation are not a positive number and three numbers; they are left out."
        return None, (Problem(file=CAMERA_PARAMS, text=text),)
    return (tuple(centre.tolist()), float(scale)), ()
