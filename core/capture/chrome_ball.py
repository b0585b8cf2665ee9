"""The direction of a far light, from its highlight on a mirror ball.

A ball seen from far away has the normal n = (x, y, sqrt(1 - x² - y²)) at (x, y) radii from its centre, and a mirror
sends the view direction v = (0, 0, 1) to l = 2 (n · v) n - v: where the highlight is, l is the direction to the light.
All of it in the OpenGL camera frame: x right, y up, z to the viewer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import ndimage

from core.capture.capture import Photograph, Problem
from core.capture.images import colour_channels, object_pixels, read_image
from core.capture.import_options import ImportOptions, RawOptions
from core.capture.raw import is_raw_file, read_raw
from core.errors import CaptureError
from core.types import BoolArray, DoubleArray

_HIGHLIGHT_PART = 0.9
"""Of the brightest pixel on the ball: what is at least as bright may belong to the highlight."""
_WELL_INSIDE = 0.97
"""Part of the radius that is looked at: the rim mirrors what is behind the ball and mixes with the background."""
_LARGEST_PART = 0.15
"""Of the ball's pixels: a larger bright area is no highlight of a small lamp."""
_MIN_RADIUS = 3.0
"""Pixels."""


@dataclass(frozen=True, kw_only=True)
class Ball:
    """The outline of a ball in a photograph."""

    u: float
    """Of its centre, pixels."""
    v: float
    radius: float
    """Pixels."""


def ball_of_mask(file: Path) -> Ball:
    """The ball that a mask file marks. Raises CaptureError, naming the file, when what it marks is no disc."""
    mask = object_pixels(read_image(file))
    rows, columns = np.nonzero(mask)
    if len(rows) == 0:
        raise CaptureError(f"{file} is empty: no pixel is marked as the ball; paint the ball white.")
    u, v = (columns.min() + columns.max()) / 2.0, (rows.min() + rows.max()) / 2.0
    width, height = columns.max() - columns.min() + 1.0, rows.max() - rows.min() + 1.0
    if max(width, height) > 1.2 * min(width, height) or min(width, height) < 2.0 * _MIN_RADIUS:
        raise CaptureError(f"{file} marks {width:.0f} x {height:.0f} pixels, which is no ball; mark the whole ball.")
    return Ball(u=float(u), v=float(v), radius=float(width + height) / 4.0)


def measured_directions(
    files: Mapping[int, Path], ball: Ball, raw: RawOptions, problems: list[Problem]
) -> dict[int, tuple[float, ...]]:
    """To the light, OpenGL camera frame, by light id, for photographs of the ball by light id.

    Photographs without a highlight are left out with a word about each.
    """
    found: dict[int, tuple[float, ...]] = {}
    for light, file in files.items():
        try:
            pixels = read_raw(file, raw) if is_raw_file(file) else colour_channels(read_image(file))
            found[light] = tuple(direction_of_light(pixels, ball).tolist())
        except CaptureError as error:
            text = f"The light of {file.name} was not measured: {error}"
            problems.append(Problem(file=file.name, text=text))
    return found


def picked_directions(
    files: Mapping[int, Path], options: ImportOptions, problems: list[Problem]
) -> dict[int, tuple[float, ...]]:
    """As ``measured_directions``, of the ball that was picked in the photographs themselves; empty without one."""
    if options.ball is None:
        return {}
    u, v, radius = options.ball
    return measured_directions(files, Ball(u=u, v=v, radius=radius), options.raw, problems)


def direction_of_light(pixels: Photograph, ball: Ball) -> DoubleArray:
    """[3] unit, OpenGL camera frame, from a photograph [height, width, 3] of the ball. Raises CaptureError."""
    u, v = _highlight(pixels, ball)
    x, y = (u - ball.u) / ball.radius, -(v - ball.v) / ball.radius
    normal = np.array([x, y, np.sqrt(max(0.0, 1.0 - x * x - y * y))])
    return 2.0 * normal[2] * normal - np.array([0.0, 0.0, 1.0])


def _highlight(pixels: Photograph, ball: Ball) -> tuple[float, float]:
    """(u, v) of the centre of the largest bright spot on the ball."""
    height, width = pixels.shape[:2]
    inside = -0.5 <= ball.u <= width - 0.5 and -0.5 <= ball.v <= height - 0.5
    if not (inside and _MIN_RADIUS <= ball.radius <= max(width, height)):
        raise CaptureError(
            f"a ball of {ball.radius:.0f} pixels at ({ball.u:.0f}, {ball.v:.0f}) is not in the photograph."
        )
    brightness = np.asarray(pixels, np.float64).mean(axis=2)
    on_ball = _disc(width, height, ball)
    top = float(brightness[on_ball].max())
    bright: BoolArray = on_ball & (brightness >= _HIGHLIGHT_PART * top)
    if not top > 0.0 or bright.sum() > max(_LARGEST_PART * on_ball.sum(), 1.0):
        raise CaptureError("no highlight stands out on the ball; expose shorter or choose the ball again.")
    labelled: Any = ndimage.label(bright, structure=np.ones((3, 3)))
    labels, count = labelled
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    sizes[0] = 0
    rows, columns = np.nonzero(labels == int(sizes.argmax()))
    weights = brightness[rows, columns]
    return float(np.average(columns, weights=weights)), float(np.average(rows, weights=weights))


def _disc(width: int, height: int, ball: Ball) -> BoolArray:
    rows, columns = np.ogrid[:height, :width]
    return (columns - ball.u) ** 2 + (rows - ball.v) ** 2 <= (_WELL_INSIDE * ball.radius) ** 2
