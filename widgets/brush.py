"""Strokes over a photograph that say where the object is and where it is not; plain arrays, no window.

Positions are in picture pixels with pixel centres at integers, so the middle of the top left pixel is (0, 0).
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.types import BoolArray

Marks = NDArray[np.int8]
Mark = Literal[-1, 0, 1]
Point = tuple[float, float]
OBJECT, UNKNOWN, BACKGROUND = 1, 0, -1
_MOST_UNDONE = 100
"""Steps that can be taken back; each keeps only the part of the picture it touched."""


@dataclass(frozen=True, kw_only=True)
class Box:
    """Whole pixels; ``right`` and ``bottom`` are the first that are not in it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def part(self) -> tuple[slice, slice]:
        """The box as an index of [height, width] arrays."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @property
    def empty(self) -> bool:
        """Whether there is no pixel in it."""
        return self.right <= self.left or self.bottom <= self.top

    def joined(self, other: "Box | None") -> "Box":
        """The smallest box around both."""
        if other is None or other.empty:
            return self
        return other if self.empty else _around(self, other)


def _around(one: Box, other: Box) -> Box:
    return Box(
        left=min(one.left, other.left),
        top=min(one.top, other.top),
        right=max(one.right, other.right),
        bottom=max(one.bottom, other.bottom),
    )


def clipped_box(points: tuple[Point, ...], reach: float, size: tuple[int, int]) -> Box:
    """The pixels of a picture of ``size`` (width, height) that may lie within ``reach`` of one of the points."""
    width, height = size
    xs, ys = zip(*points, strict=True)
    return Box(
        left=min(max(math.floor(min(xs) - reach), 0), width),
        top=min(max(math.floor(min(ys) - reach), 0), height),
        right=min(max(math.ceil(max(xs) + reach) + 1, 0), width),
        bottom=min(max(math.ceil(max(ys) + reach) + 1, 0), height),
    )


def swept(start: Point, end: Point, radius: float, box: Box) -> BoolArray:
    """[rows, columns] of ``box``: the pixels whose centre a disc covers on its straight way from start to end.

    These are the pixels no farther than ``radius`` from the segment between both points.
    """
    y, x = np.mgrid[box.part]
    along = (end[0] - start[0], end[1] - start[1])
    length = along[0] ** 2 + along[1] ** 2
    ahead = ((x - start[0]) * along[0] + (y - start[1]) * along[1]) / length if length else np.zeros_like(x, float)
    nearest = np.clip(ahead, 0.0, 1.0)
    away = (x - start[0] - nearest * along[0]) ** 2 + (y - start[1] - nearest * along[1]) ** 2
    return away <= radius * radius


class Painting:
    """What has been painted over one photograph, with undo."""

    def __init__(self, width: int, height: int) -> None:
        self.values: Marks = np.zeros((height, width), np.int8)
        """[height, width] +1 on the object, -1 on the background, 0 where nothing is said. Never kept by others."""
        self._before: Marks | None = None
        """``values`` as they were when the stroke at hand began."""
        self._touched: Box | None = None
        self._at: Point = (0.0, 0.0)
        self._radius, self._mark = 1.0, OBJECT
        self._undo: list[tuple[Box, Marks]] = []

    @property
    def size(self) -> tuple[int, int]:
        """(width, height)."""
        return (self.values.shape[1], self.values.shape[0])

    @property
    def stroking(self) -> bool:
        """Whether a stroke is under way."""
        return self._before is not None

    @property
    def undoable(self) -> int:
        """How many steps can be taken back."""
        return len(self._undo)

    def begin(self, at: Point, radius: float, mark: Mark) -> Box:
        """Put the brush down; the pixels that may have changed."""
        self.end()
        self._before, self._at, self._radius, self._mark = self.values.copy(), at, radius, mark
        return self.move(at)

    def move(self, at: Point) -> Box:
        """Draw on in a straight line; the pixels that may have changed."""
        box = clipped_box((self._at, at), self._radius, self.size)
        if not box.empty:
            self.values[box.part][swept(self._at, at, self._radius, box)] = self._mark
            self._touched = box.joined(self._touched)
        self._at = at
        return box

    def end(self) -> bool:
        """Lift the brush; whether the stroke touched the picture and so became one step of undo."""
        before, touched = self._before, self._touched
        self._before = self._touched = None
        if before is None or touched is None:
            return False
        self._remember(touched, before)
        return True

    def frame(self, corner: Point, other: Point) -> None:
        """Everything outside the rectangle between two corners is background; marks inside it stay."""
        self.end()
        left, right = sorted((corner[0], other[0]))
        top, bottom = sorted((corner[1], other[1]))
        height, width = self.values.shape
        y, x = np.arange(height)[:, None], np.arange(width)[None, :]
        outside = (x < left) | (x > right) | (y < top) | (y > bottom)
        self._remember(self.whole, self.values)
        self.values[outside] = BACKGROUND
        self.values[~outside & (self.values == BACKGROUND)] = UNKNOWN

    def clear(self) -> None:
        """Take all marks away; can be undone like a stroke."""
        self.end()
        self._remember(self.whole, self.values)
        self.values[:] = UNKNOWN

    def undo(self) -> bool:
        """Take the last step back; whether there was one."""
        self.end()
        if not self._undo:
            return False
        box, before = self._undo.pop()
        self.values[box.part] = before
        return True

    @property
    def whole(self) -> Box:
        """All of the picture."""
        return Box(left=0, top=0, right=self.values.shape[1], bottom=self.values.shape[0])

    def _remember(self, box: Box, before: Marks) -> None:
        self._undo.append((box, before[box.part].copy()))
        del self._undo[:-_MOST_UNDONE]
