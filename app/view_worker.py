"""The thread that owns VTK: it draws the 3D scene off-screen and sends pictures of it.

While something moves it draws plainly, while the mouse moves the eye also with fewer pixels; once all has been still
for a moment it draws again with smooth edges.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from app import messages as msg
from app.mailbox import Mailbox
from app.view_check import CheckView
from app.view_eye import Eye, Hand
from core.types import Camera, DoubleArray, ImageKey
from widgets.orbit import pixel_of
from widgets.scene_shapes import frustum_depth, unique_cameras

if TYPE_CHECKING:
    from widgets.check_plotter import CheckPlotter
    from widgets.scene_plotter import ScenePlotter

_log = logging.getLogger(__name__)
_STILL_SECONDS = 0.4
_IDLE_SECONDS = 1.0
_PICK_PIXELS = 14.0
_BESIDE = (0.45, 0.2)
"""Where the eye begins: to the right of the first camera and above it, as fractions of its distance, so that the
camera's own frustum does not stand before the object."""


@dataclass(kw_only=True)
class _Scene:
    """The capture being shown."""

    message: msg.ViewCapture
    poses: list[list[int]]
    """Indices of the capture's images by camera pose: one frustum each."""
    eyes: list[Eye]
    """One for each viewport; the second is unused while they are linked."""

    @property
    def centre(self) -> Any:
        """[3] world."""
        return np.asarray(self.message.scene_centre, dtype=np.float64)

    @property
    def cameras(self) -> list[Camera]:
        """One camera for each pose."""
        return [self.message.cameras[images[0]] for images in self.poses]

    def pose_of(self, key: ImageKey | None) -> int | None:
        """The pose a photograph was taken from."""
        if key not in self.message.keys:
            return None
        image = self.message.keys.index(key)
        return next(number for number, images in enumerate(self.poses) if image in images)


@dataclass(kw_only=True)
class _Drawn:
    """What has to be drawn anew."""

    stale: set[int] = field(default_factory=set[int])
    rough: set[int] = field(default_factory=set[int])
    """Viewports whose newest picture has no smooth edges."""
    changed_at: float = 0.0
    moved_at: float = 0.0
    """When the mouse last moved an eye."""


