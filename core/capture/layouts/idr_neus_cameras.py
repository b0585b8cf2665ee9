"""The cameras of IDR, NeuS and their kin: ``world_mat_i`` and ``scale_mat_i`` in a ``.npz`` file.

``world_mat_i`` [4, 4] holds P = K [R | t] in its first three rows: pixels from world points, OpenCV camera axes, pixel
centres at integers. ``scale_mat_i`` [4, 4] takes the sphere of radius 1 to the sphere around the object in the world.
The cameras are taken in the world itself: P alone is decomposed (IDR and NeuS decompose P times scale_mat, which is the
same camera with its centre counted in radii from the sphere's centre). Both matrices are as in the public loaders of
IDR (lioryariv/idr) and NeuS (Totoro97/NeuS). Skewed intrinsics, as fitted P matrices have, are kept.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.capture.archives import read_npz
from core.capture.capture import Problem
from core.capture.matrices import checked_intrinsics, checked_pose, decomposed
from core.errors import CaptureError
from core.types import DoubleArray

MAX_BYTES = 64_000_000
"""Six matrices of doubles a camera: 80,000 cameras."""
EXACT_INTRINSICS, EXACT_POSE = "intrinsics_", "world_from_camera_"
"""Beginnings of entries that Chiaro writes beside world_mat_i: a rotation that is one to seven digits only, as files
with short numbers have, would come back from P slightly other than it was. Used while they agree with P."""
UNKNOWN_SPHERE = "scale_mat_unknown"
"""An entry of this name, which Chiaro writes, says that the scale matrices are there for form's sake only."""
_WANTED = re.compile(r"scale_mat_unknown|(world_mat|scale_mat|intrinsics|world_from_camera)_(0|[1-9][0-9]{0,5})")
_AGREEING = 1e-9
"""Relative."""
_ROUND = 1e-3
"""How far the axes of a scale matrix may differ, relative to its size, and still be a sphere."""


@dataclass(frozen=True, kw_only=True)
class NumberedCameras:
    """The cameras of one file, by the i of their name."""

    intrinsics: dict[int, DoubleArray]
    """[3, 3] pixels."""
    world_from_camera: dict[int, DoubleArray]
    """[4, 4] rigid, OpenCV camera axes."""
    file_frame: tuple[tuple[float, float, float], float] | None
    """(centre [3] world, radius) of the sphere that the first scale matrix declares, or None."""
    problems: tuple[Problem, ...]


def read_numbered_cameras(file: Path) -> NumberedCameras:
    """Every camera in ``file``. Raises CaptureError, naming file and matrix, if one is impossible or none is there."""
    arrays = read_npz(file, max_bytes=MAX_BYTES, wanted=lambda name: _WANTED.fullmatch(name) is not None)
    numbers = sorted(int(name.removeprefix("world_mat_")) for name in arrays if name.startswith("world_mat_"))
    if not numbers:
        raise CaptureError(f"{file} holds no camera named world_mat_0, world_mat_1, ...; write them into it.")
    cameras = {number: _camera(arrays, number, file) for number in numbers}
    frame, problems = _file_frame(arrays, file)
    return NumberedCameras(
        intrinsics={number: camera[0] for number, camera in cameras.items()},
        world_from_camera={number: camera[1] for number, camera in cameras.items()},
        file_frame=frame,
        problems=problems,
    )


def _camera(arrays: dict[str, NDArray[Any]], number: int, file: Path) -> tuple[DoubleArray, DoubleArray]:
    name = f"world_mat_{number}"
    matrix = arrays[name].astype(np.float64)
    if matrix.shape not in {(4, 4), (3, 4)}:
        raise CaptureError(f"{file}: {name} is not a 4 x 4 matrix; write K [R | t] with a last row 0, 0, 0, 1.")
    with np.errstate(all="ignore"):  # numbers near the largest there are overflow, and are refused by what they become
        return _exact(arrays, number, matrix[:3]) or decomposed(matrix[:3], f"{file}: {name}")


def _exact(
    arrays: dict[str, NDArray[Any]], number: int, projection: DoubleArray
) -> tuple[DoubleArray, DoubleArray] | None:
    """Intrinsics and pose as they were written beside P; None when they were not, or P was changed since."""
    intrinsics, pose = arrays.get(f"{EXACT_INTRINSICS}{number}"), arrays.get(f"{EXACT_POSE}{number}")
    if intrinsics is None or pose is None:
        return None
    try:
        k, world_from_camera = (
            checked_intrinsics(intrinsics.astype(np.float64), ""),
            checked_pose(pose.astype(float), ""),
        )
    except CaptureError:
        return None
    rebuilt = k @ np.linalg.inv(world_from_camera)[:3]
    agree = np.abs(rebuilt - projection).max() <= _AGREEING * np.abs(projection).max()
    return (k, world_from_camera) if agree else None


def _file_frame(
    arrays: dict[str, NDArray[Any]], file: Path
) -> tuple[tuple[tuple[float, float, float], float] | None, tuple[Problem, ...]]:
    """The sphere of the first scale matrix; one that is no sphere is left out with a word about it."""
    if UNKNOWN_SPHERE in arrays:
        return None, ()
    numbers = sorted(int(name.removeprefix("scale_mat_")) for name in arrays if name.startswith("scale_mat_"))
    if not numbers:
        return None, ()
    name = f"scale_mat_{numbers[0]}"
    sphere = _sphere(arrays[name].astype(np.float64))
    if sphere is None:
        text = f"{name} does not turn a sphere into a sphere; it is left out, and the sphere is found from the masks."
        return None, (Problem(file=file.name, text=text),)
    return sphere, ()


def _sphere(matrix: DoubleArray) -> tuple[tuple[float, float, float], float] | None:
    """(centre, radius) of the image of the unit sphere; None when that is no sphere."""
    if matrix.shape not in {(4, 4), (3, 4)} or not np.isfinite(matrix).all():
        return None
    axes = matrix[:3, :3]
    with np.errstate(all="ignore"):  # as above
        radius = float(np.linalg.norm(axes) / np.sqrt(3.0))
        if not (np.isfinite(radius) and radius > 0.0 and np.abs(axes @ axes.T / radius**2 - np.eye(3)).max() <= _ROUND):
            return None
    x, y, z = matrix[:3, 3].tolist()
    return (x, y, z), radius
