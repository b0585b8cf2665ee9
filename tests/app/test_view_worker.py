import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, TypeVar

import numpy as np
import pytest

from app.mailbox import Mailbox
from app.messages import (
    Close,
    Mesh,
    Message,
    ViewCapture,
    ViewFailed,
    ViewFrame,
    ViewImage,
    ViewJump,
    ViewLights,
    ViewMesh,
    ViewMouse,
    ViewOptions,
    ViewPicked,
    ViewSize,
)
from app.view_eye import Hand
from app.view_worker import ViewWorker
from core.types import ImageKey
from tests.app.bench import PATIENCE_SECONDS
from tests.app.fake_captures import camera, keys
from widgets.orbit import Pose, pixel_of

Kind = TypeVar("Kind", bound=Message)
SIZE = (200, 150)


class FakePlotter:
    """Draws a picture whose every pixel is the number of the drawing."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.poses: list[Pose] = []
        self.smooth: list[bool] = []
        self.fail: Exception | None = None
        self.closed = False

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *args, **options: self.calls.append((name, (args, options)))

    def render(self, pose: Pose, *, width: int, height: int, colouring: str, smooth: bool) -> np.ndarray:
        if self.fail:
            raise self.fail
        self.poses.append(pose)
        self.smooth.append(smooth)
        return np.full((height, width, 4), len(self.poses) % 256, np.uint8)

    def close(self) -> None:
        self.closed = True


class Rig:
    def __init__(self, plotter: FakePlotter) -> None:
        self.plotter = plotter
        self.inbox, self.outbox = Mailbox(), Mailbox()
        make: Any = lambda: plotter  # noqa: E731
        self.thread = threading.Thread(target=ViewWorker(self.inbox, self.outbox, make, make).run, daemon=True)
        self.seen: list[Message] = []

    def until(self, kind: type[Kind], holds: Callable[[Kind], bool] = lambda _: True) -> Kind:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            while self.seen:
                event = self.seen.pop(0)
                if isinstance(event, kind) and holds(event):
                    return event
            self.outbox.wait(0.1)
            self.seen += self.outbox.take()
        raise AssertionError(f"no such {kind.__name__}")

    def mouse(self, x: float, y: float, button: Any, *, press: int, wheel: float = 0.0, shift: bool = False) -> None:
        """Report the mouse, and wait until the report has been read: a later one would replace it."""
        self.inbox.send(report(x, y, button, press, wheel, shift))
        while self.inbox.holds(ViewMouse):
            time.sleep(0.001)


@contextmanager
def rig() -> Generator[Rig, None, None]:
    made = Rig(FakePlotter())
    made.thread.start()
    made.inbox.send(
        ViewCapture(
            cameras=tuple(camera(key.view) for key in keys()), keys=keys(), scene_centre=(0, 0, 0), scene_radius=1.0
        )
    )
    made.inbox.send(ViewSize(viewport=0, width=SIZE[0], height=SIZE[1]))
    made.until(ViewFrame)
    try:
        yield made
    finally:
        made.inbox.send(Close())
        made.thread.join(PATIENCE_SECONDS)
        assert made.plotter.closed


def mesh() -> Mesh:
    corners = np.eye(3, dtype=np.float32)
    faces = np.array([[0, 1, 2]], np.int32)
    return Mesh(step=1, vertices=corners, faces=faces, normals=corners, colours={}, error_limit=None)


def test_a_viewport_is_drawn_in_its_size_and_a_hidden_one_is_not() -> None:
    with rig() as r:
        r.inbox.send(ViewSize(viewport=1, width=80, height=60))
        assert r.until(ViewFrame, lambda frame: frame.viewport == 1).rgba.shape == (60, 80, 4)
        r.inbox.send(ViewSize(viewport=1, width=0, height=0))
        r.inbox.send(ViewMesh(mesh=mesh()))
        r.until(ViewFrame, lambda frame: frame.viewport == 0)
        assert not any(isinstance(e, ViewFrame) and e.viewport == 1 for e in r.outbox.take())


def test_what_moves_is_drawn_plainly_and_what_is_still_smoothly() -> None:
    with rig() as r:
        r.until(ViewFrame, lambda _: r.plotter.smooth[-1])
        r.mouse(10, 10, "left", press=1)
        r.mouse(60, 10, "left", press=1)
        r.until(ViewFrame)
        drawn = len(r.plotter.smooth)
        r.until(ViewFrame, lambda _: r.plotter.smooth[-1])
        assert r.plotter.smooth[:2] == [False, True]
        assert drawn < len(r.plotter.smooth)


def test_dragging_turns_the_eye_and_reset_brings_it_back() -> None:
    with rig() as r:
        start = r.plotter.poses[-1].position
        r.mouse(10, 10, "left", press=1)
        r.mouse(60, 30, "left", press=1)
        r.until(ViewFrame, lambda _: not np.allclose(r.plotter.poses[-1].position, start))
        r.inbox.send(ViewJump(to="object"))
        r.until(ViewFrame, lambda _: np.allclose(r.plotter.poses[-1].position, start))


def test_the_eye_looks_through_a_camera_and_steps_back_to_see_them_all() -> None:
    with rig() as r:
        r.inbox.send(ViewJump(to=ImageKey(2, 1)))
        r.until(ViewFrame, lambda _: np.allclose(r.plotter.poses[-1].position, camera(2).centre))
        r.inbox.send(ViewJump(to="everything"))
        r.until(ViewFrame, lambda _: np.linalg.norm(r.plotter.poses[-1].position) > 6.0)


def test_a_click_on_a_camera_chooses_its_photograph() -> None:
    with rig() as r:
        r.inbox.send(ViewJump(to="everything"))
        r.until(ViewFrame, lambda _: np.linalg.norm(r.plotter.poses[-1].position) > 6.0)
        x, y = pixel_of(camera(1).centre[None], r.plotter.poses[-1], width=SIZE[0], height=SIZE[1])[0]
        r.mouse(float(x), float(y), "none", press=1)
        assert r.until(ViewPicked).key == ImageKey(1, 0)


def test_lights_selection_and_options_reach_the_plotter() -> None:
    with rig() as r:
        r.inbox.send(ViewImage(selected=ImageKey(1, 3), included=keys()[:6]))
        r.inbox.send(
            ViewLights(
                directions_world=np.eye(3, dtype=np.float32),
                colours=np.ones((3, 3), np.float32),
                axis_world=np.array([0, 0, 1], np.float32),
                selected=2,
                places_world=2.0 * np.eye(3, dtype=np.float32),
            )
        )
        r.inbox.send(
            ViewOptions(frustums=False, lights=True, sphere=False, up="y", linked=True, colours=("error", "normal"))
        )
        r.until(ViewFrame)
        calls = dict(r.plotter.calls)
        assert calls["mark_cameras"][0] == ([1.0, 0.5, 0.0], 1)
        assert calls["show_lights"][1]["selected"] == 2
        assert (calls["show_lights"][1]["places"] == 2.0 * np.eye(3)).all()
        assert calls["show_only"][1] == {"frustums": False, "lights": True, "sphere": False}
        r.until(ViewFrame, lambda _: abs(r.plotter.poses[-1].up @ np.array([0, 1, 0])) > 0.5)


def test_a_fault_in_drawing_is_told_and_the_next_picture_comes() -> None:
    with rig() as r:
        r.plotter.fail = RuntimeError("no context")
        r.inbox.send(ViewMesh(mesh=mesh()))
        assert "no context" in r.until(ViewFailed).text
        r.plotter.fail = None
        r.inbox.send(ViewMesh(mesh=None))
        r.until(ViewFrame)


def test_without_opengl_the_worker_says_so_and_ends() -> None:
    def make() -> Any:
        raise RuntimeError("no OpenGL")

    outbox = Mailbox()
    ViewWorker(Mailbox(), outbox, make, make).run()
    (failure,) = outbox.take()
    assert isinstance(failure, ViewFailed)
    assert "no OpenGL" in failure.text


def report(
    x: float, y: float, button: Any, press: int, wheel: float = 0.0, shift: bool = False, **pressed: Any
) -> ViewMouse:
    return ViewMouse(viewport=0, x=x, y=y, button=button, shift=shift, press=press, wheel=wheel, **pressed)


@pytest.mark.parametrize("seen", [(0, 1, 2, 3), (0, 2, 3), (0, 3), (1, 3), (3,)])
@pytest.mark.parametrize("button", ["left", "middle", "right"])
def test_a_drag_is_the_sum_of_its_reports_whatever_is_lost(button: str, seen: tuple[int, ...]) -> None:
    hand = Hand(0)
    pressed: dict[str, Any] = {"pressed_at": (10.0, 10.0), "pressed_with": button}
    places = [(10, 10, button), (20, 10, button), (40, 30, button), (50, 30, "none")]
    path = [report(x, y, down, 1, **pressed) for x, y, down in places]
    gestures = [gesture for number in seen for gesture in hand.follow(path[number], 100)]
    assert {gesture.kind for gesture in gestures} == {{"left": "turn", "middle": "pan", "right": "zoom"}[button]}
    if button == "right":
        assert sum(gesture.clicks for gesture in gestures) == pytest.approx(-20.0 * 0.2)
    else:
        assert sum(gesture.right for gesture in gestures) == pytest.approx(0.4)
        assert sum(gesture.down for gesture in gestures) == pytest.approx(0.2)


def test_a_new_press_elsewhere_does_not_jump() -> None:
    hand = Hand(0)
    hand.follow(report(10, 10, "left", 1), 100)
    hand.follow(report(30, 10, "left", 1), 100)
    assert hand.follow(report(90, 90, "left", 2), 100) == []


@pytest.mark.parametrize(
    ("button", "shift", "kind"),
    [("left", False, "turn"), ("left", True, "pan"), ("middle", False, "pan"), ("right", False, "zoom")],
)
def test_buttons_turn_pan_and_zoom(button: str, shift: bool, kind: str) -> None:
    hand = Hand(0)
    hand.follow(report(10, 10, button, 1, shift=shift), 100)
    (gesture,) = hand.follow(report(10, 40, button, 1, shift=shift), 100)
    assert gesture.kind == kind


def test_a_press_that_does_not_move_is_a_click_and_the_wheel_counts_on() -> None:
    hand = Hand(0)
    hand.follow(report(10, 10, "left", 1), 100)
    assert [g.kind for g in hand.follow(report(11, 10, "none", 1), 100)] == ["click"]
    assert [g.clicks for g in hand.follow(report(11, 10, "none", 1, wheel=3.0), 100)] == [3.0]
