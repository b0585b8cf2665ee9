"""How each camera model bends the image: the models of COLMAP, and the Brown model of other programs.

A model takes camera-frame points (x, y, z) to the image plane at focal length 1, before focal lengths and principal
point are applied. Below, (u, v) = (x/z, y/z), r = |(u, v)|; fisheye models have θ, the angle to the optical axis, and
(a, b) = θ (x, y) / |(x, y)|. The formulas and the numbers by which binary files name the models are those of COLMAP's
camera models (https://colmap.github.io/cameras.html); the ones newer than its release 3.11 were compared with what
pycolmap 4.2 computes. Where a model cannot show a point, such as one behind a perspective camera, the result is NaN.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.types import DoubleArray

Extras = tuple[float, ...]
"""The parameters after focal lengths and principal point."""
Plane = tuple[DoubleArray, DoubleArray]
"""Two coordinates on the image plane at focal length 1."""

_STRAIGHT = 1e-12
"""Below this distance from the axis a fisheye is a pinhole."""
_NO_FIELD = 1e-6
"""A field-of-view parameter smaller than this bends nothing."""


@dataclass(frozen=True, kw_only=True)
class LensModel:
    """One camera model."""

    name: str
    number: int
    """In COLMAP's binary files; -1 for models that COLMAP has not."""
    focals: int
    """How many focal lengths the parameters begin with: 1 (the same along both axes) or 2."""
    extras: int
    """How many parameters follow the principal point."""
    bend: Callable[[Extras, DoubleArray, DoubleArray, DoubleArray], Plane]
    """(extras, x, y, z) to the image plane at focal length 1."""

    @property
    def count(self) -> int:
        """How many parameters there are altogether."""
        return self.focals + 2 + self.extras


def _series(squared: DoubleArray, coefficients: Extras) -> DoubleArray:
    """k1 s + k2 s² + k3 s³ + ... of s = ``squared``."""
    total = np.zeros_like(squared)
    for coefficient in reversed(coefficients):
        total = (total + coefficient) * squared
    return total


def _tangential(u: DoubleArray, v: DoubleArray, p1: float, p2: float) -> Plane:
    """What a lens that is off its axis adds (Brown, 1966), in OpenCV's order of p1 and p2."""
    squared = u * u + v * v
    return 2.0 * p1 * u * v + p2 * (squared + 2.0 * u * u), 2.0 * p2 * u * v + p1 * (squared + 2.0 * v * v)


def _perspective(x: DoubleArray, y: DoubleArray, z: DoubleArray) -> Plane:
    depth = np.where(z > 0.0, z, np.nan)
    return x / depth, y / depth


def _equidistant(x: DoubleArray, y: DoubleArray, z: DoubleArray) -> Plane:
    """(a, b): the angle to the axis, as a distance."""
    distance = np.hypot(x, y)
    straight = distance < _STRAIGHT
    scale = np.where(straight, 1.0, np.arctan2(distance, z) / np.where(straight, 1.0, distance))
    return x * scale, y * scale


def _pinhole(_: Extras, x: DoubleArray, y: DoubleArray, z: DoubleArray) -> Plane:
    return _perspective(x, y, z)


def _radial(k: Extras, x: DoubleArray, y: DoubleArray, z: DoubleArray) -> Plane:
    """(u, v) (1 + k1 r² + k2 r⁴ + ...)."""
    u, v = _perspective(x, y, z)
    factor = 1.0 + _series(u * u + v * v, k)
    return u * factor, v * factor


def _opencv(e: Extras, x: DoubleArray, y: DoubleArray, z: DoubleArray) -> Plane:
    """(k1, k2, p1, p2): radial and tangential."""
    u, v = _perspective(x, y, z)
    factor = 1.0 + _series(u * u + v * v, e[:2])
    du, dv = _tangential(u, v, e[2], e[3])
    return u * factor + du, v * factor + dv


def _full_opencv(e: Extras, x: DoubleArray, y: DoubleArray, z: DoubleArray) -> Plane:
    """(k1, k2, p1, p2, k3, k4, k5, k6): (1 + k1 r² + k2 r⁴ + k3 r⁶) / (1 + k4 r² + k5 r⁴ + k6 r⁶), and tangential."""
    u, v = _perspective(x, y, z)
    squared = u * u + v * v
    factor = (1.0 + _series(squared, (e[0], e[1], e[4]))) / (1.0 + _series(squared, e[5:8]))
    du, dv = _tangential(u, v, e[2], e[3])
    return u * factor + du, v * factor + dv


def _brown(e: Extras, x: DoubleArray, y: DoubleArray, z: DoubleArray) -> Plane:
    """(s, k1, k2, k3, k4, p1, p2): (u, v) (1 + k1 r² + ... + k4 r⁸) + tangential, then u + s v."""
    u, v = _perspective(x, y, z)
    factor = 1.0 + _series(u * u + v * v, e[1:5])
    du, dv = _tangential(u, v, e[5], e[6])
    bent_v = v * factor + dv
    return u * factor + du + e[0] * bent_v, bent_v


def _field_of_view(e: Extras, x: DoubleArray, y: DoubleArray, z: DoubleArray) -> Plane:
    """(u, v) atan(2 r tan(ω/2)) / (ω r) (Devernay and Faugeras, 2001)."""
    u, v = _perspective(x, y, z)
    omega = e[0]
    if abs(omega) < _NO_FIELD:
        return u, v
    slope = 2.0 * np.tan(omega / 2.0)
    radius = np.hypot(u, v)
    middle = radius < _STRAIGHT
    bent = np.arctan(radius * slope) / np.where(middle, 1.0, radius)
    factor = np.where(middle, slope, bent) / omega
    return u * factor, v * factor


