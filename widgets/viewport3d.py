"""The 3D tab: one or two pictures of the scene that another thread draws, and the mouse over them.

Nothing is drawn here. Both viewports share one texture, side by side, so that two cost no more than one. What the mouse
does is reported with running totals (presses, wheel clicks), so that a reader who misses a report loses nothing.
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
from widgets.texture import TexturePool
from widgets.theme import COLOURS, SPACING, faded, scaled
from widgets.viewport_tools import Choices, ViewportTools

Button = Literal["none", "left", "middle", "right"]
_BUTTONS: tuple[tuple[Button, int], ...] = (
    ("left", dpg.mvMouseButton_Left),
    ("middle", dpg.mvMouseButton_Middle),
    ("right", dpg.mvMouseButton_Right),
)
_TEXTURE = 1024
"""Side of the texture both viewports share; larger windows show fewer pixels than they have."""
_BAR = 34
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


class Viewport3D:
    """See the module. ``update`` once a frame."""

    def __init__(
        self,
        parent: Tag,
        pool: TexturePool,
        *,
        on_pointer: Callable[[Pointer], object],
        on_size: Callable[[int, int, int], object],
        on_choices: Callable[[Choices], object],
        on_jump: Callable[[str], object],
    ) -> None:
        """``on_size(viewport, width, height)``; zeros when it is hidden. ``on_jump``: object, everything, camera."""
        self._on_pointer, self._on_size, self._on_choices = on_pointer, on_size, on_choices
        self._texture = pool.take(_TEXTURE)
        self._pixels: dict[int, NDArray[np.uint8]] = {}
        self._sizes: dict[int, tuple[int, int]] = {0: (0, 0), 1: (0, 0)}
        self._pointers = [Pointer(viewport=v, x=0, y=0, button="none", shift=False, press=0, wheel=0) for v in range(2)]
        self._dragging: tuple[int, Button] | None = None
        self._wheel = 0.0
        self._room = (0, 0)
        self._scale = 1.0
        self._text: str | None = _EMPTY
        self._error_limit: float | None = None
        self._error_text = ""
        self._stale = True
        with dpg.child_window(
            parent=parent, tag="scene", width=-1, height=-1, no_scrollbar=True, no_scroll_with_mouse=True
        ):
            self._tools = ViewportTools("scene", on_choices=self._choose, on_jump=on_jump)
            for viewport in range(2):
                view = canvas(f"scene.view.{viewport}")
                dpg.draw_image(self._texture.tag, (0, 0), (1, 1), tag=f"{view}.image", parent=view, show=False)
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
        """Show a picture [height, width, 4], top row first."""
        if rgba.shape[1::-1] == self._sizes[viewport]:
            self._pixels[viewport] = rgba
            self._stale = True

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
                self._on_size(viewport, 0, 0)

    def _follow_size(self) -> None:
        size = room("scene")
        if size == self._room or min(size) < 60 or not text_width("0"):
            return
        self._room = size
        bar, gap = scaled(_BAR), scaled(SPACING.gap)
        self._tools.place(size)
        count = 2 if self.choices.split else 1
        width, height = (size[0] - gap * (count - 1)) // count, size[1] - 2 * bar
        self._scale = min(1.0, _TEXTURE / (count * width), _TEXTURE / height)
        for viewport in range(2):
            shown = viewport < count
            place_canvas(f"scene.view.{viewport}", (viewport * (width + gap), bar), (width, height), show=shown)
            self._resize(viewport, (int(width * self._scale), int(height * self._scale)) if shown else (0, 0))
        self._stale = True

    def _resize(self, viewport: int, size: tuple[int, int]) -> None:
        if size != self._sizes[viewport]:
            self._sizes[viewport] = size
            self._pixels.pop(viewport, None)
            self._on_size(viewport, *size)

    # ---- drawing ----------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        shown = [viewport for viewport in range(2) if self._sizes[viewport][0]]
        if self._text is None and all(viewport in self._pixels for viewport in shown):
            both = np.concatenate([self._pixels[viewport] for viewport in shown], axis=1)
            self._texture.show(both[..., :3].astype(np.float32) / np.float32(255.0))
        for place, viewport in enumerate(shown):
            self._draw_view(viewport, place, len(shown))

    def _draw_view(self, viewport: int, place: int, count: int) -> None:
        view = f"scene.view.{viewport}"
        size = (dpg.get_item_width(view) or 1, dpg.get_item_height(view) or 1)
        far = self._texture.uv_max
        ready = self._text is None and viewport in self._pixels and far[0] > 0
        near, end = (far[0] * place / count, 0.0), (far[0] * (place + 1) / count, far[1])
        dpg.configure_item(f"{view}.image", show=ready, pmax=size, uv_min=near, uv_max=end)
        dpg.delete_item(f"{view}.over", children_only=True)
        if self._text is not None:
            self._draw_text(f"{view}.over", size, self._text if place == 0 else "")
        elif self.choices.colours[viewport] == "error" and self._error_limit is not None:
            draw_error_legend(f"{view}.over", size, self._error_limit, unit=self._error_text)

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
        pressed = next((name for name, code in _BUTTONS if dpg.is_mouse_button_clicked(code)), None)
        if under is not None and pressed is not None and self._dragging is None:
            self._dragging = (under, pressed)
            before = self._pointers[under]
            self._pointers[under] = replace(before, press=before.press + 1)
        elif self._dragging and not dpg.is_mouse_button_down(dict(_BUTTONS)[self._dragging[1]]):
            self._report(self._dragging[0], "none", 0.0)
            self._dragging = None
        if self._dragging:
            self._report(self._dragging[0], self._dragging[1], 0.0)
        elif under is not None and wheel:
            self._report(under, "none", wheel)

    def _report(self, viewport: int, button: Button, wheel: float) -> None:
        mouse = dpg.get_mouse_pos(local=False)
        x, y = dpg.get_item_rect_min(f"scene.view.{viewport}")
        before = self._pointers[viewport]
        now = replace(
            before,
            x=(mouse[0] - x) * self._scale,
            y=(mouse[1] - y) * self._scale,
            button=button,
            shift="Shift" in held_modifiers(),
            wheel=before.wheel + wheel,
        )
        if now != before or button != "none":
            self._pointers[viewport] = now
            self._on_pointer(now)
