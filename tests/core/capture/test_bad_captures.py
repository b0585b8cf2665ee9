"""Everything that can be wrong with a capture: one clear sentence that names the file."""

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.capture import truth
from core.capture.capture import Capture
from core.capture.images import write_exr, write_png8, write_png16
from core.capture.layouts import mvscps
from core.capture.read import read_capture
from core.errors import CaptureError
from tests.core.capture import png_by_hand as png

Change = Callable[[Path], object]


@pytest.fixture
def folder(tmp_path: Path, tiny_capture_folder: Path) -> Path:
    """A copy of the tiny capture to damage."""
    return Path(shutil.copytree(tiny_capture_folder, tmp_path / "capture"))


def cameras(change: Callable[[dict[str, Any]], object]) -> Change:
    """Change the table of cameras."""

    def apply(folder: Path) -> None:
        file = folder / "camera_params.json"
        table = json.loads(file.read_text())
        change(table)
        file.write_text(json.dumps(table))

    return apply


def entry(name: str, value: object) -> Change:
    return cameras(lambda table: table.__setitem__(name, value))


def nested(name: str, indices: tuple[int, int], value: object) -> Change:
    return cameras(lambda table: table[name][indices[0]].__setitem__(indices[1], value))


def json_text(text: str) -> Change:
    return lambda folder: (folder / "camera_params.json").write_text(text)


def removed(name: str) -> Change:
    def apply(folder: Path) -> None:
        place = folder / name
        shutil.rmtree(place) if place.is_dir() else place.unlink()

    return apply


def emptied(folder: Path) -> None:
    for place in list(folder.iterdir()):
        removed(place.name)(folder)


def replaced_by_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("not a folder")


def truncated(name: str) -> Change:
    return lambda folder: os.truncate(folder / name, (folder / name).stat().st_size // 2)


def text_for(name: str) -> Change:
    return lambda folder: (folder / name).write_text("hello")


def linked_from_outside(name: str) -> Change:
    def apply(folder: Path) -> None:
        outside = folder.parent / "outside" / name
        outside.parent.mkdir(parents=True)
        (folder / name).rename(outside)
        (folder / name).symlink_to(outside)

    return apply


def folder_linked_from_outside(folder: Path) -> None:
    outside = folder.parent / "outside"
    (folder / "image").rename(outside)
    (folder / "image").symlink_to(outside)


def linked_to_itself(folder: Path) -> None:
    (folder / "image" / "V00L00.png").unlink()
    (folder / "image" / "V00L00.png").symlink_to("V00L00.png")


def black_mask(name: str) -> Change:
    return lambda folder: write_png8(folder / name, np.zeros((48, 48, 1)))


def small_mask(folder: Path) -> None:
    write_png8(folder / "mask" / "V01.png", np.ones((24, 48, 1)))


def huge_header(folder: Path) -> None:
    (folder / "image" / "V01L01.png").write_bytes(png.png_bytes(1_000_000, 1_000_000, 16, png.RGB, b"\0"))


def not_finite_photograph(folder: Path) -> None:
    (folder / "image" / "V01L01.png").unlink()
    write_exr(folder / "image" / "V01L01.exr", np.full((48, 48, 3), np.nan))


def photograph_of_another_size(folder: Path) -> None:
    write_png16(folder / "image" / "V01L01.png", np.ones((50, 48, 3)))


def twice(folder: Path) -> None:
    shutil.copy(folder / "image" / "V00L00.png", folder / "image" / "V000L000.png")


def mask_twice(folder: Path) -> None:
    shutil.copy(folder / "mask" / "V00.png", folder / "mask" / "V000.png")


def all_renamed(folder: Path) -> None:
    for number, file in enumerate(sorted((folder / "image").iterdir())):
        file.rename(file.with_name(f"IMG_{number}.png"))


def turned(degrees: float, scale: float = 1.0) -> list[list[float]]:
    c, s = np.cos(np.radians(degrees)) * scale, np.sin(np.radians(degrees)) * scale
    return [[c, -s, 0, 0], [s, c, 0, 0], [0, 0, scale, 4], [0, 0, 0, 1]]


MIRRORED = [[-1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 4], [0, 0, 0, 1]]
SHEARED = [[1, 0.1, 0, 0], [0, 1, 0, 0], [0, 0, 1, 4], [0, 0, 0, 1]]
TRANSPOSED = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 4, 1]]

