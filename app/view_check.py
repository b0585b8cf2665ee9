"""The check view's part of the view thread: its eye, its pictures, and the sphere that is dragged in it."""

from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING, Literal

import numpy as np

from app import messages as msg
from app.view_eye import Eye, Hand
from core.types import DoubleArray
from widgets.check_data import Checked, CheckedView, Sphere
from widgets.orbit import Pose, pixel_of, point_at
from widgets.scene_shapes import frustum_depth

if TYPE_CHECKING:
    from widgets.check_plotter import CheckPlotter

STILL_SECONDS = 0.4
_GRIP_PIXELS = 13.0
_PICK_PIXELS = 16.0
_REACH = 0.8
"""The eye begins so near that the cameras just fit; few of them lie in the corners of what it could see."""
_FAR = 20.0
"""Where the cameras are more than so many radii of the sphere away, the eye begins at the sphere."""
_DEPTH = 3.2
"""Of the frustums, in lengths of those of the 3D tab: their photographs are to be recognised."""
_BESIDE = (0.5, 0.45)
"""Where the eye begins: to the right of the first camera and above it, as fractions of its distance."""

Grip = Literal["centre", "rim"]


class CheckView:
    """Draws ``CHECK_VIEWPORT``; used by ``ViewWorker`` on its thread."""

    def __init__(self, send: Callable[[msg.Message], None], make_plotter: "Callable[[], CheckPlotter]") -> None:
        self._send = send
        self._make_plotter = make_plotter
        self._made: CheckPlotter | None = None
        self._checked: Checked | None = None
        self._drawn: dict[int, CheckedView] = {}
        """The views with cameras that are far away drawn nearer."""
        self._sphere: Sphere | None = None
        self._left_out: frozenset[int] = frozenset()
        """Views that are drawn faint."""
        self._depth = 1.0
        """Of the frustums, world units."""
        self._eye: Eye | None = None
        self._hand = Hand(msg.CHECK_VIEWPORT)
        self._grip: Grip | None = None
        self._offset: DoubleArray = np.zeros(3)
        """From the gripped point to the sphere's centre, world."""
        self._press = 0
        self._size = (0, 0)
        self._quick = 1.0
        self._stale = self.rough = False
        """``rough``: the newest picture has no smooth edges."""
        self._changed_at = self._moved_at = 0.0

    @property
    def _plotter(self) -> "CheckPlotter":
        """Made when it is first needed."""
        if self._made is None:
            self._made = self._make_plotter()
        return self._made

    @property
    def _views(self) -> dict[int, CheckedView]:
        return self._checked.views if self._checked is not None else {}

    # ---- what is shown ----------------------------------------------------------------------------------------------

    def show(self, message: msg.ViewChecked) -> None:
        """Another capture; the eye stays when it is the same folder as before."""
        checked, before = message.checked, self._checked
        self._checked = checked
        if checked is None or not checked.views:
            self._checked, self._eye, self._sphere = None, None, None
            return
        self._sphere = checked.sphere
        self._drawn = checked.drawn_views()
        views = list(self._drawn.values())
        cameras = tuple(view.camera for view in views)
        ground = checked.suggested_sphere()
        assert ground is not None  # there are views
        self._depth = _DEPTH * frustum_depth(cameras, ground.middle)
        self._plotter.show(views, self._depth, checked.points)
        self._fade()
        self._plotter.place(checked.sphere)
        self._plotter.stand(ground, checked.up)
        if before is None or before.folder != checked.folder or self._eye is None:
            middle, reach = self._extent(ground)
            self._eye = Eye(middle, reach, towards=_beside(views[0], ground), up=checked.up)
            if reach > _FAR * ground.radius:
                self._eye.approach(ground.middle, 2.0 * ground.radius)
        else:
            self._eye.set_up(checked.up)
        self._touch()

    def place(self, message: msg.ViewSphere) -> None:
        """The sphere was moved by its numbers."""
        self._sphere = message.sphere
        if self._checked is not None:
            self._plotter.place(message.sphere)
            self._touch()

    def mark(self, message: msg.ViewCheckMark) -> None:
        """Another view is selected."""
        if self._checked is not None:
            views = list(self._views)
            self._plotter.mark(views.index(message.view) if message.view in self._views else None)
            self._touch()

    def use(self, message: msg.ViewCheckUsed) -> None:
        """Other views are used."""
        self._left_out = message.left_out
        if self._checked is not None:
            self._fade()
            self._touch()

    def _fade(self) -> None:
        self._plotter.fade([place for place, view in enumerate(self._views) if view in self._left_out])

    def jump(self, message: msg.ViewCheckJump) -> None:
        """Move the eye."""
        if self._eye is None:
            return
        if isinstance(message.to, int):
            if message.to in self._views:
                self._eye.look_through(self._views[message.to].camera)
        elif message.to == "everything":
            self._eye.reset()
        elif self._sphere is not None:
            self._eye.approach(self._sphere.middle, 1.3 * self._sphere.radius)
        self._touch()

    def _extent(self, ground: Sphere) -> tuple[DoubleArray, float]:
        """(centre [3], radius) of a sphere around about everything there is to see, world."""
        cameras = np.array([view.camera.centre for view in self._drawn.values()])
        corners = np.array([ground.middle - ground.radius, ground.middle + ground.radius])
        everything = np.concatenate([cameras, corners])
        middle = 0.5 * (everything.min(axis=0) + everything.max(axis=0))
        away = float(np.linalg.norm(cameras - middle, axis=1).max())
        return middle, max(_REACH * away, 1.3 * ground.radius)

    # ---- mouse ------------------------------------------------------------------------------------------------------

    def resize(self, message: msg.ViewSize) -> None:
        """The viewport has another size."""
        self._size, self._quick = (message.width, message.height), message.quick
        self._touch()

    def follow(self, mouse: msg.ViewMouse) -> None:
        """Drag the sphere where it is gripped, else move the eye; a click chooses a camera."""
        if self._eye is None or self._size[1] <= 0:
            return
        pressed, self._press = mouse.press != self._press, mouse.press
        if pressed:
            self._grip_at(mouse)
        gestures = self._hand.follow(mouse, self._size[1])
        if self._grip is not None:
            self._drag(mouse)
            if mouse.button == "none":
                self._grip = None
            return
        for gesture in gestures:
            if gesture.kind == "click":
                self._pick(mouse)
            else:
                self._eye.move(gesture)
                self._moved_at = perf_counter()
                self._touch()

    def _pose(self) -> Pose:
        assert self._eye is not None
        return self._eye.pose(self._size[0] / self._size[1])

    def handles(self) -> tuple[tuple[float, float], ...]:
        """Where the sphere's centre and rim are, as fractions of the viewport; none when they are behind the eye."""
        if self._sphere is None or self._eye is None:
            return ()
        pose, sphere = self._pose(), self._sphere
        forward = pose.focal - pose.position
        right = np.cross(forward, pose.up)
        points = np.array([sphere.middle, sphere.middle + sphere.radius * right / np.linalg.norm(right)])
        pixels = pixel_of(points, pose, width=self._size[0], height=self._size[1]) / np.array(self._size)
        return tuple((float(x), float(y)) for x, y in pixels) if np.isfinite(pixels).all() else ()

    def _grip_at(self, mouse: msg.ViewMouse) -> None:
        """Take hold of the handle under a new press, if there is one."""
        self._grip = None
        handles, sphere = self.handles(), self._sphere
        if mouse.dragging_with != "left" or not handles or sphere is None:
            return
        (width, height), (x, y) = self._size, mouse.pressed_at or (mouse.x, mouse.y)
        away = [float(np.hypot(u * width - x, v * height - y)) for u, v in handles]
        if min(away) <= _GRIP_PIXELS:
            self._grip = "centre" if away[0] == min(away) else "rim"
            under = point_at((x, y), self._pose(), like=sphere.middle, width=width, height=height)
            self._offset = sphere.middle - under

    def _drag(self, mouse: msg.ViewMouse) -> None:
        """Move the sphere in the plane of the screen, or make it as large as the mouse is away from its centre."""
        sphere = self._sphere
        if sphere is None:
            return
        at = point_at((mouse.x, mouse.y), self._pose(), like=sphere.middle, width=self._size[0], height=self._size[1])
        if self._grip == "centre":
            moved = Sphere.of(at + self._offset, sphere.radius)
        else:
            moved = Sphere.of(sphere.middle, max(float(np.linalg.norm(at - sphere.middle)), 1e-3 * sphere.radius))
        if moved != sphere:
            self._sphere, self._moved_at = moved, perf_counter()
            self._plotter.place(moved)
            self._send(msg.ViewSphereMoved(sphere=moved))
            self._touch()

    def _pick(self, mouse: msg.ViewMouse) -> None:
        """Choose the view whose camera, or photograph in the scene, was clicked."""
        views, (width, height) = self._drawn, self._size
        cameras = [view.camera for view in views.values()]
        places = np.array([(c.centre, c.centre + self._depth * c.rotation[:, 2]) for c in cameras])
        pixels = pixel_of(places.reshape(-1, 3), self._pose(), width=width, height=height)
        away = np.hypot(pixels[:, 0] - mouse.x, pixels[:, 1] - mouse.y)
        away[~np.isfinite(away)] = np.inf
        nearest = int(np.argmin(away))
        if away[nearest] <= _PICK_PIXELS:
            self._send(msg.ViewCheckPicked(view=list(views)[nearest // 2]))

    # ---- drawing ----------------------------------------------------------------------------------------------------

    def _touch(self) -> None:
        self._stale, self._changed_at = True, perf_counter()

    def draw(self) -> None:
        """Draw anew what has changed; once all has been still for a moment, with smooth edges."""
        now = perf_counter()
        still = now - self._changed_at >= STILL_SECONDS
        if not (self._stale or (self.rough and still)):
            return
        self._stale = False
        width, height = self._size
        if self._eye is None or width < 2 or height < 2:
            self.rough = False
            return
        moving = now - self._moved_at < STILL_SECONDS
        share = self._quick if moving and not still else 1.0
        rgba = self._plotter.render(
            self._pose(), width=max(round(share * width), 2), height=max(round(share * height), 2), smooth=still
        )
        self.rough = not still
        self._send(msg.ViewFrame(viewport=msg.CHECK_VIEWPORT, rgba=rgba, handles=self.handles()))

    def close(self) -> None:
        """Free VTK's window."""
        if self._made is not None:
            self._made.close()


def _beside(view: CheckedView, ground: Sphere) -> DoubleArray:
    """[3] from the object towards the first eye, world."""
    camera = view.camera
    towards = camera.centre - ground.middle
    distance = float(np.linalg.norm(towards))
    return towards + distance * (_BESIDE[0] * camera.rotation[:, 0] - _BESIDE[1] * camera.rotation[:, 1])
