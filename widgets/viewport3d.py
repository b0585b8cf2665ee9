"""The 3D tab: one or two pictures of the scene that another thread draws, and the mouse over them.

Nothing is drawn here. While the mouse moves the eye, pictures are small and go through a small texture: uploading a
large one takes 12 ms. What the mouse does is reported with running totals (presses, wheel clicks), so that a reader who
misses a report loses nothing.
"""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import dearpygui.dearpygui as dpg
import numpy as np
from numpy.typing import NDArray

from widgets.controls import Tag, canvas, place_canvas, room, text_width
from widgets.image_pane import draw_error_legend
from widgets.shortcuts import held_modifiers
from widgets.texture import Texture, TexturePool
from widgets.theme import COLOURS, SPACING, faded, font, scaled
from widgets.viewport_tools import Choices, ViewportTools

Button = Literal["none", "left", "middle", "right"]
BUTTONS: tuple[tuple[Button, int], ...] = (
    ("left", dpg.mvMouseButton_Left),
    ("middle", dpg.mvMouseButton_Middle),
    ("right", dpg.mvMouseButton_Right),
)
_FULL, _QUICK = 1024, 512
"""Sides of a viewport's textures; larger windows show fewer pixels than they have."""
_ASPECT = 0.02
"""A picture may differ so much in shape from its viewport: sizes are whole pixels."""
_BAR = 34
_DRAWING = "Drawing the scene…"
_EMPTY = "Open a capture to see its cameras, its lights and the object here."


@dataclass(frozen=True, kw_only=True)
class Pointer:
    """The mouse over one viewport."""

    viewport: int
    x: float
    """Picture pixels from the left edge."""
    y: float
    """Picture pixels from the top edge."""
    button: Button
    shift: bool
    press: int
    """Presses so far."""
    wheel: float
    """Wheel clicks so far."""
    pressed_at: tuple[float, float] = (0.0, 0.0)
    """Where the newest press was, picture pixels."""
    pressed_with: Button = "none"
    """The button of the newest press, which may be up again by now."""


