"""The 3D scene, drawn off-screen by PyVista. Create, use and close it on one thread that owns nothing else.

Positions are in the world frame. An image is read back with VTK's own pixel call, which costs a third of a millisecond.
Anti-aliasing costs three to four times a plain picture, so the caller asks for it only when nothing moves.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyvista as pv
from numpy.typing import NDArray

from core.types import Camera, DoubleArray, FloatArray
from widgets import scene_shapes as shapes
from widgets.offscreen import Offscreen
from widgets.orbit import Pose

Bytes = NDArray[np.uint8]

DOME_RADIUS = 1.35
"""Of the light dome, in radii of the scene sphere."""
_ARROW, _ROOMY = 0.26, 12
"""Length of a light's arrow in radii of the scene sphere, as long as there are no more lights than this."""
_PLAIN = (0.80, 0.80, 0.82)
_SURROUND = {"frustums": ("frustums", "selected"), "lights": ("lights", "dome"), "sphere": ("sphere",)}


@dataclass(frozen=True, kw_only=True)
class SceneColours:
    """Colours of everything that is not the mesh, RGB in [0, 1]."""

    bottom: tuple[float, float, float] = (0.075, 0.082, 0.096)
    top: tuple[float, float, float] = (0.155, 0.168, 0.192)
    used: tuple[float, float, float] = (0.45, 0.66, 0.92)
    unused: tuple[float, float, float] = (0.30, 0.31, 0.34)
    selected: tuple[float, float, float] = (1.0, 0.76, 0.30)
    lines: tuple[float, float, float] = (0.25, 0.27, 0.30)


