"""Marks on the cells of photographs that do not fit: a corner cut off, which tells them apart without colour."""

from collections.abc import Iterable, Mapping

import dearpygui.dearpygui as dpg

from core.types import ImageKey
from widgets.matrix_layout import Cells, Place
from widgets.palette import COLOURS

Pair = tuple[float, float]

MARK = "capture.cells.marks"
_SHARE = 0.7
"""Of the cell's smaller side."""


def add_marks_layer() -> None:
    """Make the layer marks are drawn in, inside the drawing that is being built."""
    dpg.add_draw_layer(tag=MARK)


def corner(near: Pair, far: Pair) -> tuple[Pair, Pair, Pair]:
    """The triangle that is cut off a cell's upper right corner."""
    side = _SHARE * min(far[0] - near[0], far[1] - near[1])
    return ((far[0] - side, near[1]), (far[0], near[1]), (far[0], near[1] + side))


def draw_marks(keys: Iterable[ImageKey], places: Mapping[ImageKey, Place], cells: Cells) -> None:
    """Mark the cells of these photographs and no others."""
    dpg.delete_item(MARK, children_only=True)
    for key in keys:
        if key in places:
            draw_mark(corner(cells.near(places[key]), cells.far(places[key])), MARK)


def draw_mark(points: tuple[Pair, Pair, Pair], parent: int | str) -> None:
    """A triangle in the panel's own dark colour: the cells of such photographs are bright."""
    dpg.draw_triangle(*points, color=COLOURS.panel, fill=COLOURS.panel, parent=parent)
