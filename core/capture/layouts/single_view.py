"""One view of an object under many lights: a camera where none is known, and the sphere around the object.

Photographs without a calibration are treated as orthographic ones: a pinhole camera a hundred object widths away, with
the focal length that keeps the object's size. Rays then differ in direction by at most 0.6 degrees over the object. The
world's axes are those of the camera (x right, y down, z forward), its origin lies in the object and its unit is the
object's radius, because nothing says how large the object is.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.capture.capture import Problem
from core.capture.images import object_pixels, read_image
from core.capture.import_options import Axis
from core.capture.light_files import read_numbers
from core.capture.matrices import checked_intrinsics
from core.errors import CaptureError
from core.types import Camera, DoubleArray

ORTHOGRAPHIC_DISTANCE = 100.0
"""From the assumed camera to the object, in widths of the object."""
UP: Axis = "-y"
"""Photographs are taken upright."""
_MARGIN = 1.05
"""Radius of the sphere over that of the object's outline."""


@dataclass(frozen=True, kw_only=True)
class SingleView:
    """The camera of a capture with one view."""

    camera: Camera
    file_frame: tuple[tuple[float, float, float], float]
    """(centre [3] world, radius) of a sphere around the object."""
    assumptions: tuple[str, ...]
    """What was assumed, one sentence each."""


def single_view(size: tuple[int, int], mask: Path | None, intrinsics: DoubleArray | None = None) -> SingleView:
    """The view of photographs of ``size`` (width, height): of a camera with ``intrinsics`` [3, 3] or orthographic.

    ``mask`` is the file with the object's outline; without one the whole photograph is the object. Raises CaptureError
    when the mask cannot be read.
    """
    width, height = size
    u, v, radius = _outline_circle(width, height, mask)
    if intrinsics is None:
        focal = 2.0 * ORTHOGRAPHIC_DISTANCE * radius
        matrix: DoubleArray = np.array([[focal, 0.0, u], [0.0, focal, v], [0.0, 0.0, 1.0]])
        how = f"the camera is taken for an orthographic one, {ORTHOGRAPHIC_DISTANCE:.0f} object widths away"
    else:
        matrix, how = intrinsics, "the camera's position is unknown, so the object's radius is one unit"
    depth = float(np.sqrt(matrix[0, 0] * matrix[1, 1])) / radius
    pose = np.eye(4)
    pose[:3, 3] = -depth * (np.linalg.inv(matrix) @ np.array([u, v, 1.0]))
    camera = Camera(intrinsics=matrix, world_from_camera=pose, width=width, height=height)
    sentence = f"There is one view without a calibrated position: {how}."
    return SingleView(camera=camera, file_frame=((0.0, 0.0, 0.0), _MARGIN), assumptions=(sentence,))


def given_intrinsics(file: Path) -> DoubleArray | None:
    """[3, 3] from a text file with three rows of three numbers, pixels; None without the file. Raises CaptureError."""
    if not file.is_file():
        return None
    return checked_intrinsics(read_numbers(file, (3, 3)), str(file))


def missing_photographs(names: tuple[str, ...], listed_in: str) -> tuple[Problem, ...]:
    """A word about photographs that the file ``listed_in`` names and that are not there."""
    first = next(iter(names), None)
    if first is None:
        return ()
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    text = f"{first}{more}: listed, but the file is missing; what it shows is left out."
    return (Problem(file=listed_in, text=text),)


def _outline_circle(width: int, height: int, mask: Path | None) -> tuple[float, float, float]:
    """(u, v, radius) pixels: a circle around everything the mask marks, or around the photograph."""
    if mask is None:
        return (width - 1) / 2.0, (height - 1) / 2.0, float(np.hypot(width, height)) / 2.0
    rows, columns = np.nonzero(object_pixels(read_image(mask)))
    if len(rows) == 0:
        raise CaptureError(f"{mask} is empty: no pixel is marked as the object; paint the object white.")
    u, v = (columns.min() + columns.max()) / 2.0, (rows.min() + rows.max()) / 2.0
    return float(u), float(v), float(np.hypot(columns - u, rows - v).max()) + 0.5
