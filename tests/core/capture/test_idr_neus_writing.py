"""Writing IDR and NeuS folders: what is read back is what was written."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from core.capture.archives import read_npz
from core.capture.capture import Capture
from core.capture.read import read_capture
from core.capture.writers.idr import write_idr
from core.errors import Cancelled, RunError
from core.types import ImageKey
from tests.core.capture.npz_by_hand import (
    assert_same_camera,
    some_camera,
)


def assert_same_capture(read: Capture, capture: Capture) -> None:
    assert read.keys == capture.keys
    assert read.masked == capture.masked
    for index in range(len(capture.keys)):
        np.testing.assert_array_equal(read.linear(index), capture.linear(index))
        assert_same_camera(read.cameras[index], capture.cameras[index])
    for view, mask in capture.masks.items():
        np.testing.assert_array_equal(read.masks[view], mask)


def test_round_trip(tmp_path: Path, tiny_capture: Capture) -> None:
    write_idr(tiny_capture, tmp_path / "out")
    read = read_capture(tmp_path / "out")
    assert read.layout == "IDR / NeuS"
    assert_same_capture(read, tiny_capture)
    assert read.file_frame is not None
    assert tiny_capture.file_frame is not None
    np.testing.assert_allclose(read.file_frame[0], tiny_capture.file_frame[0])
    assert read.file_frame[1] == pytest.approx(tiny_capture.file_frame[1])
    both = [read_npz(tmp_path / "out" / name, max_bytes=10**6) for name in ("cameras.npz", "cameras_sphere.npz")]
    for name in both[0] | both[1]:
        np.testing.assert_array_equal(both[0][name], both[1][name])


def test_round_trip_of_every_kind_of_pixel(tmp_path: Path, tiny_capture: Capture) -> None:
    """8 bits, floats beyond 1, skew, views past 99 (whose names sort otherwise), an up axis, no masks."""
    random = np.random.default_rng(5)
    capture = dataclasses.replace(
        tiny_capture,
        keys=(ImageKey(2, 0), ImageKey(99, 1), ImageKey(100, 0)),
        photographs=(
            random.integers(0, 256, (20, 24, 3)).astype(np.uint8),
            random.integers(0, 65536, (20, 24, 3)).astype(np.uint16),
            (random.random((20, 24, 3)) * 7.0).astype(np.float32),
        ),
        cameras=tuple(some_camera(number) for number in range(3)),
        masks={view: np.ones((20, 24), bool) for view in (2, 99, 100)},
        light_ids=(0, 1),
        file_frame=None,
        masked=False,
        up="+z",
    )
    write_idr(capture, tmp_path / "out")
    read = read_capture(tmp_path / "out")
    assert_same_capture(read, capture)
    assert (read.up, read.file_frame) == ("+z", None)


def test_rotations_of_few_digits_come_back_as_they_were(tmp_path: Path, tiny_capture: Capture) -> None:
    """P alone cannot hold a rotation that is not quite one; what is written beside it can, until P is changed."""
    short = [
        dataclasses.replace(camera, world_from_camera=np.round(camera.world_from_camera, 4))
        for camera in tiny_capture.cameras
    ]
    write_idr(dataclasses.replace(tiny_capture, cameras=tuple(short)), tmp_path / "out")
    for camera, expected in zip(read_capture(tmp_path / "out").cameras, short, strict=True):
        np.testing.assert_array_equal(camera.intrinsics, expected.intrinsics)
        np.testing.assert_array_equal(camera.world_from_camera, expected.world_from_camera)
    file = tmp_path / "out" / "cameras_sphere.npz"
    moved = {name: value.copy() for name, value in read_npz(file, max_bytes=10**6).items()}
    shift = np.eye(4)
    shift[:3, 3] = [1.0, 2.0, 3.0]
    moved["world_mat_0"] = moved["world_mat_0"] @ shift
    np.savez(file, **moved)  # type: ignore[arg-type]
    cameras = read_capture(tmp_path / "out").cameras
    np.testing.assert_allclose(cameras[0].centre, short[0].centre - [1.0, 2.0, 3.0], atol=1e-3)
    np.testing.assert_array_equal(cameras[1].centre, short[1].centre)


def test_writing_never_overwrites(tmp_path: Path, tiny_capture: Capture) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(RunError, match="not empty"):
        write_idr(tiny_capture, tmp_path / "out")
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_cancelled_writing_leaves_nothing(tmp_path: Path, tiny_capture: Capture) -> None:
    def stop(_what: str, _fraction: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        write_idr(tiny_capture, tmp_path / "out", progress=stop)
    assert not list(tmp_path.iterdir())
