"""All views side by side, each with how well its mask agrees with the others, so that a wrong one is seen at once."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable, Mapping

import dearpygui.dearpygui as dpg
import numpy as np

from widgets.check_data import CheckedView
from widgets.controls import Tag, room, text_width, tooltip
from widgets.texture import TexturePool
from widgets.theme import COLOURS, SPACING, Rgba, font, scaled
from widgets.thumbnail_grid import FAINT, LEFT_OUT, Atlas

_TILE, _LABEL, _BAR = 64, 18, 12
_TAG = "check.strip"
_TIP = "The views, each with how much of its mask agrees with the masks of the others. Click one to see it."
_GOOD, _FAIR = 0.9, 0.75
"""Overlap of mask and hull above which a view is shown as good, and as doubtful; below, as bad."""


def overlap_colour(overlap: float | None) -> Rgba:
    """Green, amber or red; grey when it is unknown."""
    if overlap is None:
        return COLOURS.muted
    return COLOURS.running if overlap >= _GOOD else COLOURS.paused if overlap >= _FAIR else COLOURS.failed


class OverlapStrip:
    """``show`` a capture's views; a click reports one. ``update`` once a frame."""

    def __init__(self, parent: Tag, pool: TexturePool, *, on_view: Callable[[int], object]) -> None:
        self._texture = pool.take(1024)
        self._on_view = on_view
        self._boxes: dict[int, tuple[int, int, int, int]] = {}
        self._overlaps: dict[int, float] = {}
        self._selected: int | None = None
        self._left_out: frozenset[int] = frozenset()
        self._stale = False
        with dpg.child_window(parent=parent, tag=_TAG, height=scaled(_TILE), horizontal_scrollbar=True):
            dpg.add_drawlist(width=1, height=1, tag=f"{_TAG}.canvas")
        tooltip(f"{_TAG}.canvas", _TIP)
        dpg.bind_item_theme(_TAG, "surface.bare")

    def height(self, width: int) -> int:
        """How high it is when it is ``width`` pixels wide: a scroll bar takes room only where it is needed."""
        wide = self._pitch() * len(self._boxes) > width
        return scaled(_TILE + _LABEL + (_BAR if wide else 0)) if self._boxes else 0

    def show(self, views: Mapping[int, CheckedView], overlaps: Mapping[int, float]) -> None:
        """Show these views with the agreement (in [0, 1]) of those for which it is known."""
        self._overlaps = dict(overlaps)
        pictures = {view: each.picture.astype(np.float32) / np.float32(255.0) for view, each in views.items()}
        atlas = Atlas(pictures, self._texture.size)
        self._boxes = atlas.boxes
        if pictures:
            self._texture.show(atlas.image)
        dpg.configure_item(_TAG, show=bool(pictures))
        self._draw()

    def show_left_out(self, views: frozenset[int]) -> None:
        """Fade the views that are not used."""
        if views != self._left_out:
            self._left_out = views
            self._draw()

    def show_selection(self, view: int | None) -> None:
        """Frame one view and bring it into sight."""
        self._selected = view
        self._draw()
        if view in self._boxes:
            x, width = sorted(self._boxes).index(view) * self._pitch(), room(_TAG)[0]
            seen = dpg.get_x_scroll(_TAG)
            if width and not seen <= x <= seen + width - self._pitch():
                dpg.set_x_scroll(_TAG, max(x - (width - self._pitch()) / 2, 0.0))

    def place(self, at: tuple[int, int], width: int) -> None:
        """Put it at a position in the panel's pixels."""
        dpg.configure_item(_TAG, pos=at, width=max(width, 1), height=max(self.height(width), 1))

    def tile_centres(self) -> dict[int, tuple[float, float]]:
        """Window position of every picture that is there; it may be scrolled out of sight."""
        x, y = dpg.get_item_rect_min(f"{_TAG}.canvas")
        middle = y + scaled(_TILE) / 2
        return {view: (x + (index + 0.5) * self._pitch(), middle) for index, view in enumerate(sorted(self._boxes))}

    def update(self) -> None:
        """Draw what has waited for its pictures, follow the mouse."""
        if self._stale:
            self._draw()
        if dpg.is_item_hovered(f"{_TAG}.canvas") and dpg.is_mouse_button_clicked(dpg.mvMouseButton_Left):
            x = dpg.get_item_rect_min(f"{_TAG}.canvas")[0]
            index = int((dpg.get_mouse_pos(local=False)[0] - x) // self._pitch())
            views = sorted(self._boxes)
            if 0 <= index < len(views):
                self._on_view(views[index])

    @staticmethod
    def _pitch() -> float:
        return scaled(_TILE) + scaled(SPACING.normal)  # the words under two pictures are not to run into one another

    def _draw(self) -> None:
        self._stale = not self._texture.landed  # the pictures from before would be cut at the places of the new ones
        if self._stale:
            return
        size = (max(int(self._pitch() * len(self._boxes)), 1), scaled(_TILE + _LABEL))
        dpg.configure_item(f"{_TAG}.canvas", width=size[0], height=size[1])
        dpg.delete_item(f"{_TAG}.canvas", children_only=True)
        for index, view in enumerate(sorted(self._boxes)):
            self._draw_tile(view, index * self._pitch())

    def _draw_tile(self, view: int, x: float) -> None:
        to, side, texels = f"{_TAG}.canvas", scaled(_TILE), self._texture.size
        left, top, right, bottom = self._boxes[view]
        factor = side / max(right - left, bottom - top)
        half = ((right - left) * factor / 2, (bottom - top) * factor / 2)
        middle = (x + side / 2, side / 2)
        near, far, clear = (x, 0), (x + side, side), (0, 0, 0, 0)
        dpg.draw_rectangle(near, far, fill=COLOURS.well, color=clear, rounding=scaled(4), parent=to)
        dpg.draw_image(
            self._texture.tag, (middle[0] - half[0], middle[1] - half[1]), (middle[0] + half[0], middle[1] + half[1]),
            uv_min=(left / texels, top / texels), uv_max=(right / texels, bottom / texels), parent=to,
            color=FAINT if view in self._left_out else (255, 255, 255, 255),
        )  # fmt: skip
        if view == self._selected:
            edge, thick = COLOURS.accent, scaled(2)
            dpg.draw_rectangle(near, far, color=edge, thickness=thick, rounding=scaled(4), fill=clear, parent=to)
        self._draw_words(view, (x, side + scaled(2)))

    def _draw_words(self, view: int, at: tuple[float, float]) -> None:
        to, size, overlap = f"{_TAG}.canvas", scaled(SPACING.tiny_text), self._overlaps.get(view)
        value, colour = "" if overlap is None else f"{overlap:.0%}", overlap_colour(overlap)
        if view in self._left_out:
            value, colour = LEFT_OUT, COLOURS.faint
        dpg.draw_text(at, f"V{view:02d}", size=size, color=COLOURS.muted, parent=to)
        end = (at[0] + scaled(_TILE) - text_width(value, font("tiny")), at[1])
        dpg.draw_text(end, value, size=size, color=colour, parent=to)
