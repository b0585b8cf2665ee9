"""The view x light matrix: one cell an image, drawn rather than made of widgets, so that 2,000 cells stay quick.

Filled cells are used, in the colour of their loss; hollow ones are left out. Click switches one, dragging a range, a
header its whole view or light; a right click shows the image. Images that do not fit have a corner cut off.
"""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable, Iterable, Mapping

import dearpygui.dearpygui as dpg

from core.types import ImageKey
from widgets.controls import Tag, room, text_width
from widgets.matrix_colours import ink, loss_colour
from widgets.matrix_headers import MatrixHeaders
from widgets.matrix_layout import (
    LOSS_LIMIT,
    WRAPPED_WIDTH,
    Cells,
    MatrixLayout,
    Place,
    cell_size,
    lay_out,
    toggled,
)
from widgets.matrix_marks import add_marks_layer, draw_marks
from widgets.theme import COLOURS, Rgba, font, scaled, ui_scale

_ROUNDED_MOST = 64
_CLEAR: Rgba = (0, 0, 0, 0)

OnKeys = Callable[[frozenset[ImageKey]], object]


class ImageMatrix:
    """See the module. ``update`` once a frame."""

    def __init__(self, parent: Tag, *, on_show: Callable[[ImageKey], object], on_include: OnKeys) -> None:
        self._on_show, self._on_include = on_show, on_include
        self._layout: MatrixLayout = lay_out((), wrap=1)
        self._cells = Cells(width=1, height=1, gap=1)
        self._colours: dict[ImageKey, tuple[Rgba, Rgba]] = {}
        self._losses: dict[ImageKey, float] = {}
        self._included: frozenset[ImageKey] = frozenset()
        self._outliers: frozenset[ImageKey] = frozenset()
        self._selected: ImageKey | None = None
        self._drag_from: Place | None = None
        self._drag_to: Place | None = None
        self._width = self._height = 0
        self._window: tuple[int, int] = (0, -1)
        self._built = False
        self.header_hint = ""
        """What a click on the header under the mouse does."""
        self.hovered: ImageKey | None = None
        """The image under the mouse."""
        with dpg.child_window(
            parent=parent, tag="capture.matrix", width=-1, height=100, no_scrollbar=True, no_scroll_with_mouse=True
        ):
            self._headers = MatrixHeaders()
            with dpg.child_window(tag="capture.scroll", horizontal_scrollbar=True):
                self._add_canvas()
        for window in ("capture.matrix", "capture.scroll"):
            dpg.bind_item_theme(window, "surface.bare")

    @staticmethod
    def _add_canvas() -> None:
        with dpg.drawlist(width=1, height=1, tag="capture.cells"):
            dpg.add_draw_layer(tag="capture.cells.all")
            add_marks_layer()
            # White within black: one of them stands out from a cell of any colour.
            for name, colour, thickness in (
                ("hover", COLOURS.muted, 1),
                ("around", (0, 0, 0, 255), scaled(5)),
                ("selected", (255, 255, 255, 255), scaled(2)),
            ):
                dpg.draw_rectangle(
                    (0, 0), (0, 0), tag=f"capture.cells.{name}", color=colour, thickness=thickness, show=False
                )
            dpg.draw_rectangle(
                (0, 0), (0, 0), tag="capture.cells.drag", color=COLOURS.accent, fill=COLOURS.accent_quiet, show=False
            )

    # ---- what the panel calls ---------------------------------------------------------------------------------------

    @property
    def layout(self) -> MatrixLayout:
        """Where the images lie."""
        return self._layout

    def show_keys(self, keys: Iterable[ImageKey]) -> None:
        """Show another capture's images, all used, none with a loss."""
        self._layout, self._built = lay_out(keys, wrap=self._wrap()), False
        self._included = frozenset(self._layout.keys)
        self._losses, self._selected, self.hovered = {}, None, None
        self._outliers = frozenset()
        self._rebuild()

    def show_included(self, included: frozenset[ImageKey]) -> None:
        """Fill the cells of these images, empty the others."""
        self._included = included
        self._recolour()

    def show_losses(self, losses: Mapping[ImageKey, float]) -> None:
        """Colour the cells by these losses; images without one stay grey."""
        self._losses = dict(losses)
        self._recolour()

    def show_outliers(self, keys: frozenset[ImageKey]) -> None:
        """Mark the cells of these images."""
        self._outliers = keys
        if self._built:
            draw_marks(keys, self._layout.places, self._cells)

    def show_selection(self, key: ImageKey | None) -> None:
        """Frame one cell."""
        self._selected = key
        self._frame_cell("around", key)
        self._frame_cell("selected", key)

    def place(self, height: int) -> None:
        """Give the matrix this much height."""
        if height != self._height or not self._built:
            self._height = height
            dpg.configure_item("capture.matrix", height=height)
            self._rebuild()

    @property
    def wanted_height(self) -> int:
        """The height at which nothing needs to scroll, with cells as large as the width allows."""
        left, top = self._headers.size(self._layout)
        cells = cell_size(self._layout, (self._width - left - scaled(12), 1e9), ui_scale())
        wide = cells.width * self._layout.columns > self._width - left
        return round(top + self._layout.rows * cells.height) + (scaled(12) if wide else 0)

    def cell_centre(self, key: ImageKey) -> tuple[float, float]:
        """Window position of an image's cell; it may be scrolled out of sight."""
        x, y = dpg.get_item_rect_min("capture.cells")
        near, far = (edge(self._layout.places[key]) for edge in (self._cells.near, self._cells.far))
        return (x + (near[0] + far[0]) / 2, y + (near[1] + far[1]) / 2)

    def header_centre(self, axis: str, ident: int) -> tuple[float, float]:
        """Window position of the header that switches a whole view or light."""
        return self._headers.centre(self._layout, self._cells, axis, ident)

    def update(self) -> None:
        """Follow the panel's width and the mouse; once a frame."""
        width = room("capture.matrix")[0]
        if width and width != self._width:
            self._width = width
            self._layout = lay_out(self._layout.keys, wrap=self._wrap())
            self._rebuild()
        if not self._built:
            return
        self._show_rows_in_sight()
        self._headers.draw(self._layout, self._cells, self._included)
        self._follow_mouse()

    # ---- drawing ----------------------------------------------------------------------------------------------------

    def _wrap(self) -> int:
        return max(1, int((self._width - scaled(12)) // scaled(WRAPPED_WIDTH)))

    def _rebuild(self) -> None:
        if not self._width or not self._height:
            return
        layout, (left, top) = self._layout, self._headers.size(self._layout)
        self._cells = cell_size(layout, (self._width - left - scaled(12), self._height - top), ui_scale())
        dpg.configure_item("capture.scroll", pos=(left, top), width=-1, height=max(self._height - top, 1))
        size = (max(int(layout.columns * self._cells.width), 1), max(int(layout.rows * self._cells.height), 1))
        dpg.configure_item("capture.cells", width=size[0], height=size[1])
        self._headers.place(layout, size)
        dpg.delete_item("capture.cells.all", children_only=True)
        self._colours.clear()
        self._window = (0, -1)
        self._built = True
        self._add_cells()
        self.show_outliers(self._outliers)
        self.show_selection(self._selected)
        self._frame_cell("hover", None)

    def _add_cells(self) -> None:
        # A rounded rectangle is some forty triangles, a plain one two; software GL feels the difference.
        rounding = scaled(2) if len(self._layout.keys) <= _ROUNDED_MOST else 0
        for row in range(self._layout.rows):
            dpg.add_draw_node(tag=f"capture.row.{row}", parent="capture.cells.all", show=False)
        for key, place in self._layout.places.items():
            near, far, node = self._cells.near(place), self._cells.far(place), f"capture.row.{place[0]}"
            dpg.draw_rectangle(near, far, tag=f"capture.cell.{key.name}", parent=node, rounding=rounding)
            if self._layout.down is None:
                self._add_cell_name(key, (near, far), node)
        self._recolour()

    @staticmethod
    def _add_cell_name(key: ImageKey, box: tuple[tuple[float, float], tuple[float, float]], node: str) -> None:
        near, far = box
        text, size = f"{key.view:02d}", scaled(12)
        at = ((near[0] + far[0] - text_width(text, font("tiny"))) / 2, (near[1] + far[1] - size) / 2)
        dpg.draw_text(at, text, size=size, tag=f"capture.name.{key.name}", parent=node)

    def _recolour(self) -> None:
        if not self._built:
            return
        for key in self._layout.keys:
            colours = self._cell_colours(key)
            if self._colours.get(key) != colours:
                self._colours[key] = colours
                dpg.configure_item(f"capture.cell.{key.name}", fill=colours[0], color=colours[1])
                if self._layout.down is None:
                    dpg.configure_item(f"capture.name.{key.name}", color=ink(colours[0]))

    def _cell_colours(self, key: ImageKey) -> tuple[Rgba, Rgba]:
        """(fill, outline)."""
        if key not in self._included:
            return (_CLEAR, COLOURS.line_strong)
        loss = self._losses.get(key)
        fill = COLOURS.control_pressed if loss is None else loss_colour(loss, LOSS_LIMIT)
        return (fill, _CLEAR)

    def _show_rows_in_sight(self) -> None:
        """Draw only the rows that are in the scrolled window: 1,900 hidden cells would cost 5 ms a frame."""
        height = self._cells.height
        first = int(dpg.get_y_scroll("capture.scroll") // height)
        last = min(first + int(room("capture.scroll")[1] // height) + 1, self._layout.rows - 1)
        if (first, last) == self._window:
            return
        for row in range(self._layout.rows):
            dpg.configure_item(f"capture.row.{row}", show=first <= row <= last)
        self._window = (first, last)

    def _frame_cell(self, name: str, key: ImageKey | None) -> None:
        item = f"capture.cells.{name}"
        place = None if key is None else self._layout.places.get(key)
        dpg.configure_item(item, show=place is not None)
        if place is not None:
            dpg.configure_item(item, pmin=self._cells.near(place), pmax=self._cells.far(place))

    # ---- mouse ------------------------------------------------------------------------------------------------------

    def _follow_mouse(self) -> None:
        x, y = dpg.get_item_rect_min("capture.cells")
        mouse = dpg.get_mouse_pos(local=False)
        at = (mouse[0] - x, mouse[1] - y)
        over = dpg.is_item_hovered("capture.cells")
        place = self._cells.at(at, self._layout) if over else None
        hovered = None if place is None else self._layout.keys_by_place.get(place)
        if hovered != self.hovered:
            self.hovered = hovered
            self._frame_cell("hover", hovered)
        self.header_hint = self._headers.hint(self._layout, self._cells)
        if hovered and dpg.is_mouse_button_clicked(dpg.mvMouseButton_Right):
            self._on_show(hovered)
        if dpg.is_mouse_button_clicked(dpg.mvMouseButton_Left):
            self._drag_from = place
            self._press_header()
        self._follow_drag(at)

    def _press_header(self) -> None:
        group = self._headers.pressed(self._layout, self._cells)
        if group:
            self._on_include(toggled(self._included, group))

    def _follow_drag(self, at: tuple[float, float]) -> None:
        if self._drag_from is None:
            return
        if dpg.is_mouse_button_down(dpg.mvMouseButton_Left):
            self._drag_to = self._cells.nearest(at, self._layout)
            self._show_drag(self._drag_from, self._drag_to)
            return
        group = self._layout.between(self._drag_from, self._drag_to or self._drag_from)
        start = self._layout.keys_by_place.get(self._drag_from)
        self._drag_from = self._drag_to = None
        dpg.configure_item("capture.cells.drag", show=False)
        if group:
            self._on_include(self._included - group if start in self._included else self._included | group)

    def _show_drag(self, first: Place, last: Place) -> None:
        shown = first != last and self._layout.down is not None
        low, high = ((min(a, b), max(a, b)) for a, b in zip(first, last, strict=True))
        near, far = self._cells.near((low[0], high[0])), self._cells.far((low[1], high[1]))
        dpg.configure_item("capture.cells.drag", show=shown, pmin=near, pmax=far)
