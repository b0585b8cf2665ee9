"""The sphere around the object: where a capture says it is, and what of it a camera sees."""

import numpy as np

from core.capture.import_options import ImportOptions
from core.capture.listing import Listing
from core.types import BoolArray, Camera, DoubleArray, FloatArray

_POINT_PART = 0.9
"""Part of the sparse points a sphere around them holds; the rest are strays."""
_POINT_MARGIN = 1.1
_MIN_POINTS = 20


def sphere_of(listing: Listing, options: ImportOptions) -> tuple[DoubleArray, float] | None:
    """(centre [3] world, radius): as the user placed it, as the files declare it, else around the sparse points."""
    declared = options.sphere or listing.file_frame
    if declared is not None:
        return np.array(declared[0], np.float64), float(declared[1])
    return None if listing.points is None else sphere_of_points(listing.points)


def sphere_of_points(points: FloatArray) -> tuple[DoubleArray, float] | None:
    """A sphere around most of the points [points, 3], world; None of too few."""
    if len(points) < _MIN_POINTS:
        return None
    centre = np.median(np.asarray(points, np.float64), axis=0)
    reach = np.linalg.norm(points - centre, axis=1)
    radius = _POINT_MARGIN * float(np.quantile(reach, _POINT_PART))
    return (centre, radius) if radius > 0.0 else None


def outline(camera: Camera, centre: DoubleArray, radius: float) -> BoolArray:
    """[height, width] the pixels whose rays meet the sphere (all of them from inside it, none of one behind)."""
    to_centre = (np.asarray(centre, np.float64) - camera.centre) @ camera.rotation
    distance2 = float(to_centre @ to_centre)
    if distance2 <= radius * radius:
        return np.ones((camera.height, camera.width), np.bool_)
    inverse = np.linalg.inv(camera.intrinsics)
    u = np.arange(camera.width, dtype=np.float64)
    held = np.empty((camera.height, camera.width), np.bool_)
    for v in range(camera.height):  # row by row: photographs may have a hundred megapixels
        rays = u[:, None] * inverse[:, 0] + (v * inverse[:, 1] + inverse[:, 2])
        along = rays @ to_centre
        # The ray meets the sphere when the angle to its centre is small enough: cos² >= 1 - r² / d².
        held[v] = (along > 0.0) & (along * along >= (distance2 - radius * radius) * (rays * rays).sum(axis=1))
    return held