class ViewWorker:
    """``run`` is the whole life of the view thread."""

    def __init__(
        self,
        inbox: Mailbox,
        outbox: Mailbox,
        make_plotter: "Callable[[], ScenePlotter]",
        make_check_plotter: "Callable[[], CheckPlotter]",
    ) -> None:
        self._inbox = inbox
        self._outbox = outbox
        self._make_plotter = make_plotter
        self._plotter: ScenePlotter
        self._scene: _Scene | None = None
        self._sizes = {0: (0, 0), 1: (0, 0)}
        self._quick = {0: 1.0, 1: 1.0}
        self._hands = [Hand(viewport) for viewport in range(2)]
        self._options = msg.ViewOptions(
            frustums=True, lights=True, sphere=True, up="z", linked=True, colours=("shaded", "normal")
        )
        self._drawn = _Drawn()
        self._closing = False
        self._check = CheckView(outbox.send, make_check_plotter)
        self._answers: dict[type[msg.Message], Callable[[Any], None]] = {
            msg.ViewCapture: self._show_capture,
            msg.ViewMesh: self._show_mesh,
            msg.ViewLights: self._show_lights,
            msg.ViewImage: self._mark_image,
            msg.ViewOptions: self._set_options,
            msg.ViewSize: self._set_size,
            msg.ViewMouse: self._follow_mouse,
            msg.ViewJump: self._jump,
            msg.ViewChecked: self._check.show,
            msg.ViewSphere: self._check.place,
            msg.ViewCheckMark: self._check.mark,
            msg.ViewCheckUsed: self._check.use,
            msg.ViewCheckJump: self._check.jump,
            msg.Close: self._close,
        }

    def run(self) -> None:
        """Serve until ``Close``."""
        try:
            self._plotter = self._make_plotter()
        except Exception as error:  # no OpenGL here: the rest of the studio works without the 3D view
            _log.error("the 3D view cannot start", exc_info=error)
            self._outbox.send(msg.ViewFailed(text=f"The 3D view cannot start here ({error})."))
            return
        while not self._closing:
            self._inbox.wait(_STILL_SECONDS if self._drawn.rough or self._check.rough else _IDLE_SECONDS)
            self._turn()
        self._check.close()
        self._plotter.close()

    def _turn(self) -> None:
        for message in self._inbox.take():
            self._guard(lambda message=message: self._answers[type(message)](message))
        if not self._closing:
            self._guard(self._draw)
            self._guard(self._check.draw)

    def _guard(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # one bad mesh must not end the thread
            _log.error("unexpected failure on the view thread", exc_info=error)
            self._drawn.stale.clear()
            self._outbox.send(msg.ViewFailed(text=f"The 3D view could not be drawn ({error})."))

    # ---- what is shown ----------------------------------------------------------------------------------------------

    def _show_capture(self, message: msg.ViewCapture) -> None:
        centre = np.asarray(message.scene_centre, dtype=np.float64)
        poses = unique_cameras(message.cameras)
        towards = _beside(message.cameras[0], centre)
        eyes = [Eye(centre, message.scene_radius, towards=towards, up=self._options.up) for _ in range(2)]
        self._scene = _Scene(message=message, poses=poses, eyes=eyes)
        self._plotter.clear_mesh()
        self._plotter.show_sphere(centre, message.scene_radius)
        self._plotter.show_cameras(self._scene.cameras, frustum_depth(message.cameras, centre))
        self._touch()

    def _show_mesh(self, message: msg.ViewMesh) -> None:
        mesh = message.mesh
        if mesh is None or len(mesh.faces) == 0:
            self._plotter.clear_mesh()
        else:
            colours = {str(name): values for name, values in mesh.colours.items()}
            self._plotter.show_mesh(mesh.vertices, mesh.faces, mesh.normals, colours)
        self._touch()

    def _show_lights(self, message: msg.ViewLights) -> None:
        if self._scene is None:
            return
        self._plotter.show_lights(
            message.directions_world.astype(np.float64),
            message.colours,
            centre=self._scene.centre,
            radius=self._scene.message.scene_radius,
            axis=message.axis_world.astype(np.float64),
            places=None if message.places_world is None else message.places_world.astype(np.float64),
            selected=message.selected,
        )
        if self._options.lights:
            self._touch()

    def _mark_image(self, message: msg.ViewImage) -> None:
        scene = self._scene
        if scene is None:
            return
        included = set(message.included)
        keys = scene.message.keys
        used = [sum(keys[image] in included for image in images) / len(images) for images in scene.poses]
        self._plotter.mark_cameras(used, scene.pose_of(message.selected))
        self._touch()

    def _set_options(self, options: msg.ViewOptions) -> None:
        self._options = options
        self._plotter.show_only(frustums=options.frustums, lights=options.lights, sphere=options.sphere)
        if self._scene is not None:
            for eye in self._scene.eyes:
                eye.set_up(options.up)
        self._touch()

    # ---- the eye ----------------------------------------------------------------------------------------------------

    def _set_size(self, message: msg.ViewSize) -> None:
        if message.viewport == msg.CHECK_VIEWPORT:
            self._check.resize(message)
            return
        self._sizes[message.viewport] = (message.width, message.height)
        self._quick[message.viewport] = message.quick
        self._touch()

    def _eye(self, scene: _Scene, viewport: int) -> Eye:
        return scene.eyes[0 if self._options.linked else viewport]

    def _follow_mouse(self, mouse: msg.ViewMouse) -> None:
        if mouse.viewport == msg.CHECK_VIEWPORT:
            self._check.follow(mouse)
            return
        scene, size = self._scene, self._sizes[mouse.viewport]
        if scene is None or size[1] <= 0:
            return
        for gesture in self._hands[mouse.viewport].follow(mouse, size[1]):
            if gesture.kind == "click":
                self._pick(scene, mouse)
            else:
                self._eye(scene, mouse.viewport).move(gesture)
                self._drawn.moved_at = perf_counter()
                self._touch(*((0, 1) if self._options.linked else (mouse.viewport,)))

    def _pick(self, scene: _Scene, mouse: msg.ViewMouse) -> None:
        """Choose the photograph whose camera was clicked."""
        if not self._options.frustums:
            return
        width, height = self._sizes[mouse.viewport]
        pose = self._eye(scene, mouse.viewport).pose(width / height)
        centres = np.array([camera.centre for camera in scene.cameras])
        pixels = pixel_of(centres, pose, width=width, height=height)
        away = np.hypot(pixels[:, 0] - mouse.x, pixels[:, 1] - mouse.y)
        away[~np.isfinite(away)] = np.inf
        nearest = int(np.argmin(away))
        if away[nearest] <= _PICK_PIXELS:
            self._outbox.send(msg.ViewPicked(key=scene.message.keys[scene.poses[nearest][0]]))

    def _jump(self, message: msg.ViewJump) -> None:
        scene = self._scene
        if scene is None:
            return
        for eye in scene.eyes:
            if isinstance(message.to, ImageKey):
                eye.look_through(scene.message.cameras[scene.message.keys.index(message.to)])
            elif message.to == "object":
                eye.reset()
            else:
                eye.retreat(max(float(np.linalg.norm(c.centre - scene.centre)) for c in scene.cameras))
        self._touch()

    # ---- drawing ----------------------------------------------------------------------------------------------------

    def _touch(self, *viewports: int) -> None:
        """These viewports (all when none is named) have to be drawn anew."""
        self._drawn.stale |= set(viewports or (0, 1))
        self._drawn.changed_at = perf_counter()

    def _draw(self) -> None:
        now = perf_counter()
        still = now - self._drawn.changed_at >= _STILL_SECONDS
        moving = now - self._drawn.moved_at < _STILL_SECONDS
        for viewport in sorted(self._drawn.stale | (self._drawn.rough if still else set[int]())):
            self._drawn.stale.discard(viewport)
            width, height = self._sizes[viewport]
            if self._scene is None or width < 2 or height < 2:
                self._drawn.rough.discard(viewport)
                continue
            share = self._quick[viewport] if moving and not still else 1.0
            rgba = self._plotter.render(
                self._eye(self._scene, viewport).pose(width / height),
                width=max(round(share * width), 2),
                height=max(round(share * height), 2),
                colouring=self._options.colours[viewport],
                smooth=still,
            )
            (self._drawn.rough.discard if still else self._drawn.rough.add)(viewport)
            self._outbox.send(msg.ViewFrame(viewport=viewport, rgba=rgba))

    def _close(self, _: msg.Close) -> None:
        self._closing = True


def _beside(camera: Camera, centre: DoubleArray) -> DoubleArray:
    """[3] from the object towards the first eye, world."""
    towards = camera.centre - centre
    distance = float(np.linalg.norm(towards))
    return towards + distance * (_BESIDE[0] * camera.rotation[:, 0] - _BESIDE[1] * camera.rotation[:, 1])
