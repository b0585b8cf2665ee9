"""The scene of the check view, drawn off-screen: cameras with their photographs, the object's sphere, sparse points.

Like ``ScenePlotter`` it belongs to one thread. Positions are in the world frame.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyvista as pv
from numpy.typing import NDArray

from core.types import Camera, FloatArray
from widgets import scene_shapes as shapes
from widgets.check_data import CheckedView, Sphere
from widgets.offscreen import Offscreen
from widgets.orbit import Axis, Pose, axis_frame
from widgets.thumbnail_grid import Atlas

_ATLAS = 2048
_POINT_PIXELS = 2.5
_OPACITY = 0.32
_FAINT = 0.3
"""Brightness of the photographs of a view that is left out."""


@dataclass(frozen=True, kw_only=True)
class CheckColours:
    """RGB in [0, 1]."""

    bottom: tuple[float, float, float] = (0.075, 0.082, 0.096)
    top: tuple[float, float, float] = (0.155, 0.168, 0.192)
    camera: tuple[float, float, float] = (0.45, 0.66, 0.92)
    left_out: tuple[float, float, float] = (0.30, 0.31, 0.34)
    chosen: tuple[float, float, float] = (1.0, 0.76, 0.30)
    sphere: tuple[float, float, float] = (0.36, 0.60, 0.98)
    points: tuple[float, float, float] = (0.80, 0.82, 0.86)
    ground: tuple[float, float, float] = (0.26, 0.28, 0.31)
    up: tuple[float, float, float] = (0.47, 0.78, 0.52)


class CheckPlotter:
    """``show`` a capture, move its sphere, draw it."""

    def __init__(self, colours: CheckColours | None = None) -> None:
        self._colours = colours or CheckColours()
        self._window = Offscreen(bottom=self._colours.bottom, top=self._colours.top)
        self._plotter: Any = self._window.plotter
        self._actors: dict[str, Any] = {}
        self._cameras: list[Camera] = []
        self._depth = 1.0
        self._atlas = Atlas({}, 1)
        """The views' pictures, by their place among them."""

    def show(self, views: Sequence[CheckedView], depth: float, points: FloatArray | None) -> None:
        """Draw frustums ``depth`` world units long with the views' pictures on them, and points [n, 3]."""
        self._cameras, self._depth = [view.camera for view in views], depth
        for name in list(self._actors):
            self._remove(name)
        if views:
            self._add_lines("cameras", *shapes.frustum_lines(self._cameras, depth), self._colours.camera, 1.4)
            self._add_pictures(views, depth)
            self.fade(())
        if points is not None and len(points):
            self._actors["points"] = self._plotter.add_points(
                pv.PolyData(np.asarray(points, np.float32)), color=self._colours.points, point_size=_POINT_PIXELS,
                lighting=False, reset_camera=False, render=False, name="points",
            )  # fmt: skip

    def mark(self, chosen: int | None) -> None:
        """Highlight one of the shown views, by its place among them."""
        self._remove("chosen")
        if chosen is not None:
            lines = shapes.frustum_lines([self._cameras[chosen]], 1.02 * self._depth)
            self._add_lines("chosen", *lines, self._colours.chosen, 3.0)

    def fade(self, left_out: Sequence[int]) -> None:
        """Draw some of the shown views faint, by their places among them, and the others plainly."""
        if not self._cameras:
            return
        colours = np.tile(np.array(self._colours.camera), (len(self._cameras), 1))
        image = self._atlas.image.copy()
        for place in left_out:
            colours[place] = self._colours.left_out
            left, top, right, bottom = self._atlas.boxes[place]
            image[top:bottom, left:right] *= _FAINT
        shapes.paint_frustums(self._actors["cameras"].mapper, colours)
        texels = np.ascontiguousarray((255.0 * image).clip(0, 255).astype(np.uint8))
        self._actors["pictures"].texture = pv.numpy_to_texture(texels)

    def place(self, sphere: Sphere | None) -> None:
        """Move the sphere; None for none."""
        if sphere is None:
            self._remove("sphere")
            self._remove("circles")
            return
        if "sphere" not in self._actors:
            self._add_sphere()
        for name in ("sphere", "circles"):
            self._actors[name].SetPosition(*sphere.centre)
            self._actors[name].SetScale(sphere.radius)

    def stand(self, sphere: Sphere, up: Axis) -> None:
        """Draw the ground under a sphere, and an arrow that says which axis points up."""
        first, second, axis = axis_frame(up)
        foot = sphere.middle - sphere.radius * axis
        ticks = np.linspace(-2.0, 2.0, 9)
        ends = [(t * first - 2 * second, t * first + 2 * second) for t in ticks]
        ends += [(t * second - 2 * first, t * second + 2 * first) for t in ticks]
        points = foot + sphere.radius * np.array(ends).reshape(-1, 3)
        self._add_lines("ground", points, np.arange(len(points)).reshape(-1, 2), self._colours.ground, 1.0)
        corner = foot - 2 * sphere.radius * (first + second)
        length = 0.7 * sphere.radius
        tip, faces = shapes.arrow(corner + length * axis, axis, length)
        self._remove("up")
        self._actors["up"] = self._plotter.add_mesh(
            pv.PolyData.from_regular_faces(tip.astype(np.float32), faces), color=self._colours.up, lighting=False,
            reset_camera=False, render=False, name="up",
        )  # fmt: skip

    def render(self, pose: Pose, *, width: int, height: int, smooth: bool) -> NDArray[np.uint8]:
        """Draw the scene: [height, width, 4], top row first."""
        return self._window.picture(pose, width=width, height=height, smooth=smooth)

    def close(self) -> None:
        """Free VTK's window; nothing may be called after it."""
        self._window.close()

    def _add_pictures(self, views: Sequence[CheckedView], depth: float) -> None:
        """All pictures are one surface with one texture: hundreds of cameras stay quick. ``fade`` paints them."""
        pictures = {place: view.picture.astype(np.float32) / np.float32(255) for place, view in enumerate(views)}
        atlas = self._atlas = Atlas(pictures, _ATLAS)
        corners = np.concatenate([shapes.frustum(view.camera, depth)[1:] for view in views])
        quads = np.arange(len(corners)).reshape(-1, 4)
        surface = pv.PolyData.from_regular_faces(corners.astype(np.float32), quads)
        boxes = np.array([atlas.boxes[place] for place in range(len(views))], np.float64) / _ATLAS
        left, top, right, bottom = boxes.T
        # As the frustum's corners: left top, right top, right bottom, left bottom; VTK counts v from below.
        u = np.stack([left, right, right, left], axis=-1).ravel()
        v = 1.0 - np.stack([top, top, bottom, bottom], axis=-1).ravel()
        surface.active_texture_coordinates = np.stack([u, v], axis=-1).astype(np.float32)
        self._actors["pictures"] = self._plotter.add_mesh(
            surface, color="white", lighting=False, reset_camera=False, render=False, name="pictures", culling=False
        )

    def _add_sphere(self) -> None:
        surface = pv.Sphere(radius=1.0, theta_resolution=64, phi_resolution=32)
        self._actors["sphere"] = self._plotter.add_mesh(
            surface, color=self._colours.sphere, opacity=_OPACITY, culling="back", smooth_shading=True,
            reset_camera=False, render=False, name="sphere",
        )  # fmt: skip
        self._add_lines("circles", *shapes.circles(np.zeros(3), 1.0), self._colours.sphere, 1.2)

    def _add_lines(
        self,
        name: str,
        points: NDArray[np.float64],
        segments: NDArray[np.int64],
        colour: tuple[float, float, float],
        width: float,
    ) -> None:
        self._remove(name)
        lines = pv.PolyData()
        lines.points = points.astype(np.float32)
        lines.lines = np.hstack([np.full((len(segments), 1), 2), segments]).ravel()
        self._actors[name] = self._plotter.add_mesh(
            lines, name=name, color=colour, line_width=width, lighting=False, reset_camera=False, render=False
        )

    def _remove(self, name: str) -> None:
        actor = self._actors.pop(name, None)
        if actor is not None:
            self._plotter.remove_actor(actor, reset_camera=False, render=False)
