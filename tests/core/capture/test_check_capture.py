"""Checking a capture: faults of cameras and masks are found, told in plain words, with a way to mend them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.capture.check_capture import check_capture
from core.capture.images import write_exact
from core.capture.import_options import ImportOptions, MaskChoice
from core.capture.report import Severity
from core.types import ImageKey
from tests.core.capture.check_folder import SIZE, Folder
from tests.core.capture.findings import fix_of, one, texts


def test_a_good_capture_has_nothing_to_mend(tmp_path: Path) -> None:
    checked = check_capture(Folder().write(tmp_path / "good"))
    report = checked.report
    assert report.trainable
    assert {finding.severity for finding in report.findings} <= {Severity.NOTE}
    assert (report.views, report.lights, report.photographs) == (6, 4, 24)
    assert checked.capture is not None
    assert checked.listing is not None
    assert checked.masks is not None
    assert min(report.agreement.values()) > 0.9
    assert dict(report.facts)["Size"] == f"{SIZE} x {SIZE} pixels"
    assert report.applied_reduce == 1


def test_findings_come_worst_first(tmp_path: Path) -> None:
    folder = Folder(views=3)
    folder.photographs[ImageKey(0, 0)][:] = 65535
    path = folder.write(tmp_path / "capture")
    (path / "mask" / "V01.png").unlink()
    order = [finding.severity for finding in check_capture(path).report.findings]
    ranks = [list(Severity).index(severity) for severity in order]
    assert ranks == sorted(ranks)
    assert order[0] is Severity.MUST_FIX


def test_a_turned_camera_is_named_with_a_way_out(tmp_path: Path) -> None:
    folder = Folder(views=8)
    folder.turn(5, 4.0)
    checked = check_capture(folder.write(tmp_path / "capture"))
    finding = one(checked, "V05 agrees worst")
    assert finding.severity is Severity.LOOK
    assert finding.view == 5
    untick = finding.fixes[0]
    assert untick.action == "untick"
    assert set(untick.keys) == {ImageKey(5, light) for light in range(4)}
    assert min(checked.report.agreement, key=lambda view: checked.report.agreement[view]) == 5


def test_cameras_in_another_convention_must_be_fixed(tmp_path: Path) -> None:
    """Camera from world instead of world from camera."""
    folder = Folder()
    for view, camera in folder.cameras.items():
        folder.cameras[view] = replace(camera, world_from_camera=np.linalg.inv(camera.world_from_camera))
    checked = check_capture(folder.write(tmp_path / "capture"))
    assert not checked.report.trainable
    assert any(f.topic == "Cameras" and f.severity is Severity.MUST_FIX for f in checked.report.findings)


def test_masks_by_brightness_that_are_none_must_be_fixed(tmp_path: Path) -> None:
    """The object is darker than what is around it."""
    folder = Folder(views=8)
    for key, pixels in folder.photographs.items():
        column = np.arange(SIZE)[None, :] // 8 == key.view
        folder.photographs[key] = np.where(column[..., None], np.uint16(60000), pixels // np.uint16(100))
    path = folder.write(tmp_path / "capture")
    checked = check_capture(path, ImportOptions(masks=MaskChoice.THRESHOLD))
    worst = checked.report.findings[0]
    assert worst.severity is Severity.MUST_FIX
    arguments = {fix.argument for fix in worst.fixes}
    assert "--masks threshold" not in arguments


@pytest.mark.parametrize("value", [1e308, 1e100, -1e200, 1e12, 0.0, 1e-300])
@pytest.mark.parametrize("what", ["place", "focal", "centre", "sphere"])
@pytest.mark.parametrize("views", [(1,), (0, 1, 2, 3)])
def test_absurd_numbers_end_in_a_report(tmp_path: Path, value: float, what: str, views: tuple[int, ...]) -> None:
    folder = Folder(views=4, lights=2, size=32)
    for view in views:
        camera = folder.cameras[view]
        intrinsics, pose = camera.intrinsics.copy(), camera.world_from_camera.copy()
        if what == "place":
            pose[:3, 3] = value
        elif what == "focal":
            intrinsics[0, 0] = intrinsics[1, 1] = abs(value)
        elif what == "centre":
            intrinsics[0, 2] = value
        folder.cameras[view] = replace(camera, intrinsics=intrinsics, world_from_camera=pose)
    if what == "sphere":
        folder.sphere = ((value, 0.0, 0.0), abs(value))
    assert check_capture(folder.write(tmp_path / "capture")).report.findings


def test_a_capture_whose_pixels_lie_in_the_cache_is_checked_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(views=4)
    folder.photographs[ImageKey(1, 2)][folder.masks[1]] = 65535
    folder.photographs[ImageKey(2, 3)] = folder.photographs[ImageKey(2, 0)] + np.uint16(3)
    path = folder.write(tmp_path / "capture")
    held = check_capture(path).report
    monkeypatch.setattr("core.capture.cache.platformdirs.user_cache_path", lambda *_, **__: tmp_path / "cache")
    monkeypatch.setattr("core.capture.read._HELD_BYTES", 0)
    mapped = check_capture(path).report
    assert mapped.findings == held.findings
    assert mapped.agreement == held.agreement
    assert [estimate.cache_bytes > 0 for estimate in mapped.estimates] == [True] * len(mapped.estimates)
    assert [estimate.cache_bytes for estimate in held.estimates] == [0] * len(held.estimates)


def test_missing_masks_offer_every_way_out(tmp_path: Path) -> None:
    path = Folder(views=3).write(tmp_path / "capture")
    (path / "mask" / "V01.png").unlink()
    checked = check_capture(path)
    finding = one(checked, "V01")
    assert (finding.severity, finding.topic, finding.view) == (Severity.MUST_FIX, "Masks", 1)
    assert [fix.argument or fix.action for fix in finding.fixes] == ["paint_masks", "--masks threshold", "--masks none"]
    assert not finding.fixes[0].likely
    assert checked.capture is None
    assert checked.listing is not None
    assert len(checked.report.estimates) > 0
    for argument in ("--masks threshold", "--masks none"):
        again = check_capture(path, fix_of(finding, argument).options)
        assert again.capture is not None, argument
        assert "mask is missing" not in texts(again)


def test_alpha_is_offered_where_there_is_an_alpha_channel(tmp_path: Path) -> None:
    folder = Folder(views=3)
    path = folder.write(tmp_path / "capture")
    for key, pixels in folder.photographs.items():
        alpha = folder.masks[key.view][..., None].astype(np.uint16) * np.uint16(65535)
        write_exact(path / "image" / f"{key.name}.png", np.concatenate([pixels, alpha], axis=2))
    for file in (path / "mask").iterdir():
        file.unlink()
    finding = one(check_capture(path), "No view has a mask")
    again = check_capture(path, fix_of(finding, "--masks alpha").options)
    assert again.capture is not None
    for view, mask in folder.masks.items():
        assert np.array_equal(again.capture.masks[view], mask)
