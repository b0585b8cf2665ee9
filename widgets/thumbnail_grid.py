"""The capture's views as small pictures, all in one texture; a click shows the view."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

import math
from collections.abc import Callable, Mapping

import dearpygui.dearpygui as dpg
import numpy as np

from core.types import FloatArray
from widgets.controls import Tag, room, text_width
from widgets.texture import TexturePool, fit_picture
from widgets.theme import COLOURS, SPACING, font, scaled

LEFT_OUT = "left out"
"""What is said, everywhere, of a photograph or view that is not used."""
FAINT = (255, 255, 255, 70)
"""How the picture of one is tinted."""
_TILE, _LABEL = 80, 18
_LARGEST = 128


class Atlas:
    """Pictures side by side in one square image; no window."""

    def __init__(self, pictures: Mapping[int, FloatArray], size: int) -> None:
        side = max(1, math.ceil(math.sqrt(len(pictures))))
        tile = min(size // side, _LARGEST)
        self.image = np.zeros((size, size, 3), np.float32)
        self.boxes: dict[int, tuple[int, int, int, int]] = {}
        """Per id: (left, top, right, bottom) in texels."""
        for index, (ident, picture) in enumerate(sorted(pictures.items())):
            small = fit_picture(np.ascontiguousarray(picture[..., :3], dtype=np.float32), tile)
            top, left = (part * tile for part in divmod(index, side))
            bottom, right = top + small.shape[0], left + small.shape[1]
            self.image[top:bottom, left:right] = small
            self.boxes[ident] = (left, top, right, bottom)


def tile_columns(width: float, tile: float) -> int:
    """How many tiles fit side by side; at least one."""
    return max(1, int(width // tile))


class ThumbnailGrid:
    """See the module. ``update`` once a frame."""

    def __init__(self, parent: Tag, pool: TexturePool, *, on_view: Callable[[int], object]) -> None:
        self._texture = pool.take()
        self._on_view = on_view
        self._boxes: dict[int, tuple[int, int, int, int]] = {}
        self._selected: int | None = None
        self._used: dict[int, bool] = {}
        self._width = 0
        self._columns = 1
        self._stale = False
        with dpg.child_window(parent=parent, tag="capture.thumbnails", width=-1, height=100):
            dpg.add_drawlist(width=1, height=1, tag="capture.thumbnails.canvas")
        dpg.bind_item_theme("capture.thumbnails", "surface.bare")

    def show(self, pictures: Mapping[int, FloatArray]) -> None:
        """Show these views: [height, width, 3] display values by view id."""
        atlas = Atlas(pictures, self._texture.size)
        self._boxes = atlas.boxes
        self._texture.show(atlas.image)
        self._stale = True

    def show_used(self, used: Mapping[int, bool]) -> None:
        """Fade the views of which no image is used."""
        if dict(used) != self._used:
            self._used = dict(used)
            self._stale = True

    def show_selection(self, view: int | None) -> None:
        """Frame one view."""
        self._stale = self._stale or view != self._selected
        self._selected = view

    def place(self, height: int) -> None:
        """Give the grid this much height."""
        dpg.configure_item("capture.thumbnails", height=max(height, 1))

    def tile_centre(self, view: int) -> tuple[float, float]:
        """Window position of a view's picture; it may be scrolled out of sight."""
        x, y = dpg.get_item_rect_min("capture.thumbnails.canvas")
        row, column = divmod(sorted(self._boxes).index(view), self._columns)
        width, height = self._pitch()
        return (x + (column + 0.5) * width, y + row * height + (height - scaled(_LABEL)) / 2)

    def update(self) -> None:
        """Follow the panel's width and the mouse; once a frame."""
        width = room("capture.thumbnails")[0]
        if width and (width != self._width or self._stale) and self._texture.landed:
            self._width, self._stale = width, False
            self._draw()
        if dpg.is_item_hovered("capture.thumbnails.canvas") and dpg.is_mouse_button_clicked(dpg.mvMouseButton_Left):
            self._press()

    def _pitch(self) -> tuple[float, float]:
        """(width, height) of a tile with its label, filling the panel's width evenly."""
        width = (self._width - scaled(12)) / self._columns
        return (width, width + scaled(_LABEL))

    def _draw(self) -> None:
        self._columns = tile_columns(self._width - scaled(12), scaled(_TILE))
        width, height = self._pitch()
        rows = math.ceil(len(self._boxes) / self._columns)
        dpg.configure_item(
            "capture.thumbnails.canvas", width=max(int(width * self._columns), 1), height=max(int(height * rows), 1)
        )
        dpg.delete_item("capture.thumbnails.canvas", children_only=True)
        for index, view in enumerate(sorted(self._boxes)):
            row, column = divmod(index, self._columns)
            self._draw_tile(view, (column * width, row * height), width - scaled(SPACING.small))

    def _draw_tile(self, view: int, at: tuple[float, float], side: float) -> None:
        canvas, used = "capture.thumbnails.canvas", self._used.get(view, True)
        left, top, right, bottom = self._boxes[view]
        size = self._texture.size
        factor = side / max(right - left, bottom - top)
        middle = (at[0] + side / 2, at[1] + side / 2)
        half = ((right - left) * factor / 2, (bottom - top) * factor / 2)
        far = (at[0] + side, at[1] + side)
        dpg.draw_rectangle(at, far, fill=COLOURS.well, color=COLOURS.well, rounding=scaled(4), parent=canvas)
        dpg.draw_image(
            self._texture.tag, (middle[0] - half[0], middle[1] - half[1]), (middle[0] + half[0], middle[1] + half[1]),
            uv_min=(left / size, top / size), uv_max=(right / size, bottom / size), parent=canvas,
            color=(255, 255, 255, 255) if used else FAINT,
        )  # fmt: skip
        chosen = view == self._selected
        if chosen:
            dpg.draw_rectangle(
                at, far, color=COLOURS.accent, thickness=scaled(2), rounding=scaled(4), parent=canvas, fill=(0, 0, 0, 0)
            )
        text = f"V{view:02d}" if used else f"V{view:02d}  {LEFT_OUT}"
        colour = COLOURS.text if chosen else (COLOURS.muted if used else COLOURS.faint)
        x = middle[0] - text_width(text, font("small")) * 13 / 28
        dpg.draw_text((x, far[1] + scaled(1)), text, size=scaled(13), color=colour, parent=canvas)

    def _press(self) -> None:
        x, y = dpg.get_item_rect_min("capture.thumbnails.canvas")
        mouse, (width, height) = dpg.get_mouse_pos(local=False), self._pitch()
        index = int((mouse[1] - y) // height) * self._columns + int((mouse[0] - x) // width)
        views = sorted(self._boxes)
        if 0 <= index < len(views):
            self._on_view(views[index])
