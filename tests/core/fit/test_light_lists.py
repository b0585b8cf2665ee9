"""Light lists are read back as they were meant, by Chiaro's own reader of RTI captures too."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.capture.capture import Capture
from core.capture.import_options import ImportOptions
from core.capture.layouts.lp import read_light_list
from core.capture.read import read_capture
from core.capture.synthetic import write_demo_capture
from core.fit.known_lights import light_of
from core.fit.light_lists import photograph_names
from core.fit.run_folder import export_results
from core.fit.trainer import Trainer
from core.scene.light_model import LightModel
from core.types import ImageKey, gl_from_camera
from tests.core.fit.small import CPU, SMALL, train
from tests.tiny_run import tiny_trainer, train_tiny

UNKNOWN_LIGHT = 1


@pytest.fixture(scope="module")
def trainer(tiny_capture: Capture) -> Trainer:
    trainer = tiny_trainer(
        tiny_capture, without=frozenset(key for key in tiny_capture.keys if key.light == UNKNOWN_LIGHT)
    )
    train_tiny(trainer)
    return trainer


@pytest.fixture(scope="module")
def lists(trainer: Trainer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("lights") / "out"
    export_results(trainer, out, what=["lights"])
    return out / "lights"


def test_both_frames_are_named_and_differ_by_two_signs(lists: Path, trainer: Trainer) -> None:
    known = [light for light in trainer.capture.light_ids if light != UNKNOWN_LIGHT]
    opengl, opencv = (np.loadtxt(lists / f"directions_{frame}.txt") for frame in ("opengl", "opencv"))
    assert opengl[:, 0].astype(int).tolist() == opencv[:, 0].astype(int).tolist() == known
    np.testing.assert_allclose(opengl[:, 1:] * [1.0, -1.0, -1.0], opencv[:, 1:], atol=1e-7)
    np.testing.assert_allclose(np.linalg.norm(opengl[:, 1:], axis=1), 1.0, atol=1e-6)
    table = np.loadtxt(lists.parent / "light_directions.txt")
    np.testing.assert_allclose(table[np.isfinite(table[:, 0])], opengl[:, 1:], atol=1e-6)
    for frame, words in (("opengl", "y up, z to the viewer"), ("opencv", "y down, z forward")):
        assert words in (lists / f"directions_{frame}.txt").read_text().splitlines()[0]


def test_the_rti_list_of_a_view_names_its_photographs_and_their_lights(lists: Path, trainer: Trainer) -> None:
    for view in trainer.capture.views:
        keys = [key for key in trainer.capture.keys if key.view == view and key.light != UNKNOWN_LIGHT]
        read = read_light_list(lists / f"V{view:02d}.lp")
        assert read.problems == ()
        assert read.names == tuple(f"image/{key.name}.png" for key in keys)
        expected = [gl_from_camera(light_of(trainer, key).to_light) for key in keys]
        np.testing.assert_allclose(read.directions_gl, expected, atol=1e-6)


def test_photographs_beside_the_list_are_an_rti_capture(lists: Path, trainer: Trainer, tmp_path: Path) -> None:
    shutil.copy(lists / "V01.lp", tmp_path / "dirs.lp")
    (tmp_path / "image").mkdir()
    for name in read_light_list(lists / "V01.lp").names:
        shutil.copy(trainer.capture.folder / name, tmp_path / name)
    shutil.copy(trainer.capture.folder / "mask/V01.png", tmp_path / "mask.png")
    capture = read_capture(tmp_path)
    expected = [light_of(trainer, ImageKey(1, light)).to_light for light in (0, 2, 3)]
    np.testing.assert_allclose(capture.truth.light_directions_gl, gl_from_camera(np.array(expected)), atol=1e-6)


def _a_folder_a_light(capture: Capture, folder: Path, name: str = "light_{light:02d}") -> Capture:
    """The same photographs, named by their view alone in a folder for each light."""
    for key in capture.keys:
        file = folder / name.format(light=key.light) / f"view_{key.view:02d}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(capture.folder / f"image/{key.name}.png", file)
    shutil.copy(capture.folder / "camera_params.json", folder)
    shutil.copytree(capture.folder / "mask", folder / "mask")
    return read_capture(folder, options=ImportOptions(layout="Plain folder"))


def test_photographs_of_one_name_in_different_folders_are_told_apart(tiny_capture: Capture, tmp_path: Path) -> None:
    capture = _a_folder_a_light(tiny_capture, tmp_path / "capture")
    assert capture.keys == tiny_capture.keys
    trainer = Trainer(capture, SMALL, device=CPU)
    train(trainer, 1)
    export_results(trainer, tmp_path / "out", what=["lights"])
    read = read_light_list(tmp_path / "out/lights/V02.lp")
    assert read.names == tuple(f"light_{light:02d}/view_02.png" for light in capture.light_ids)
    shutil.copy(tmp_path / "out/lights/V02.lp", capture.folder)
    shutil.copy(capture.folder / "mask/V02.png", capture.folder / "mask.png")
    again = read_capture(capture.folder, options=ImportOptions(layout="RTI light list"))
    for image, key in enumerate(again.keys):
        before = capture.photographs[capture.keys.index(ImageKey(2, key.light))]
        np.testing.assert_array_equal(again.photographs[image], before)
    assert len(again.keys) == len(capture.light_ids)


@pytest.mark.parametrize("mark", ["\n", "\t", "\u2028"])
def test_a_name_that_would_break_its_line_is_not_written(tiny_capture: Capture, tmp_path: Path, mark: str) -> None:
    if os.name == "nt":
        pytest.skip("such names do not exist on Windows")
    capture = _a_folder_a_light(tiny_capture, tmp_path, "light_{light:02d}" + mark + "x")
    names = photograph_names(tiny_trainer(capture))
    assert names == {key: f"{key.name}.png" for key in tiny_capture.keys}


def test_lights_that_stand_in_the_room_are_in_the_world(tiny_capture: Capture, tmp_path: Path) -> None:
    model = replace(SMALL.model, lights=LightModel(fixed_to="world"))
    trainer = Trainer(tiny_capture, replace(SMALL, steps=3, model=model), device=CPU)
    train(trainer, 3)
    export_results(trainer, tmp_path / "out", what=["lights"])
    lists = tmp_path / "out/lights"
    assert {file.name for file in lists.glob("directions_*")} == {"directions_world.txt"}
    assert "world frame" in (lists / "directions_world.txt").read_text().splitlines()[0]
    world = np.loadtxt(lists / "directions_world.txt")[:, 1:]
    for view in tiny_capture.views:
        camera = next(c for k, c in zip(tiny_capture.keys, tiny_capture.cameras, strict=True) if k.view == view)
        seen = gl_from_camera(world @ camera.rotation)
        np.testing.assert_allclose(read_light_list(lists / f"V{view:02d}.lp").directions_gl, seen, atol=1e-5)


def test_a_capture_that_is_gone_keeps_the_names_of_its_keys(tmp_path: Path) -> None:
    folder = tmp_path / "capture"
    write_demo_capture(folder, views=3, lights=3, size=32)
    trainer = tiny_trainer(read_capture(folder))
    shutil.rmtree(folder)
    assert photograph_names(trainer) == {key: f"{key.name}.png" for key in trainer.capture.keys}
