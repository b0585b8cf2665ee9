"""A photograph with its mask and the strokes over it, as one picture; plain arrays, no window."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.types import BoolArray, FloatArray
from widgets.brush import BACKGROUND, OBJECT, Box, Marks
from widgets.palette import Rgba

Overlay = Literal["over", "photograph", "mask"]
OBJECT_COLOUR: Rgba = (86, 180, 255, 255)
BACKGROUND_COLOUR: Rgba = (244, 140, 60, 255)
"""Told apart also by people who see red and green alike."""
OUTLINE_COLOUR: Rgba = (255, 226, 92, 255)
_OUTSIDE = 0.32
"""What is left of the photograph's brightness where the object is not."""
_TINT = 0.12
"""How much of the background's colour is added there, to be seen on black."""
_STROKE = 0.6
"""Opacity of strokes."""


def composed(
    picture: NDArray[np.uint8], mask: BoolArray | None, marks: Marks, overlay: Overlay, box: Box
) -> FloatArray:
    """[rows, columns, 3] display values of ``box``: the photograph, dark outside the mask, its outline, the strokes."""
    shown = picture[box.part].astype(np.float32) / np.float32(255.0)
    if mask is not None and overlay != "photograph":
        inside = mask[box.part]
        if overlay == "mask":
            shown = np.repeat(inside[..., None].astype(np.float32), 3, axis=2)
        else:
            shown[~inside] = np.float32(_OUTSIDE) * shown[~inside] + np.float32(_TINT) * _display(BACKGROUND_COLOUR)
            shown[outline(mask, box)] = _display(OUTLINE_COLOUR)
    if overlay != "mask":
        here = marks[box.part]
        for mark, colour in ((OBJECT, OBJECT_COLOUR), (BACKGROUND, BACKGROUND_COLOUR)):
            where = here == mark
            shown[where] = (1.0 - _STROKE) * shown[where] + _STROKE * _display(colour)
    return shown


def outline(mask: BoolArray, box: Box) -> BoolArray:
    """[rows, columns] of ``box``: pixels on either side of the edge, with a neighbour across it."""
    height, width = mask.shape
    left, top = max(box.left - 1, 0), max(box.top - 1, 0)
    right, bottom = min(box.right + 1, width), min(box.bottom + 1, height)
    near = np.pad(mask[top:bottom, left:right], 1, mode="edge")
    middle = near[1:-1, 1:-1]
    edge = np.zeros_like(middle)
    for beside in (near[:-2, 1:-1], near[2:, 1:-1], near[1:-1, :-2], near[1:-1, 2:]):
        edge |= beside != middle
    return edge[box.top - top : box.bottom - top, box.left - left : box.right - left]


def _display(colour: Rgba) -> FloatArray:
    return np.array(colour[:3], np.float32) / np.float32(255.0)
