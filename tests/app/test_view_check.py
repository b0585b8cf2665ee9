"""The check view's part of the view thread, called directly: no thread, no VTK."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.messages import (
    CHECK_VIEWPORT,
    Message,
    ViewChecked,
    ViewCheckJump,
    ViewCheckMark,
    ViewCheckPicked,
    ViewCheckUsed,
    ViewFrame,
    ViewMouse,
    ViewSize,
    ViewSphere,
    ViewSphereMoved,
)
from app.view_check import CheckView
from tests.app.fake_captures import camera, checked
from widgets.check_data import Sphere
from widgets.orbit import Pose, pixel_of

SIZE = (400, 300)


class FakePlotter:
    def __init__(self) -> None:
        self.calls: dict[str, Any] = {}
        self.poses: list[Pose] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        def call(*args: Any) -> None:
            self.calls[name] = args

        return call

    def render(self, pose: Pose, *, width: int, height: int, smooth: bool) -> np.ndarray:
        self.poses.append(pose)
        return np.zeros((height, width, 4), np.uint8)


class Rig:
    def __init__(self) -> None:
        self.plotter = FakePlotter()
        self.sent: list[Message] = []
        make: Any = lambda: self.plotter  # noqa: E731
        self.view = CheckView(self.sent.append, make)
        self.press = 0
        self.view.show(ViewChecked(checked=checked()))
        self.view.resize(ViewSize(viewport=CHECK_VIEWPORT, width=SIZE[0], height=SIZE[1]))
        self.view.draw()

    def mouse(self, at: tuple[float, float], button: Any, start: tuple[float, float]) -> None:
        self.view.follow(
            ViewMouse(
                viewport=CHECK_VIEWPORT, x=at[0], y=at[1], button=button, shift=False, press=self.press, wheel=0.0,
                pressed_at=start, pressed_with="left",
            )
        )  # fmt: skip

    def drag(self, start: tuple[float, float], end: tuple[float, float], *, seen: str = "press drag release") -> None:
        self.press += 1
        if "press" in seen:
            self.mouse(start, "left", start)
        if "drag" in seen:
            self.mouse(end, "left", start)
        self.mouse(end, "none", start)

    def handle(self, number: int) -> tuple[float, float]:
        u, v = self.view.handles()[number]
        return (u * SIZE[0], v * SIZE[1])

    def last(self, kind: type[Message]) -> Any:
        return [message for message in self.sent if isinstance(message, kind)][-1]


def test_a_capture_is_drawn_with_the_handles_of_its_sphere() -> None:
    rig = Rig()
    frame = rig.last(ViewFrame)
    assert frame.viewport == CHECK_VIEWPORT
    assert frame.rgba.shape == (SIZE[1], SIZE[0], 4)
    centre, rim = frame.handles
    middle = pixel_of(np.zeros((1, 3)), rig.plotter.poses[-1], width=SIZE[0], height=SIZE[1])[0] / SIZE
    assert centre == pytest.approx(middle.tolist())
    assert rim[0] > centre[0]


@pytest.mark.parametrize("seen", ["press drag release", "drag release", "press release", "release"])
def test_the_sphere_follows_the_mouse_in_the_plane_of_the_screen(seen: str) -> None:
    rig = Rig()
    x, y = rig.handle(0)
    rig.drag((x + 3, y - 2), (x + 63, y + 28), seen=seen)
    sphere = rig.last(ViewSphereMoved).sphere
    assert sphere.radius == 1.0
    assert rig.handle(0) == pytest.approx((x + 60, y + 30))
    pose = rig.plotter.poses[-1]
    assert sphere.middle @ (pose.focal - pose.position) == pytest.approx(0.0, abs=1e-9)
    assert rig.plotter.calls["place"] == (sphere,)


def test_the_rim_makes_it_larger_and_never_nothing() -> None:
    rig = Rig()
    (x, y), centre = rig.handle(1), rig.handle(0)
    rig.drag((x, y), (centre[0] + 2.0 * (x - centre[0]), y))
    sphere = rig.last(ViewSphereMoved).sphere
    assert sphere.radius == pytest.approx(2.0)
    assert sphere.centre == (0.0, 0.0, 0.0)
    rig.drag(rig.handle(1), rig.handle(0))
    assert 0.0 < rig.last(ViewSphereMoved).sphere.radius < 0.01


def test_a_drag_beside_the_handles_turns_the_eye_and_leaves_the_sphere() -> None:
    rig = Rig()
    before = rig.plotter.poses[-1]
    rig.drag((20.0, 20.0), (80.0, 40.0))
    rig.view.draw()
    assert not np.allclose(rig.plotter.poses[-1].position, before.position)
    assert not any(isinstance(message, ViewSphereMoved) for message in rig.sent)


def test_a_click_on_a_camera_chooses_its_view() -> None:
    rig = Rig()
    x, y = pixel_of(camera(2).centre[None], rig.plotter.poses[-1], width=SIZE[0], height=SIZE[1])[0]
    rig.press += 1
    rig.mouse((float(x), float(y)), "left", (float(x), float(y)))
    rig.mouse((float(x), float(y)), "none", (float(x), float(y)))
    assert rig.last(ViewCheckPicked).view == 2


def test_the_eye_jumps_to_the_sphere_through_a_camera_and_back() -> None:
    rig = Rig()
    start = rig.plotter.poses[-1].position
    rig.view.jump(ViewCheckJump(to="sphere"))
    rig.view.draw()
    assert np.linalg.norm(rig.plotter.poses[-1].position) < np.linalg.norm(start) + 1e-9
    rig.view.jump(ViewCheckJump(to=1))
    rig.view.draw()
    assert rig.plotter.poses[-1].position == pytest.approx(camera(1).centre)
    rig.view.jump(ViewCheckJump(to="everything"))
    rig.view.draw()
    assert rig.plotter.poses[-1].position == pytest.approx(start)


def test_numbers_and_marks_reach_the_plotter_and_reading_again_keeps_the_eye() -> None:
    rig = Rig()
    rig.view.place(ViewSphere(sphere=Sphere(centre=(0.0, 0.0, 0.5), radius=0.3)))
    assert rig.plotter.calls["place"][0].radius == 0.3
    rig.view.mark(ViewCheckMark(view=1))
    assert rig.plotter.calls["mark"] == (1,)
    rig.drag((20.0, 20.0), (80.0, 40.0))
    rig.view.draw()
    turned = rig.plotter.poses[-1].position
    rig.view.show(ViewChecked(checked=checked()))
    rig.view.draw()
    assert rig.plotter.poses[-1].position == pytest.approx(turned)
    rig.view.show(ViewChecked(checked=checked(Path("captures/cup"))))
    rig.view.draw()
    assert not np.allclose(rig.plotter.poses[-1].position, turned)


def test_views_that_are_left_out_are_faint_also_when_the_capture_is_read_again() -> None:
    rig = Rig()
    rig.view.use(ViewCheckUsed(left_out=frozenset({1})))
    assert rig.plotter.calls["fade"] == ([1],)
    rig.plotter.calls.clear()
    rig.view.show(ViewChecked(checked=checked()))
    assert rig.plotter.calls["fade"] == ([1],)


def test_cameras_that_are_far_away_do_not_make_the_sphere_a_dot() -> None:
    rig = Rig()
    far = replace(checked(Path("captures/ball")), sphere=Sphere(centre=(0.0, 0.0, 0.0), radius=0.01))
    rig.view.show(ViewChecked(checked=far))
    rig.view.draw()
    assert np.linalg.norm(rig.plotter.poses[-1].position) < 0.2
    rig.view.jump(ViewCheckJump(to="everything"))
    rig.view.draw()
    assert np.linalg.norm(rig.plotter.poses[-1].position) > 4.0


def test_without_views_or_hidden_nothing_is_drawn() -> None:
    rig = Rig()
    drawn = len(rig.plotter.poses)
    rig.view.resize(ViewSize(viewport=CHECK_VIEWPORT, width=0, height=0))
    rig.view.draw()
    rig.view.show(ViewChecked(checked=None))
    rig.view.resize(ViewSize(viewport=CHECK_VIEWPORT, width=SIZE[0], height=SIZE[1]))
    rig.view.draw()
    assert len(rig.plotter.poses) == drawn
    assert rig.view.handles() == ()


def test_an_only_camera_that_is_far_away_is_in_sight_with_as_much_of_the_object() -> None:
    several = checked(Path("captures/ball"))
    alone = replace(several, views={0: several.views[0]}, sphere=Sphere(centre=(0.0, 0.0, 0.0), radius=0.01))
    assert alone.far_away
    assert not several.far_away
    real, drawn = alone.views[0].camera, alone.drawn_views()[0].camera
    assert np.linalg.norm(drawn.centre) == pytest.approx(0.06)
    np.testing.assert_allclose(np.cross(drawn.centre, real.centre), 0.0, atol=1e-12)
    seen = [c.intrinsics[0, 0] * 0.01 / np.linalg.norm(c.centre) for c in (real, drawn)]
    assert seen[0] == pytest.approx(seen[1])
    rig = Rig()
    rig.view.show(ViewChecked(checked=alone))
    rig.view.draw()
    assert 0.05 < np.linalg.norm(rig.plotter.poses[-1].position) < 0.5