class Viewport3D:
    """See the module. ``update`` once a frame."""

    def __init__(
        self,
        parent: Tag,
        pool: TexturePool,
        *,
        on_pointer: Callable[[Pointer], object],
        on_size: Callable[[int, int, int, float], object],
        on_choices: Callable[[Choices], object],
        on_jump: Callable[[str], object],
    ) -> None:
        """``on_size(viewport, width, height, quick)``: zeros when it is hidden; ``quick`` is the share of the pixels
        to draw along each side while the eye moves. ``on_jump``: object, everything, camera.
        """
        self._on_pointer, self._on_size, self._on_choices = on_pointer, on_size, on_choices
        self._textures = [(pool.take(_QUICK), pool.take(_FULL)) for _ in range(2)]
        self._shown: dict[int, Texture] = {}
        """The texture that holds each viewport's newest picture."""
        self._began = False
        """Whether there was a picture yet: before the first the view thread may load for seconds."""
        self._sizes: dict[int, tuple[int, int]] = {0: (0, 0), 1: (0, 0)}
        self._pointers = [Pointer(viewport=v, x=0, y=0, button="none", shift=False, press=0, wheel=0) for v in range(2)]
        self._dragging: tuple[int, Button] | None = None
        self._wheel = 0.0
        self._room = (0, 0)
        self._scale = 1.0
        self._text: str | None = _EMPTY
        self._waiting = ""
        self._error_limit: float | None = None
        self._error_text = ""
        self._stale = True
        with dpg.child_window(
            parent=parent, tag="scene", width=-1, height=-1, no_scrollbar=True, no_scroll_with_mouse=True
        ):
            self._tools = ViewportTools("scene", on_choices=self._choose, on_jump=on_jump)
            for viewport in range(2):
                view = canvas(f"scene.view.{viewport}")
                texture = self._textures[viewport][1].tag
                dpg.draw_image(texture, (0, 0), (1, 1), tag=f"{view}.image", parent=view, show=False)
                dpg.add_draw_layer(tag=f"{view}.over", parent=view)
        dpg.bind_item_theme("scene", "surface.bare")
        with dpg.handler_registry():
            dpg.add_mouse_wheel_handler(callback=self._on_wheel)

    # ---- what the studio calls --------------------------------------------------------------------------------------

    @property
    def choices(self) -> Choices:
        """What is drawn, and how."""
        return self._tools.choices

    def set_choices(self, choices: Choices) -> None:
        """Show other choices without reporting them."""
        self._tools.show(choices)
        self._room = (0, 0)

    def show_frame(self, viewport: int, rgba: NDArray[np.uint8]) -> None:
        """Show a picture [height, width, 4] of any size, top row first."""
        width, height = self._sizes[viewport]
        if width == 0 or abs(rgba.shape[1] / rgba.shape[0] - width / height) > _ASPECT * width / height:
            return  # drawn for a size the viewport no longer has
        quick, full = self._textures[viewport]
        texture = quick if max(rgba.shape[:2]) <= _QUICK else full
        texture.show(rgba[..., :3].astype(np.float32) / np.float32(255.0))
        self._shown[viewport] = texture
        self._began = self._stale = True

    def show_waiting(self, text: str) -> None:
        """Say below the scene why there is no object in it; "" when there is one."""
        if text != self._waiting:
            self._waiting, self._stale = text, True

    def show_text(self, text: str | None) -> None:
        """Say why there is no picture; None when there is one."""
        self._text = text
        self._stale = True

    def show_error_scale(self, limit: float | None, text: str) -> None:
        """With error colouring: the error in the colour map's last colour, and its unit."""
        self._error_limit, self._error_text = limit, text
        self._stale = True

    def update(self) -> None:
        """Follow the panel's size and the mouse; write a new picture; once a frame."""
        if not dpg.is_item_visible("scene.view.0"):
            self._hide()
            return
        self._follow_size()
        self._follow_mouse()
        if self._stale and self._room[0]:
            self._stale = False
            self._draw()

    # ---- size -------------------------------------------------------------------------------------------------------

    def _choose(self, choices: Choices) -> None:
        self._room = (0, 0)
        self._on_choices(choices)

    def _hide(self) -> None:
        self._room, self._wheel, self._dragging = (0, 0), 0.0, None
        for viewport, size in self._sizes.items():
            if size != (0, 0):
                self._sizes[viewport] = (0, 0)
                self._on_size(viewport, 0, 0, 1.0)

    def _follow_size(self) -> None:
        size = room("scene")
        if size == self._room or min(size) < 60 or not text_width("0"):
            return
        self._room = size
        bar, gap = scaled(_BAR), scaled(SPACING.gap)
        self._tools.place(size)
        count = 2 if self.choices.split else 1
        width, height = (size[0] - gap * (count - 1)) // count, size[1] - 2 * bar
        self._scale = min(1.0, _FULL / width, _FULL / height)
        for viewport in range(2):
            shown = viewport < count
            place_canvas(f"scene.view.{viewport}", (viewport * (width + gap), bar), (width, height), show=shown)
            self._resize(viewport, (int(width * self._scale), int(height * self._scale)) if shown else (0, 0))
        self._stale = True

    def _resize(self, viewport: int, size: tuple[int, int]) -> None:
        if size != self._sizes[viewport]:
            self._sizes[viewport] = size
            self._shown.pop(viewport, None)
            self._on_size(viewport, *size, min(1.0, _QUICK / max(*size, 1)))

    # ---- drawing ----------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        shown = [viewport for viewport in range(2) if self._sizes[viewport][0]]
        for place, viewport in enumerate(shown):
            self._draw_view(viewport, place)

    def _draw_view(self, viewport: int, place: int) -> None:
        view = f"scene.view.{viewport}"
        size = (dpg.get_item_width(view) or 1, dpg.get_item_height(view) or 1)
        texture = self._shown.get(viewport) if self._text is None else None
        if texture is None:
            self._textures[viewport][0].hide(f"{view}.image")
        else:
            texture.draw(f"{view}.image", near=(0, 0), far=size)
        dpg.delete_item(f"{view}.over", children_only=True)
        text = self._text if self._text is not None or self._began else _DRAWING
        if text is not None:
            self._draw_text(f"{view}.over", size, text if place == 0 else "")
        elif self._waiting:
            self._draw_waiting(f"{view}.over", size)
        elif self.choices.colours[viewport] == "error" and self._error_limit is not None:
            draw_error_legend(f"{view}.over", size, self._error_limit, unit=self._error_text)

    def _draw_waiting(self, layer: str, size: tuple[int, int]) -> None:
        letters, low = scaled(SPACING.small_text), scaled(SPACING.gap)
        at = ((size[0] - text_width(self._waiting, font("small"))) / 2, size[1] - letters - 2 * low)
        dpg.draw_text(at, self._waiting, size=letters, color=COLOURS.muted, parent=layer)

    @staticmethod
    def _draw_text(layer: str, size: tuple[int, int], text: str) -> None:
        dpg.draw_rectangle((0, 0), size, fill=COLOURS.well, color=COLOURS.line, rounding=6, parent=layer)
        letters = scaled(SPACING.body)
        at = ((size[0] - text_width(text)) / 2, size[1] / 2 - letters)
        dpg.draw_text(at, text, size=letters, color=faded(COLOURS.muted, 1.0), parent=layer)

    # ---- mouse ------------------------------------------------------------------------------------------------------

    def _on_wheel(self, _sender: int, amount: float) -> None:
        self._wheel += amount

    def _follow_mouse(self) -> None:
        wheel, self._wheel = self._wheel, 0.0
        under = next((v for v in range(2) if self._sizes[v][0] and dpg.is_item_hovered(f"scene.view.{v}")), None)
        pressed = next((name for name, code in BUTTONS if dpg.is_mouse_button_clicked(code)), None)
        if under is not None and pressed is not None and self._dragging is None:
            self._dragging = (under, pressed)
            before, at = self._pointers[under], self._at(under)
            self._pointers[under] = replace(before, press=before.press + 1, pressed_at=at, pressed_with=pressed)
        elif self._dragging and not dpg.is_mouse_button_down(dict(BUTTONS)[self._dragging[1]]):
            self._report(self._dragging[0], "none", 0.0)
            self._dragging = None
        if self._dragging:
            self._report(self._dragging[0], self._dragging[1], 0.0)
        elif under is not None and wheel:
            self._report(under, "none", wheel)

    def _at(self, viewport: int) -> tuple[float, float]:
        """Where the mouse is, picture pixels."""
        mouse = dpg.get_mouse_pos(local=False)
        x, y = dpg.get_item_rect_min(f"scene.view.{viewport}")
        return ((mouse[0] - x) * self._scale, (mouse[1] - y) * self._scale)

    def _report(self, viewport: int, button: Button, wheel: float) -> None:
        x, y = self._at(viewport)
        before = self._pointers[viewport]
        now = replace(
            before,
            x=x,
            y=y,
            button=button,
            shift="Shift" in held_modifiers(),
            wheel=before.wheel + wheel,
        )
        if now != before or button != "none":
            self._pointers[viewport] = now
            self._on_pointer(now)
