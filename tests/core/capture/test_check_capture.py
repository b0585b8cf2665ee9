"""Every fault that a capture can have is found, told in plain words, and comes with a way to mend it."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.capture.check_capture import CheckedCapture, check_capture
from core.capture.choices import save_choices
from core.capture.images import write_exact, write_png8
from core.capture.import_options import ImportOptions, MaskChoice
from core.capture.report import Finding, Fix, Severity
from core.errors import Cancelled
from core.types import ImageKey
from tests.core.capture.check_folder import SIZE, Folder
from tests.core.capture.png_by_hand import RGB, chunk, png_bytes, write_samples


def one(checked: CheckedCapture, words: str) -> Finding:
    """The only finding that says ``words``."""
    found = [finding for finding in checked.report.findings if words in finding.text]
    assert len(found) == 1, [finding.text for finding in checked.report.findings]
    return found[0]


def fix_of(finding: Finding, argument: str) -> Fix:
    return next(fix for fix in finding.fixes if fix.argument == argument)


def texts(checked: CheckedCapture) -> str:
    return "\n".join(finding.text for finding in checked.report.findings)


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


def test_white_masks_are_told(tmp_path: Path) -> None:
    folder = Folder(views=4)
    folder.masks[2][:] = True
    finding = one(check_capture(folder.write(tmp_path / "capture")), "covers the whole photograph")
    assert finding.view == 2
    assert "V02" in finding.text
    assert fix_of(finding, "--masks threshold").action == "options"


def test_empty_masks_must_be_fixed(tmp_path: Path) -> None:
    folder = Folder(views=4)
    folder.masks[2][:] = False
    finding = one(check_capture(folder.write(tmp_path / "capture")), "V02.png is empty")
    assert finding.severity is Severity.MUST_FIX


def test_photographs_without_cameras_and_cameras_without_photographs(tmp_path: Path) -> None:
    path = Folder(views=4).write(tmp_path / "capture")
    table = json.loads((path / "camera_params.json").read_text())
    for name in ("K_V01L02", "C2W_V01L02"):
        del table[name]
    table["K_V77L00"], table["C2W_V77L00"] = table["K_V00L00"], table["C2W_V00L00"]
    (path / "camera_params.json").write_text(json.dumps(table))
    checked = check_capture(path)
    assert "V01L02.png" in one(checked, "without a camera").text
    assert "V77L00" in one(checked, "without a photograph").text
    assert checked.report.trainable


def test_saturated_and_dark_photographs_in_percent(tmp_path: Path) -> None:
    folder = Folder(views=3, lights=4)
    folder.photographs[ImageKey(1, 2)][folder.masks[1]] = 65535
    folder.photographs[ImageKey(2, 3)][:] = 40
    checked = check_capture(folder.write(tmp_path / "capture"))
    saturated = one(checked, "saturated")
    assert "V01L02 on 100.0%" in saturated.text
    assert "8.3% of all pixels" in saturated.text
    assert saturated.fixes[0].keys == (ImageKey(1, 2),)
    assert one(checked, "almost black").fixes[0].keys == (ImageKey(2, 3),)


def test_a_capture_that_is_mostly_dark_is_told(tmp_path: Path) -> None:
    folder = Folder(views=3)
    for key in folder.photographs:
        folder.photographs[key] = folder.photographs[key] // np.uint16(60)
    assert "under-exposed" in texts(check_capture(folder.write(tmp_path / "capture")))


def test_one_view_cannot_be_trained(tmp_path: Path) -> None:
    checked = check_capture(Folder(views=1).write(tmp_path / "capture"))
    assert one(checked, "one view").severity is Severity.MUST_FIX


def test_few_lights_and_few_views(tmp_path: Path) -> None:
    checked = check_capture(Folder(views=3, lights=2).write(tmp_path / "capture"))
    assert "2 lights" in one(checked, "Each view is seen under").text
    assert "3 views only" in texts(checked)


def test_a_view_with_fewer_lights_than_the_others(tmp_path: Path) -> None:
    folder = Folder(views=6, lights=6)
    for light in range(1, 6):
        del folder.photographs[ImageKey(4, light)]
    finding = one(check_capture(folder.write(tmp_path / "capture")), "fewer than")
    assert finding.view == 4


def test_lights_seen_once(tmp_path: Path) -> None:
    folder = Folder(views=6)
    folder.photographs[ImageKey(3, 9)] = folder.photographs[ImageKey(3, 0)] // np.uint16(2)
    finding = one(check_capture(folder.write(tmp_path / "capture")), "single photograph: L09")
    assert finding.fixes[0].keys == (ImageKey(3, 9),)


def test_copies_and_repeated_lights(tmp_path: Path) -> None:
    folder = Folder(views=4)
    path = folder.write(tmp_path / "capture")
    first = (path / "image" / "V00L01.png").read_bytes()
    (path / "image" / "V00L03.png").write_bytes(first)
    noise = np.random.default_rng(1).normal(0.0, 90.0, (SIZE, SIZE, 3))
    again = np.clip(folder.photographs[ImageKey(2, 0)] + noise, 0, 65535).astype(np.uint16)
    write_exact(path / "image" / "V02L02.png", again)
    checked = check_capture(path)
    assert one(checked, "the same file").fixes[0].keys == (ImageKey(0, 3),)
    assert one(checked, "alike but for noise").fixes[0].keys == (ImageKey(2, 2),)


def test_a_dimmer_light_is_no_repetition(tmp_path: Path) -> None:
    folder = Folder(views=3)
    dimmer = np.rint(folder.photographs[ImageKey(1, 0)] * 0.9).astype(np.uint16)
    folder.photographs[ImageKey(1, 1)] = dimmer
    assert "alike" not in texts(check_capture(folder.write(tmp_path / "capture")))


def test_two_views_from_one_place(tmp_path: Path) -> None:
    folder = Folder(views=6)
    folder.cameras[4] = folder.cameras[1]
    folder.masks[4] = folder.masks[1]
    finding = one(check_capture(folder.write(tmp_path / "capture")), "practically the same camera")
    assert "V01 and V04" in finding.text
    assert {key.view for key in finding.fixes[0].keys} == {4}


def test_a_camera_that_looks_away_is_named(tmp_path: Path) -> None:
    folder = Folder(views=8)
    folder.turn(6, 150.0)
    checked = check_capture(folder.write(tmp_path / "capture"))
    assert one(checked, "not at the object").view == 6


def test_a_camera_far_off_is_named(tmp_path: Path) -> None:
    folder = Folder(views=8)
    far = folder.cameras[3].world_from_camera.copy()
    far[:3, 3] -= 60.0 * far[:3, 2]
    folder.cameras[3] = replace(folder.cameras[3], world_from_camera=far)
    assert one(check_capture(folder.write(tmp_path / "capture")), "times further").view == 3


@pytest.mark.parametrize(("radius", "words"), [(0.2, "holds only"), (40.0, "too large")])
def test_a_sphere_that_does_not_fit(tmp_path: Path, radius: float, words: str) -> None:
    folder = Folder()
    folder.sphere = ((12.0, -7.0, 30.0), radius)
    path = folder.write(tmp_path / "capture")
    finding = one(check_capture(path), words)
    better = finding.fixes[0]
    assert better.argument.startswith("--sphere ")
    again = check_capture(path, better.options)
    assert "The object's sphere" not in texts(again)


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


def test_photographs_of_two_sizes(tmp_path: Path) -> None:
    folder = Folder(views=4)
    small = Folder(views=4, size=48)
    folder.cameras[2], folder.masks[2] = small.cameras[2], small.masks[2]
    for light in range(4):
        folder.photographs[ImageKey(2, light)] = small.photographs[ImageKey(2, light)]
    finding = one(check_capture(folder.write(tmp_path / "capture")), "differ in size")
    assert finding.severity is Severity.NOTE


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
