"""Lights measured from a mirror ball: in a folder of its own, or picked in the photographs."""

from pathlib import Path

import numpy as np
import pytest

from core.capture.chrome_ball import Ball, ball_of_mask, direction_of_light
from core.capture.images import object_pixels, read_image, write_exact
from core.capture.import_options import ImportOptions
from core.capture.layouts.chrome import CHROME
from core.capture.read import read_capture
from core.capture.recognise import guesses
from core.errors import CaptureError
from core.types import DoubleArray
from tests.core.capture.single_views import ball as matt_ball

U, V, RADIUS, SIZE = 70.0, 60.0, 50.0, 140
LIGHTS_GL = np.array([[0.0, 0.0, 1.0], [0.6, 0.0, 0.8], [0.0, -0.8, 0.6], [-0.48, 0.64, 0.6], [0.3, 0.1, 0.9]])
LIGHTS_GL /= np.linalg.norm(LIGHTS_GL, axis=1, keepdims=True)


def mirrored(to_light: DoubleArray, sharpness: float = 400.0) -> DoubleArray:
    """[SIZE, SIZE] a mirror ball in front of black under a small lamp: bright where the view is sent to the light."""
    seen = matt_ball(U, V, RADIUS, SIZE, SIZE)
    n = seen.normals_gl
    reflected = 2.0 * n[..., 2:] * n - np.array([0.0, 0.0, 1.0])
    return np.where(seen.mask, np.exp(sharpness * (reflected @ to_light - 1.0)), 0.0)


def write(file: Path, values: DoubleArray) -> None:
    file.parent.mkdir(exist_ok=True)
    write_exact(file, np.repeat(np.rint(values * 255.0).astype(np.uint8)[..., None], 3, axis=2))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number, light in enumerate(LIGHTS_GL):
        write(tmp_path / f"chrome/chrome.{number}.png", mirrored(light))
        write(tmp_path / f"gray/gray.{number}.png", matt_ball(40.0, 50.0, 30.0, SIZE, SIZE).lit(light))
        write(tmp_path / f"vase/vase.{number}.png", matt_ball(80.0, 50.0, 20.0, SIZE, SIZE).lit(light))
    write(tmp_path / "chrome/chrome.mask.png", matt_ball(U, V, RADIUS, SIZE, SIZE).mask * 1.0)
    write(tmp_path / "gray/gray.mask.png", matt_ball(40.0, 50.0, 30.0, SIZE, SIZE).mask * 1.0)
    write(tmp_path / "vase/vase.mask.png", matt_ball(80.0, 50.0, 20.0, SIZE, SIZE).mask * 1.0)
    return tmp_path


def degrees(a: DoubleArray, b: DoubleArray) -> DoubleArray:
    return np.degrees(np.arccos(np.clip((a * b).sum(axis=-1), -1.0, 1.0)))


@pytest.mark.parametrize("light", LIGHTS_GL)
def test_the_light_is_where_the_mirror_sends_the_view(light: DoubleArray) -> None:
    pixels = np.repeat(mirrored(light)[..., None], 3, axis=2).astype(np.float32)
    found = direction_of_light(pixels, Ball(u=U, v=V, radius=RADIUS))
    assert np.isclose(np.linalg.norm(found), 1.0)
    assert degrees(found, light) < 1.5


def test_an_object_and_its_lights_are_read(folder: Path) -> None:
    assert guesses(folder)[0].layout == "Chrome ball"
    capture = read_capture(folder)
    assert [key.name for key in capture.keys] == [f"V00L0{light}" for light in range(5)]
    assert np.array_equal(capture.masks[0], matt_ball(80.0, 50.0, 20.0, SIZE, SIZE).mask)  # the vase, not a ball
    assert capture.truth.light_directions_gl is not None
    assert degrees(capture.truth.light_directions_gl, LIGHTS_GL).max() < 1.5
    assert capture.photographs[0].dtype == np.uint8  # linear as they are


