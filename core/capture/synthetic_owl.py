"""The demo object: a glazed clay owl on a plinth, as a signed distance function with a material at every point.

World frame: y up, the owl looks along +z, everything lies within 0.9 of the origin. Lengths are world units, distances
positive outside. Points are [points, 3] float32. Parts are written for the half x >= 0 and mirrored.
"""

import numpy as np

from core.capture.synthetic_solids import (
    Place,
    Points,
    Values,
    ball,
    blend,
    carve,
    cone,
    ellipsoid,
    mirrored,
    row,
    smoothstep,
    turned,
)
from core.types import FloatArray

_SIZE = np.float32(0.95)
"""World units per unit of the numbers below."""

# Linear RGB albedo and GGX roughness.
CLAY = ((0.56, 0.235, 0.105), 0.55)
CREAM = ((0.72, 0.55, 0.33), 0.60)
GLAZE = ((0.045, 0.235, 0.290), 0.30)
AMBER = ((0.78, 0.40, 0.05), 0.28)
PUPIL = ((0.025, 0.022, 0.03), 0.28)
GOLD = ((0.70, 0.43, 0.12), 0.32)

_FEATHER = 0.118
"""Width of a belly feather."""
_STARS = ((0.085, -0.005, 0.030), (0.150, 0.110, 0.022), (-0.120, 0.140, 0.024), (0.165, -0.130, 0.020))
"""x, y and radius of the stars around the moon on the back."""
_GROOVE = 0.017
"""Depth of the engraving."""


def owl_distance(points: FloatArray) -> FloatArray:
    """Signed distance to the owl, [points]."""
    return np.asarray(_SIZE * _distance(points / _SIZE), dtype=np.float32)


