"""Relighting by hand: a lit ball whose light is dragged, and the object under that light."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import dearpygui.dearpygui as dpg
import numpy as np

from core.types import DoubleArray, FloatArray
from widgets.controls import (
    LABEL,
    Segments,
    Tag,
    button,
    canvas,
    caption,
    field_label,
    heading,
    mono,
    place_canvas,
    room,
    text_width,
    tooltip,
)
from widgets.hemisphere import Disc, Pair, Vector, angles_deg, lit_ball, orbited
from widgets.relight_form import RelightForm
from widgets.relight_layout import BALL_HEAD, SIDE, Rect, arranged
from widgets.surround import Surround
from widgets.texture import TexturePool
from widgets.theme import COLOURS, SPACING, scaled, style, ui_scale
from widgets.zoom import Frame, View

LightFrame = Literal["camera", "world"]
OnLight = Callable[[Vector, LightFrame, float, Vector, bool], object]

_BALL_TEXELS = 128
_ORBIT_DEG_PER_SECOND = 60.0
_START: Vector = (-0.45, 0.55, 0.7036)
_NOTES = {
    "camera": "The light turns with the camera.",
    "world": "The light stays where it is when you choose another view.",
}
_ZEROS = {
    "camera": "x right, y up, z towards the camera. Azimuth 0° is to the right and 90° up; "
    "elevation 0° is light from the side, 90° from the camera.",
    "world": "The axes of the capture. Azimuth 0° is along x and 90° along y; "
    "elevation 0° is in the plane of x and y, 90° along z.",
}


@dataclass(frozen=True, kw_only=True)
class PanelLight:
    """The light of the relight view."""

    to_light: Vector
    """Unit vector to the light, in ``frame``."""
    frame: LightFrame
    """``camera``: OpenGL camera frame (x right, y up, z to the viewer); ``world``: the capture's frame."""
    intensity: float
    """1 = the mean light of the capture."""
    colour: Vector
    """Linear RGB in [0, 1], multiplied with ``intensity``."""
    shadows: bool


