"""Captures written for other programs and read back: the same keys, pixels, masks and cameras."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.capture.capture import Capture
from core.capture.import_options import ImportOptions
from core.capture.read import read_capture
from core.capture.writers.colmap import write_colmap
from core.capture.writers.transforms import write_transforms
from core.errors import Cancelled, RunError
from core.types import Camera

Write = Callable[..., None]
WRITERS = pytest.mark.parametrize("write", [write_transforms, write_colmap])


def left_handed(capture: Capture, folder: Path) -> None:
    write_transforms(capture, folder, handedness="left")


def same_camera(one: Camera, other: Camera) -> None:
    np.testing.assert_allclose(one.intrinsics, other.intrinsics, atol=1e-9, rtol=0)
    np.testing.assert_allclose(one.world_from_camera, other.world_from_camera, atol=1e-9, rtol=0)
    assert (one.width, one.height) == (other.width, other.height)


def same_capture(one: Capture, other: Capture) -> None:
    assert one.keys == other.keys
    for index in range(len(one.keys)):
        np.testing.assert_array_equal(one.linear(index), other.linear(index))
        same_camera(one.cameras[index], other.cameras[index])
    assert one.masks.keys() == other.masks.keys()
    for view, mask in one.masks.items():
        np.testing.assert_array_equal(mask, other.masks[view])
    assert one.masked == other.masked
    groups = [(group.view, group.images) for group in one.pose_groups()]
    assert groups == [(group.view, group.images) for group in other.pose_groups()]


def turned(capture: Capture, sphere: bool = True) -> Capture:
    """The capture in a world that is turned, moved and scaled by numbers without end, so that nothing is round."""
    angle = 0.7
    rotation = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    cameras: dict[bytes, Camera] = {}
    for camera in capture.cameras:
        pose = camera.world_from_camera.copy()
        pose[:3, :3] = rotation @ pose[:3, :3]
        pose[:3, 3] = np.pi * rotation @ pose[:3, 3] + [1.1, -2.3, 1 / 3]
        intrinsics = camera.intrinsics * np.array([[1.0, 1, 1], [1, 1.01, 1], [1, 1, 1]])
        made = Camera(intrinsics=intrinsics, world_from_camera=pose, width=camera.width, height=camera.height)
        cameras[camera.world_from_camera.tobytes()] = made
    centre = tuple(float(entry) for entry in np.pi * rotation @ capture.file_frame[0] + [1.1, -2.3, 1 / 3])  # type: ignore[index]
    return replace(
        capture,
        cameras=tuple(cameras[camera.world_from_camera.tobytes()] for camera in capture.cameras),
        file_frame=(centre, np.pi * capture.file_frame[1]) if sphere else None,  # type: ignore[index]
        up="+y",
    )


@pytest.mark.parametrize("write", [write_transforms, left_handed, write_colmap])
def test_round_trip(tmp_path: Path, tiny_capture: Capture, write: Write) -> None:
    capture = turned(tiny_capture)
    write(capture, tmp_path / "written")
    back = read_capture(tmp_path / "written")
    same_capture(back, capture)
    assert back.up == "+y"
    assert back.file_frame is not None
    assert capture.file_frame is not None
    np.testing.assert_allclose(back.file_frame[0], capture.file_frame[0], atol=1e-12)
    assert back.file_frame[1] == pytest.approx(capture.file_frame[1], abs=1e-12)
    assert len(back.pose_groups()) == len(back.views)


@WRITERS
def test_floats_keep_their_values(tmp_path: Path, tiny_capture: Capture, write: Write) -> None:
    bright = tuple(np.asarray(1.7 * tiny_capture.linear(i), np.float32) for i in range(len(tiny_capture.keys)))
    capture = replace(tiny_capture, photographs=bright)
    write(capture, tmp_path / "written")
    same_capture(read_capture(tmp_path / "written"), capture)


@WRITERS
def test_linear_eight_bits_are_not_taken_for_srgb(tmp_path: Path, tiny_capture: Capture, write: Write) -> None:
    coarse = tuple((255 * tiny_capture.linear(i)).astype(np.uint8) for i in range(len(tiny_capture.keys)))
    capture = replace(tiny_capture, photographs=coarse)
    write(capture, tmp_path / "written")
    same_capture(read_capture(tmp_path / "written"), capture)


@WRITERS
def test_a_capture_without_masks_stays_one(tmp_path: Path, tiny_capture: Capture, write: Write) -> None:
    write(replace(tiny_capture, masked=False), tmp_path / "written")
    back = read_capture(tmp_path / "written")
    assert not back.masked
    assert not list((tmp_path / "written").glob("masks"))


def test_sparse_points_come_back(tmp_path: Path, tiny_capture: Capture) -> None:
    points = np.random.default_rng(1).normal(size=(50, 3)).astype(np.float32)
    write_colmap(replace(tiny_capture, points=points), tmp_path / "written")
    back = read_capture(tmp_path / "written").points
    assert back is not None
    np.testing.assert_array_equal(back, points)


def test_a_sphere_that_would_cut_a_mask_is_not_kept(tmp_path: Path, tiny_capture: Capture) -> None:
    capture = replace(tiny_capture, file_frame=((0.0, 0.0, 0.0), 0.3))
    write_colmap(capture, tmp_path / "written")
    same_capture(read_capture(tmp_path / "written"), capture)


def test_cameras_of_one_kind_are_written_once(tmp_path: Path, tiny_capture: Capture) -> None:
    write_colmap(tiny_capture, tmp_path / "written")
    lines = (tmp_path / "written/sparse/0/cameras.txt").read_text().splitlines()
    assert len([line for line in lines if not line.startswith("#")]) == 1


def skewed(capture: Capture, skew: float) -> Capture:
    matrix = capture.cameras[0].intrinsics.copy()
    matrix[0, 1] = skew
    return replace(capture, cameras=tuple(replace(camera, intrinsics=matrix) for camera in capture.cameras))


@WRITERS
def test_a_skewed_camera_is_refused(tmp_path: Path, tiny_capture: Capture, write: Write) -> None:
    with pytest.raises(RunError, match=r"V00L00 is skewed.*convert to mvscps or idr"):
        write(skewed(tiny_capture, 1.0), tmp_path / "written")
    assert not (tmp_path / "written").exists()
    write(skewed(tiny_capture, 1e-6), tmp_path / "written")  # a rounding error
    same_camera(read_capture(tmp_path / "written").cameras[0], tiny_capture.cameras[0])


@WRITERS
def test_nothing_is_left_of_a_cancelled_or_refused_writing(tmp_path: Path, tiny_capture: Capture, write: Write) -> None:
    def stop(_what: str, fraction: float) -> None:
        if fraction > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        write(tiny_capture, tmp_path / "written", progress=stop)
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine.txt").write_text("kept")
    with pytest.raises(RunError, match="not empty"):
        write(tiny_capture, tmp_path / "full")
    assert [file.name for file in sorted(tmp_path.iterdir())] == ["full"]


@WRITERS
def test_real_captures_come_back(tmp_path: Path, shared_data: Path, write: Write) -> None:
    capture = read_capture(shared_data / "olat/spot_sparse", options=ImportOptions())
    write(capture, tmp_path / "written")
    same_capture(read_capture(tmp_path / "written"), capture)
