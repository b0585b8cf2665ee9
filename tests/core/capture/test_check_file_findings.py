"""Faults of files, and choices that count: found, told in plain words, with a way to mend them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.capture.check_capture import check_capture
from core.capture.choices import save_choices
from core.capture.images import write_png8
from core.capture.import_options import ImportOptions, MaskChoice
from core.capture.report import Severity
from core.errors import Cancelled
from core.types import ImageKey
from tests.core.capture.check_folder import SIZE, Folder
from tests.core.capture.findings import fix_of, one, texts
from tests.core.capture.png_by_hand import RGB, chunk, png_bytes, write_samples


def test_eight_bit_files_are_said_to_be_linearised(tmp_path: Path) -> None:
    folder = Folder(views=3)
    for key, pixels in folder.photographs.items():
        folder.photographs[key] = (pixels >> np.uint16(8)).astype(np.uint8)
    path = folder.write(tmp_path / "capture")
    finding = one(check_capture(path), "8-bit")
    if "taken for sRGB" in finding.text:
        finding = one(check_capture(path, fix_of(finding, "--encoding linear").options), "8-bit")
    assert finding.severity is Severity.LOOK
    again = one(check_capture(path, fix_of(finding, "--encoding srgb").options), "8-bit")
    assert again.severity is Severity.NOTE


def test_sixteen_bits_that_are_eight(tmp_path: Path) -> None:
    folder = Folder(views=3)
    for key, pixels in folder.photographs.items():
        folder.photographs[key] = (pixels >> np.uint16(8)) * np.uint16(257)
    path = folder.write(tmp_path / "capture")
    finding = one(check_capture(path), "8-bit values only")
    assert fix_of(finding, "--encoding srgb").options is not None


def test_a_mark_of_a_colour_curve_is_found(tmp_path: Path) -> None:
    folder = Folder(views=3)
    path = folder.write(tmp_path / "capture")
    mark = chunk(b"gAMA", (45455).to_bytes(4, "big"))
    pixels = folder.photographs[ImageKey(1, 1)]
    assert isinstance(pixels[0, 0, 0], np.uint16)
    write_samples(path / "image" / "V01L01.png", pixels, RGB, mark)
    finding = one(check_capture(path), "a gamma of 2.2")
    assert "V01L01.png" in finding.text


def test_the_up_axis_is_asked_for_and_guessed_right(tmp_path: Path) -> None:
    path = Folder().write(tmp_path / "capture")
    finding = one(check_capture(path), "up axis is not known")
    again = check_capture(path, fix_of(finding, "--up +y").options)
    assert "up axis" not in texts(again)
    assert dict(again.report.facts)["Up"] == "+y"


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.mkdir(), lambda path: path.write_text("x")])
def test_what_is_no_capture_is_one_finding(tmp_path: Path, make: Callable[[Path], object]) -> None:
    make(tmp_path / "capture")
    checked = check_capture(tmp_path / "capture")
    assert [finding.severity for finding in checked.report.findings] == [Severity.MUST_FIX]
    assert checked.listing is None
    assert not checked.report.trainable


def test_damaged_files_are_findings(tmp_path: Path) -> None:
    path = Folder(views=3).write(tmp_path / "capture")
    file = path / "image" / "V01L01.png"
    file.write_bytes(file.read_bytes()[:200])
    checked = check_capture(path)
    assert any("V01L01" in f.text and f.severity is Severity.MUST_FIX for f in checked.report.findings)
    (path / "camera_params.json").write_text("{")
    checked = check_capture(path)
    assert "camera_params.json" in one(checked, "not valid JSON").text


def test_a_bomb_is_a_finding(tmp_path: Path) -> None:
    path = Folder(views=3).write(tmp_path / "capture")
    (path / "image" / "V00L00.png").write_bytes(png_bytes(100_000, 100_000, 16, RGB, b"\0" * 99))
    assert not check_capture(path).report.trainable


def test_saved_choices_count(tmp_path: Path) -> None:
    path = Folder(views=3).write(tmp_path / "capture")
    save_choices(path, ImportOptions(masks=MaskChoice.THRESHOLD, up="+y", reduce=2))
    checked = check_capture(path)
    assert checked.report.applied_reduce == 2
    assert dict(checked.report.facts)["Masks"].startswith("brightness")
    assert checked.capture is not None
    assert checked.capture.cameras[0].width == SIZE // 2


def test_estimates_shrink_with_the_photographs(tmp_path: Path) -> None:
    checked = check_capture(Folder(views=3, size=256, lights=2).write(tmp_path / "capture"))
    full, half, quarter = checked.report.estimates
    assert [e.reduce for e in (full, half, quarter)] == [1, 2, 4]
    assert (half.width, half.height) == (128, 128)
    assert full.memory_bytes > half.memory_bytes > quarter.memory_bytes
    photographs = 6 * 6 * 256 * 256
    assert full.memory_bytes >= 600_000_000 + photographs


def test_remarks_that_many_files_share_are_said_once(tmp_path: Path) -> None:
    folder = Folder(views=6)
    for mask in folder.masks.values():
        mask[0, 5:9] = True
    found = one(check_capture(folder.write(tmp_path / "capture")), "touches the photograph's border")
    assert "6 files" in found.text


def test_cancelled_passes_through(tmp_path: Path) -> None:
    path = Folder(views=3).write(tmp_path / "capture")

    def stop(what: str, fraction: float) -> None:
        if fraction > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        check_capture(path, progress=stop)


def test_progress_never_goes_back(tmp_path: Path) -> None:
    told: list[float] = []
    check_capture(Folder(views=3).write(tmp_path / "c"), progress=lambda what, fraction: told.append(fraction))
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert max(told) <= 1.0


def test_masks_of_one_colour_everywhere_do_not_stop_the_check(tmp_path: Path) -> None:
    path = Folder(views=3).write(tmp_path / "capture")
    for view in range(3):
        write_png8(path / "mask" / f"V{view:02d}.png", np.ones((SIZE, SIZE, 1), np.float32))
    checked = check_capture(path)
    assert "of every view covers" in texts(checked)
    assert checked.report.agreement == {}
