"""Solids as signed distances, and how they join: the parts that the generated objects are made of.

Points are [points, 3] float32, lengths world units, distances positive outside. Distances are exact only near the
surface, and only roughly so where parts blend, which is all that a mesh of the zero level needs.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.types import FloatArray

Points = NDArray[np.floating[Any]]
"""[points, 3]"""
Values = NDArray[np.floating[Any]]
"""[points]"""
Place = tuple[float, float, float]


def row(numbers: Place) -> FloatArray:
    """[3] float32 of three numbers."""
    return np.array(numbers, dtype=np.float32)


def mirrored(p: Points) -> Points:
    """Points brought to the half x >= 0."""
    half = p.copy()
    half[:, 0] = np.abs(half[:, 0])
    return half


def turned(p: Points, centre: Place, *, tilt: float, turn: float) -> Points:
    """Points in a frame at ``centre``, tilted about z, then turned about y; radians."""
    c, s, e, f = np.cos(tilt), np.sin(tilt), np.cos(turn), np.sin(turn)
    about_z = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    about_y = np.array([[e, 0.0, f], [0.0, 1.0, 0.0], [-f, 0.0, e]])
    return (p - row(centre)) @ (about_z @ about_y).astype(np.float32)


def length(p: Points) -> Values:
    """Lengths of vectors."""
    return np.sqrt(np.einsum("ij,ij->i", p, p))


def ball(p: Points, centre: Place, radius: float) -> Values:
    """A ball."""
    return length(p - row(centre)) - np.float32(radius)


def ellipsoid(p: Points, centre: Place, radii: Place) -> Values:
    """An ellipsoid along the axes; exact to first order at its surface."""
    scaled = (p - row(centre)) / row(radii)
    reach = length(scaled)
    slope = length(scaled / row(radii))
    return reach * (reach - 1.0) / np.maximum(slope, np.float32(1e-6))


def cone(p: Points, a: Place, b: Place, ra: float, rb: float) -> Values:
    """A capsule from ``a`` to ``b`` whose radius goes from ``ra`` to ``rb``."""
    start, axis = row(a), np.subtract(row(b), row(a))
    place = np.clip((p - start) @ axis / np.float32(axis @ axis), 0.0, 1.0)
    return length(p - start - place[:, None] * axis) - (np.float32(ra) + np.float32(rb - ra) * place)


def blend(a: Values, b: Values, width: float) -> Values:
    """Union with a fillet of about ``width``."""
    near = np.maximum(np.float32(width) - np.abs(a - b), np.float32(0.0))
    return np.minimum(a, b) - near * near * np.float32(0.25 / width)


def carve(a: Values, b: Values, width: float) -> Values:
    """``a`` without ``b``, the edge rounded."""
    return -blend(-a, b, width)


def smoothstep(x: Any) -> Any:
    """0 below 0, 1 above 1, and a cubic between."""
    t = np.clip(x, 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)
