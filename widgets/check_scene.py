"""The 3D picture of the check view that another thread draws, and the handles of the sphere over it.

As in ``viewport3d``, nothing is drawn here but what lies over the picture, and the mouse is reported in running totals.
"""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable
from dataclasses import dataclass

import dearpygui.dearpygui as dpg
import numpy as np
from numpy.typing import NDArray

from widgets.controls import Tag, button, canvas, caption, place_canvas, text_width
from widgets.shortcuts import held_modifiers
from widgets.texture import TexturePool
from widgets.theme import COLOURS, SPACING, font, scaled
from widgets.viewport3d import BUTTONS, Button

_FULL, _QUICK = 1024, 384
_HEAD = 28
_GRIP = 6
"""Radius of a handle."""
_NEAR = 14.0
_DRAWING = "Drawing cameras and sphere…"
_FAR_HINT = "The camera is far away, drawn nearer"
_JUMPS = ("everything", "sphere", "camera")
_HINT = "Drag the dot: move   the ring: size"


@dataclass(frozen=True, kw_only=True)
class CheckPointer:
    """The mouse over the picture; positions in its pixels, origin top left."""

    x: float
    y: float
    button: Button
    shift: bool
    press: int
    """Presses so far."""
    wheel: float
    """Wheel clicks so far."""
    pressed_at: tuple[float, float]
    """Where the newest press was."""
    pressed_with: Button = "none"
    """The button of the newest press, which may be up again by now."""