BAD: dict[str, tuple[Change, str]] = {
    "folder missing": (shutil.rmtree, r"There is no folder .*capture; check the path"),
    "folder is a file": (replaced_by_file, r"capture is a file"),
    "folder empty": (emptied, r"capture is empty"),
    "no image folder": (removed("image"), r"capture has no folder named image"),
    "no mask folder": (removed("mask"), r"capture: No view has a mask; add mask files or choose"),
    "no photograph": (lambda f: [file.unlink() for file in (f / "image").iterdir()], r"image holds no photograph"),
    "no name of the form": (all_renamed, r"image holds no photograph named like V00L00"),
    "one photograph twice": (twice, r"V00L00\.png and V000L000\.png are both photograph V00L00"),
    "photograph cut short": (truncated("image/V02L01.png"), r"V02L01\.png is cut short or damaged"),
    "photograph is text": (text_for("image/V02L01.png"), r"V02L01\.png is not an image"),
    "photograph is empty": (lambda f: os.truncate(f / "image" / "V02L01.png", 0), r"V02L01\.png is not an image"),
    "photograph is a folder": (
        lambda f: (removed("image/V02L01.png")(f), (f / "image" / "V02L01.png").mkdir()),
        r"V02L01\.png is missing or is not a file",
    ),
    "photograph with a huge header": (huge_header, r"V01L01\.png (is not an image|claims to hold)"),
    "photograph not finite": (not_finite_photograph, r"V01L01\.exr holds values that are not finite"),
    "photograph of another size": (photograph_of_another_size, r"V01\.png is 48 x 48 .* V01L01 is 48 x 50"),
    "photograph linked from outside": (
        linked_from_outside("image/V02L01.png"),
        r"V02L01\.png leads to a place out",
    ),
    "photograph linked to itself": (linked_to_itself, r"V00L00\.png is a link that leads nowhere"),
    "image folder linked from outside": (linked_from_outside("image"), r"image leads to a place outside"),
    "photographs linked from outside": (folder_linked_from_outside, r"image leads .*; copy the folder itself there"),
    "mask missing": (removed("mask/V02.png"), r"capture: The mask is missing for view V02; add"),
    "mask empty": (black_mask("mask/V02.png"), r"V02\.png is empty: no pixel"),
    "mask of another size": (small_mask, r"V01\.png is 48 x 24 pixels but photograph V01L00 is 48 x 48"),
    "mask cut short": (truncated("mask/V02.png"), r"V02\.png is cut short or damaged"),
    "mask is text": (text_for("mask/V02.png"), r"V02\.png is not an image"),
    "mask twice": (mask_twice, r"V000\.png and V00\.png are both the mask"),
    "mask linked from outside": (linked_from_outside("mask/V02.png"), r"V02\.png leads to a place outside"),
    "no cameras": (removed("camera_params.json"), r"photographs of 4 views and no cameras; add .*camera_params\.json"),
    "cameras linked from outside": (linked_from_outside("camera_params.json"), r"json leads to a place outside"),
    "cameras are no JSON": (json_text("{"), r"camera_params\.json is not valid JSON"),
    "cameras are a list": (json_text("[1, 2]"), r"camera_params\.json does not hold a JSON object"),
    "cameras are nested too deep": (json_text("[" * 100_000), r"camera_params\.json is not valid JSON \(nested"),
    "cameras are not text": (
        lambda f: (f / "camera_params.json").write_bytes(b"\xff\xfe\x00\x01"),
        r"camera_params\.json is not valid JSON",
    ),
    "cameras are huge": (lambda f: os.truncate(f / "camera_params.json", 70_000_000), r"larger than 64 MB"),
    "a number of 5,000 digits": (json_text('{"K_V00L00": ' + "9" * 5000 + "}"), r"camera_params\.json is not valid"),
    "no camera at all": (json_text("{}"), r"json has a camera for none of the photographs; add K_V00L00"),
    "K not finite": (nested("K_V01L00", (0, 2), float("nan")), r"K_V01L00 is not a 3 x 3 matrix of finite"),
    "K infinite": (nested("K_V01L00", (0, 0), float("inf")), r"K_V01L00 is not a 3 x 3 matrix of finite"),
    "K too large a number": (nested("K_V01L00", (0, 0), 10**400), r"K_V01L00 is not a 3 x 3 matrix of finite"),
    "K holds text": (nested("K_V01L00", (0, 0), "100"), r"K_V01L00 is not a 3 x 3 matrix"),
    "K holds a truth value": (nested("K_V01L00", (0, 0), True), r"K_V01L00 is not a 3 x 3 matrix"),
    "K too short": (entry("K_V01L00", [[1, 0, 0], [0, 1, 0]]), r"K_V01L00 is not a 3 x 3 matrix"),
    "K ragged": (entry("K_V01L00", [[1, 0, 0], [0, 1], [0, 0, 1]]), r"K_V01L00 is not a 3 x 3 matrix"),
    "K is a number": (entry("K_V01L00", 3), r"K_V01L00 is not a 3 x 3 matrix"),
    "K singular": (nested("K_V01L00", (1, 1), 0.0), r"K_V01L00 has a focal length .* singular"),
    "K with last row zero": (nested("K_V01L00", (2, 2), 0.0), r"K_V01L00 is singular"),
    "K mirrored": (nested("K_V01L00", (0, 0), -100.0), r"K_V01L00 has a focal length that is not positive"),
    "K transposed": (entry("K_V01L00", [[99, 0, 0], [0, 99, 0], [24, 24, 1]]), r"K_V01L00 is singular or not upper"),
    "C2W not finite": (nested("C2W_V01L00", (0, 3), float("nan")), r"C2W_V01L00 is not a 4 x 4 matrix of finite"),
    "C2W too small": (entry("C2W_V01L00", [[1, 0, 0], [0, 1, 0], [0, 0, 1]]), r"C2W_V01L00 is not a 4 x 4 matrix"),
    "C2W is null": (entry("C2W_V01L00", None), r"C2W_V01L00 is not a 4 x 4 matrix"),
    "C2W scaled": (entry("C2W_V01L00", turned(30, 1.1)), r"C2W_V01L00 is no rotation"),
    "C2W mirrored": (entry("C2W_V01L00", MIRRORED), r"C2W_V01L00 is no rotation"),
    "C2W sheared": (entry("C2W_V01L00", SHEARED), r"C2W_V01L00 is no rotation"),
    "C2W transposed": (entry("C2W_V01L00", TRANSPOSED), r"C2W_V01L00 is no rotation"),
    "C2W zero": (entry("C2W_V01L00", np.zeros((4, 4)).tolist()), r"C2W_V01L00 is no rotation"),
}