def _radial_fisheye(k: Extras, x: DoubleArray, y: DoubleArray, z: DoubleArray) -> Plane:
    """(a, b) (1 + k1 θ² + k2 θ⁴ + ...)."""
    a, b = _equidistant(x, y, z)
    factor = 1.0 + _series(a * a + b * b, k)
    return a * factor, b * factor


def _thin_prism_fisheye(e: Extras, x: DoubleArray, y: DoubleArray, z: DoubleArray) -> Plane:
    """(k1, k2, p1, p2, k3, k4, s1, s2): radial, tangential and (s1, s2) θ² of (a, b)."""
    a, b = _equidistant(x, y, z)
    squared = a * a + b * b
    factor = 1.0 + _series(squared, (e[0], e[1], e[4], e[5]))
    da, db = _tangential(a, b, e[2], e[3])
    return a * factor + da + e[6] * squared, b * factor + db + e[7] * squared


def _rad_tan_thin_prism_fisheye(e: Extras, x: DoubleArray, y: DoubleArray, z: DoubleArray) -> Plane:
    """(k0 .. k5, p0, p1, s0 .. s3): tangential and thin prism terms of the radially bent point, not of (a, b)."""
    a, b = _equidistant(x, y, z)
    factor = 1.0 + _series(a * a + b * b, e[:6])
    a, b = a * factor, b * factor
    squared = a * a + b * b
    da, db = _tangential(a, b, e[7], e[6])
    return a + da + _series(squared, e[8:10]), b + db + _series(squared, e[10:12])


def _division(e: Extras, x: DoubleArray, y: DoubleArray, z: DoubleArray) -> Plane:
    """The point whose (x', y') / (1 + k r'²) is (u, v) (Fitzgibbon, 2001)."""
    root = np.sqrt(z * z - 4.0 * e[0] * (x * x + y * y))
    divisor = np.where(z > 0.0, z + root, np.nan)
    return 2.0 * x / divisor, 2.0 * y / divisor


def _enhanced_unified(e: Extras, x: DoubleArray, y: DoubleArray, z: DoubleArray) -> Plane:
    """(x, y) / (α √(β (x² + y²) + z²) + (1 - α) z) (Khomutenko, Garcia and Martinet, 2016)."""
    alpha, beta = e
    divisor = alpha * np.sqrt(beta * (x * x + y * y) + z * z) + (1.0 - alpha) * z
    divisor = np.where((divisor > 0.0) & (z > 0.0), divisor, np.nan)
    return x / divisor, y / divisor


MODELS: tuple[LensModel, ...] = (
    LensModel(name="SIMPLE_PINHOLE", number=0, focals=1, extras=0, bend=_pinhole),
    LensModel(name="PINHOLE", number=1, focals=2, extras=0, bend=_pinhole),
    LensModel(name="SIMPLE_RADIAL", number=2, focals=1, extras=1, bend=_radial),
    LensModel(name="RADIAL", number=3, focals=1, extras=2, bend=_radial),
    LensModel(name="OPENCV", number=4, focals=2, extras=4, bend=_opencv),
    LensModel(name="OPENCV_FISHEYE", number=5, focals=2, extras=4, bend=_radial_fisheye),
    LensModel(name="FULL_OPENCV", number=6, focals=2, extras=8, bend=_full_opencv),
    LensModel(name="FOV", number=7, focals=2, extras=1, bend=_field_of_view),
    LensModel(name="SIMPLE_RADIAL_FISHEYE", number=8, focals=1, extras=1, bend=_radial_fisheye),
    LensModel(name="RADIAL_FISHEYE", number=9, focals=1, extras=2, bend=_radial_fisheye),
    LensModel(name="THIN_PRISM_FISHEYE", number=10, focals=2, extras=8, bend=_thin_prism_fisheye),
    LensModel(name="RAD_TAN_THIN_PRISM_FISHEYE", number=11, focals=2, extras=12, bend=_rad_tan_thin_prism_fisheye),
    LensModel(name="SIMPLE_DIVISION", number=12, focals=1, extras=1, bend=_division),
    LensModel(name="DIVISION", number=13, focals=2, extras=1, bend=_division),
    LensModel(name="SIMPLE_FISHEYE", number=14, focals=1, extras=0, bend=_radial_fisheye),
    LensModel(name="FISHEYE", number=15, focals=2, extras=0, bend=_radial_fisheye),
    LensModel(name="EUCM", number=16, focals=2, extras=2, bend=_enhanced_unified),
    LensModel(name="BROWN", number=-1, focals=2, extras=7, bend=_brown),
)
"""Every model; ``BROWN`` (fx, fy, cx, cy, s, k1, k2, k3, k4, p1, p2) is for programs with more terms than OPENCV."""
BY_NAME = {model.name: model for model in MODELS}
BY_NUMBER = {model.number: model for model in MODELS if model.number >= 0}
PERSPECTIVE = ("SIMPLE_PINHOLE", "PINHOLE", "SIMPLE_RADIAL", "RADIAL", "OPENCV", "FULL_OPENCV", "BROWN")
"""Models that are a pinhole when every parameter after the principal point is zero."""
