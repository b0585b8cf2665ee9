"""Where lights begin that nothing is known about."""

from dataclasses import replace

import numpy as np
import torch

from core.capture.capture import Capture
from core.fit.metrics import angles_deg
from core.scene.frame import scene_frame
from core.scene.light_model import LightModel
from core.scene.light_start import brighter_sides, light_start

CPU = torch.device("cpu")


def test_a_light_in_the_room_begins_where_the_object_looks_brighter() -> None:
    """A white, diffuse ball: its brightness at phase angle a is (sin a + (pi - a) cos a) / pi."""
    rng = np.random.default_rng(0)
    cameras = rng.normal(size=(24, 3))
    cameras /= np.linalg.norm(cameras, axis=1, keepdims=True)
    lights = np.array([[0.0, 0.0, 1.0], [0.6, 0.0, -0.8], [0.0, -1.0, 0.0]])
    phase = np.arccos(np.clip(cameras @ lights.T, -1.0, 1.0))
    brightness = (np.sin(phase) + (np.pi - phase) * np.cos(phase)) / np.pi
    rows = np.tile(np.arange(3), 24)
    found = brighter_sides(np.repeat(cameras, 3, axis=0), brightness.ravel(), rows)
    assert angles_deg(found.astype(np.float32), lights.astype(np.float32)).max() < 15.0


def test_seen_from_one_side_alone_it_begins_at_the_camera() -> None:
    found = brighter_sides(np.array([[0.0, 0.6, 0.8]] * 2), np.array([0.5, 0.3]), np.array([0, 1]))
    np.testing.assert_allclose(found, [[0.0, 0.6, 0.8]] * 2)


def test_a_rig_light_begins_at_the_camera_and_its_reference_point_is_the_object(tiny_capture: Capture) -> None:
    frame = scene_frame(tiny_capture)
    start = light_start(tiny_capture, frame, LightModel(near=True), device=CPU)
    count = len(tiny_capture.light_ids)
    assert start.directions.tolist() == [[0.0, 0.0, -1.0]] * count
    assert start.image_lights.tolist() == [tiny_capture.light_ids.index(key.light) for key in tiny_capture.keys]
    camera = tiny_capture.cameras[0]
    seen = camera.rotation.T @ (frame.centre - camera.centre) / frame.scale
    # All cameras of this capture see the object at the same place.
    np.testing.assert_allclose(start.centres.numpy(), np.tile(seen, (count, 1)), atol=1e-4)
    np.testing.assert_allclose(start.spread.numpy(), 0.0, atol=1e-4)


def test_cameras_at_varying_distances_spread_the_reference_points(tiny_capture: Capture) -> None:
    """Every camera moved along its axis by a distance of its own, as by hand; the room's lights know no spread."""
    frame = scene_frame(tiny_capture)
    views = tiny_capture.views
    steps = dict(zip(views, np.linspace(-1.0, 2.0, len(views)), strict=True))
    steps_of = np.array([steps[key.view] for key in tiny_capture.keys])
    cameras = [
        replace(camera, world_from_camera=camera.world_from_camera + _shift(*(-step * camera.rotation[:, 2])))
        for camera, step in zip(tiny_capture.cameras, steps_of, strict=True)
    ]
    moved = replace(tiny_capture, cameras=tuple(cameras))
    start = light_start(moved, frame, LightModel(near=True), device=CPU)
    rows = start.image_lights.numpy()
    for light, spread in enumerate(start.spread.numpy()):
        mine = steps_of[rows == light] / frame.scale
        np.testing.assert_allclose(spread, np.abs(mine - mine.mean()).max(), atol=1e-4)
        assert spread > 0.01
    room = light_start(moved, frame, LightModel(fixed_to="world", near=True), device=CPU)
    assert not room.spread.any()


def test_a_light_of_one_photograph_has_its_own_reference_point(tiny_capture: Capture) -> None:
    """Where every shot has its own light id, one photograph's camera says where the object was."""
    chosen = [0, 5]
    keys = [tiny_capture.keys[0], replace(tiny_capture.keys[5], light=1)]
    moved = replace(
        tiny_capture.cameras[5], world_from_camera=tiny_capture.cameras[5].world_from_camera + _shift(0.0, 0.0, 1.0)
    )
    capture = replace(
        tiny_capture,
        keys=tuple(keys),
        photographs=[tiny_capture.photographs[image] for image in chosen],
        cameras=(tiny_capture.cameras[0], moved),
        light_ids=(keys[0].light, 1),
    )
    frame = scene_frame(tiny_capture)
    start = light_start(capture, frame, LightModel(near=True), device=CPU)
    for row, camera in enumerate(capture.cameras):
        seen = camera.rotation.T @ (frame.centre - camera.centre) / frame.scale
        np.testing.assert_allclose(start.centres[row].numpy(), seen, atol=1e-5)
    room = light_start(capture, frame, LightModel(fixed_to="world"), device=CPU)
    assert not room.centres.any()


def _shift(x: float, y: float, z: float) -> np.ndarray:
    shift = np.zeros((4, 4))
    shift[:3, 3] = (x, y, z)
    return shift