@pytest.mark.parametrize("what", BAD)
def test_one_clear_sentence(folder: Path, what: str) -> None:
    change, sentence = BAD[what]
    change(folder)
    with pytest.raises(CaptureError, match=sentence) as caught:
        read_capture(folder)
    text = str(caught.value)
    assert text.endswith(".")
    assert "\n" not in text
    assert len(text) < 400
    assert "capture" in text  # the folder or file, with its path


def test_a_rotation_of_six_decimals_is_accepted(folder: Path) -> None:
    entry("C2W_V01L00", np.round(turned(33.3333), 6).tolist())(folder)
    read_capture(folder)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (PermissionError(13, "Permission denied", "V00L00.png"), r"Cannot read V00L00\.png: Permission denied"),
        (OSError(5, "Input/output error"), r"Cannot read .*capture: Input/output error"),
        (MemoryError(), r"capture needs more memory"),
    ],
)
def test_what_the_system_refuses(folder: Path, monkeypatch: pytest.MonkeyPatch, error, sentence: str) -> None:
    def refuse(_: Path) -> None:
        raise error

    monkeypatch.setattr(mvscps, "image_size", refuse)
    with pytest.raises(CaptureError, match=sentence):
        read_capture(folder)


def test_normals_too_large_for_memory_are_left_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(truth, "MAX_NORMAL_PIXELS", 48 * 48 * 4 - 1)
    capture = read_capture(folder)
    assert capture.truth.normals_gl == {}
    assert [problem.file for problem in capture.problems] == [truth.NORMALS]


# ---- what is odd, but no reason to refuse ---------------------------------------------------------------------------


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
