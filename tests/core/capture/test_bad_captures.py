"""Everything that can be wrong with a capture: one clear sentence that names the file."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from core.capture import truth
from core.capture.layouts import mvscps
from core.capture.read import read_capture
from core.errors import CaptureError
from tests.core.capture.damage import (
    Change,
    all_renamed,
    black_mask,
    emptied,
    entry,
    folder_linked_from_outside,
    huge_header,
    json_text,
    linked_from_outside,
    linked_to_itself,
    mask_twice,
    nested,
    not_finite_photograph,
    photograph_of_another_size,
    removed,
    replaced_by_file,
    small_mask,
    text_for,
    truncated,
    turned,
    twice,
)


@pytest.fixture
def folder(tmp_path: Path, tiny_capture_folder: Path) -> Path:
    """A copy of the tiny capture to damage."""
    return Path(shutil.copytree(tiny_capture_folder, tmp_path / "capture"))


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
