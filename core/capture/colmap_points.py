"""Sparse points of a COLMAP reconstruction: where the object is, roughly."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from core.capture.colmap_model import data_lines
from core.capture.colmap_model_binary import read_binary_points
from core.errors import CaptureError
from core.types import FloatArray

MAX_POINTS = 1_000_000
"""As many are looked at; they come in no order of place."""
KEPT_POINTS = 100_000
_FAR = 10.0
"""A point this many median distances from the median point is a stray."""


def read_points(file: Path) -> FloatArray:
    """[points, 3] world, from ``points3D.bin`` or ``points3D.txt``, strays left out. Raises CaptureError naming it."""
    positions = read_binary_points(file, MAX_POINTS) if file.suffix == ".bin" else list(_text_points(file))
    return filtered(np.array(positions, np.float64).reshape(-1, 3))


def filtered(points: np.ndarray) -> FloatArray:
    """At most ``KEPT_POINTS`` of the points [points, 3], evenly, without strays and what is not finite."""
    known = points[np.isfinite(points).all(axis=1) & (np.abs(points) < np.finfo(np.float32).max).all(axis=1)]
    if len(known) == 0:
        return np.zeros((0, 3), np.float32)
    distance = np.linalg.norm(known - np.median(known, axis=0), axis=1)
    near = known[distance <= _FAR * float(np.median(distance))]
    return near[:: max(1, -(-len(near) // KEPT_POINTS))].astype(np.float32)


def _text_points(file: Path) -> Iterator[tuple[float, float, float]]:
    """POINT3D_ID X Y Z R G B ERROR TRACK..."""
    for count, (number, line) in enumerate(data_lines(file)):
        if count >= MAX_POINTS:
            return
        fields = line.split(maxsplit=4)
        try:
            yield float(fields[1]), float(fields[2]), float(fields[3])
        except (ValueError, IndexError):
            raise CaptureError(f"{file}: line {number} is not a point; write id, x, y, z, ....") from None
