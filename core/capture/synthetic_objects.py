"""More objects beside the owl: a fluted bowl, which is mostly concave, and an urchin, which is mostly thin spikes; a
dish and a relief of bumps and dents, to be seen from the front.

World frame: y up, the fronts of dish and relief toward +z; everything lies within 0.9 of the origin. Lengths are
world units.
"""

import numpy as np

from core.capture.synthetic_solids import Points, Values, ball, blend, carve, cone, length, row
from core.types import FloatArray

_BOWL = (0.0, 0.14, 0.0)
"""Centre of the bowl's ball."""
_OUTER, _WALL = 0.68, 0.10
_RIM = 0.34
"""Height of the rim."""
_FLUTES, _FLUTE = 11, 0.022
"""How many folds go down its side, and half their depth."""
_GOLDEN = (1.0 + np.sqrt(5.0)) / 2.0


def bowl_distance(points: FloatArray) -> FloatArray:
    """Signed distance to a deep bowl with folds, a foot and two handles, [points]."""
    fold = _folds(points)
    outer = ball(points, _BOWL, _OUTER) + fold
    inner = ball(points, _BOWL, _OUTER - _WALL) + fold
    body = blend(outer, _handle(points, 1.0), 0.05)
    body = blend(body, _handle(points, -1.0), 0.05)
    body = blend(body, cone(points, (0.0, -0.50, 0.0), (0.0, -0.68, 0.0), 0.16, 0.26), 0.06)
    body = carve(body, _RIM - points[:, 1], 0.03)
    body = np.maximum(body, -0.78 - points[:, 1])  # so that it stands
    return np.asarray(carve(body, inner, 0.03), dtype=np.float32)


def urchin_distance(points: FloatArray) -> FloatArray:
    """Signed distance to a ball with twenty long thin spikes, [points]."""
    body = ball(points, (0.0, 0.0, 0.0), 0.44)
    for tip in _dodecahedron():
        start, end = tuple((0.34 * tip).tolist()), tuple((0.84 * tip).tolist())
        body = blend(body, cone(points, start, end, 0.100, 0.022), 0.05)
    return np.asarray(body, dtype=np.float32)


def dish_distance(points: FloatArray) -> FloatArray:
    """Signed distance to a thick disc with one round hollow in its front, [points]."""
    return np.asarray(carve(_disc(points, 0.30), ball(points, (0.0, 0.0, 0.95), 0.95), 0.03), dtype=np.float32)


def relief_distance(points: FloatArray) -> FloatArray:
    """Signed distance to a thick disc with bumps and dents in its front, [points]."""
    body = _disc(points, 0.22)
    for x, y in ((0.30, 0.20), (0.00, -0.35)):
        body = blend(body, ball(points, (x, y, 0.27), 0.2), 0.04)
    for x, y in ((-0.30, 0.25), (-0.45, -0.25), (0.45, -0.30)):
        body = carve(body, ball(points, (x, y, 0.17), 0.2), 0.03)
    return np.asarray(body, dtype=np.float32)


def _disc(points: Points, half: float) -> Values:
    """About the z axis, twice ``half`` thick."""
    return np.maximum(np.hypot(points[:, 0], points[:, 1]) - np.float32(0.82), np.abs(points[:, 2]) - np.float32(half))


def _folds(points: Points) -> Values:
    """How far the bowl's side is drawn in, fading toward its axis."""
    around = np.arctan2(points[:, 0], points[:, 2])
    off_axis = np.hypot(points[:, 0], points[:, 2]) / np.float32(_OUTER)
    return np.asarray(_FLUTE * np.cos(_FLUTES * around) * np.clip(off_axis, 0.0, 1.0) ** 2, dtype=np.float32)


def _handle(points: Points, side: float) -> Values:
    """A ring that stands in the plane z = 0, half sunk into the bowl's side."""
    place = points - row((side * 0.64, 0.02, 0.0))
    ring = np.stack([np.hypot(place[:, 0], place[:, 1]) - np.float32(0.17), place[:, 2]], axis=1)
    return length(ring) - np.float32(0.045)


def _dodecahedron() -> FloatArray:
    """[20, 3] unit vectors, evenly spread."""
    corners = [(x, y, z) for x in (-1.0, 1.0) for y in (-1.0, 1.0) for z in (-1.0, 1.0)]
    for a in (-1.0 / _GOLDEN, 1.0 / _GOLDEN):
        for b in (-_GOLDEN, _GOLDEN):
            corners += [(0.0, a, b), (a, b, 0.0), (b, 0.0, a)]
    return np.asarray(np.array(corners) / np.sqrt(3.0), dtype=np.float32)
