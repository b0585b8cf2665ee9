"""What the mouse rests on, explained in a few words above it, where they cover neither it nor the row below.

DearPyGui's own tooltips hang below the mouse, over what one is about to press next.
"""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

import textwrap
import time

import dearpygui.dearpygui as dpg

from widgets.theme import COLOURS, SPACING, font, scaled

_DELAY_SECONDS = 0.5
_LINE_LETTERS = 48
_texts: dict[int | str, str] = {}


def explain(item: int | str, text: str) -> None:
    """Say ``text`` while the mouse rests on ``item``; a later text replaces an earlier one, an empty one ends it."""
    if text:
        _texts[item] = text
    else:
        _texts.pop(item, None)


def explanation(item: int | str) -> str:
    """What is said of ``item``; empty when nothing is."""
    return _texts.get(item, "")


def tip_place(
    item: tuple[float, float, float, float], size: tuple[float, float], window: tuple[int, int]
) -> tuple[float, float]:
    """Top left corner of a tip of ``size`` for an item (x, y, width, height): above it, below where there is no room,
    and never beside the window."""
    x, y, _, height = item
    gap = SPACING.small
    above = y - size[1] - gap
    return (max(min(x, window[0] - size[0] - gap), gap), above if above >= gap else y + height + gap)


class Tips:
    """Draws the tip of the item under the mouse. ``update`` once a frame."""

    def __init__(self) -> None:
        self._item: int | str | None = None
        self._since = 0.0
        self._drawn: tuple[object, ...] | None = None
        with dpg.viewport_drawlist(front=True):
            dpg.add_draw_layer(tag="tips")

    def update(self) -> None:
        """Follow the mouse."""
        item = self._under_mouse()
        if item != self._item:
            self._item, self._since = item, time.monotonic()
        rests = item is not None and time.monotonic() - self._since >= _DELAY_SECONDS
        wanted = (item, _texts[item]) if item is not None and rests else None
        if wanted != self._drawn:
            self._drawn = wanted
            dpg.delete_item("tips", children_only=True)
            if wanted is not None:
                _draw(*wanted)

    @staticmethod
    def _under_mouse() -> int | str | None:
        if dpg.is_mouse_button_down(dpg.mvMouseButton_Left):
            return None
        return next((item for item in _texts if dpg.does_item_exist(item) and dpg.is_item_hovered(item)), None)


def _draw(item: int | str, text: str) -> None:
    lines, letter, pad = textwrap.wrap(text, _LINE_LETTERS), scaled(SPACING.small_text), scaled(SPACING.normal)
    line = round(letter * 1.3)
    width = max(float(dpg.get_text_size(each, font=font("small"))[0]) for each in lines)
    size = (width + 2 * pad, len(lines) * line + 1.5 * pad)
    rect = (*dpg.get_item_rect_min(item), *dpg.get_item_rect_size(item))
    window = (dpg.get_viewport_client_width(), dpg.get_viewport_client_height())
    x, y = tip_place((rect[0], rect[1], rect[2], rect[3]), size, window)
    far = (x + size[0], y + size[1])
    edge, ground = COLOURS.line_strong, COLOURS.raised
    dpg.draw_rectangle((x, y), far, fill=ground, color=edge, rounding=scaled(5), parent="tips")
    for index, each in enumerate(lines):
        at = (x + pad, y + 0.75 * pad + index * line)
        dpg.draw_text(at, each, size=letter, color=COLOURS.text, parent="tips")
