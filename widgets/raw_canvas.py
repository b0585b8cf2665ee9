"""The developed photograph and the camera's own picture of it, a line to wipe between them, the crop over both."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable

import dearpygui.dearpygui as dpg
import numpy as np

from widgets.controls import canvas, place_canvas, text_width
from widgets.crop_box import Grip, grip_at, pulled, spanned
from widgets.palette import Rgba
from widgets.raw_data import Crop, RawPicture
from widgets.shortcuts import held_modifiers
from widgets.surround import Surround, strips
from widgets.texture import TexturePool
from widgets.theme import COLOURS, SPACING, faded, font, scaled
from widgets.zoom import Frame, Pair, View

TEXELS = 1200
_WHEEL = 1.15
_GRAB = 9
_EDGE: Rgba = (255, 226, 92, 255)
_CLEAR: Rgba = (0, 0, 0, 0)


class RawCanvas:
    """Left of the line the developed frame, right of it the camera's picture, laid into the crop.

    The camera's picture shows what its maker means to be seen, so with the right crop both continue each other across
    the line.
    """

    def __init__(self, pool: TexturePool, *, on_crop: Callable[[Crop], object]) -> None:
        self.crop: Crop | None = None
        """None: the whole frame."""
        self.split = 0.5
        """The line's place as a fraction of the canvas's width."""
        self._on_crop = on_crop
        self._textures = {"developed": pool.take(TEXELS), "camera": pool.take(TEXELS)}
        self._picture: RawPicture | None = None
        self._view = View()
        self._size: Pair = (10.0, 10.0)
        self._mouse: Pair = (0.0, 0.0)
        self._wheel = 0.0
        self._drag: str | Grip | None = None
        self._corner: Pair = (0.0, 0.0)
        self._add_drawing()
        with dpg.handler_registry():
            dpg.add_mouse_wheel_handler(callback=self._on_wheel)

    def _add_drawing(self) -> None:
        to, white = canvas("raw.canvas"), (255, 255, 255, 230)
        self._surround = Surround("raw.ground", to)
        for name, texture in self._textures.items():
            dpg.draw_image(texture.tag, (0, 0), (1, 1), tag=f"raw.{name}", show=False, parent=to)
        shade = faded(COLOURS.desk, 0.6)
        for number in range(4):
            dpg.draw_rectangle((0, 0), (0, 0), tag=f"raw.shade.{number}", fill=shade, color=_CLEAR, parent=to)
        dpg.draw_rectangle((0, 0), (0, 0), tag="raw.crop", color=_EDGE, thickness=scaled(2), show=False, parent=to)
        dpg.draw_line((0, 0), (0, 1), tag="raw.line", color=white, thickness=scaled(2), show=False, parent=to)
        dpg.draw_circle((0, 0), scaled(9), tag="raw.grip", fill=COLOURS.accent, color=white, show=False, parent=to)
        dpg.add_draw_layer(tag="raw.words", parent=to)
        dpg.draw_text((0, 0), "", tag="raw.empty", size=scaled(SPACING.body), color=COLOURS.muted, parent=to)

    # ---- what the panel calls ---------------------------------------------------------------------------------------

    def show(self, picture: RawPicture) -> None:
        """Show a photograph; zoom and crop stay."""
        self._picture = picture
        self._textures["developed"].show(picture.developed.astype(np.float32) / np.float32(255.0))
        if picture.camera is not None:
            self._textures["camera"].show(picture.camera.astype(np.float32) / np.float32(255.0))
        dpg.configure_item("raw.empty", text="")

    def show_empty(self, text: str) -> None:
        """Say why there is nothing to see."""
        self._picture = None
        for part in ("raw.developed", "raw.camera", "raw.crop", "raw.line", "raw.grip"):
            dpg.configure_item(part, show=False)
        for number in range(4):
            dpg.configure_item(f"raw.shade.{number}", show=False)
        dpg.delete_item("raw.words", children_only=True)
        dpg.configure_item("raw.empty", text=text)
        self.place_text()

    def reset(self) -> None:
        """Show the whole frame."""
        self._view = View()

    def place(self, at: tuple[int, int], size: tuple[int, int]) -> None:
        """Put the canvas at a position and size in its panel's pixels."""
        self._size = (float(max(size[0], 1)), float(max(size[1], 1)))
        place_canvas("raw.canvas", at, size)
        self._surround.show(self._size)
        self.place_text()

    def place_text(self) -> None:
        """Bring the text to the middle."""
        text = dpg.get_item_configuration("raw.empty")["text"]
        x = (self._size[0] - text_width(text)) / 2
        dpg.configure_item("raw.empty", pos=(max(x, scaled(SPACING.normal)), self._size[1] / 2 - scaled(16)))

    def window_position(self, at: Pair) -> Pair:
        """Where in the window a position of the developed frame is."""
        x, y = dpg.get_item_rect_min("raw.canvas")
        place = self._place(self._frame, at)
        return (x + place[0], y + place[1])

    def update(self) -> None:
        """Follow the mouse and draw."""
        wheel, self._wheel = self._wheel, 0.0
        if self._picture is None:
            return
        self._follow_mouse(wheel)
        self._draw(self._picture)

    # ---- mouse ------------------------------------------------------------------------------------------------------

    @property
    def _frame(self) -> Frame:
        assert self._picture is not None
        return Frame(picture=self._picture.size, pane=self._size, view=self._view)

    def _on_wheel(self, _sender: int, amount: float) -> None:
        self._wheel += amount

    def _follow_mouse(self, wheel: float) -> None:
        x, y = dpg.get_mouse_pos(local=False)
        moved = (x - self._mouse[0], y - self._mouse[1])
        self._mouse = (float(x), float(y))
        near = dpg.get_item_rect_min("raw.canvas")
        local, frame = (x - near[0], y - near[1]), self._frame
        over = bool(dpg.is_item_hovered("raw.canvas"))
        if over and wheel:
            self._view = frame.zoomed(_WHEEL**wheel, local)
        u, v = frame.fraction_at(local)
        at = (u * frame.picture[0], v * frame.picture[1])
        left, middle = (dpg.is_mouse_button_clicked(b) for b in (dpg.mvMouseButton_Left, dpg.mvMouseButton_Middle))
        if over and (left or middle):
            self._drag = "pan" if middle or "Shift" in held_modifiers() else self._grasped(local, at, frame)
            self._corner = at
        elif not any(dpg.is_mouse_button_down(b) for b in (dpg.mvMouseButton_Left, dpg.mvMouseButton_Middle)):
            self._drag = None
        elif self._drag is not None and moved != (0.0, 0.0):
            self._pull(local, at, moved, frame)

    def _grasped(self, local: Pair, at: Pair, frame: Frame) -> str | Grip:
        """What a press takes hold of: the crop's edge, the line, or nothing, which begins another crop."""
        grip = None if self.crop is None else grip_at(self.crop, at, scaled(_GRAB) / frame.pixels_per_pixel)
        if grip is not None:
            return grip
        return "line" if abs(local[0] - self.split * self._size[0]) <= scaled(_GRAB) else "crop"

    def _pull(self, local: Pair, at: Pair, moved: Pair, frame: Frame) -> None:
        assert self._picture is not None
        size = self._picture.size
        if self._drag == "pan":
            self._view = frame.panned(moved)
        elif self._drag == "line":
            self.split = min(max(local[0] / self._size[0], 0.02), 0.98)
        else:
            grip = self._drag if isinstance(self._drag, Grip) else None
            before = self.crop or (0, 0, *size)
            self.crop = spanned(self._corner, at, size) if grip is None else pulled(before, grip, at, size)
            self._on_crop(self.crop)

    # ---- drawing ----------------------------------------------------------------------------------------------------

    def _place(self, frame: Frame, at: Pair) -> Pair:
        return frame.position_of((at[0] / frame.picture[0], at[1] / frame.picture[1]))

    def _draw(self, picture: RawPicture) -> None:
        frame, split = self._frame, self.split * self._size[0]
        left, top, width, height = self.crop or (0, 0, *picture.size)
        near, far = self._place(frame, (left, top)), self._place(frame, (left + width, top + height))
        self._surround.show(self._size, (frame.near, frame.far))
        self._draw_image("developed", (frame.near, frame.far), 0.0)
        if picture.camera is not None:
            self._draw_image("camera", (near, far), split)
        dpg.configure_item("raw.camera", show=picture.camera is not None and split < far[0])
        self._draw_shade(frame, near, far)
        dpg.configure_item("raw.crop", show=self.crop is not None, pmin=near, pmax=far)
        for part in ("raw.line", "raw.grip"):
            dpg.configure_item(part, show=picture.camera is not None)
        dpg.configure_item("raw.line", p1=(split, 0), p2=(split, self._size[1]))
        dpg.configure_item("raw.grip", center=(split, self._size[1] / 2))
        self._draw_words(both=picture.camera is not None)

    def _draw_image(self, name: str, place: tuple[Pair, Pair], start: float) -> None:
        """Draw what of a picture lies right of ``start``."""
        (x0, y0), (x1, y1) = place
        texture, from_x = self._textures[name], min(max(start, x0), x1)
        u = (from_x - x0) / max(x1 - x0, 1e-6) * texture.uv_max[0]
        dpg.configure_item(
            f"raw.{name}", show=True, pmin=(from_x, y0), pmax=(x1, y1), uv_min=(u, 0.0), uv_max=texture.uv_max
        )

    def _draw_shade(self, frame: Frame, near: Pair, far: Pair) -> None:
        """Darken what the crop leaves out."""
        origin = frame.near
        size = (frame.far[0] - origin[0], frame.far[1] - origin[1])
        inner = ((near[0] - origin[0], near[1] - origin[1]), (far[0] - origin[0], far[1] - origin[1]))
        for number, (one, other) in enumerate(strips(size, inner)):
            a, b = (one[0] + origin[0], one[1] + origin[1]), (other[0] + origin[0], other[1] + origin[1])
            shown = self.crop is not None and b[0] > a[0] and b[1] > a[1]
            dpg.configure_item(f"raw.shade.{number}", show=shown, pmin=a, pmax=b)

    def _draw_words(self, *, both: bool) -> None:
        layer, size, pad = "raw.words", scaled(SPACING.small_text), scaled(SPACING.normal)
        dpg.delete_item(layer, children_only=True)
        words = (("Developed", False), ("Camera's own picture", True)) if both else (("Developed", False),)
        for word, right in words:
            width = text_width(word, font("small"))
            x = self._size[0] - pad - width if right else pad
            near, far = (x - pad / 2, pad - 2), (x + width + pad / 2, pad + size + 4)
            dpg.draw_rectangle(near, far, fill=faded(COLOURS.desk, 0.75), color=_CLEAR, rounding=4, parent=layer)
            dpg.draw_text((x, pad), word, size=size, color=COLOURS.text, parent=layer)