class ScenePlotter:
    """One off-screen scene: a mesh in several colourings, frustums, lights, the scene sphere."""

    def __init__(self, colours: SceneColours | None = None) -> None:
        self._colours = colours or SceneColours()
        self._window = Offscreen(bottom=self._colours.bottom, top=self._colours.top)
        self._plotter: Any = self._window.plotter
        self._actors: dict[str, Any] = {}
        self._meshes: dict[str, Any] = {}
        self._shown = {"frustums": True, "lights": True, "sphere": True}
        self._cameras: list[Camera] = []
        self._depth = 1.0

    def show_mesh(
        self, vertices: FloatArray, faces: NDArray[np.int32], normals: FloatArray, colours: dict[str, Bytes]
    ) -> None:
        """Draw a triangle mesh: plainly shaded, and in each of ``colours`` ([vertices, 3] by colouring)."""
        for name in set(self._meshes) - {"shaded", *colours}:
            self._plotter.remove_actor(self._meshes.pop(name), reset_camera=False)
        for name in ("shaded", *colours):
            surface = pv.PolyData.from_regular_faces(vertices, faces)
            surface.point_data.active_normals = normals
            if name in colours:
                surface.point_data["colour"] = colours[name]
            self._show_surface(name, surface)

    def clear_mesh(self) -> None:
        """Draw no mesh."""
        for actor in self._meshes.values():
            self._plotter.remove_actor(actor, reset_camera=False)
        self._meshes.clear()

    def show_cameras(self, cameras: list[Camera], depth: float) -> None:
        """Draw a frustum for each camera, ``depth`` world units long."""
        self._cameras, self._depth = cameras, depth
        self._show_lines("frustums", *shapes.frustum_lines(cameras, depth), width=1.4)
        self.mark_cameras([1.0] * len(cameras), None)

    def mark_cameras(self, used: list[float], selected: int | None) -> None:
        """Colour frustums by how much of each camera's images is used, in [0, 1]; highlight one of them."""
        if "frustums" not in self._actors:
            return
        amount = np.asarray(used, dtype=np.float64)[:, None]
        colours = amount * np.array(self._colours.used) + (1.0 - amount) * np.array(self._colours.unused)
        shapes.paint_frustums(self._actors["frustums"].mapper, colours)
        self._remove("selected")
        if selected is not None:
            outline = shapes.frustum_lines([self._cameras[selected]], 1.25 * self._depth)
            self._show_lines("selected", *outline, width=3.0, colour=self._colours.selected)

    def show_sphere(self, centre: DoubleArray, radius: float) -> None:
        """Outline the scene sphere."""
        self._show_lines("sphere", *shapes.circles(centre, radius), width=1.0, colour=self._colours.lines)

    def show_lights(
        self,
        directions: DoubleArray,
        colours: FloatArray,
        *,
        centre: DoubleArray,
        radius: float,
        axis: DoubleArray,
        selected: int | None,
        places: DoubleArray | None = None,
    ) -> None:
        """Draw an arrow for each light, from unit ``directions`` [n, 3] onto a dome around ``axis``; or lamps at
        ``places`` [n, 3], where these are given.
        """
        self._remove("lights")
        self._remove("dome")
        known = np.asarray(np.isfinite(directions if places is None else places).all(axis=-1))
        if not known.any():
            return
        reach = DOME_RADIUS * radius
        length = float(_ARROW * radius * min(1.0, (_ROOMY / np.count_nonzero(known)) ** 0.5))
        if places is None:
            corners, faces, rows = shapes.light_arrows(centre, reach, directions[known], length)
            self._show_lines("dome", *shapes.dome(centre, reach, axis), width=1.0, colour=self._colours.lines)
        else:
            corners, faces, rows = shapes.lamps(centre, places[known], length)
        paint = np.array(colours[known], dtype=np.float64)
        if selected is not None and known[selected]:
            paint[int(np.count_nonzero(known[:selected]))] = self._colours.selected
        surface = pv.PolyData.from_regular_faces(corners.astype(np.float32), faces)
        surface.point_data["colour"] = (255.0 * paint[rows]).clip(0, 255).astype(np.uint8)
        actor = self._plotter.add_mesh(
            surface, scalars="colour", rgb=True, lighting=False, name="lights", reset_camera=False, render=False
        )
        self._actors["lights"] = actor
        actor.SetVisibility(self._shown["lights"])

    def show_only(self, *, frustums: bool, lights: bool, sphere: bool) -> None:
        """Choose what surrounds the mesh."""
        self._shown = {"frustums": frustums, "lights": lights, "sphere": sphere}
        for part, names in _SURROUND.items():
            for name in names:
                if name in self._actors:
                    self._actors[name].SetVisibility(self._shown[part])

    def render(self, pose: Pose, *, width: int, height: int, colouring: str, smooth: bool) -> Bytes:
        """Draw the scene: [height, width, 4], top row first. ``smooth`` turns anti-aliasing on."""
        chosen = colouring if colouring in self._meshes else "shaded"
        for name, actor in self._meshes.items():
            actor.SetVisibility(name == chosen)
        return self._window.picture(pose, width=width, height=height, smooth=smooth)

    def close(self) -> None:
        """Free VTK's window; nothing may be called after it."""
        self._window.close()

    def _show_surface(self, name: str, surface: Any) -> None:
        if name in self._meshes:
            self._meshes[name].mapper.dataset = surface
            return
        options: dict[str, Any] = {"color": _PLAIN, "smooth_shading": True, "specular": 0.25, "specular_power": 18.0}
        if name != "shaded":
            options = {"scalars": "colour", "rgb": True, "lighting": False}
        self._meshes[name] = self._plotter.add_mesh(
            surface, name=f"mesh {name}", reset_camera=False, render=False, copy_mesh=False, **options
        )

    def _show_lines(
        self,
        name: str,
        points: DoubleArray,
        segments: NDArray[np.int64],
        *,
        width: float,
        colour: tuple[float, float, float] = (1.0, 1.0, 1.0),
    ) -> None:
        self._remove(name)
        lines = pv.PolyData()
        lines.points = points.astype(np.float32)
        lines.lines = np.hstack([np.full((len(segments), 1), 2), segments]).ravel()
        actor = self._plotter.add_mesh(
            lines, name=name, color=colour, line_width=width, lighting=False, reset_camera=False, render=False
        )
        self._actors[name] = actor
        part = next(part for part, names in _SURROUND.items() if name in names)
        actor.SetVisibility(self._shown[part])

    def _remove(self, name: str) -> None:
        actor = self._actors.pop(name, None)
        if actor is not None:
            self._plotter.remove_actor(actor, reset_camera=False, render=False)
