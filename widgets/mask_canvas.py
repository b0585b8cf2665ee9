"""The photograph that is painted over: brush, rectangle, zoom and pan."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable
from typing import Literal

import dearpygui.dearpygui as dpg
import numpy as np
from numpy.typing import NDArray

from core.types import FloatArray
from widgets.brush import BACKGROUND, OBJECT, Box, Point
from widgets.controls import Chip, canvas, place_canvas, text_width
from widgets.mask_picture import BACKGROUND_COLOUR, OBJECT_COLOUR, OUTLINE_COLOUR, Overlay, composed
from widgets.mask_sheet import MaskSheet
from widgets.shortcuts import held_modifiers
from widgets.surround import Surround
from widgets.texture import TexturePool
from widgets.theme import COLOURS, SPACING, scaled
from widgets.zoom import Frame, Pair, View

Tool = Literal["brush", "rectangle"]
TEXELS = 1200
_WHEEL = 1.15


class MaskCanvas:
    """``update`` once a frame; ``on_made`` is called when a stroke or a rectangle has been made."""

    def __init__(self, pool: TexturePool, *, on_made: Callable[[], object]) -> None:
        self.tool: Tool = "brush"
        self.radius = 12.0
        """Of the brush, picture pixels."""
        self.overlay: Overlay = "over"
        self.sheet: MaskSheet | None = None
        self._on_made = on_made
        self._texture = pool.take(TEXELS)
        self._picture: NDArray[np.uint8] | None = None
        self._shown: FloatArray = np.zeros((1, 1, 3), np.float32)
        self._stale: Box | None = None
        self._view = View()
        self._size: Pair = (10.0, 10.0)
        self._mouse: Pair = (0.0, 0.0)
        self._corner: Point | None = None
        self._panning = False
        self._wheel = 0.0
        to = canvas("masks.canvas")
        self._surround = Surround("masks.ground", to)
        dpg.draw_image(self._texture.tag, (0, 0), (1, 1), tag="masks.image", show=False, parent=to)
        dpg.draw_circle((0, 0), 1, tag="masks.brush", thickness=scaled(2), segments=48, show=False, parent=to)
        dpg.draw_rectangle(
            (0, 0), (0, 0), tag="masks.rectangle", color=OUTLINE_COLOUR, thickness=scaled(2), show=False, parent=to
        )
        self._chip = Chip("masks.busy", to)
        dpg.draw_text((0, 0), "", tag="masks.empty", size=scaled(SPACING.body), color=COLOURS.muted, parent=to)
        with dpg.handler_registry():
            dpg.add_mouse_wheel_handler(callback=self._on_wheel)

    # ---- what the editor calls --------------------------------------------------------------------------------------

    def show(self, picture: NDArray[np.uint8], sheet: MaskSheet) -> None:
        """Paint over another picture [height, width, 3]."""
        self._picture, self.sheet, self._view = picture, sheet, View()
        self._shown = np.empty(picture.shape, np.float32)
        dpg.configure_item("masks.empty", text="")
        self.repaint()

    def show_empty(self, text: str) -> None:
        """Say why there is nothing to paint over."""
        self._picture = self.sheet = None
        self._texture.hide("masks.image")
        dpg.configure_item("masks.empty", text=text)
        self._surround.show(self._size)
        self._place_text()

    def say(self, text: str) -> None:
        """Tell in the picture's corner what is being done; "" when nothing is."""
        self._chip.show(text, (scaled(SPACING.normal), scaled(SPACING.normal)))

    def repaint(self) -> None:
        """Draw everything anew: the mask has changed."""
        self._stale = self.sheet.painting.whole if self.sheet else None

    def reset(self) -> None:
        """Show the whole picture."""
        self._view = View()

    def place(self, at: tuple[int, int], size: tuple[int, int]) -> None:
        """Put the canvas at a position and size in its panel's pixels."""
        self._size = (float(max(size[0], 1)), float(max(size[1], 1)))
        place_canvas("masks.canvas", at, size)
        self._surround.show(self._size)
        self._place_text()

    def window_position(self, at: Point) -> Pair:
        """Where in the window a picture position is."""
        frame, (x, y) = self._frame, dpg.get_item_rect_min("masks.canvas")
        assert frame is not None
        place = frame.position_of(((at[0] + 0.5) / frame.picture[0], (at[1] + 0.5) / frame.picture[1]))
        return (x + place[0], y + place[1])

    def update(self) -> None:
        """Follow the mouse, draw what has changed."""
        wheel, self._wheel = self._wheel, 0.0
        if self.sheet is None or self._picture is None:
            return
        self._follow_mouse(wheel)
        self._compose()
        self._draw()

    # ---- inside -----------------------------------------------------------------------------------------------------

    @property
    def _frame(self) -> Frame | None:
        if self._picture is None:
            return None
        height, width = self._picture.shape[:2]
        return Frame(picture=(width, height), pane=self._size, view=self._view)

    def _on_wheel(self, _sender: int, amount: float) -> None:
        self._wheel += amount

    def _follow_mouse(self, wheel: float) -> None:
        x, y = dpg.get_mouse_pos(local=False)
        moved = (x - self._mouse[0], y - self._mouse[1])
        self._mouse = (float(x), float(y))
        frame, over = self._frame, bool(dpg.is_item_hovered("masks.canvas"))
        assert frame is not None
        if over and wheel:
            self._view = frame.zoomed(_WHEEL**wheel, self._local)
        self._pan(frame, moved, over=over)
        if self._panning:
            return
        if self.tool == "rectangle":
            self._follow_rectangle(frame, over=over)
        else:
            self._follow_brush(frame, over=over)

    @property
    def _local(self) -> Pair:
        x, y = dpg.get_item_rect_min("masks.canvas")
        return (self._mouse[0] - x, self._mouse[1] - y)

    def _at(self, frame: Frame) -> Point:
        """The picture position under the mouse."""
        u, v = frame.fraction_at(self._local)
        return (u * frame.picture[0] - 0.5, v * frame.picture[1] - 0.5)

    def _pan(self, frame: Frame, moved: Pair, *, over: bool) -> None:
        left = dpg.is_mouse_button_down(dpg.mvMouseButton_Left)
        middle = dpg.is_mouse_button_down(dpg.mvMouseButton_Middle)
        if over and (dpg.is_mouse_button_clicked(dpg.mvMouseButton_Middle) or (self._shift_click and left)):
            self._panning = True
        elif self._panning and not (left or middle):
            self._panning = False
        if self._panning and moved != (0.0, 0.0):
            self._view = frame.panned(moved)

    @property
    def _shift_click(self) -> bool:
        return dpg.is_mouse_button_clicked(dpg.mvMouseButton_Left) and "Shift" in held_modifiers()

    def _follow_brush(self, frame: Frame, *, over: bool) -> None:
        sheet = self.sheet
        assert sheet is not None
        left, right = (dpg.is_mouse_button_clicked(b) for b in (dpg.mvMouseButton_Left, dpg.mvMouseButton_Right))
        if over and (left or right) and not sheet.painting.stroking:
            mark = BACKGROUND if right or "Alt" in held_modifiers() else OBJECT
            self._changed(sheet.begin(self._at(frame), self.radius, mark))
        elif sheet.painting.stroking:
            self._changed(sheet.move(self._at(frame)))
            held = any(dpg.is_mouse_button_down(b) for b in (dpg.mvMouseButton_Left, dpg.mvMouseButton_Right))
            if not held and sheet.end():
                self._on_made()

    def _follow_rectangle(self, frame: Frame, *, over: bool) -> None:
        sheet, at = self.sheet, self._at(frame)
        assert sheet is not None
        if over and dpg.is_mouse_button_clicked(dpg.mvMouseButton_Left):
            self._corner = at
        elif self._corner is not None and not dpg.is_mouse_button_down(dpg.mvMouseButton_Left):
            corner, self._corner = self._corner, None
            if min(abs(corner[0] - at[0]), abs(corner[1] - at[1])) >= 2.0:
                sheet.frame(corner, at)
                self.repaint()
                self._on_made()

    def _changed(self, box: Box) -> None:
        if not box.empty:
            self._stale = box.joined(self._stale)

    def _compose(self) -> None:
        """Write what has changed to the texture."""
        box, self._stale = self._stale, None
        if box is None or self.sheet is None or self._picture is None:
            return
        # One pixel more on each side: the outline beside a changed pixel changes too.
        width, height = self.sheet.painting.size
        box = Box(
            left=max(box.left - 1, 0), top=max(box.top - 1, 0),
            right=min(box.right + 1, width), bottom=min(box.bottom + 1, height),
        )  # fmt: skip
        painting = self.sheet.painting
        self._shown[box.part] = composed(self._picture, self.sheet.shown, painting.values, self.overlay, box)
        self._texture.show(self._shown)

    def _draw(self) -> None:
        frame = self._frame
        assert frame is not None
        self._surround.show(self._size, (frame.near, frame.far))
        self._texture.draw("masks.image", near=frame.near, far=frame.far)
        over, at = dpg.is_item_hovered("masks.canvas"), self._local
        background = dpg.is_mouse_button_down(dpg.mvMouseButton_Right) or "Alt" in held_modifiers()
        dpg.configure_item(
            "masks.brush", show=over and self.tool == "brush" and not self._panning, center=at,
            radius=max(self.radius * frame.pixels_per_pixel, 1.0),
            color=BACKGROUND_COLOUR if background else OBJECT_COLOUR,
        )  # fmt: skip
        dpg.configure_item("masks.rectangle", show=self._corner is not None)
        if self._corner is not None:
            u, v = (self._corner[0] + 0.5) / frame.picture[0], (self._corner[1] + 0.5) / frame.picture[1]
            dpg.configure_item("masks.rectangle", pmin=frame.position_of((u, v)), pmax=at)

    def _place_text(self) -> None:
        text = dpg.get_item_configuration("masks.empty")["text"]
        x = (self._size[0] - text_width(text)) / 2
        dpg.configure_item("masks.empty", pos=(max(x, scaled(SPACING.normal)), self._size[1] / 2 - scaled(16)))
