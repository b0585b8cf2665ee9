"""The advice a check gives leads somewhere: no fix that ends in the same error, none that spoils a good capture."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.capture import estimate
from core.capture.capture import Capture, Photograph
from core.capture.check_capture import CheckedCapture, check_capture
from core.capture.decode import linear_photograph
from core.capture.images import write_exact
from core.capture.import_options import ImportOptions, RawOptions
from core.capture.listing import Listing, Shot
from core.capture.read import read_capture
from core.capture.report import Finding, Severity
from core.capture.writers.colmap import write_colmap
from core.capture.writers.transforms import write_transforms
from core.errors import OptionError
from core.types import ImageKey
from tests.core.capture.check_folder import SIZE, Folder


def one(checked: CheckedCapture, words: str) -> Finding:
    """The only finding that says ``words``."""
    found = [finding for finding in checked.report.findings if words in finding.text]
    assert len(found) == 1, [finding.text for finding in checked.report.findings]
    return found[0]


def test_cameras_that_all_disagree_with_the_masks_must_be_fixed(tmp_path: Path) -> None:
    """Every camera is turned a little, so that no view is odd among the others; what the masks say is worth nothing."""
    folder = Folder(views=8)
    folder.sphere = ((12.0, -7.0, 30.0), 0.2)
    for view in folder.cameras:
        folder.turn(view, 2.5 if view % 2 else -2.5)
    report = check_capture(folder.write(tmp_path / "capture")).report
    assert report.median_agreement is not None
    assert 0.4 < report.median_agreement < 0.6
    assert not report.trainable
    assert any(f.severity is Severity.MUST_FIX and "do not fit together" in f.text for f in report.findings)
    assert not any(fix.argument.startswith("--sphere") for finding in report.findings for fix in finding.fixes)


def test_a_layout_that_ends_in_the_same_error_is_not_offered(tmp_path: Path) -> None:
    """The folder could be a plain one by its names, but the link leads out of it all the same."""
    path = Folder(views=3).write(tmp_path / "capture")
    file = path / "image" / "V00L00.png"
    file.rename(tmp_path / "elsewhere.png")
    file.symlink_to(tmp_path / "elsewhere.png")
    checked = check_capture(path)
    assert len(checked.report.guesses) > 1
    assert one(checked, "outside the capture folder").fixes == ()


def test_another_layout_is_offered_where_it_can_be_read(tmp_path: Path) -> None:
    path = Folder(views=3).write(tmp_path / "capture")
    offered = check_capture(path, ImportOptions(layout="COLMAP")).report.findings[0].fixes
    assert "MVSCPS" in [fix.options.layout for fix in offered if fix.options is not None]
    for fix in offered:
        assert check_capture(path, fix.options).listing is not None


@pytest.mark.parametrize(
    "options",
    [
        ImportOptions(layout="bogus"),
        ImportOptions(names="{foo}"),
        ImportOptions(names="{view}-{light}.gif"),
        ImportOptions(table="nope.csv"),
        ImportOptions(layout="transforms", cameras="nope.json"),
    ],
)
def test_an_option_that_cannot_be_is_no_fault_of_the_capture(
    tiny_capture: Capture, tmp_path: Path, options: ImportOptions
) -> None:
    write_transforms(tiny_capture, tmp_path / "capture")
    checked = check_capture(tmp_path / "capture", options)
    assert isinstance(checked.mistake, OptionError)
    in_force = "Plain folder" if options.names or options.table else options.layout
    assert in_force not in [fix.options.layout for fix in checked.report.findings[0].fixes if fix.options]


def test_a_fault_of_the_capture_is_no_mistake_in_an_option(tmp_path: Path) -> None:
    path = Folder(views=3).write(tmp_path / "capture")
    (path / "camera_params.json").write_text("{")
    assert check_capture(path, ImportOptions(reduce=2)).mistake is None


def test_two_captures_in_one_folder_are_both_named(tiny_capture: Capture, tmp_path: Path) -> None:
    path = tmp_path / "capture"
    write_transforms(tiny_capture, path)
    write_colmap(tiny_capture, tmp_path / "other")
    (tmp_path / "other" / "sparse").rename(path / "sparse")
    checked = check_capture(path)
    finding = one(checked, "more than one capture")
    assert finding.severity is Severity.NOTE
    assert {checked.report.layout, *(fix.argument for fix in finding.fixes)} in (
        {"COLMAP", '--layout "transforms"'},
        {"transforms", '--layout "COLMAP"'},
    )
    assert checked.report.layout in finding.text
    again = check_capture(path, finding.fixes[0].options)
    assert "more than one capture" not in "".join(f.text for f in again.report.findings)


def test_findings_do_not_repeat_the_folder_of_the_report(tmp_path: Path) -> None:
    path = Folder(views=3).write(tmp_path / "capture")
    for file in (path / "mask").iterdir():
        file.unlink()
    assert one(check_capture(path), "No view has a mask").text.startswith("No view has a mask")
    (path / "image" / "V01L01.png").write_bytes(b"none")
    assert str(path) not in "".join(finding.text for finding in check_capture(path).report.findings)
    (path / "letter").mkdir()
    (path / "letter" / "x.txt").write_text("dear")
    assert check_capture(path / "letter").report.findings[0].text.startswith("The folder holds no capture")


def test_the_sphere_around_sparse_points_is_known_without_masks(tiny_capture: Capture, tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    points = rng.normal(0.0, 0.3, (200, 3)).astype(np.float32)
    write_colmap(replace(tiny_capture, points=points, file_frame=None), tmp_path / "capture")
    for file in (tmp_path / "capture" / "masks").iterdir():
        file.unlink()
    checked = check_capture(tmp_path / "capture")
    assert checked.capture is None
    assert dict(checked.report.facts)["Sphere"] == "around the sparse points"


def test_a_single_view_can_be_looked_at_and_converted(tmp_path: Path) -> None:
    path = Folder(views=1).write(tmp_path / "capture")
    finding = one(check_capture(path), "one view")
    assert finding.severity is Severity.MUST_FIX
    assert "looked at and converted" in finding.text
    write_transforms(read_capture(path), tmp_path / "converted")
    assert read_capture(tmp_path / "converted").views == (0,)


def test_ordinary_eight_bit_photographs_need_no_mending(tmp_path: Path) -> None:
    """They are sRGB: a fix that reads them as linear would spoil the colours."""
    path = ordinary_photographs(tmp_path / "capture")
    finding = one(check_capture(path), "taken for sRGB")
    assert finding.severity is Severity.NOTE
    assert finding.fixes == ()
    assert "nothing to do" in finding.text


def ordinary_photographs(folder: Path) -> Path:
    """A transforms.json whose photographs are 8-bit with alpha, and one camera more than photographs."""
    capture = Folder(views=3)
    folder.mkdir()
    frames: list[dict[str, object]] = []
    for view, camera in capture.cameras.items():
        pixels = (capture.photographs[ImageKey(view, 0)] // 256).astype(np.uint8)
        alpha = capture.masks[view][..., None].astype(np.uint8) * np.uint8(255)
        write_exact(folder / f"r_{view}.png", np.concatenate([pixels, alpha], axis=2))
        pose = camera.world_from_camera @ np.diag([1.0, -1.0, -1.0, 1.0])
        frames.append({"file_path": f"r_{view}", "transform_matrix": pose.tolist()})
    frames.append({"file_path": "r_9", "transform_matrix": frames[0]["transform_matrix"]})
    table = {"camera_angle_x": 2.0 * np.arctan(0.5 * SIZE / capture.cameras[0].intrinsics[0, 0]), "frames": frames}
    (folder / "transforms.json").write_text(json.dumps(table))
    return folder


def test_one_thing_is_spoken_of_as_one(tmp_path: Path) -> None:
    finding = one(check_capture(ordinary_photographs(tmp_path / "capture")), "1 camera without a photograph")
    assert finding.text.endswith("It is left out.")


def test_the_photograph_of_another_size_is_named(tmp_path: Path) -> None:
    folder = Folder(views=4)
    small = Folder(views=4, size=48)
    folder.cameras[2], folder.masks[2] = small.cameras[2], small.masks[2]
    for light in range(4):
        folder.photographs[ImageKey(2, light)] = small.photographs[ImageKey(2, light)]
    finding = one(check_capture(folder.write(tmp_path / "capture")), "differ in size")
    assert finding.severity is Severity.NOTE
    assert finding.file == "image/V02L00.png"
    assert "4 photographs not 64 x 64 pixels" in finding.text
    assert "image/V02L00.png with 48 x 48" in finding.text
    assert finding.view == 2


def test_choices_that_mean_nothing_are_told(tmp_path: Path) -> None:
    path = Folder(views=3).write(tmp_path / "capture")
    checked = check_capture(path, ImportOptions(raw=RawOptions(crop=(0, 0, 9, 9)), ball=(5.0, 5.0, 3.0)))
    assert one(checked, "RAW files are developed").severity is Severity.NOTE
    assert one(checked, "mirror ball").severity is Severity.NOTE
    assert "no effect" not in "".join(finding.text for finding in check_capture(path).report.findings)
    single = Folder(views=1).write(tmp_path / "single")
    (single / "camera_params.json").unlink()
    plain = check_capture(single, ImportOptions(layout="Plain folder", ball=(32.0, 32.0, 9.0)))
    assert "no effect" not in "".join(finding.text for finding in plain.report.findings)


def test_the_needs_of_photographs_of_several_sizes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second for a thousand pixels, whichever photographs are timed: large ones are not taken for small ones."""
    folder = Folder(views=4, lights=1)
    large = Folder(views=4, lights=1, size=256)
    folder.cameras[3], folder.masks[3] = large.cameras[3], large.masks[3]
    folder.photographs[ImageKey(3, 0)] = large.photographs[ImageKey(3, 0)]
    path = folder.write(tmp_path / "capture")
    spent = {"now": 0.0}

    def slow(shot: Shot, listing: Listing, options: ImportOptions) -> Photograph:
        spent["now"] += shot.camera.width * shot.camera.height / 1000.0
        return linear_photograph(shot, listing, options)

    monkeypatch.setattr(estimate, "linear_photograph", slow)
    monkeypatch.setattr(estimate, "perf_counter", lambda: spent["now"])
    full = check_capture(path).report.estimates[0]
    pixels = 3 * 64 * 64 + 256 * 256
    assert full.open_seconds == pytest.approx(pixels / 1000.0 / estimate._READERS)
    assert full.mixed
    assert (full.width, full.height) == (256, 256)
