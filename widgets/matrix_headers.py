"""The names along the matrix's upper and left edge; a click on one switches its whole view or light."""

import dearpygui.dearpygui as dpg

from core.types import ImageKey
from widgets.controls import canvas, place_canvas, room, text_width
from widgets.matrix_layout import Cells, MatrixLayout, label_stride
from widgets.theme import COLOURS, SPACING, font, scaled

ROW_HEAD, COLUMN_HEAD = 34, 20
"""Width of the row names and height of the column names at UI scale 1."""
_COLUMNS, _ROWS, _SCROLL = "capture.columns", "capture.rows", "capture.scroll"


class MatrixHeaders:
    """Drawn beside the scrolled cells and moved with them."""

    def __init__(self) -> None:
        for part in (_COLUMNS, _ROWS):
            dpg.add_draw_layer(tag=f"{part}.labels", parent=canvas(part))
        self._drawn: object = None

    @staticmethod
    def size(layout: MatrixLayout) -> tuple[int, int]:
        """(width of the row names, height of the column names); nothing where rows mean nothing."""
        return (0, 0) if layout.down is None else (scaled(ROW_HEAD), scaled(COLUMN_HEAD))

    def place(self, layout: MatrixLayout, size: tuple[int, int]) -> None:
        """Make room for names along cells of ``size`` pixels in all."""
        left, top = self.size(layout)
        place_canvas(_COLUMNS, (left, 0), (size[0], top), show=layout.down is not None)
        place_canvas(_ROWS, (0, top), (left, size[1]), show=layout.down is not None)
        self._drawn = None

    def draw(self, layout: MatrixLayout, cells: Cells, included: frozenset[ImageKey]) -> None:
        """Write the names in sight; those of which no image is used are faint."""
        scroll = (dpg.get_x_scroll(_SCROLL), dpg.get_y_scroll(_SCROLL))
        state = (scroll, included, room(_SCROLL), cells)
        if layout.down is None or state == self._drawn:
            return
        self._drawn = state
        for part in (_COLUMNS, _ROWS):
            dpg.delete_item(f"{part}.labels", children_only=True)
        self._draw_columns(layout, cells, included)
        self._draw_rows(layout, cells, included)

    @staticmethod
    def _draw_columns(layout: MatrixLayout, cells: Cells, included: frozenset[ImageKey]) -> None:
        scroll = dpg.get_x_scroll(_SCROLL)
        for index in range(0, layout.columns, label_stride(cells.width, _widest(layout) + scaled(5))):
            at = (index * cells.width - scroll, scaled(4))
            _write(f"L{layout.column_ids[index]:02d}", at, bool(layout.column_keys(index) & included), _COLUMNS)

    @staticmethod
    def _draw_rows(layout: MatrixLayout, cells: Cells, included: frozenset[ImageKey]) -> None:
        scroll, height = dpg.get_y_scroll(_SCROLL), room(_SCROLL)[1]
        size = scaled(SPACING.tiny_text)
        for index in range(0, layout.rows, label_stride(cells.height, size)):
            y = index * cells.height - scroll + (cells.height - cells.gap - size) / 2
            if -size < y < height:
                _write(f"V{layout.row_ids[index]:02d}", (scaled(4), y), bool(layout.row_keys(index) & included), _ROWS)

    @staticmethod
    def _under_mouse(layout: MatrixLayout, cells: Cells) -> tuple[int, int] | None:
        """(0 for a column or 1 for a row, which one) of the name under the mouse."""
        mouse, scroll = dpg.get_mouse_pos(local=False), (dpg.get_x_scroll(_SCROLL), dpg.get_y_scroll(_SCROLL))
        for axis, part, side, count in (
            (0, _COLUMNS, cells.width, layout.columns),
            (1, _ROWS, cells.height, layout.rows),
        ):
            if layout.down is not None and dpg.is_item_hovered(part):
                index = int((mouse[axis] - dpg.get_item_rect_min(part)[axis] + scroll[axis]) // side)
                return (axis, index) if 0 <= index < count else None
        return None

    def pressed(self, layout: MatrixLayout, cells: Cells) -> frozenset[ImageKey]:
        """The images of the view or light whose name is under the mouse."""
        under = self._under_mouse(layout, cells)
        if under is None:
            return frozenset()
        return layout.column_keys(under[1]) if under[0] == 0 else layout.row_keys(under[1])

    def hint(self, layout: MatrixLayout, cells: Cells) -> str:
        """What a click on the name under the mouse does; empty beside the names."""
        under = self._under_mouse(layout, cells)
        if under is None:
            return ""
        axis, ids = (layout.across, layout.column_ids) if under[0] == 0 else (layout.down, layout.row_ids)
        return f"Click: use all of {axis} {ids[under[1]]:02d} or none"

    @staticmethod
    def centre(layout: MatrixLayout, cells: Cells, axis: str, ident: int) -> tuple[float, float]:
        """Window position of the name of a ``view`` or ``light``."""
        if axis == layout.down:
            x, y = dpg.get_item_rect_min(_ROWS)
            along = (layout.row_ids.index(ident) + 0.5) * cells.height - dpg.get_y_scroll(_SCROLL)
            return (x + scaled(ROW_HEAD) / 2, y + along)
        x, y = dpg.get_item_rect_min(_COLUMNS)
        along = (layout.column_ids.index(ident) + 0.5) * cells.width - dpg.get_x_scroll(_SCROLL)
        return (x + along, y + scaled(COLUMN_HEAD) / 2)


def _widest(layout: MatrixLayout) -> float:
    return text_width(f"L{max(layout.column_ids, default=0):02d}", font("tiny")) + scaled(2)


def _write(text: str, at: tuple[float, float], used: bool, part: str) -> None:
    colour = COLOURS.muted if used else COLOURS.faint
    dpg.draw_text(at, text, size=scaled(SPACING.tiny_text), color=colour, parent=f"{part}.labels")
