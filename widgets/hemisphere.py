"""The hemisphere of directions in front of a camera, seen from the camera, as a disc; no window.

Directions are unit vectors in the OpenGL camera frame: x right, y up, z to the viewer. The disc's middle is the viewing
direction. ``Disc`` is orthographic, as a ball is seen: a direction is drawn at (x, y) and the rim is light from the
side. ``Dial`` is the one of the contact sheet and the report: equal angles from the camera are equal distances.
"""

import math
from dataclasses import dataclass

import numpy as np

from core.types import FloatArray

Pair = tuple[float, float]
Vector = tuple[float, float, float]

ELEVATION_LEAST_DEG = 5.0
"""A dragged light stays this far above the rim: raking light at 0 degrees shows nothing but noise."""

FARTHEST_DEG = 100.0
"""Lights behind the object are drawn on the dial at this angle from the camera."""


@dataclass(frozen=True, kw_only=True)
class Disc:
    """Where the hemisphere is drawn."""

    centre: Pair
    radius: float

    def place(self, direction: Vector) -> Pair:
        """Drawing position of a unit vector; directions behind the camera plane are put on the rim."""
        x, y, z = direction
        length = math.hypot(x, y)
        if z < 0.0 and length > 1e-9:
            x, y = x / length, y / length
        return (self.centre[0] + x * self.radius, self.centre[1] - y * self.radius)

    def direction(self, at: Pair) -> Vector:
        """The unit vector under a drawing position; beside the disc the nearest one on the lowest circle allowed."""
        x, y = (at[0] - self.centre[0]) / self.radius, (self.centre[1] - at[1]) / self.radius
        most = math.cos(math.radians(ELEVATION_LEAST_DEG))
        length = math.hypot(x, y)
        if length > most:
            x, y = x / length * most, y / length * most
        return (x, y, math.sqrt(max(1.0 - x * x - y * y, 0.0)))

    def contains(self, at: Pair) -> bool:
        """Whether a drawing position lies on the disc."""
        return math.hypot(at[0] - self.centre[0], at[1] - self.centre[1]) <= self.radius


@dataclass(frozen=True, kw_only=True)
class Dial:
    """Where the dial of all lights is drawn; as ``core.fit.light_dial``, which draws it into a file."""

    centre: Pair
    radius: float
    """Of the ring of a right angle."""

    def place(self, direction: Vector) -> Pair:
        """Drawing position of a unit vector; directions far behind the object are put just outside the last ring."""
        x, y, z = direction
        across = math.hypot(x, y)
        angle_deg = min(math.degrees(math.atan2(across, z)), FARTHEST_DEG)
        scale = self.ring(angle_deg) / max(across, 1e-9)
        return (self.centre[0] + scale * x, self.centre[1] - scale * y)

    def ring(self, angle_deg: float) -> float:
        """Radius of the circle of directions at this angle from the camera."""
        return self.radius * angle_deg / 90.0


def angles_deg(direction: Vector) -> Pair:
    """(azimuth, elevation) in degrees: azimuth counter-clockwise from the right, elevation above the image plane."""
    x, y, z = direction
    return (math.degrees(math.atan2(y, x)) % 360.0, math.degrees(math.asin(min(max(z, -1.0), 1.0))))


def orbited(direction: Vector, turn_deg: float) -> Vector:
    """``direction`` turned about the viewing axis."""
    x, y, z = direction
    c, s = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    return (c * x - s * y, s * x + c * y, z)


def lit_ball(size: int, direction: Vector, colour: Vector) -> FloatArray:
    """[size, size, 4] display values of a matt, slightly shiny ball under a light; clear outside the ball."""
    grid = (np.arange(size, dtype=np.float32) + 0.5) / size * 2.0 - 1.0
    x, y = np.meshgrid(grid, -grid)
    squared = x * x + y * y
    z = np.sqrt(np.clip(1.0 - squared, 0.0, None))
    light = np.asarray(direction, np.float32)
    cosine = np.clip(x * light[0] + y * light[1] + z * light[2], 0.0, None)
    half = light + np.array([0.0, 0.0, 1.0], np.float32)
    half /= np.linalg.norm(half)
    shine = np.clip(x * half[0] + y * half[1] + z * half[2], 0.0, None) ** 60
    shade = 0.02 + 0.05 * z + 0.62 * cosine + 0.25 * shine
    ball = np.empty((size, size, 4), np.float32)
    ball[..., :3] = np.clip(shade[..., None] * np.asarray(colour, np.float32), 0.0, 1.0) ** np.float32(1 / 2.2)
    ball[..., 3] = np.clip((1.0 - np.sqrt(squared)) * size / 2.0 + 0.5, 0.0, 1.0)
    return ball