def owl_material(points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Albedo [points, 3] (linear RGB) and roughness [points] on the surface."""
    albedo, roughness = _material(points / _SIZE)
    return np.asarray(albedo, dtype=np.float32), np.asarray(roughness, dtype=np.float32)


def _distance(points: Points) -> Values:
    """As ``owl_distance``, in the modelled size."""
    half = mirrored(points)
    owl = blend(_body(half), _head(half), 0.16)
    owl = carve(owl, _eye_bowl(half), 0.035)
    owl = owl + _GROOVE * (_belly_feathers(points) + _crescent(points))
    owl = blend(owl, _brow(half), 0.03)
    owl = blend(owl, _wing(half) + _GROOVE * _wing_feathers(half), 0.035)
    owl = blend(owl, _tail(points), 0.05)
    owl = np.minimum(owl, _eye(half))
    owl = blend(owl, _beak(points), 0.02)
    owl = blend(owl, _plinth(points), 0.025)
    return blend(owl, _foot(half), 0.02)


def _material(points: Points) -> tuple[Points, Values]:
    """As ``owl_material``, in the modelled size: clay, and each paint laid over it where its part is near."""
    half = mirrored(points)
    albedo = row(CLAY[0]) * _mottling(points)[:, None]
    roughness = np.full(len(points), CLAY[1], dtype=np.float32)
    clay = np.minimum(_body(half), _head(half)) - 0.01
    layers: list[tuple[Values, tuple[Place, float]]] = [
        (_belly_edge(points), CREAM),
        (_eye_bowl(half) - 0.015, CREAM),
        (np.where(points[:, 2] < 0.0, _crescent_edge(points), np.float32(1.0)), GOLD),
        (_wing(half) - np.maximum(clay, 0.0) - 0.012, GLAZE),
        (_brow(half) - 0.012, GLAZE),
        (_tail(points) - 0.012, GLAZE),
        (_eye(half) - 0.006, AMBER),
        (_pupil(half), PUPIL),
        (_beak(points) - 0.008, GOLD),
        (_plinth(points) - 0.006, GLAZE),
        (_foot(half) - 0.008, GOLD),
    ]
    for distance, (colour, shine) in layers:
        weight = np.clip(0.5 - distance / np.float32(0.012), 0.0, 1.0)
        albedo += weight[:, None] * (row(colour) - albedo)
        roughness += weight * (np.float32(shine) - roughness)
    return albedo, roughness


def _mottling(p: Points) -> Values:
    """How light the fired clay is, about 1: a few waves across each other."""
    wave = np.sin(7.0 * p[:, 0] + 2.0 * np.sin(5.0 * p[:, 1])) * np.sin(8.0 * p[:, 1] + 3.0 * p[:, 2])
    ripple = np.sin(17.0 * p[:, 2] + 3.0 * np.sin(11.0 * p[:, 0])) * np.sin(19.0 * p[:, 1])
    return 1.0 + np.float32(0.13) * wave + np.float32(0.06) * ripple


# ---- parts ----------------------------------------------------------------------------------------------------------


def _body(p: Points) -> Values:
    return ellipsoid(p, (0.0, -0.22, 0.0), (0.43, 0.51, 0.40))


def _head(p: Points) -> Values:
    skull = ellipsoid(p, (0.0, 0.34, 0.02), (0.41, 0.31, 0.36))
    tuft = cone(p, (0.19, 0.47, 0.03), (0.335, 0.765, -0.03), 0.19, 0.05)
    return blend(skull, tuft, 0.10)


def _brow(p: Points) -> Values:
    """A ridge from the beak to the ear tuft, half sunk into the head."""
    inner = cone(p, (0.0, 0.425, 0.360), (0.17, 0.560, 0.270), 0.048, 0.052)
    outer = cone(p, (0.17, 0.560, 0.270), (0.300, 0.695, 0.060), 0.052, 0.045)
    return np.minimum(inner, outer)


def _eye_bowl(p: Points) -> Values:
    return ball(p, (0.185, 0.360, 0.480), 0.205)


def _eye(p: Points) -> Values:
    return ball(p, (0.172, 0.367, 0.258), 0.125)


def _pupil(p: Points) -> Values:
    return np.maximum(_eye(p) - 0.006, ball(p, (0.180, 0.365, 0.398), 0.078))


def _beak(p: Points) -> Values:
    return cone(p, (0.0, 0.350, 0.365), (0.0, 0.215, 0.440), 0.062, 0.030)


def _wing(p: Points) -> Values:
    shoulder = ellipsoid(turned(p, (0.385, -0.13, -0.03), tilt=0.12, turn=-0.25), (0.0, 0.0, 0.0), (0.125, 0.36, 0.27))
    tip = cone(p, (0.37, -0.25, -0.12), (0.29, -0.56, -0.27), 0.13, 0.055)
    return blend(shoulder, tip, 0.14)


def _tail(p: Points) -> Values:
    return cone(mirrored(p), (0.03, -0.40, -0.31), (0.07, -0.66, -0.43), 0.10, 0.080)


def _foot(p: Points) -> Values:
    toes = [
        cone(p, (0.15, -0.655, 0.27), (0.15 + dx, -0.675, 0.42 - abs(dx) * 0.3), 0.055, 0.045)
        for dx in (-0.085, 0.0, 0.085)
    ]
    return np.minimum(np.minimum(toes[0], toes[1]), toes[2])


def _plinth(p: Points) -> Values:
    """A rounded disc with a groove around its side."""
    radius = np.hypot(p[:, 0], p[:, 2])
    across, along = radius - 0.44, np.abs(p[:, 1] + 0.745) - 0.045
    outside = np.hypot(np.maximum(across, 0.0), np.maximum(along, 0.0))
    disc = outside + np.minimum(np.maximum(across, along), 0.0) - 0.03
    groove = np.hypot(radius - 0.478, p[:, 1] + 0.745) - 0.028
    return carve(disc, groove, 0.012)


# ---- engraving: 0 on the plain surface, 1 at the bottom of a groove -------------------------------------------------


def _belly_edge(p: Points) -> Values:
    """Below zero on the chest's painted bib."""
    bib = np.hypot(p[:, 0] / 0.285, (p[:, 1] + 0.22) / 0.40) - 1.0
    return np.where(p[:, 2] > 0.0, 0.28 * bib, np.float32(1.0)).astype(np.float32)


def _belly_feathers(p: Points) -> Values:
    angle = np.arctan2(p[:, 0], np.maximum(p[:, 2], 1e-3))
    scales = _scallops(angle * 0.40 / _FEATHER, p[:, 1] / _FEATHER)
    return scales * np.clip(0.5 - _belly_edge(p) / 0.03, 0.0, 1.0)


def _wing_feathers(p: Points) -> Values:
    """Long overlapping feathers below a smooth shoulder."""
    scales = _scallops(p[:, 2] / 0.135 + 0.2, p[:, 1] / 0.135 + 0.35)
    return scales * np.clip((0.03 - p[:, 1]) / 0.06, 0.0, 1.0) * np.clip((p[:, 1] + 0.47) / 0.06, 0.0, 1.0)


def _crescent_edge(p: Points) -> Values:
    """Below zero inside a crescent moon on the owl's back."""
    moon = np.hypot(p[:, 0], p[:, 1] + 0.06) - 0.155
    shadow = np.hypot(p[:, 0] - 0.075, p[:, 1] + 0.02) - 0.135
    stars = [np.hypot(p[:, 0] - x, p[:, 1] - y) - radius for x, y, radius in _STARS]
    return np.minimum(np.maximum(moon, -shadow), np.minimum.reduce(stars))


def _crescent(p: Points) -> Values:
    return np.where(p[:, 2] < 0.0, 1.4 * smoothstep(-_crescent_edge(p) / 0.02 + 0.5), 0.0).astype(np.float32)


def _scallops(u: Values, v: Values) -> Values:
    """Rows of round scales in a plane, an upper row lying on the lower one; 1 in the seams, fading to 0.

    A scale hangs down from the middle of its row's line v = j with radius 0.75; odd rows are shifted by half a scale.
    Seams are steep below a scale's edge and gentle on the scale itself.
    """
    row = np.floor(v) + 1.0
    across = np.mod(u - 0.5 * np.mod(row, 2.0) + 0.5, 1.0) - 0.5
    beyond = np.hypot(across, v - row) / 0.75 - 1.0
    return smoothstep(1.0 - np.where(beyond < 0.0, -beyond / 0.22, beyond / 0.32)).astype(np.float32)
