"""The object's sphere, on a ball whose outlines are known in closed form."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.capture.capture import Capture, GroundTruth
from core.capture.import_options import ImportOptions
from core.capture.read import read_capture
from core.errors import CaptureError
from core.scene.frame import SceneFrame, frame_from_masks, scene_frame
from core.types import Camera, ImageKey

CENTRE = np.array([3.0, -2.0, 5.0])
RADIUS = 0.7
SIZE = 201


def camera_looking_at(target: np.ndarray, direction: np.ndarray, distance: float, focal: float) -> Camera:
    forward = -direction / np.linalg.norm(direction)
    right = np.cross(forward, [0.3, 1.0, 0.1])
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([right, np.cross(forward, right), forward], axis=1)
    pose[:3, 3] = target - distance * forward
    middle = (SIZE - 1) / 2
    intrinsics = np.array([[focal, 0.0, middle], [0.0, focal, middle], [0.0, 0.0, 1.0]])
    return Camera(intrinsics=intrinsics, world_from_camera=pose, width=SIZE, height=SIZE)


def ball_mask(camera: Camera, centre: np.ndarray, radius: float) -> np.ndarray:
    """Pixels whose ray passes the centre within the radius."""
    v, u = np.mgrid[:SIZE, :SIZE]
    pixels = np.stack([u, v, np.ones_like(u)], axis=-1).astype(float)
    rays = pixels @ np.linalg.inv(camera.intrinsics).T @ camera.rotation.T
    rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
    return np.linalg.norm(np.cross(rays, centre - camera.centre), axis=-1) < radius


def capture_of(cameras: list[Camera], masks: list[np.ndarray], file_frame=None) -> Capture:
    keys = tuple(ImageKey(view, 0) for view in range(len(cameras)))
    photograph = np.zeros((SIZE, SIZE, 3), dtype=np.uint8)
    return Capture(
        folder=Path("ball"),
        keys=keys,
        photographs=(photograph,) * len(keys),
        cameras=tuple(cameras),
        masks=dict(enumerate(masks)),
        light_ids=(0,),
        file_frame=file_frame,
        truth=GroundTruth(normals_gl={}, light_directions_gl=None, light_intensities=None, mesh=None),
        problems=(),
    )


def ball_capture(file_frame=None, views: int = 6, focal: float = 900.0) -> Capture:
    """A small ball far away, off the optical axes: its outlines are nearly circles of radius focal * r / Z."""
    rng = np.random.default_rng(11)
    directions = rng.normal(size=(views, 3))
    cameras = [
        camera_looking_at(CENTRE + rng.normal(size=3) * 0.2, direction, 9.0 + view, focal)
        for view, direction in enumerate(directions)
    ]
    return capture_of(cameras, [ball_mask(camera, CENTRE, RADIUS) for camera in cameras], file_frame)


def test_the_formula_finds_the_ball() -> None:
    frame = frame_from_masks(ball_capture())
    assert np.allclose(frame.centre, CENTRE, atol=0.01 * RADIUS)
    # The sphere's outline has five times the ball's area, so its radius is √5 times the ball's.
    assert frame.scale == pytest.approx(np.sqrt(5.0) * RADIUS, rel=0.01)
    assert frame.problem is None


def test_the_formula_follows_a_moved_and_scaled_world() -> None:
    capture = ball_capture()
    turn = np.linalg.qr(np.random.default_rng(4).normal(size=(3, 3)))[0]
    turn *= np.sign(np.linalg.det(turn))
    factor, shift = 37.0, np.array([100.0, -50.0, 8.0])

    def moved(camera: Camera) -> Camera:
        pose = np.eye(4)
        pose[:3, :3] = turn @ camera.rotation
        pose[:3, 3] = factor * turn @ camera.centre + shift
        return replace(camera, world_from_camera=pose)

    before = frame_from_masks(capture)
    after = frame_from_masks(replace(capture, cameras=tuple(moved(camera) for camera in capture.cameras)))
    assert np.allclose(after.centre, factor * turn @ before.centre + shift)
    assert after.scale == pytest.approx(factor * before.scale)


def test_scene_and_world_are_inverse() -> None:
    frame = SceneFrame(centre=CENTRE, scale=2.5)
    points = np.random.default_rng(0).normal(size=(50, 3))
    assert np.allclose(frame.world_from_scene(frame.scene_from_world(points)), points)
    assert np.allclose(frame.scene_from_world(CENTRE), 0.0)
    assert np.allclose(frame.scene_from_world(CENTRE + np.array([0.0, 2.5, 0.0])), [0.0, 1.0, 0.0])


def test_a_slender_object_gets_a_sphere_that_holds_it() -> None:
    """A rod of many small balls: its masks are too small for its length."""
    axis = np.array([0.0, 1.0, 0.0])
    cameras = [camera_looking_at(CENTRE, np.array(d), 9.0, 500.0) for d in ([1, 0.1, 0], [0, 0.1, 1], [1, 0, -1])]
    places = [CENTRE + t * axis for t in np.linspace(-1.5, 1.5, 41)]
    masks = [np.any([ball_mask(camera, place, 0.08) for place in places], axis=0) for camera in cameras]
    frame = frame_from_masks(capture_of(cameras, masks))
    ends = frame.scene_from_world(np.array([places[0], places[-1]]))
    assert np.all(np.linalg.norm(ends, axis=1) < 1.0)
    assert np.linalg.norm(ends, axis=1).max() > 0.85


@pytest.mark.parametrize("scale", [1.1 * RADIUS, 2.0 * RADIUS, 6.0 * RADIUS])
def test_a_plausible_declared_sphere_is_used(scale: float) -> None:
    declared = (tuple((CENTRE + 0.01).tolist()), scale)
    frame = scene_frame(ball_capture(declared))
    assert np.allclose(frame.centre, CENTRE + 0.01)
    assert frame.scale == scale
    assert frame.problem is None


@pytest.mark.parametrize(
    ("centre", "scale", "why"),
    [
        (CENTRE, 0.4 * RADIUS, r"holds only \d+\.\d% of the object"),
        (CENTRE + 5.0, 2.0 * RADIUS, r"holds only \d\.\d% of the object"),
        (CENTRE, 30.0 * RADIUS, r"is 13\.\d times too large"),
    ],
)
def test_an_implausible_declared_sphere_is_replaced_and_said(centre, scale: float, why: str) -> None:
    capture = ball_capture((tuple(centre.tolist()), scale))
    frame = scene_frame(capture)
    found = frame_from_masks(capture)
    assert np.array_equal(frame.centre, found.centre)
    assert frame.scale == found.scale
    assert frame.problem is not None
    assert frame.problem.file == "sphere"
    assert re.search(why, frame.problem.text)


def test_a_sphere_the_user_has_placed_is_used_as_it_is() -> None:
    sphere = (tuple(map(float, CENTRE)), 0.4 * RADIUS)
    capture = replace(ball_capture(sphere), options=ImportOptions(sphere=sphere))
    frame = scene_frame(capture)
    assert frame.scale == 0.4 * RADIUS
    assert frame.problem is None


def test_without_declared_sphere_the_formula_is_used() -> None:
    frame = scene_frame(ball_capture())
    assert frame.scale == pytest.approx(np.sqrt(5.0) * RADIUS, rel=0.01)
    assert frame.problem is None


def test_a_single_view_needs_a_declared_sphere() -> None:
    with pytest.raises(CaptureError, match="look along one line"):
        scene_frame(ball_capture(views=1))
    frame = scene_frame(ball_capture((tuple(CENTRE.tolist()), 2.0 * RADIUS), views=1))
    assert frame.scale == 2.0 * RADIUS


def test_cameras_that_look_away() -> None:
    capture = ball_capture()
    flip = np.diag([1.0, -1.0, -1.0, 1.0])  # OpenGL axes taken for OpenCV axes
    cameras = tuple(replace(camera, world_from_camera=camera.world_from_camera @ flip) for camera in capture.cameras)
    with pytest.raises(CaptureError, match="behind a camera"):
        scene_frame(replace(capture, cameras=cameras))


def test_the_demo_lies_in_its_declared_sphere(tiny_capture: Capture) -> None:
    frame = scene_frame(tiny_capture)
    assert (frame.centre.tolist(), frame.scale, frame.problem) == ([0.0, 0.0, 0.0], 1.0, None)
    found = frame_from_masks(tiny_capture)
    assert np.linalg.norm(found.centre) < 0.15
    assert 0.8 < found.scale < 1.6


@pytest.mark.parametrize("name", ["bunny", "horse_metal", "nefertiti_free", "spot_sparse"])
def test_development_captures_declare_a_plausible_sphere(shared_data: Path, name: str) -> None:
    capture = read_capture(shared_data / "olat" / name)
    assert scene_frame(capture).problem is None
    assert np.linalg.norm(frame_from_masks(capture).centre) < 0.25
