"""Lamps of generated captures: far away or near, with a beam that may be narrow and a disc that casts penumbrae.

The convention of intensities: what a lamp is said to shine with is what arrives, on a plane that faces it, at the
object's centre (the world's origin). A point p then receives from a near lamp at q, of distance d to the origin,

    intensity (d / |q - p|)^2 cos(angle at q between p and the origin)^falloff
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.capture.synthetic_render import unit
from core.types import FloatArray

_GOLDEN_ANGLE = np.pi * (3.0 - np.sqrt(5.0))


@dataclass(frozen=True, kw_only=True)
class LampKind:
    """How the lamps of a capture hang and shine."""

    fixed_to: Literal["camera", "world"] = "camera"
    """camera: a light id has one direction in the camera's frame; world: one in the world."""
    distance: float | None = None
    """From the object's centre, in radii of the object (= world units); None: infinitely far."""
    falloff: float = 0.0
    """Exponent of the cosine off the beam's axis, which goes through the object's centre; near lamps only."""
    disc: float = 0.0
    """Radius of the lamp's disc over its distance: the tangent of half the angle it is seen under."""


@dataclass(frozen=True, kw_only=True)
class Lamp:
    """One lamp while one photograph is taken. World frame, world units."""

    to_light: FloatArray
    """[3] unit vector from the origin to the lamp."""
    distance: float | None
    """From the origin; None: infinitely far."""
    intensity: FloatArray
    """[3] linear RGB, see the module."""
    falloff: float
    disc: float

    def arriving(self, points: FloatArray, places: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """What the lamp sends to ``points`` [points, 3] from ``places`` [points, 2] on its disc (of radius 1).

        Unit vectors to the lamp [points, 3], the factor on its intensity [points], and the distance to it [points].
        """
        away = np.asarray(self.disc * places @ _across(self.to_light), dtype=np.float32) + self.to_light
        if self.distance is None:
            far = np.full(len(points), np.inf, np.float32)
            return unit(away), np.ones(len(points), np.float32), far
        away = np.float32(self.distance) * away - points
        far = np.linalg.norm(away, axis=1)
        to_light = away / far[:, None]
        beam = np.clip(to_light @ self.to_light, 0.0, 1.0) ** np.float32(self.falloff)
        return to_light, (self.distance / far) ** 2 * beam, far


def disc_places(points: int, sample: int, samples: int, turns: FloatArray) -> FloatArray:
    """[points, 2] place number ``sample`` of ``samples`` spread over the unit disc, turned by ``turns`` [points]."""
    if samples == 1:
        return np.zeros((points, 2), np.float32)
    radius, angle = np.sqrt((sample + 0.5) / samples), _GOLDEN_ANGLE * sample + turns
    return np.asarray(radius * np.stack([np.cos(angle), np.sin(angle)], axis=1), dtype=np.float32)


def world_directions(lamps: int, rng: np.random.Generator) -> FloatArray:
    """[lamps, 3] unit vectors to lamps that stand around the object: a sunflower from 12° to 78° off the vertical."""
    height = np.cos(np.radians(12.0)) + (np.cos(np.radians(78.0)) - np.cos(np.radians(12.0))) * (
        (np.arange(lamps) + 0.5) / lamps
    )
    around = _GOLDEN_ANGLE * np.arange(lamps) + rng.uniform(-0.1, 0.1, lamps)
    flat = np.sqrt(1.0 - height * height)
    return np.stack([flat * np.sin(around), height, flat * np.cos(around)], axis=1).astype(np.float32)


def _across(axis: FloatArray) -> FloatArray:
    """[2, 3] unit vectors perpendicular to ``axis`` [3] and to each other."""
    least = np.eye(3, dtype=np.float32)[int(np.argmin(np.abs(axis)))]
    first = np.cross(axis, least)
    first /= np.linalg.norm(first)
    return np.stack([first, np.cross(axis, first)]).astype(np.float32)