class CheckScene:
    """See the module. ``update`` once a frame."""

    def __init__(
        self,
        parent: Tag,
        pool: TexturePool,
        *,
        on_pointer: Callable[[CheckPointer], object],
        on_size: Callable[[int, int, float], object],
        on_jump: Callable[[str], object],
    ) -> None:
        """``on_size(width, height, quick)``: zeros when it is hidden. ``on_jump``: everything, sphere, camera."""
        self._on_pointer, self._on_size = on_pointer, on_size
        self._textures = (pool.take(_QUICK), pool.take(_FULL))
        self._pointer = CheckPointer(x=0, y=0, button="none", shift=False, press=0, wheel=0, pressed_at=(0, 0))
        self._dragging: Button | None = None
        self._wheel = 0.0
        self._place = (0, 0, 0, 0)
        self._size = (0, 0)
        self._text = self._failure = ""
        self._hint = _HINT
        self._scale = 1.0
        self._handles: tuple[tuple[float, float], ...] = ()
        self._near: int | None = None
        """The handle under the mouse."""
        with dpg.group(tag="check.scene.head", horizontal=True, parent=parent):
            for short, label, tip in (
                ("everything", "All", "See all cameras"),
                ("sphere", "Sphere", "See the sphere whole"),
                ("camera", "Through camera", "Look through the selected view's camera"),
            ):
                button(label, lambda s=short: on_jump(s), tag=f"check.scene.{short}", small=True, tip=tip)
            caption(_HINT, tag="check.scene.hint")
            dpg.bind_item_theme("check.scene.hint", "style.beside_button")
        view = canvas("check.scene.view", parent=parent)
        dpg.draw_image(self._textures[1].tag, (0, 0), (1, 1), tag=f"{view}.image", parent=view, show=False)
        dpg.add_draw_layer(tag=f"{view}.over", parent=view)
        with dpg.handler_registry():
            dpg.add_mouse_wheel_handler(callback=self._on_wheel)

    def show_frame(self, rgba: NDArray[np.uint8], handles: tuple[tuple[float, float], ...]) -> None:
        """Show a picture [height, width, 4], top row first, and the sphere's handles as fractions of its size."""
        self._handles = handles
        texture = self._textures[0 if max(rgba.shape[:2]) <= _QUICK else 1]
        texture.show(rgba[..., :3].astype(np.float32) / np.float32(255.0))
        self._text = self._failure = ""
        size = (max(self._place[2], 1), max(self._place[3], 1))
        texture.draw("check.scene.view.image", near=(0, 0), far=size)
        self._draw()

    def show_text(self, text: str) -> None:
        """Say why there is no picture."""
        self._text, self._handles = text, ()
        self._textures[0].hide("check.scene.view.image")
        self._draw()

    def show_drawing(self) -> None:
        """The view thread, which may load for seconds, draws something else; or cannot draw at all, as it has said."""
        self.show_text(self._failure or _DRAWING)

    def show_failure(self, text: str) -> None:
        """Nothing can be drawn; say why until something can."""
        self._failure = text
        self.show_text(text)

    def enable(self, enabled: bool, *, far: bool = False) -> None:
        """Whether there are cameras to look at; ``far``: they are drawn nearer than they are."""
        self._hint = _FAR_HINT if far else _HINT
        dpg.set_value("check.scene.hint", self._hint)
        for name in _JUMPS:
            dpg.configure_item(f"check.scene.{name}", enabled=enabled)

    def handle_centre(self, number: int) -> tuple[float, float] | None:
        """Window position of the sphere's centre (0) or rim (1) handle; None when it is not drawn."""
        if number >= len(self._handles):
            return None
        x, y = dpg.get_item_rect_min("check.scene.view")
        u, v = self._handles[number]
        return (x + u * self._place[2], y + v * self._place[3])

    def place(self, at: tuple[int, int], size: tuple[int, int]) -> None:
        """Put the picture and the line above it at a position and size in the panel's pixels."""
        head = scaled(_HEAD)
        self._place = (at[0], at[1] + head, size[0], size[1] - head)
        dpg.set_item_pos("check.scene.head", list(at))
        buttons = sum(dpg.get_item_rect_size(f"check.scene.{n}")[0] for n in _JUMPS)
        words = text_width(self._hint, font("small")) + scaled(4 * SPACING.normal)
        dpg.configure_item("check.scene.hint", show=buttons + words < size[0])
        place_canvas("check.scene.view", self._place[:2], self._place[2:])
        self._scale = min(1.0, _FULL / max(*self._place[2:], 1))
        self._resize(int(self._place[2] * self._scale), int(self._place[3] * self._scale))
        self._draw()

    def hide(self) -> None:
        """Nobody sees it: let nothing be drawn."""
        self._wheel, self._dragging = 0.0, None
        self._resize(0, 0)

    def _resize(self, width: int, height: int) -> None:
        if (width, height) != self._size:
            self._size = (width, height)
            self._on_size(width, height, min(1.0, _QUICK / max(width, height, 1)))

    def _draw(self) -> None:
        layer, size = "check.scene.view.over", self._place[2:]
        dpg.delete_item(layer, children_only=True)
        if self._text:
            dpg.draw_rectangle((0, 0), size, fill=COLOURS.well, color=COLOURS.line, rounding=6, parent=layer)
            at = ((size[0] - text_width(self._text, font("small"))) / 2, size[1] / 2 - scaled(SPACING.small_text))
            dpg.draw_text(at, self._text, size=scaled(SPACING.small_text), color=COLOURS.muted, parent=layer)
            return
        for number, (u, v) in enumerate(self._handles):
            at, held = (u * size[0], v * size[1]), number == self._near
            colour, radius = COLOURS.light if held else (255, 255, 255, 230), scaled(_GRIP)
            ground = (0, 0, 0, 110)
            dpg.draw_circle(at, radius + scaled(3), fill=ground, color=(0, 0, 0, 0), parent=layer)
            fill = colour if number == 0 else (0, 0, 0, 0)
            dpg.draw_circle(at, radius, color=colour, fill=fill, thickness=scaled(2), parent=layer)

    # ---- mouse ------------------------------------------------------------------------------------------------------

    def _on_wheel(self, _sender: int, amount: float) -> None:
        self._wheel += amount

    def update(self) -> None:
        """Follow the mouse; once a frame while it is on screen."""
        wheel, self._wheel = self._wheel, 0.0
        over = bool(dpg.is_item_hovered("check.scene.view"))
        self._mark(over)
        pressed: Button | None = next((name for name, code in BUTTONS if dpg.is_mouse_button_clicked(code)), None)
        if over and pressed is not None and self._dragging is None:
            self._dragging = pressed
            self._report(pressed, 0.0, presses=1)
        elif self._dragging and not dpg.is_mouse_button_down(dict(BUTTONS)[self._dragging]):
            self._report("none", 0.0)
            self._dragging = None
        elif self._dragging:
            self._report(self._dragging, 0.0)
        elif over and wheel:
            self._report("none", wheel)

    def _at(self) -> tuple[float, float]:
        mouse = dpg.get_mouse_pos(local=False)
        x, y = dpg.get_item_rect_min("check.scene.view")
        return (mouse[0] - x, mouse[1] - y)

    def _mark(self, over: bool) -> None:
        """Light up the handle that a press would grip."""
        if self._dragging:
            return
        at, size = self._at(), self._place[2:]
        away = [float(np.hypot(u * size[0] - at[0], v * size[1] - at[1])) for u, v in self._handles]
        near = int(np.argmin(away)) if over and away and min(away) <= _NEAR else None
        if near != self._near:
            self._near = near
            self._draw()

    def _report(self, button: Button, wheel: float, *, presses: int = 0) -> None:
        at, before = self._at(), self._pointer
        at = (at[0] * self._scale, at[1] * self._scale)
        now = CheckPointer(
            x=at[0],
            y=at[1],
            button=button,
            shift="Shift" in held_modifiers(),
            press=before.press + presses,
            wheel=before.wheel + wheel,
            pressed_at=at if presses else before.pressed_at,
            pressed_with=button if presses else before.pressed_with,
        )
        if now != before:
            self._pointer = now
            self._on_pointer(now)
