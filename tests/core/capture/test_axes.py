"""Turning a capture's world: the photographs stay what they are, and the axis that is up is the one asked for."""

from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from core.capture.capture import Capture
from core.capture.import_options import Axis
from core.capture.read import read_capture
from core.capture.writers.axes import axis_vector, turn_between, turned, with_up
from core.capture.writers.target import Target
from core.capture.writers.write import write_capture
from core.errors import CaptureError

AXES: tuple[Axis, ...] = get_args(Axis)


@pytest.mark.parametrize(("up", "new"), list(product(AXES, AXES)))
def test_turns_take_one_axis_to_the_other_and_are_rotations(up: Axis, new: Axis) -> None:
    turn = turn_between(up, new)
    assert np.array_equal(turn @ axis_vector(up), axis_vector(new))
    assert np.array_equal(turn @ turn.T, np.eye(3))
    assert np.linalg.det(turn) == pytest.approx(1.0)
    assert np.array_equal(turn_between(new, up) @ turn @ axis_vector(up), axis_vector(up))


def projected(capture: Capture, points: np.ndarray) -> np.ndarray:
    """[cameras, points, 2] pixels."""
    places: list[np.ndarray] = []
    for camera in capture.cameras:
        image = (points - camera.centre) @ camera.rotation @ camera.intrinsics.T
        places.append(image[:, :2] / image[:, 2:])
    return np.stack(places)


@pytest.mark.parametrize("new", AXES)
def test_points_that_turn_along_are_seen_where_they_were(tiny_capture: Capture, new: Axis) -> None:
    rng = np.random.default_rng(1)
    points = rng.normal(0.0, 0.4, (50, 3)).astype(np.float32)
    capture = replace(tiny_capture, up="+y", points=points, file_frame=((0.1, 0.2, -0.3), 1.5))
    found = with_up(capture, new)
    assert found.up == new
    assert found.points is not None
    assert np.allclose(projected(found, found.points), projected(capture, points), atol=1e-3)
    assert found.file_frame is not None
    assert found.file_frame[1] == 1.5
    centres = [np.array([frame[0]]) for frame in (found.file_frame, ((0.1, 0.2, -0.3), 1.5))]
    assert np.allclose(projected(found, centres[0]), projected(capture, centres[1]), atol=1e-6)
    up = points + np.float32(0.1) * axis_vector("+y").astype(np.float32)
    above = found.points + np.float32(0.1) * axis_vector(new).astype(np.float32)
    assert np.allclose(projected(found, above), projected(capture, up), atol=1e-3)
    assert found.truth.mesh is None or new == "+y"


def test_turning_there_and_back_changes_nothing(tiny_capture: Capture) -> None:
    there = with_up(replace(tiny_capture, up="+y"), "-x")
    back = with_up(there, "+y")
    for camera, expected in zip(back.cameras, tiny_capture.cameras, strict=True):
        assert np.array_equal(camera.world_from_camera, expected.world_from_camera)


def test_what_is_in_camera_frames_stays(tiny_capture: Capture) -> None:
    found = turned(tiny_capture, turn_between("+y", "+z"))
    assert found.truth.normals_gl is tiny_capture.truth.normals_gl
    assert found.truth.light_directions_gl is tiny_capture.truth.light_directions_gl
    assert found.masks is tiny_capture.masks


def test_lights_that_stand_in_the_room_look_the_same_from_turned_cameras(tiny_capture: Capture) -> None:
    truth = replace(tiny_capture.truth, light_directions_world=tiny_capture.truth.light_directions_gl)
    standing = replace(tiny_capture, truth=truth)
    found = turned(standing, turn_between("+y", "+z"))
    assert truth.light_directions_world is not None
    assert found.truth.light_directions_world is not None
    assert np.abs(found.truth.light_directions_world - truth.light_directions_world).max() > 0.1
    for camera, before in zip(found.cameras, standing.cameras, strict=True):
        np.testing.assert_allclose(
            found.truth.light_directions_world @ camera.rotation,
            truth.light_directions_world @ before.rotation,
            atol=1e-6,
        )


def test_an_unknown_up_axis_is_not_guessed(tiny_capture: Capture) -> None:
    with pytest.raises(CaptureError, match="--from-up"):
        with_up(replace(tiny_capture, up=None), "+z")


def test_left_handed_axes_are_for_transforms_only(tiny_capture: Capture, tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="left-handed"):
        write_capture(tiny_capture, tmp_path / "out", to="colmap", handedness="left")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("to", get_args(Target))
def test_every_layout_gives_the_turned_capture_back(tiny_capture: Capture, tmp_path: Path, to: Target) -> None:
    capture = replace(tiny_capture, up="+y")
    sentence = write_capture(capture, tmp_path / "out", to=to, up="+z")
    assert sentence == "World: right-handed, +z up."
    found = read_capture(tmp_path / "out")
    assert found.up == "+z"
    assert found.keys == capture.keys
    for index, camera in enumerate(with_up(capture, "+z").cameras):
        assert np.allclose(found.cameras[index].world_from_camera, camera.world_from_camera, atol=1e-9)
        assert np.allclose(found.cameras[index].intrinsics, camera.intrinsics, atol=1e-9 * camera.intrinsics.max())
        assert np.array_equal(found.linear(index), capture.linear(index))
    for view, mask in capture.masks.items():
        assert np.array_equal(found.masks[view], mask)


def test_left_handed_transforms_are_read_back_as_such(tiny_capture: Capture, tmp_path: Path) -> None:
    capture = replace(tiny_capture, up="+y")
    sentence = write_capture(capture, tmp_path / "out", to="transforms", handedness="left")
    assert sentence == "World: left-handed, +y up."
    options = replace(read_capture(tmp_path / "out").options, handedness="left")
    found = read_capture(tmp_path / "out", options=options)
    for one, other in zip(found.cameras, capture.cameras, strict=True):
        assert np.allclose(one.world_from_camera, other.world_from_camera, atol=1e-9)
