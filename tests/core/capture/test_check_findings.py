"""Faults of photographs, lights and views are found, told in plain words, and come with a way to mend them."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.capture.check_capture import check_capture
from core.capture.images import write_exact
from core.capture.report import Severity
from core.types import ImageKey
from tests.core.capture.check_folder import SIZE, Folder
from tests.core.capture.findings import fix_of, one, texts


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
