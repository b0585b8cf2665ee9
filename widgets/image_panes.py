"""Six panes on one photograph: what was taken, what the model renders, where they differ, and what it is made of.

All panes share one zoom and pan. The wheel zooms about the mouse, dragging pans, a double click shows everything
again. ``Compare`` lays the render over the photograph with a line to drag between them.
"""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable, Mapping

import dearpygui.dearpygui as dpg

from core.types import FloatArray
from widgets.controls import Segments, Tag, button, canvas, caption, mono, place_canvas, room, text_width
from widgets.image_pane import ImagePane, Pictures
from widgets.pane_contents import CONTENTS, TITLES, pixel
from widgets.texture import TexturePool
from widgets.theme import COLOURS, SPACING, font, scaled
from widgets.wipe_pane import WipePane
from widgets.zoom import Pair, View

Probe = Callable[[int, int, dict[str, tuple[float, ...]]], object]
_DEFAULT = ("photograph", "render", "error", "normals", "albedo", "shading")
_COLUMNS, _ROWS = 3, 2
_WHEEL = 1.15
_HINT = "Wheel: zoom   Drag: pan   Double click: fit"
_UPLOADS = 2
"""Textures written per frame at most, so that a new preview does not hold up a frame."""


class ImagePanes:
    """See the module. ``update`` once a frame."""

    def __init__(self, parent: Tag, pool: TexturePool, on_probe: Probe | None = None) -> None:
        """``on_probe(x, y, values)`` is called with the pixel under the mouse and its display values by picture."""
        self._on_probe = on_probe
        self._pictures = Pictures({content.name: pool.take() for content in CONTENTS})
        self._view = View()
        self._dragging: str | None = None
        self._mouse: Pair = (0.0, 0.0)
        self._wheel = 0.0
        self._size = (0, 0)
        self._mode = "grid"
        self._empty: str | None = "Open a capture to see its photographs here."
        with dpg.child_window(
            parent=parent, tag="panes", width=-1, height=-1, no_scrollbar=True, no_scroll_with_mouse=True
        ):
            self._add_head()
            self._panes = [ImagePane(f"panes.{i}", name, self._pictures) for i, name in enumerate(_DEFAULT)]
            self._wipe = WipePane("panes.wipe", self._pictures)
            canvas("panes.empty")
            mono(_HINT, tag="panes.probe")
            dpg.set_item_pos("panes.probe", [0, 0])
            dpg.configure_item("panes.probe", color=COLOURS.muted)
        dpg.bind_item_theme("panes", "surface.bare")
        with dpg.handler_registry():
            dpg.add_mouse_wheel_handler(callback=self._on_wheel)

    def _add_head(self) -> None:
        dpg.add_text("", tag="panes.title")
        dpg.bind_item_font("panes.title", font("heading"))
        caption("", tag="panes.detail")
        with dpg.group(tag="panes.tools", horizontal=True):
            modes = [("grid", "Six panes"), ("compare", "Compare")]
            self._modes = Segments(modes, prefix="panes.mode", on_choose=self._set_mode)
            tip = "Show the whole picture again (double click). Wheel: zoom, drag: pan."
            button("Fit view", self.reset, tag="panes.fit", small=True, tip=tip, width=92)

    # ---- what the studio calls --------------------------------------------------------------------------------------

    def show_preview(
        self,
        panes: Mapping[str, FloatArray],
        *,
        title: str,
        psnr_db: float | None = None,
        error_limit: float,
    ) -> None:
        """Show these pictures ([height, width, 3] display values, by the names of ``CONTENTS``)."""
        unknown = set(panes) - set(TITLES)
        if unknown:
            raise ValueError(f"there is no pane for {sorted(unknown)}")
        self._pictures.replace(panes, error_limit)
        self._empty = None
        dpg.set_value("panes.title", title)
        dpg.set_value("panes.detail", "" if psnr_db is None else f"Preview PSNR {psnr_db:.1f} dB")
        self._size = (0, 0)

    def show_empty(self, text: str) -> None:
        """Say why there is nothing to see, and what to do."""
        self._pictures.clear()
        self._empty = text
        dpg.set_value("panes.title", "")
        dpg.set_value("panes.detail", "")
        self._size = (0, 0)

    def reset(self) -> None:
        """Show the whole picture."""
        self._view = View()

    def compare(self, comparing: bool) -> None:
        """Lay the render over the photograph, or show the six panes."""
        mode = "compare" if comparing else "grid"
        self._modes.choose(mode)
        self._set_mode(mode)

    @property
    def comparing(self) -> bool:
        """Whether the render lies over the photograph."""
        return self._mode == "compare"

    @property
    def view(self) -> View:
        """The zoom and pan all panes share."""
        return self._view

    def pane_centre(self, name: str) -> Pair:
        """Window position of the middle of the pane that shows ``name``."""
        pane = next(pane for pane in self._panes if pane.name == name)
        return pane.centre

    def choose(self, pane: int, name: str) -> None:
        """Let pane number ``pane`` (row by row) show ``name``."""
        self._panes[pane].choose(name)

    def reveal(self, name: str) -> None:
        """Make sure that a pane shows ``name``."""
        self.compare(False)
        if name not in self.shown:
            self.choose(_DEFAULT.index(name), name)

    @property
    def shown(self) -> tuple[str, ...]:
        """What the panes show, row by row."""
        return tuple(pane.name for pane in self._panes)

    def update(self) -> None:
        """Follow the panel's size and the mouse, write new pictures; once a frame."""
        if not dpg.is_item_visible("panes.probe"):
            self._wheel = 0.0
            return
        self._follow_size()
        if self._empty is not None:
            return
        self._follow_mouse()
        names = ("photograph", "render") if self._mode == "compare" else self.shown
        self._pictures.upload(names, most=_UPLOADS)
        for pane in self._active():
            pane.draw(self._view)

    # ---- layout -----------------------------------------------------------------------------------------------------

    def _set_mode(self, mode: str) -> None:
        self._mode = mode
        self._size = (0, 0)

    def _active(self) -> list[ImagePane | WipePane]:
        return [self._wipe] if self._mode == "compare" else list(self._panes)

    def _follow_size(self) -> None:
        size = room("panes")
        if size == self._size or min(size) < 40 or not text_width("0"):
            return
        self._size = size
        head, foot = scaled(36), scaled(24)
        self._place_head(size[0])
        dpg.set_item_pos("panes.probe", [scaled(SPACING.small), size[1] - foot + scaled(4)])
        area = (size[0], size[1] - head - foot)
        for pane in self._panes:
            pane.show(self._mode == "grid" and self._empty is None)
        self._wipe.show(self._mode == "compare" and self._empty is None)
        self._wipe.place((0, head), area)
        self._place_grid(head, area)
        self._draw_empty(head, area)

    def _place_head(self, width: int) -> None:
        title = text_width(dpg.get_value("panes.title"), font("heading"))
        dpg.set_item_pos("panes.title", [scaled(SPACING.small), scaled(6)])
        after = scaled(SPACING.small) + int(title) + scaled(14)
        detail = text_width(dpg.get_value("panes.detail"), font("small"))
        dpg.set_item_pos("panes.detail", [after, scaled(7)])
        tools = room("panes.tools")[0] or scaled(260)
        dpg.set_item_pos("panes.tools", [width - tools, scaled(2)])
        dpg.configure_item("panes.detail", show=after + detail < width - tools)

    def _place_grid(self, top: int, area: tuple[int, int]) -> None:
        gap = scaled(SPACING.gap)
        width = (area[0] - gap * (_COLUMNS - 1)) // _COLUMNS
        height = (area[1] - gap * (_ROWS - 1)) // _ROWS
        for index, pane in enumerate(self._panes):
            row, column = divmod(index, _COLUMNS)
            pane.place((column * (width + gap), top + row * (height + gap)), (width, height))

    def _draw_empty(self, top: int, area: tuple[int, int]) -> None:
        place_canvas("panes.empty", (0, top), area, show=self._empty is not None)
        dpg.configure_item("panes.tools", show=self._empty is None)
        dpg.set_value("panes.probe", _HINT if self._empty is None else " ")
        dpg.delete_item("panes.empty", children_only=True)
        if self._empty is not None:
            x = (area[0] - text_width(self._empty)) / 2
            size = scaled(SPACING.body)
            dpg.draw_rectangle((0, 0), area, fill=COLOURS.well, color=COLOURS.line, parent="panes.empty", rounding=6)
            dpg.draw_text((x, area[1] / 2 - size), self._empty, size=size, color=COLOURS.muted, parent="panes.empty")

    # ---- mouse ------------------------------------------------------------------------------------------------------

    def _on_wheel(self, _sender: int, amount: float) -> None:
        self._wheel += amount

    def _follow_mouse(self) -> None:
        wheel, self._wheel = self._wheel, 0.0
        mouse = tuple(dpg.get_mouse_pos(local=False))
        before, self._mouse = self._mouse, (float(mouse[0]), float(mouse[1]))
        under = next((pane for pane in self._active() if dpg.is_item_hovered(pane.canvas)), None)
        self._follow_drag(under, (self._mouse[0] - before[0], self._mouse[1] - before[1]))
        frame = under.frame(self._view) if under else None
        if under is None or frame is None:
            self._probe(None)
            return
        at = under.local(self._mouse)
        if dpg.is_mouse_button_double_clicked(dpg.mvMouseButton_Left):
            self.reset()
        elif wheel:
            self._view = frame.zoomed(_WHEEL**wheel, at)
        self._probe(frame.fraction_at(at) if frame.pixel_at(at) else None)

    def _follow_drag(self, under: ImagePane | WipePane | None, moved: Pair) -> None:
        if not dpg.is_mouse_button_down(dpg.mvMouseButton_Left):
            self._dragging = None
        elif under is not None and dpg.is_mouse_button_clicked(dpg.mvMouseButton_Left):
            grabs = isinstance(under, WipePane) and under.grabs(under.local(self._mouse))
            self._dragging = "wipe" if grabs else under.canvas
        if self._dragging == "wipe":
            self._wipe.drag_to(self._wipe.local(self._mouse))
        elif self._dragging and moved != (0.0, 0.0):
            pane = next((pane for pane in self._active() if pane.canvas == self._dragging), None)
            frame = pane.frame(self._view) if pane else None
            if frame:
                self._view = frame.panned(moved)

    def _probe(self, fraction: Pair | None) -> None:
        for pane in self._active():
            pane.mark(fraction)
        zoom = self._view.zoom
        dpg.configure_item("panes.fit", label="Fit view" if zoom == 1.0 else f"Fit view  {zoom:.1f}×")
        if fraction is None:
            dpg.set_value("panes.probe", _HINT)
            return
        pictures = self._pictures.arrays
        reference = pictures.get("photograph", next(iter(pictures.values())))
        height, width = reference.shape[:2]
        x, y = int(fraction[0] * width), int(fraction[1] * height)
        dpg.set_value("panes.probe", f"x {x:>3}  y {y:>3}  of {width} × {height}")
        if self._on_probe:
            values = {name: tuple(map(float, pixel(picture, fraction))) for name, picture in pictures.items()}
            self._on_probe(x, y, values)
