"""The rows of buttons around the photograph that masks are painted over."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import dearpygui.dearpygui as dpg

from widgets.controls import Segments, button, caption, field_label, room, text_width, tooltip
from widgets.theme import SPACING, font, scaled
from widgets.view_strip import HEIGHT, ViewStrip

Way = Literal["strokes", "threshold", "alpha", "holes"]
_ROW = 30
_SLIDER, _SHORTEST = 100, 52
"""Widths of a slider at UI scale 1: as it should be, and where there is no room for that."""
_SLIDERS = {"masks.tools": "masks.size", "masks.ways": "masks.level"}
_PARTS = ("masks.head", "masks.show", "masks.views.place", "masks.tools", "masks.ways", "masks.foot")
_HINTS = (
    "Left: object   Right or Alt: background   Wheel: zoom   Middle or Shift: pan",
    "Left: object   Right or Alt: background",
)
_SEGMENT_TIP = (
    "Find the object's outline from the strokes and the mask that is shown. Without any, the object is looked for in "
    "the middle of the photograph."
)
_STRIP_TIP = "The views. Green: mask painted here. Grey: mask from a file. Hollow: no mask yet. Click one to see it."


@dataclass(frozen=True, kw_only=True)
class Presses:
    """What the buttons do."""

    step: Callable[[int], object]
    view: Callable[[int], object]
    overlay: Callable[[str], object]
    fit: Callable[[], object]
    tool: Callable[[str], object]
    radius: Callable[[float], object]
    undo: Callable[[], object]
    clear: Callable[[], object]
    make: Callable[[Way, float | None], object]
    """(way, level of a threshold or None)."""
    holes: Callable[[bool], object]
    """Holes are to be closed from now on, or no longer."""
    save: Callable[[bool], object]
    """Whether the next view is wanted after."""
    use: Callable[[], object]


class MaskBars:
    """Made inside the editor's panel, whose tag is ``masks``."""

    def __init__(self, presses: Presses) -> None:
        self._parts: tuple[str, ...] = ()
        self._width = 0
        self._add_head(presses)
        self._add_tools(presses)
        self._add_ways(presses)
        self._add_foot(presses)
        for group in ("masks.tools", "masks.ways"):
            dpg.bind_item_theme(group, "style.compact")
            dpg.bind_item_font(group, font("small"))

    def say(self, title: str, parts: Sequence[str]) -> None:
        """The view's name, and what there is to say of it, most important first: as much as there is room for."""
        dpg.set_value("masks.title", title)
        self._parts = tuple(parts)
        self._fit_words()

    def show(self, shown: bool) -> None:
        """Show or hide all rows."""
        for part in _PARTS:
            dpg.configure_item(part, show=shown)

    @property
    def rooms(self) -> tuple[int, ...]:
        """What the arrangement depends on besides the panel's size: widths that are known only once they are drawn."""
        return (room("masks.show")[0], room("masks.foot")[0], *(_beside(*pair) for pair in _SLIDERS.items()))

    def place(self, size: tuple[int, int]) -> tuple[tuple[int, int], tuple[int, int]]:
        """Arrange the rows in a panel of ``size``; (position, size) of what they leave for the photograph."""
        width, height = size
        self._width = width
        for group, slider in _SLIDERS.items():
            fitting = min(scaled(_SLIDER), width - scaled(SPACING.normal) - _beside(group, slider))
            dpg.configure_item(slider, width=max(fitting, scaled(_SHORTEST)))
        self._fit_words()
        pad, row = scaled(SPACING.small), scaled(_ROW)
        tools = row + scaled(HEIGHT + SPACING.normal)
        tops = {"masks.head": 0, "masks.tools": tools, "masks.ways": tools + row}
        for tag, top in tops.items():
            dpg.set_item_pos(tag, [pad, top + scaled(2)])
        dpg.set_item_pos("masks.show", [max(width - room("masks.show")[0], 0), scaled(2)])
        self.strip.place((pad, row), width - 2 * pad)
        buttons, foot = room("masks.foot")[0], height - row
        dpg.set_item_pos("masks.foot", [max(width - buttons, 0), foot + scaled(3)])
        dpg.set_item_pos("masks.hint", [pad, foot + scaled(6)])
        fitting = (hint for hint in _HINTS if text_width(hint, font("small")) < width - buttons - scaled(20))
        dpg.set_value("masks.hint", next(fitting, " "))
        top = tools + 2 * row
        return (0, top), (width, foot - top - scaled(4))

    def _fit_words(self) -> None:
        buttons = sum(room(f"masks.{part}")[0] for part in ("previous", "next", "show"))
        free = self._width - buttons - text_width(dpg.get_value("masks.title"), font("heading")) - scaled(5 * 8)
        texts = ("   ".join(self._parts[:count]) for count in range(len(self._parts), 0, -1))
        fitting = next((text for text in texts if text_width(text, font("small")) < free), "")
        dpg.set_value("masks.detail", fitting)

    def _add_head(self, p: Presses) -> None:
        with dpg.group(tag="masks.head", horizontal=True):
            button("<", lambda: p.step(-1), tag="masks.previous", small=True, tip="The view before (left arrow)")
            button(">", lambda: p.step(1), tag="masks.next", small=True, tip="The next view (right arrow)")
            dpg.add_text("", tag="masks.title")
            dpg.bind_item_font("masks.title", font("heading"))
            caption("", tag="masks.detail")
        with dpg.group(tag="masks.show", horizontal=True):
            names = [("over", "Outline"), ("photograph", "Photograph"), ("mask", "Mask")]
            Segments(names, prefix="masks.show", on_choose=p.overlay)
            button("Fit view", p.fit, tag="masks.fit", small=True, tip="Show all of it again")
        self.strip = ViewStrip("masks.views", "masks", on_choose=p.view, tip=_STRIP_TIP)

    def _add_tools(self, p: Presses) -> None:
        """Painting, and what is made of the strokes."""
        with dpg.group(tag="masks.tools", horizontal=True):
            tools = [("brush", "Brush"), ("rectangle", "Box")]
            Segments(tools, prefix="masks.tool", on_choose=p.tool)
            tooltip("masks.tool.rectangle", "Draw a box around the object: all that lies outside is background")
            dpg.add_slider_int(
                tag="masks.size", default_value=24, min_value=2, max_value=120, width=scaled(_SLIDER), format="%d px",
                clamped=True, callback=lambda _sender, size: p.radius(size / 2),
            )  # fmt: skip
            tooltip("masks.size", "Diameter of the brush in pixels of the picture; [ and ] change it")
            button("Undo", p.undo, tag="masks.undo", small=True, tip="Take the last step back (Ctrl+Z)")
            button("Clear", p.clear, tag="masks.clear", small=True, tip="Take the mask and all strokes away")
            button("Segment", lambda: p.make("strokes", None), tag="masks.segment", kind="primary", small=True,
                   tip=_SEGMENT_TIP)  # fmt: skip
            dpg.add_checkbox(label="Live", tag="masks.live", default_value=True)
            tooltip("masks.live", "Segment anew after every stroke")

    def _add_ways(self, p: Presses) -> None:
        """Masks without painting."""
        with dpg.group(tag="masks.ways", horizontal=True):
            dpg.bind_item_theme(field_label("Brighter than", width=82), "style.label.small")
            dpg.add_slider_float(
                tag="masks.level", min_value=0.0, max_value=1.0, width=scaled(_SLIDER), format="%.3f", clamped=True,
                callback=lambda: p.make("threshold", float(dpg.get_value("masks.level")) ** 2),
            )  # fmt: skip
            tooltip("masks.level", "The object is what is brighter than this under some light: for a black background")
            tip = "Find the level that splits dark from bright best (Otsu's method)"
            button("Automatic", lambda: p.make("threshold", None), tag="masks.otsu", small=True, tip=tip)
            dpg.add_checkbox(label="Fill holes", tag="masks.holes", callback=lambda _sender, close: p.holes(close))
            tooltip("masks.holes", "Close the holes in every mask that is made")
            tip = "Take the mask from the photographs' alpha channel"
            button("Use alpha", lambda: p.make("alpha", None), tag="masks.alpha", small=True, tip=tip)

    def _add_foot(self, p: Presses) -> None:
        caption(_HINTS[0], tag="masks.hint")
        with dpg.group(tag="masks.foot", horizontal=True):
            tip = "Write the mask beside the capture; your own mask files stay as they are"
            button("Save mask", lambda: p.save(False), tag="masks.save", small=True, tip=tip)
            tip = "Save it and go on to the next view without a mask"
            button("Save, next view", lambda: p.save(True), tag="masks.save_next", small=True, tip=tip)
            tip = "Read the capture again with these masks; every view needs one"
            button("Use these masks", p.use, tag="masks.use", small=True, tip=tip)


def _beside(group: str, slider: str) -> int:
    """Width of a row without its slider."""
    return room(group)[0] - room(slider)[0]