class RelightPanel:
    """The ball and its settings on the left, the relit object on the right. ``update`` once a frame."""

    def __init__(self, parent: Tag, pool: TexturePool, *, on_light: OnLight) -> None:
        """``on_light(to_light, frame, intensity, colour, shadows)`` is called whenever one of them changes."""
        self._on_light = on_light
        self._ball, self._image = pool.take(_BALL_TEXELS), pool.take()
        self._seen: Vector = _START
        """Unit vector to the light in the OpenGL camera frame, which is what the ball shows."""
        self._world_from_gl: DoubleArray = np.eye(3)
        self._frame: LightFrame = "camera"
        self._dragging = self._orbiting = False
        self._size = (0, 0)
        self._disc = Disc(centre=(0.0, 0.0), radius=1.0)
        self._empty = "Train for a few seconds, then drag the light over the ball."
        with dpg.child_window(parent=parent, tag="relight", width=-1, height=-1, no_scrollbar=True):
            with dpg.child_window(tag="relight.turn", width=1, height=1, no_scrollbar=True):
                self._add_ball()
            with dpg.child_window(tag="relight.side", width=1, height=1):
                self._add_side()
            self._add_canvas()
        for part in ("relight", "relight.turn", "relight.side"):
            dpg.bind_item_theme(part, "surface.bare")
        self._show_ball()

    def _add_ball(self) -> None:
        heading("Light")
        with dpg.drawlist(width=1, height=1, tag="relight.ball"):
            dpg.draw_image(self._ball.tag, (0, 0), (1, 1), tag="relight.ball.image")
            dpg.draw_circle((0, 0), 1, tag="relight.ball.rim", color=COLOURS.line_strong, segments=64)
            dpg.draw_circle((0, 0), scaled(9), tag="relight.handle", color=(20, 20, 20, 220), thickness=scaled(2))

    def _add_side(self) -> None:
        side = scaled(SIDE - 2 * SPACING.panel)
        mono("", tag="relight.xyz")
        mono("", tag="relight.angles")
        for item in ("relight.xyz", "relight.angles"):
            tooltip(item, _ZEROS["camera"])
        dpg.add_spacer(height=scaled(SPACING.small))
        with dpg.group(horizontal=True):
            field_label("Frame")
            frames = [("camera", "Camera"), ("world", "World")]
            self._frames = Segments(frames, prefix="relight.frame", on_choose=self._choose_frame, small=False)
            for name, note in _NOTES.items():
                tooltip(f"relight.frame.{name}", note)
        # As high as the longer note, so that nothing below moves with the frame.
        with dpg.child_window(tag="relight.frame.said", width=side, height=scaled(2 * SPACING.small_text + 12)):
            caption(_NOTES["camera"], tag="relight.frame.note", wrap=side)
        dpg.bind_item_theme("relight.frame.said", "surface.bare")
        dpg.configure_item("relight.frame.note", color=COLOURS.faint)
        field = side - scaled(LABEL + SPACING.normal)
        self._form = RelightForm(width=field, on_change=self._report, on_colour=self._recoloured)
        dpg.add_spacer(height=scaled(SPACING.small))
        with dpg.group(horizontal=True):
            tip = "Let the light circle the view axis"
            button("Orbit", self._toggle_orbit, tag="relight.orbit", width=106, tip=tip)
            button("Reset", self._reset, tag="relight.reset", width=106, tip="The light the panel began with")

    def _add_canvas(self) -> None:
        to, muted = canvas("relight.canvas"), COLOURS.muted
        self._surround = Surround("relight.ground", to)
        dpg.draw_image(self._image.tag, (0, 0), (1, 1), tag="relight.image", show=False, parent=to)
        dpg.draw_text((0, 0), self._empty, tag="relight.empty", size=scaled(SPACING.body), color=muted, parent=to)
        dpg.draw_text((0, 0), "", tag="relight.time", size=scaled(SPACING.small_text), color=muted, parent=to)

    @property
    def light(self) -> PanelLight:
        """The light as it is set now."""
        seen = np.asarray(self._seen)
        turned = self._world_from_gl @ seen if self._frame == "world" else seen
        red, green, blue = self._form.colour
        return PanelLight(
            to_light=(float(turned[0]), float(turned[1]), float(turned[2])),
            frame=self._frame,
            intensity=self._form.intensity,
            colour=(red**2.2, green**2.2, blue**2.2),
            shadows=self._form.shadows,
        )

    def show_image(self, image: FloatArray, seconds: float | None = None) -> None:
        """Show the object under the light: [height, width, 3] display values; how long shading took."""
        self._image.show(image)
        self._empty = ""
        dpg.configure_item("relight.time", text="" if seconds is None else f"shaded in {seconds * 1000:.0f} ms")
        self._place_image()

    def show_empty(self, text: str) -> None:
        """Say why there is no image, and what to do."""
        self._empty = text
        self._place_image()

    def show_camera(self, world_from_gl: DoubleArray) -> None:
        """The shown view's rotation [3, 3], world from OpenGL camera; a light fixed in the world moves on the ball."""
        if self._frame == "world":
            seen = world_from_gl.T @ self._world_from_gl @ np.asarray(self._seen)
            self._seen = (float(seen[0]), float(seen[1]), float(seen[2]))
        self._world_from_gl = np.array(world_from_gl, np.float64)
        self._show_ball()

    def ball_position(self, direction: Vector) -> Pair:
        """Window position of a direction (OpenGL camera frame) on the ball."""
        x, y = dpg.get_item_rect_min("relight.ball")
        at = self._disc.place(direction)
        return (x + at[0], y + at[1])

    def update(self) -> None:
        """Follow the mouse and the panel's size, move an orbiting light; once a frame."""
        if not dpg.is_item_visible("relight.canvas"):
            return
        size = room("relight")
        if size != self._size and min(size) > 0:
            self._size = size
            self._place_image()
        self._follow_mouse()
        if self._orbiting and not self._dragging:
            self._move(orbited(self._seen, _ORBIT_DEG_PER_SECOND * min(dpg.get_delta_time(), 0.1)))

    def _follow_mouse(self) -> None:
        if not dpg.is_mouse_button_down(dpg.mvMouseButton_Left):
            self._dragging = False
            return
        origin, mouse = dpg.get_item_rect_min("relight.ball"), dpg.get_mouse_pos(local=False)
        at = (mouse[0] - origin[0], mouse[1] - origin[1])
        if dpg.is_mouse_button_clicked(dpg.mvMouseButton_Left) and dpg.is_item_hovered("relight.ball"):
            self._dragging = self._disc.contains(at)
        if self._dragging:
            self._move(self._disc.direction(at))

    def _move(self, seen: Vector) -> None:
        if seen != self._seen:
            self._seen = seen
            self._show_ball()
            self._report()

    def _report(self) -> None:
        light = self.light
        self._on_light(light.to_light, light.frame, light.intensity, light.colour, light.shadows)

    def _show_ball(self) -> None:
        self._ball.show(lit_ball(_BALL_TEXELS, self._seen, self._form.colour))
        behind = self._seen[2] < 0.0
        fill = (0, 0, 0, 0) if behind else COLOURS.light
        dpg.configure_item("relight.handle", center=self._disc.place(self._seen), fill=fill)
        self._show_numbers()

    def _show_numbers(self) -> None:
        """Write the direction in the chosen frame, as the ``relight`` command takes it."""
        x, y, z = to_light = self.light.to_light
        azimuth, elevation = angles_deg(to_light)
        dpg.set_value("relight.xyz", f"x {x:6.3f}  y {y:6.3f}  z {z:6.3f}")
        dpg.set_value("relight.angles", f"azimuth {azimuth:3.0f}°  elevation {elevation:3.0f}°")
        for item in ("relight.xyz", "relight.angles"):
            tooltip(item, _ZEROS[self._frame])

    def _choose_frame(self, name: str) -> None:
        self._frame = "world" if name == "world" else "camera"
        dpg.set_value("relight.frame.note", _NOTES[name])
        self._show_numbers()
        self._report()

    def _recoloured(self) -> None:
        self._show_ball()
        self._report()

    def _toggle_orbit(self) -> None:
        self._orbiting = not self._orbiting
        dpg.configure_item("relight.orbit", label="Stop orbit" if self._orbiting else "Orbit")
        dpg.bind_item_theme("relight.orbit", style("chosen" if self._orbiting else "normal"))

    def _reset(self) -> None:
        if self._orbiting:
            self._toggle_orbit()
        self._seen = _START
        self._form.reset()

    def _place_image(self) -> None:
        place = arranged(self._size, ui_scale())
        self._place_ball(place.ball)
        dpg.configure_item("relight.frame.said", show=place.image[0] > 0)  # below the picture there is no room for it
        dpg.configure_item("relight.side", pos=place.side[:2], width=place.side[2], height=place.side[3])
        width, height = place.image[2:]
        place_canvas("relight.canvas", place.image[:2], (width, height))
        dpg.configure_item("relight.time", pos=(scaled(SPACING.normal), height - scaled(24)))
        x = (width - text_width(self._empty)) / 2
        dpg.configure_item("relight.empty", text=self._empty, pos=(x, height / 2), show=bool(self._empty))
        shown = not self._empty and self._image.source_size[0] > 0
        dpg.configure_item("relight.time", show=shown)
        if not shown:
            self._surround.show((width, height), None)
            self._image.hide("relight.image")
            return
        frame = Frame(picture=self._image.source_size, pane=(width, height), view=View())
        self._surround.show((width, height), (frame.near, frame.far))
        self._image.draw("relight.image", near=frame.near, far=frame.far)

    def _place_ball(self, place: Rect) -> None:
        dpg.configure_item("relight.turn", pos=place[:2], width=place[2], height=place[3])
        side = max(min(place[2], place[3] - scaled(BALL_HEAD)), 1)
        self._disc = Disc(centre=(side / 2, side / 2), radius=max(side / 2 - scaled(10), 1.0))
        (x, y), radius = self._disc.centre, self._disc.radius
        dpg.configure_item("relight.ball", width=side, height=side)
        dpg.configure_item("relight.ball.image", pmin=(x - radius, y - radius), pmax=(x + radius, y + radius))
        dpg.configure_item("relight.ball.rim", center=(x, y), radius=radius)
        dpg.configure_item("relight.handle", center=self._disc.place(self._seen))
