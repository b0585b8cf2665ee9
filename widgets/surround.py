"""The dark ground around a picture, drawn only where the picture is not.

A software renderer pays for every pixel it fills: grounds below the panes' pictures took a fifth of each frame.
"""

import math

import dearpygui.dearpygui as dpg

from widgets.controls import Tag
from widgets.theme import COLOURS
from widgets.zoom import Pair


class Surround:
    """Four strips in a canvas; made before the picture, which covers their inner edges."""

    def __init__(self, tag: str, parent: Tag) -> None:
        self._tags = [f"{tag}.{side}" for side in ("above", "below", "left", "right")]
        for each in self._tags:
            dpg.draw_rectangle((0, 0), (0, 0), tag=each, fill=COLOURS.well, color=(0, 0, 0, 0), parent=parent)

    def show(self, size: Pair, picture: tuple[Pair, Pair] | None = None) -> None:
        """Fill a canvas of ``size`` pixels but for the ``picture`` between two corners; all of it without one."""
        for tag, (near, far) in zip(self._tags, strips(size, picture), strict=True):
            shown = far[0] > near[0] and far[1] > near[1]
            dpg.configure_item(tag, pmin=near, pmax=far, show=shown)


def strips(size: Pair, picture: tuple[Pair, Pair] | None) -> list[tuple[Pair, Pair]]:
    """(near, far) corners of what a picture leaves above, below, left and right of it; whole pixels."""
    width, height = size
    (x0, y0), (x1, y1) = picture or ((0.0, 0.0), (0.0, 0.0))
    # Rounded inwards: a seam would show the panel through it.
    left, above = min(max(math.ceil(x0), 0), width), min(max(math.ceil(y0), 0), height)
    right, below = min(max(math.floor(x1), left), width), min(max(math.floor(y1), above), height)
    return [
        ((0.0, 0.0), (width, above)),
        ((0.0, below), (width, height)),
        ((0.0, above), (left, below)),
        ((right, above), (width, below)),
    ]
