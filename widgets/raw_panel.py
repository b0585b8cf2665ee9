"""How RAW photographs are developed: the curve, the crop, and what comes of it beside the camera's own picture."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable
from dataclasses import dataclass

import dearpygui.dearpygui as dpg

from core.capture.import_options import RawCurve, RawOptions
from widgets.controls import Segments, Tag, button, caption, field_label, room, text_width, tooltip, when_entered
from widgets.crop_box import kept_in
from widgets.raw_canvas import RawCanvas
from widgets.raw_data import Crop, RawPicture
from widgets.texture import TexturePool
from widgets.theme import SPACING, font, scaled, style

_ROW = 30
_FIELDS = {"left": 24, "top": 22, "width": 36, "height": 42}
"""Numbers of a crop in their order, and how much room their names take."""
_EDGES = {
    "left": "Columns that are cut off on the left, pixels of the developed frame",
    "top": "Rows that are cut off above, pixels of the developed frame",
    "width": "Columns that are kept",
    "height": "Rows that are kept",
}
_HINTS = (
    "Drag: crop   Its edges and the line can be dragged   Wheel: zoom   Middle or Shift: pan",
    "Drag: crop, its edges, the line",
    "Drag: crop",
)
_CURVES: tuple[tuple[str, str], ...] = (("linear", "Linear"), ("bt709", "BT.709"))


@dataclass(frozen=True, kw_only=True)
class Intents:
    """What the panel reports."""

    step: Callable[[int], object]
    """Another photograph is wanted."""
    curve: Callable[[RawCurve], object]
    """Another curve is to be looked at."""
    apply: Callable[[RawOptions], object]
    """Read the capture again, developed like this."""


class RawPanel:
    """See the module. ``update`` once a frame."""

    def __init__(self, parent: Tag, pool: TexturePool, intents: Intents) -> None:
        self._intents = intents
        self._applied = RawOptions()
        """How the capture is developed as things stand."""
        self.picture: RawPicture | None = None
        """The photograph that is looked at."""
        self._rooms: object = None
        with dpg.child_window(parent=parent, tag="raw", width=-1, height=-1, no_scrollbar=True):
            self._add_head()
            self._add_tools()
            self.canvas = RawCanvas(pool, on_crop=self._show_crop)
            caption(_HINTS[0], tag="raw.hint")
            tip = "Read the capture again with its photographs developed like this"
            button("Apply", self._apply, tag="raw.apply", small=True, tip=tip)
        dpg.bind_item_theme("raw", "surface.bare")
        self.show_empty("The open capture has no RAW photographs.")

    # ---- building ---------------------------------------------------------------------------------------------------

    def _add_head(self) -> None:
        with dpg.group(tag="raw.head", horizontal=True):
            button("<", lambda: self._intents.step(-1), tag="raw.previous", small=True, tip="The photograph before")
            button(">", lambda: self._intents.step(1), tag="raw.next", small=True, tip="The next photograph")
            dpg.add_text("", tag="raw.title")
            dpg.bind_item_font("raw.title", font("heading"))
            caption("", tag="raw.detail")

    def _add_tools(self) -> None:
        with dpg.group(tag="raw.tools", horizontal=True):
            dpg.bind_item_theme(field_label("Curve", width=40), "style.label.small")
            self._curves = Segments(_CURVES, prefix="raw.curve", on_choose=self._choose_curve)
            tooltip("raw.curve.linear", "Proportional to the light on the sensor: what training needs")
            tooltip("raw.curve.bt709", "The curve the photographs of MVSCPS were published with; they are not linear")
            tip = "Keep all that the sensor has seen"
            button("Whole frame", lambda: self._set_crop(None), tag="raw.whole", small=True, tip=tip)
            tip = "The crop of the published MVSCPS photographs, which their cameras were calibrated for"
            button("MVSCPS crop", self._published, tag="raw.published", small=True, tip=tip)
            button("Fit view", self._reset, tag="raw.fit", small=True, tip="Show the whole frame again")
        with dpg.group(tag="raw.fields", horizontal=True):
            for name, width in _FIELDS.items():
                dpg.bind_item_theme(field_label(name.capitalize(), width=width), "style.label.small")
                dpg.add_input_int(tag=f"raw.crop.{name}", width=scaled(48), step=0)
                tooltip(f"raw.crop.{name}", _EDGES[name])
                when_entered(f"raw.crop.{name}", lambda _value: self._typed())
        for group in ("raw.tools", "raw.fields"):
            dpg.bind_item_theme(group, "style.compact")
            dpg.bind_item_font(group, font("small"))

    # ---- what the studio calls --------------------------------------------------------------------------------------

    def show_options(self, raw: RawOptions) -> None:
        """How the capture is developed as things stand."""
        self._applied = raw
        self._curves.choose(raw.curve)
        self.canvas.crop = raw.crop
        self._refresh()

    def show_picture(self, picture: RawPicture, *, number: int, count: int) -> None:
        """Look at photograph ``number`` of ``count``."""
        self.picture = picture
        self.canvas.show(picture)
        dpg.set_value("raw.title", picture.file.name)
        width, height = picture.size
        own = "no picture of the camera's own" if picture.camera is None else "camera's own {} × {}".format(
            *picture.camera_size
        )  # fmt: skip
        dpg.set_value("raw.detail", f"{number} of {count}   frame {width} × {height}   {own}")
        self._refresh()

    def show_busy(self, text: str) -> None:
        """Say what is being done."""
        dpg.set_value("raw.detail", text)

    def show_empty(self, text: str) -> None:
        """Say why there is nothing to see."""
        self.picture = None
        dpg.set_value("raw.title", "")
        dpg.set_value("raw.detail", "")
        self.canvas.show_empty(text)
        self._refresh()

    @property
    def chosen(self) -> RawOptions:
        """Curve and crop as they are set now."""
        return RawOptions(curve="bt709" if self._curves.chosen == "bt709" else "linear", crop=self.canvas.crop)

    def update(self) -> None:
        """Follow the panel's size and the mouse; once a frame."""
        if not dpg.is_item_visible("raw.hint"):
            return
        size = room("raw")
        rooms = (size, room("raw.apply"))
        if rooms != self._rooms and min(size) > 40 and text_width("0"):
            self._rooms = rooms
            self._place(size)
        self.canvas.update()

    # ---- inside -----------------------------------------------------------------------------------------------------

    def _place(self, size: tuple[int, int]) -> None:
        (width, height), pad, row = size, scaled(SPACING.small), scaled(_ROW)
        for number, tag in enumerate(("raw.head", "raw.tools", "raw.fields")):
            dpg.set_item_pos(tag, [pad, number * row + scaled(2)])
        foot, apply = height - row, room("raw.apply")[0]
        self.canvas.place((0, 3 * row + scaled(2)), (width, foot - 3 * row - scaled(6)))
        dpg.set_item_pos("raw.hint", [pad, foot + scaled(6)])
        dpg.set_item_pos("raw.apply", [width - apply, foot + scaled(3)])
        fitting = (hint for hint in _HINTS if text_width(hint, font("small")) < width - apply - scaled(20))
        dpg.set_value("raw.hint", next(fitting, " "))

    def _refresh(self) -> None:
        there = self.picture is not None
        for part in ("raw.head", "raw.tools", "raw.fields", "raw.apply"):
            dpg.configure_item(part, show=there)
        changed = self.chosen != self._applied
        dpg.configure_item("raw.apply", enabled=changed)
        dpg.bind_item_theme("raw.apply", style("primary" if changed else "normal", small=True))
        dpg.configure_item("raw.published", show=self.picture is not None and self.picture.published is not None)
        if self.picture is not None:
            shown = self.canvas.crop or (0, 0, *self.picture.size)
            for name, value in zip(_FIELDS, shown, strict=True):
                dpg.set_value(f"raw.crop.{name}", value)

    def _typed(self) -> None:
        if self.picture is not None:
            left, top, width, height = (int(dpg.get_value(f"raw.crop.{name}")) for name in _FIELDS)
            crop = kept_in((left, top, width, height), self.picture.size)
            self._set_crop(None if crop == (0, 0, *self.picture.size) else crop)

    def _set_crop(self, crop: Crop | None) -> None:
        self.canvas.crop = crop
        self._refresh()

    def _show_crop(self, _crop: Crop) -> None:
        self._refresh()

    def _published(self) -> None:
        if self.picture is not None and self.picture.published is not None:
            self._set_crop(self.picture.published)

    def _reset(self) -> None:
        self.canvas.reset()

    def _choose_curve(self, name: str) -> None:
        self._intents.curve("bt709" if name == "bt709" else "linear")
        self._refresh()

    def _apply(self) -> None:
        self._intents.apply(self.chosen)
