"""The lights as dots on the hemisphere in front of the camera, for the contact sheet.

Equal angles are equal distances: the middle is a light at the camera, the outer ring one at a right angle to it.
"""

from typing import Protocol

import numpy as np

from core.fit.canvas import Canvas, Colour
from core.types import FloatArray

_RING: Colour = (0.27, 0.29, 0.33)
_LABEL: Colour = (0.62, 0.65, 0.70)
_TRUTH: Colour = (0.45, 0.85, 0.62)
_RINGS_DEG = (30, 60, 90)
_FARTHEST_DEG = 100.0
"""Lights behind the object are drawn here, just outside the last ring."""


class DialLights(Protocol):
    """What the dial shows."""

    @property
    def estimate_gl(self) -> FloatArray:
        """[lights, 3] OpenGL camera frame, nan where unknown."""
        ...

    @property
    def intensities(self) -> FloatArray:
        """[lights, 3] linear RGB."""
        ...

    @property
    def truth_gl(self) -> FloatArray | None:
        """[lights, 3] or None."""
        ...


def draw_light_dial(canvas: Canvas, x: int, y: int, radius: int, lights: DialLights) -> int:
    """Draw the dial centred at (x, y); returns the row below its legend."""
    for degrees in _RINGS_DEG:
        ring = radius * degrees / 90.0
        canvas.ring(x, y, ring, _RING)
        canvas.text(int(x + ring * 0.7071) + 4, int(y + ring * 0.7071) + 14, f"{degrees}°", _LABEL, size=13)
    canvas.line((x - radius, y), (x + radius, y), _RING, 1.0)
    canvas.line((x, y - radius), (x, y + radius), _RING, 1.0)
    for row, colour in enumerate(light_colours(lights.intensities)):
        if np.isfinite(lights.estimate_gl[row]).all():
            _draw_light(canvas, (x, y), radius, lights=lights, row=row, colour=colour)
    return _draw_legend(canvas, x - radius, y + radius + 30, with_truth=lights.truth_gl is not None)


def _draw_light(
    canvas: Canvas, centre: tuple[int, int], radius: int, *, lights: DialLights, row: int, colour: Colour
) -> None:
    size = 7.0 if len(lights.estimate_gl) <= 40 else 4.5
    place = _place(lights.estimate_gl[row], centre, radius)
    if lights.truth_gl is not None:
        truth = _place(lights.truth_gl[row], centre, radius)
        canvas.line(place, truth, _TRUTH, 1.5)
        canvas.disc(*place, size, colour)
        _cross(canvas, truth, size)
    else:
        canvas.disc(*place, size, colour)


def _cross(canvas: Canvas, place: tuple[float, float], size: float) -> None:
    x, y = place
    canvas.line((x - size, y - size), (x + size, y + size), _TRUTH, 1.5)
    canvas.line((x - size, y + size), (x + size, y - size), _TRUTH, 1.5)


def _place(direction_gl: FloatArray, centre: tuple[int, int], radius: int) -> tuple[float, float]:
    x, y = dial_place(direction_gl)
    return centre[0] + radius * x, centre[1] - radius * y


def dial_place(direction_gl: FloatArray) -> tuple[float, float]:
    """Where on the dial a direction lies: x to the right and y up, 1 = the ring of a right angle."""
    across = float(np.hypot(direction_gl[0], direction_gl[1]))
    degrees = min(float(np.degrees(np.arctan2(across, direction_gl[2]))), _FARTHEST_DEG)
    scale = degrees / 90.0 / max(across, 1e-9)
    return scale * float(direction_gl[0]), scale * float(direction_gl[1])


def light_colours(intensities: FloatArray) -> list[Colour]:
    """Display colours of the lights: hue and relative strength as estimated, never too dark to be seen."""
    known = np.nan_to_num(np.clip(intensities, 0.0, None), nan=0.0)
    display = (known / max(float(known.max(initial=0.0)), 1e-9)) ** (1.0 / 2.2)
    return [(float(r), float(g), float(b)) for r, g, b in 0.25 + 0.75 * display]


def _draw_legend(canvas: Canvas, x: int, y: int, *, with_truth: bool) -> int:
    canvas.disc(x + 8, y - 5, 7.0, (0.95, 0.92, 0.85))
    canvas.text(x + 24, y, "estimate, in its colour", _LABEL, size=15)
    if with_truth:
        _cross(canvas, (x + 230, y - 5), 6.0)
        canvas.text(x + 246, y, "ground truth", _LABEL, size=15)
    return y
