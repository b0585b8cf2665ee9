import numpy as np
import pytest

from core.types import Camera
from widgets.orbit import AXES, Orbit, Pose, axis_frame, camera_pose, likely_up, orbit_from_camera, pixel_of

CENTRE = np.array([0.3, -0.2, 0.5])


def camera(*, towards: tuple[float, float, float], upright: tuple[float, float, float] = (0, 0, 1)) -> Camera:
    centre = 5.0 * np.asarray(towards) / np.linalg.norm(towards)
    forward = -centre / np.linalg.norm(centre)
    right = np.cross(forward, upright)
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, :4] = np.stack([right, np.cross(forward, right), forward, centre], axis=1)
    intrinsics = np.array([[400.0, 0, 118.0], [0, 400.0, 83.0], [0, 0, 1]])
    return Camera(intrinsics=intrinsics, world_from_camera=pose, width=200, height=160)


def orbit(up: str = "z") -> Orbit:
    return Orbit.looking_at(CENTRE, 1.0, towards=np.array([1.0, 0.4, 0.6]), up=up)  # type: ignore[arg-type]


@pytest.mark.parametrize("up", AXES)
def test_the_turning_frame_is_right_handed_and_its_last_axis_is_up(up: str) -> None:
    first, second, axis = axis_frame(up)  # type: ignore[arg-type]
    assert np.cross(first, second) == pytest.approx(axis)
    assert axis["xyz".index(up[-1])] == (-1.0 if up.startswith("-") else 1.0)


@pytest.mark.parametrize("up", AXES)
def test_turning_keeps_the_distance_and_the_horizon(up: str) -> None:
    turned = orbit(up).turned(0.3, -0.2).turned(-0.9, 0.8)
    pose = turned.pose
    assert np.linalg.norm(pose.position - pose.focal) == pytest.approx(orbit(up).distance)
    right = np.cross(pose.focal - pose.position, pose.up)
    assert right @ axis_frame(up)[2] == pytest.approx(0.0, abs=1e-9)  # type: ignore[arg-type]


def test_the_object_follows_the_mouse() -> None:
    before = orbit().pose
    near = CENTRE + 0.5 * (before.position - CENTRE) / np.linalg.norm(before.position - CENTRE)

    def pixel(pose: Pose) -> np.ndarray:
        return pixel_of(near[None], pose, width=400, height=300)[0]

    right = pixel(orbit().turned(0.02, 0.0).pose) - pixel(before)
    down = pixel(orbit().turned(0.0, 0.02).pose) - pixel(before)
    assert right[0] > 2.0 * abs(right[1])
    assert down[1] > 2.0 * abs(down[0])


def test_panning_keeps_the_grabbed_point_under_the_mouse() -> None:
    start = orbit().pose
    there = pixel_of(CENTRE[None], start, width=400, height=300)[0]
    after = pixel_of(CENTRE[None], orbit().panned(0.2, -0.1).pose, width=400, height=300)[0]
    assert after - there == pytest.approx([0.2 * 300, -0.1 * 300])


def test_zooming_in_and_out_again_changes_nothing() -> None:
    assert orbit().zoomed(3).distance < orbit().distance
    assert orbit().zoomed(3).zoomed(-3).distance == pytest.approx(orbit().distance)


def test_the_sphere_fills_the_view() -> None:
    pose = orbit().pose
    rim = CENTRE + axis_frame("z")[2]
    pixel = pixel_of(np.stack([rim, CENTRE]), pose, width=400, height=300)
    assert pixel[1] == pytest.approx([200.0, 150.0])
    assert 0.0 < pixel[0, 1] < 60.0


def test_another_axis_up_keeps_the_place_of_the_eye() -> None:
    assert orbit("z").with_up("y").pose.position == pytest.approx(orbit("z").pose.position)


def test_the_likely_up_axis_is_what_the_photographers_held_upright() -> None:
    assert likely_up((camera(towards=(1, 0, 0.3)), camera(towards=(0, 1, 0.1)))) == "z"
    assert likely_up((camera(towards=(1, 0.2, 0), upright=(0, -1, 0)),)) == "-y"


@pytest.mark.parametrize(("width", "height"), [(800, 600), (400, 600)])
def test_looking_through_a_camera_shows_points_where_the_photograph_does(width: int, height: int) -> None:
    view = camera(towards=(1, 0.7, 0.4))
    points = np.array([[0.3, -0.2, 0.4], [0.0, 0.5, -0.3]])
    pose = camera_pose(view, target=np.zeros(3), aspect=width / height)
    seen = pixel_of(points, pose, width=width, height=height)
    inside = (points - view.centre) @ view.rotation @ view.intrinsics.T
    photo = inside[:, :2] / inside[:, 2:]
    scale = min(width / view.width, height / view.height)
    middle = np.array([width, height]) / 2
    expected = (photo + 0.5 - np.array([view.width, view.height]) / 2) * scale + middle
    assert seen == pytest.approx(expected, abs=1e-6)


def test_leaving_a_camera_for_the_orbit_stays_on_its_side() -> None:
    view = camera(towards=(1, 0.7, 0.4))
    free = orbit_from_camera(view, target=np.zeros(3), up="z")
    assert free.towards == pytest.approx(view.centre / np.linalg.norm(view.centre), abs=1e-6)


def test_points_behind_the_eye_have_no_pixel() -> None:
    pose = orbit().pose
    behind = pose.position + (pose.position - pose.focal)
    assert np.isnan(pixel_of(behind[None], pose, width=10, height=10)).all()
