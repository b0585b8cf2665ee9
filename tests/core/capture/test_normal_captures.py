"""RNb-NeuS and SuperNormal: normal maps as ground truth, turned into the OpenGL camera frame from where they are."""

from pathlib import Path

import numpy as np
import pytest

from core.capture.capture import Capture
from core.capture.images import write_exr, write_png8, write_png16
from core.capture.read import read_capture
from core.capture.recognise import guesses
from core.errors import CaptureError
from core.types import FloatArray
from tests.core.capture.npz_by_hand import (
    COUNT,
    assert_same_camera,
    matrices,
    some_camera,
    write_images,
    write_masks,
)

NAMES = [f"{number:03d}.png" for number in range(COUNT)]


def normals_gl(number: int) -> FloatArray:
    """Unit vectors that look at the camera inside the mask, zero outside."""
    random = np.random.default_rng(number)
    vectors = random.normal(size=(20, 24, 3)) * [0.5, 0.5, 0.1] + [0.0, 0.0, 1.0]
    vectors /= np.linalg.norm(vectors, axis=-1, keepdims=True)
    vectors[:4] = 0.0
    return vectors.astype(np.float32)


def in_world(number: int) -> FloatArray:
    """The same vectors, each taken to the world by way of the OpenCV camera frame."""
    opencv = normals_gl(number) * [1.0, -1.0, -1.0]
    return np.einsum("ij,hwj->hwi", some_camera(number).rotation, opencv).astype(np.float32)


def add_coloured_normals(folder: Path) -> None:
    (folder / "normal").mkdir()
    for number, name in enumerate(NAMES):
        vectors = normals_gl(number)
        known = vectors.any(axis=-1, keepdims=True)
        write_png16(folder / "normal" / name, np.where(known, vectors * 0.5 + 0.5, 0.0))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Cameras and masks; no images of the object yet."""
    write_masks(tmp_path / "mask", NAMES)
    np.savez(tmp_path / "cameras.npz", **matrices())
    return tmp_path


@pytest.fixture
def rnb(folder: Path) -> Path:
    add_coloured_normals(folder)
    write_images(folder / "albedo", NAMES)
    return folder


def assert_true_normals(capture: Capture, tolerance: float) -> None:
    for number in range(COUNT):
        np.testing.assert_allclose(capture.truth.normals_gl[number], normals_gl(number), atol=tolerance)


def test_albedo_stands_in_for_photographs(rnb: Path) -> None:
    capture = read_capture(rnb)
    assert capture.layout == "RNb-NeuS"
    assert_true_normals(capture, 1e-4)
    np.testing.assert_allclose(capture.linear(0), 128.0 / 255.0, atol=1e-6)  # albedo is linear
    assert "maps in albedo stand in" in capture.problems[0].text
    for number in range(COUNT):
        assert_same_camera(capture.cameras[number], some_camera(number))


def test_photographs_are_preferred(rnb: Path) -> None:
    write_images(rnb / "image", NAMES, level=1.0)
    capture = read_capture(rnb)
    assert capture.layout == "RNb-NeuS"
    assert_true_normals(capture, 1e-4)
    np.testing.assert_allclose(capture.linear(0), 1.0)
    assert not any("stand in" in problem.text for problem in capture.problems)


def test_a_normal_map_that_is_there_twice_is_refused(rnb: Path) -> None:
    write_images(rnb / "image", NAMES)
    (rnb / "normal/001.tif").write_bytes((rnb / "normal/001.png").read_bytes())
    with pytest.raises(CaptureError, match=r"normal/001\.png and 001\.tif have the same number; remove one"):
        read_capture(rnb)


def test_normals_alone(folder: Path) -> None:
    add_coloured_normals(folder)
    capture = read_capture(folder)
    assert_true_normals(capture, 1e-4)
    assert "maps in normal stand in" in capture.problems[0].text


@pytest.mark.parametrize("space", ["camera", "world"])
def test_supernormal(folder: Path, space: str) -> None:
    (folder / "cameras.npz").rename(folder / "cameras_sphere.npz")
    place = folder / f"normal_{space}_space_GT"
    place.mkdir()
    for number in range(COUNT):
        write_exr(place / f"{number:02d}.exr", normals_gl(number) if space == "camera" else in_world(number))
    for number in range(COUNT):
        (folder / "mask" / f"{number:03d}.png").rename(folder / "mask" / f"{number:02d}.png")
    capture = read_capture(folder)
    assert capture.layout == "SuperNormal"
    assert_true_normals(capture, 1e-6)
    assert "stand in" in capture.problems[0].text
    assert len(capture.masks) == COUNT


def test_true_normals_are_preferred_to_estimated_ones(folder: Path) -> None:
    for name in ("normal_camera_space_sdmunips", "normal_world_space_GT"):
        (folder / name).mkdir()
        for number in range(COUNT):
            write_exr(folder / name / f"{number:03d}.exr", in_world(number))
    assert_true_normals(read_capture(folder), 1e-6)


def test_maps_that_do_not_fit_are_left_out(rnb: Path) -> None:
    write_png8(rnb / "normal" / NAMES[1], np.full((10, 12, 3), 0.5))
    (rnb / "normal" / NAMES[2]).write_bytes(b"no image")
    capture = read_capture(rnb)
    assert set(capture.truth.normals_gl) == {0}
    named = {problem.file for problem in capture.problems if "Ground truth left out" in problem.text}
    assert named == {f"normal/{NAMES[1]}", f"normal/{NAMES[2]}"}


def test_recognised_before_the_plain_layout(rnb: Path) -> None:
    assert guesses(rnb)[0].layout == "RNb-NeuS"
    write_images(rnb / "image", NAMES)
    assert [guess.layout for guess in guesses(rnb)][:2] == ["RNb-NeuS", "IDR / NeuS"]
    (rnb / "normal").rename(rnb / "normal_camera_space_sdmunips")
    assert guesses(rnb)[0].layout == "SuperNormal"


def test_nothing_to_look_at(folder: Path) -> None:
    (folder / "normal").mkdir()
    with pytest.raises(CaptureError, match="holds no photograph"):
        read_capture(folder)
