"""Where each image of a capture lies in the view x light matrix, and what a click or drag there means; no window.

Views are rows and lights are columns, whatever the capture's shape. When no two images share a view or a
light (camera and light moved in every shot) the matrix would be one diagonal; its images are wrapped like text instead.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from core.types import ImageKey

Axis = Literal["view", "light"]
Place = tuple[int, int]
"""(row, column)."""

CELL_LEAST, CELL_MOST = (10, 13), 26
"""Least (width, height) and greatest side of a cell at UI scale 1, the gap to the next included."""
WRAPPED_WIDTH, WRAPPED_HEIGHT = 36, 24
LOSS_LIMIT = 0.5
"""The loss drawn in the last colour, as are all above it; the same for every run, so that colours can be compared."""


@dataclass(frozen=True, kw_only=True)
class MatrixLayout:
    """A capture's images in rows and columns."""

    keys: tuple[ImageKey, ...]
    columns: int
    rows: int
    down: Axis | None
    """What the rows are; None when the images are wrapped and rows mean nothing."""
    column_ids: tuple[int, ...] = ()
    row_ids: tuple[int, ...] = ()
    places: dict[ImageKey, Place] = field(default_factory=dict[ImageKey, Place])

    @cached_property
    def keys_by_place(self) -> dict[Place, ImageKey]:
        """The inverse of ``places``."""
        return {place: key for key, place in self.places.items()}

    @property
    def across(self) -> Axis | None:
        """What the columns are."""
        return None if self.down is None else ("light" if self.down == "view" else "view")

    def row_keys(self, row: int) -> frozenset[ImageKey]:
        """All images of a row; none beside the matrix."""
        return self._lines[0].get(row, frozenset())

    def column_keys(self, column: int) -> frozenset[ImageKey]:
        """All images of a column; none beside the matrix."""
        return self._lines[1].get(column, frozenset())

    @cached_property
    def _lines(self) -> tuple[dict[int, frozenset[ImageKey]], dict[int, frozenset[ImageKey]]]:
        lines: tuple[dict[int, list[ImageKey]], dict[int, list[ImageKey]]] = ({}, {})
        for key, place in self.places.items():
            for index, keys in zip(place, lines, strict=True):
                keys.setdefault(index, []).append(key)
        rows, columns = ({index: frozenset(keys) for index, keys in line.items()} for line in lines)
        return rows, columns

    def between(self, first: Place, last: Place) -> frozenset[ImageKey]:
        """The images a drag from ``first`` to ``last`` covers: a rectangle, or a run when the images are wrapped."""
        if self.down is None:
            low, high = sorted(place[0] * self.columns + place[1] for place in (first, last))
            return frozenset(self.keys[low : high + 1])
        (top, bottom), (left, right) = (sorted(pair) for pair in zip(first, last, strict=True))
        inside = {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
        return frozenset(key for key, place in self.places.items() if place in inside)


@dataclass(frozen=True, kw_only=True)
class Cells:
    """How large the cells are drawn, in window pixels."""

    width: float
    height: float
    gap: float

    def near(self, place: Place) -> tuple[float, float]:
        """A cell's top left corner in the matrix."""
        return (place[1] * self.width, place[0] * self.height)

    def far(self, place: Place) -> tuple[float, float]:
        """A cell's bottom right corner in the matrix."""
        x, y = self.near(place)
        return (x + self.width - self.gap, y + self.height - self.gap)

    def at(self, position: tuple[float, float], layout: MatrixLayout) -> Place | None:
        """The place under a position in the matrix, or None beside it."""
        row, column = int(position[1] // self.height), int(position[0] // self.width)
        return (row, column) if 0 <= row < layout.rows and 0 <= column < layout.columns else None

    def nearest(self, position: tuple[float, float], layout: MatrixLayout) -> Place:
        """The place nearest to a position, for drags that leave the matrix."""
        row, column = int(position[1] // self.height), int(position[0] // self.width)
        return (min(max(row, 0), layout.rows - 1), min(max(column, 0), layout.columns - 1))


def is_diagonal(keys: Iterable[ImageKey]) -> bool:
    """Whether every image has a view and a light of its own."""
    images = list(keys)
    return (
        len(images) > 1
        and len({key.view for key in images}) == len(images)
        and len({key.light for key in images}) == len(images)
    )


def lay_out(keys: Iterable[ImageKey], *, wrap: int) -> MatrixLayout:
    """The layout of these images; ``wrap`` is how many wrapped cells fit side by side."""
    images = tuple(sorted(keys))
    if is_diagonal(images):
        columns = max(1, min(wrap, len(images)))
        places = {key: divmod(index, columns) for index, key in enumerate(images)}
        return MatrixLayout(keys=images, columns=columns, rows=-(-len(images) // columns), down=None, places=places)
    views, lights = sorted({key.view for key in images}), sorted({key.light for key in images})
    row_of, column_of = ({name: i for i, name in enumerate(names)} for names in (views, lights))
    return MatrixLayout(
        keys=images,
        columns=len(lights),
        rows=len(views),
        down="view",
        column_ids=tuple(lights),
        row_ids=tuple(views),
        places={key: (row_of[key.view], column_of[key.light]) for key in images},
    )


def cell_size(layout: MatrixLayout, room_px: tuple[float, float], scale: float) -> Cells:
    """Cells as large as ``room_px`` (width, height) allows, within reason; what does not fit is scrolled to."""
    gap = max(1.0, round(2 * scale))
    if layout.down is None:
        return Cells(width=int(room_px[0] / layout.columns), height=round(WRAPPED_HEIGHT * scale), gap=gap)
    fitting = (room_px[0] / max(layout.columns, 1), room_px[1] / max(layout.rows, 1))
    width, height = (
        min(max(int(each), round(least * scale)), round(CELL_MOST * scale))
        for each, least in zip(fitting, CELL_LEAST, strict=True)
    )
    return Cells(width=width, height=height, gap=gap)


def label_stride(cell_px: float, label_px: float) -> int:
    """Every how many headers a label is drawn so that labels do not touch."""
    return next((stride for stride in (1, 2, 5, 10, 20, 50) if stride * cell_px >= label_px), 100)


def toggled(included: frozenset[ImageKey], group: frozenset[ImageKey]) -> frozenset[ImageKey]:
    """What is included after ``group`` has been switched as one: all out when all were in, else all in."""
    return included - group if group <= included else included | group


def nearest_key(keys: Iterable[ImageKey], wanted: ImageKey, *, hold: Axis) -> ImageKey | None:
    """The image nearest to ``wanted`` that shares its view (``hold="view"``) or its light."""
    if hold == "view":
        candidates = [key for key in keys if key.view == wanted.view]
        return min(candidates, key=lambda key: abs(key.light - wanted.light), default=None)
    candidates = [key for key in keys if key.light == wanted.light]
    return min(candidates, key=lambda key: abs(key.view - wanted.view), default=None)
