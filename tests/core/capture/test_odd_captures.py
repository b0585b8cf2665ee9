"""What is odd about a capture, but no reason to refuse it."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from core.capture.capture import Capture
from core.capture.images import write_exr, write_png8, write_png16
from core.capture.read import read_capture
from tests.core.capture.damage import Change, cameras, entry, linked_from_outside, nested, text_for, truncated


@pytest.fixture
def folder(tmp_path: Path, tiny_capture_folder: Path) -> Path:
    """A copy of the tiny capture to damage."""
    return Path(shutil.copytree(tiny_capture_folder, tmp_path / "capture"))


def not_a_pixel_dark(folder: Path) -> None:
    write_png16(folder / "image" / "V01L02.png", np.ones((48, 48, 3)))


def black_photograph(folder: Path) -> None:
    write_png16(folder / "image" / "V01L02.png", np.full((48, 48, 3), 0.001))


def mask_at_border(folder: Path) -> None:
    mask = np.zeros((48, 48, 1))
    mask[:30, 10:30] = 1.0
    write_png8(folder / "mask" / "V03.png", mask)


def speck(folder: Path) -> None:
    mask = np.zeros((48, 48, 1))
    mask[20:23, 20:23] = 1.0
    write_png8(folder / "mask" / "V03.png", mask)


def one_light_seldom(folder: Path) -> None:
    for view in (0, 1, 2):
        (folder / "image" / f"V{view:02d}L03.png").unlink()


def one_view(folder: Path) -> None:
    for file in (folder / "image").iterdir():
        if not file.name.startswith("V00"):
            file.unlink()


def stranger(folder: Path) -> None:
    shutil.copy(folder / "image" / "V00L00.png", folder / "image" / "preview.png")


def rows(name: str, table: object) -> Change:
    return lambda folder: np.savetxt(folder / name, np.array(table))


DIRECTIONS, INTENSITIES, NORMALS = "light_directions.txt", "light_intensities.txt", "normal_camera_space_GT/V01.exr"
ODD: dict[str, tuple[Change, str, str]] = {
    "saturated": (not_a_pixel_dark, "V01L02", r"1 of 16 photographs is saturated .* V01L02 on 100\.0%"),
    "almost black": (black_photograph, "V01L02", r"1 of 16 photographs is almost black"),
    "mask at the border": (mask_at_border, "mask/V03.png", r"touches the photograph's border"),
    "mask of everything": (
        lambda f: write_png8(f / "mask" / "V03.png", np.ones((48, 48, 1))),
        "mask/V03.png",
        r"covers the whole photograph",
    ),
    "a speck": (speck, "mask/V03.png", r"covers only 9 pixels"),
    "one light seldom": (one_light_seldom, "image", r"Lights with a single photograph: L03;"),
    "one view": (one_view, "image", r"training needs at least two"),
    "photograph without K": (cameras(lambda t: t.pop("K_V02L01")), "image/V02L01.png", r"no camera is known"),
    "photograph without C2W": (cameras(lambda t: t.pop("C2W_V02L01")), "image/V02L01.png", r"no camera is known"),
    "another picture": (stranger, "image/preview.png", r"preview\.png: left out"),
    "axis outside": (nested("K_V01L00", (0, 2), 480.0), "camera_params.json", r"optical axis of V01L00 lies outside"),
    "sphere not finite": (entry("O2W_scale", float("nan")), "camera_params.json", r"they are left out"),
    "sphere negative": (entry("O2W_scale", -1.0), "camera_params.json", r"they are left out"),
    "sphere without centre": (
        cameras(lambda t: t.pop("O2W_translation")),
        "camera_params.json",
        r"they are left out",
    ),
    "normals of another size": (
        lambda f: write_exr(f / NORMALS, np.ones((9, 9, 3))),
        NORMALS,
        r"left out: .*V01\.exr is 9 x 9 pixels",
    ),
    "normals cut short": (truncated(NORMALS), NORMALS, r"left out: .*V01\.exr is "),
    "normals linked from outside": (linked_from_outside(NORMALS), NORMALS, r"left out: .*leads to a place"),
    "lights are text": (text_for(DIRECTIONS), DIRECTIONS, r"left out: .*not a table of numbers"),
    "lights are empty": (lambda f: (f / DIRECTIONS).write_text(""), DIRECTIONS, r"left out: .*three finite numbers"),
    "lights of two columns": (rows(DIRECTIONS, [[1, 2]] * 4), DIRECTIONS, r"left out: .*three finite numbers"),
    "too few lights": (rows(INTENSITIES, [[1, 2, 3]] * 3), INTENSITIES, r"left out: 3 rows for 4 lights up to L03"),
    "light without direction": (rows(DIRECTIONS, [[0, 0, 0]] * 4), DIRECTIONS, r"left out: a direction has length"),
    "infinite light": (rows(INTENSITIES, [[1, 2, np.inf]] * 4), INTENSITIES, r"left out: .*three finite numbers"),
    "mesh linked from outside": (linked_from_outside("mesh_Gt.ply"), "mesh_Gt.ply", r"left out: .*leads to a place"),
}


@pytest.mark.parametrize("what", ODD)
def test_oddities_are_listed_and_the_capture_is_read(folder: Path, what: str) -> None:
    change, file, sentence = ODD[what]
    change(folder)
    capture = read_capture(folder)
    assert [problem.file for problem in capture.problems] == [file]
    assert re.search(sentence, capture.problems[0].text)
    assert capture.problems[0].text.endswith(".")


def test_truth_that_is_left_out_is_left_out(folder: Path) -> None:
    text_for(DIRECTIONS)(folder)
    truncated(NORMALS)(folder)
    capture = read_capture(folder)
    assert capture.truth.light_directions_gl is None
    assert capture.truth.light_intensities is not None
    assert sorted(capture.truth.normals_gl) == [0, 2, 3]


def test_lights_not_estimated_stay_unknown(folder: Path, tiny_capture: Capture) -> None:
    table = np.loadtxt(folder / DIRECTIONS)
    table[2] = np.nan
    np.savetxt(folder / DIRECTIONS, table)
    truth = read_capture(folder).truth.light_directions_gl
    assert truth is not None
    assert np.isnan(truth[2]).all()
    assert np.isfinite(truth[[0, 1, 3]]).all()