def test_another_object_can_be_chosen(folder: Path) -> None:
    listing = CHROME.list_capture(folder, ImportOptions(), lambda _what, _part: None)
    assert listing.camera_choices == ("gray",)
    capture = read_capture(folder, options=ImportOptions(cameras="gray"))
    assert np.array_equal(capture.masks[0], matt_ball(40.0, 50.0, 30.0, SIZE, SIZE).mask)
    with pytest.raises(CaptureError, match="no object named 'cup'; choose one of vase, gray"):
        read_capture(folder, options=ImportOptions(cameras="cup"))


def test_a_ball_picked_in_the_photographs_of_a_list_measures_their_lights(tmp_path: Path) -> None:
    for number, light in enumerate(LIGHTS_GL):
        write(tmp_path / f"{number}.png", mirrored(light))
    write(tmp_path / "mask.png", matt_ball(20.0, 120.0, 15.0, SIZE, SIZE).mask * 1.0)
    (tmp_path / "a.lp").write_text("5\n" + "".join(f"{number}.png 0 0 1\n" for number in range(5)))
    from_list = read_capture(tmp_path).truth.light_directions_gl
    assert np.array_equal(from_list, np.tile([0.0, 0.0, 1.0], (5, 1)))
    measured = read_capture(tmp_path, options=ImportOptions(ball=(U, V, RADIUS))).truth.light_directions_gl
    assert measured is not None
    assert degrees(measured, LIGHTS_GL).max() < 1.5


def test_a_photograph_without_a_highlight_is_named_and_the_lights_stay_unknown(folder: Path) -> None:
    write(folder / "chrome/chrome.2.png", matt_ball(U, V, RADIUS, SIZE, SIZE).mask * 0.5)
    capture = read_capture(folder)
    assert capture.truth.light_directions_gl is None
    assert any("chrome.2.png was not measured" in problem.text for problem in capture.problems)


@pytest.mark.parametrize("ball", [(900.0, 60.0, 20.0), (70.0, 60.0, 1.0), (70.0, 60.0, 1e9)])
def test_a_ball_that_is_not_in_the_photograph(folder: Path, ball: tuple[float, float, float]) -> None:
    capture = read_capture(folder, options=ImportOptions(ball=ball))
    assert capture.truth.light_directions_gl is None
    assert any("is not in the photograph" in problem.text for problem in capture.problems)


def test_a_mask_that_is_no_ball(folder: Path) -> None:
    mask = np.zeros((SIZE, SIZE))
    mask[20:40, 10:120] = 1.0
    write(folder / "chrome/chrome.mask.png", mask)
    capture = read_capture(folder)
    assert any("which is no ball" in problem.text for problem in capture.problems)


def test_the_matt_ball_agrees_with_the_lights_of_the_chrome_ball(shared_data: Path) -> None:
    capture = read_capture(shared_data / "ps/uw", options=ImportOptions(cameras="gray"))
    lights = capture.truth.light_directions_gl
    assert lights is not None
    ball = ball_of_mask(shared_data / "ps/uw/gray/gray.mask.png")
    height, width = capture.masks[0].shape
    sphere = matt_ball(ball.u, ball.v, ball.radius, width, height)
    inside = matt_ball(ball.u, ball.v, 0.95 * ball.radius, width, height).mask
    residual: list[float] = []
    for image, light in enumerate(lights):
        shading, seen = sphere.lit(light)[inside], capture.linear(image)[inside].mean(axis=1)
        fit = shading * (shading @ seen) / (shading @ shading)
        residual.append(float(np.linalg.norm(fit - seen) / np.linalg.norm(seen)))
    assert np.mean(residual) < 0.07  # 5.6 % of the brightness when this was written
    assert max(residual) < 0.12


def test_the_owl_comes_first(shared_data: Path) -> None:
    assert guesses(shared_data / "ps/uw")[0].layout == "Chrome ball"
    capture = read_capture(shared_data / "ps/uw")
    mask = object_pixels(read_image(shared_data / "ps/uw/owl/owl.mask.png"))
    assert np.array_equal(capture.masks[0], mask)
    assert len(capture.keys) == 12
