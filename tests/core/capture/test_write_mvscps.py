"""The MVSCPS writer: what is read back is what was written."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest

from core.capture.capture import Capture
from core.capture.import_options import MaskChoice
from core.capture.read import read_capture
from core.capture.writers.mvscps import write_mvscps
from core.capture.writers.write import left_out
from core.errors import Cancelled, CaptureError, RunError


def check_same(found: Capture, wanted: Capture) -> None:
    assert found.keys == wanted.keys
    for ours, theirs in zip(found.photographs, wanted.photographs, strict=True):
        assert ours.dtype == theirs.dtype
        assert np.array_equal(ours, theirs)
    for ours, theirs in zip(found.cameras, wanted.cameras, strict=True):
        assert np.array_equal(ours.intrinsics, theirs.intrinsics)
        assert np.array_equal(ours.world_from_camera, theirs.world_from_camera)
        assert (ours.width, ours.height) == (theirs.width, theirs.height)
    assert all(np.array_equal(found.masks[view], wanted.masks[view]) for view in wanted.views)
    assert (found.masked, found.file_frame, found.light_ids) == (wanted.masked, wanted.file_frame, wanted.light_ids)
    check_same_truth(found, wanted)


def check_same_truth(found: Capture, wanted: Capture) -> None:
    ours, theirs = found.truth, wanted.truth
    assert sorted(ours.normals_gl) == sorted(theirs.normals_gl)
    for view, normals in theirs.normals_gl.items():
        assert np.allclose(ours.normals_gl[view], normals, atol=1e-6)
    for mine, other in (
        (ours.light_directions_gl, theirs.light_directions_gl),
        (ours.light_directions_world, theirs.light_directions_world),
        (ours.light_intensities, theirs.light_intensities),
    ):
        assert (mine is None) == (other is None)
        assert mine is None or np.allclose(mine, other, atol=1e-7)
    assert (ours.mesh is None) == (theirs.mesh is None)
    if ours.mesh is not None and theirs.mesh is not None:
        assert ours.mesh.read_bytes() == theirs.mesh.read_bytes()


def test_a_capture_comes_back_as_it_was(tiny_capture: Capture, tmp_path: Path) -> None:
    reports: list[tuple[str, float]] = []
    write_mvscps(tiny_capture, tmp_path / "copy", progress=lambda what, part: reports.append((what, part)))
    check_same(read_capture(tmp_path / "copy"), tiny_capture)
    assert reports[-1] == ("Capture written", 1.0)
    assert len(reports) == len(tiny_capture.keys) + 1
    names = {entry.name for entry in (tmp_path / "copy").iterdir()}
    assert names == {
        "camera_params.json",
        "image",
        "light_directions.txt",
        "light_intensities.txt",
        "mask",
        "mesh_Gt.ply",
        "normal_camera_space_GT",
    }


def test_true_lights_that_stand_in_the_room_stay(tiny_capture: Capture, tmp_path: Path) -> None:
    truth = tiny_capture.truth
    standing = dataclasses.replace(truth, light_directions_gl=None, light_directions_world=truth.light_directions_gl)
    changed = dataclasses.replace(tiny_capture, truth=standing)
    write_mvscps(changed, tmp_path / "copy")
    check_same(read_capture(tmp_path / "copy"), changed)
    for to, missing in (("mvscps", False), ("transforms", True)):
        assert ("ground truth light directions" in left_out(changed, to=to)) == missing


@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_every_depth_stays(tiny_capture: Capture, tmp_path: Path, kind: type[np.generic]) -> None:
    scaled = [pixels / np.float32(65535.0) for pixels in tiny_capture.photographs]
    full = 255 if kind is np.uint8 else 3
    changed = dataclasses.replace(tiny_capture, photographs=tuple((pixels * full).astype(kind) for pixels in scaled))
    write_mvscps(changed, tmp_path / "copy")
    check_same(read_capture(tmp_path / "copy"), changed)


def test_odd_numbers_of_cameras_and_sphere_stay(tiny_capture: Capture, tmp_path: Path) -> None:
    skewed = tiny_capture.cameras[0].intrinsics + np.array([[1 / 3, 1e-7, np.pi], [0, 1 / 7, -1e-9], [0, 0, 0]])
    cameras = (dataclasses.replace(tiny_capture.cameras[0], intrinsics=skewed), *tiny_capture.cameras[1:])
    changed = dataclasses.replace(tiny_capture, cameras=cameras, file_frame=((1 / 3, -2e-5, 700.1), 1 / 9))
    write_mvscps(changed, tmp_path / "copy")
    check_same(read_capture(tmp_path / "copy"), changed)


def test_what_the_layout_has_no_place_for_stays_too(tiny_capture: Capture, tmp_path: Path) -> None:
    empty = dataclasses.replace(tiny_capture.truth, normals_gl={}, light_directions_gl=None, light_intensities=None)
    changed = dataclasses.replace(
        tiny_capture, masked=False, up="-y", file_frame=None, truth=dataclasses.replace(empty, mesh=None)
    )
    write_mvscps(changed, tmp_path / "copy")
    found = read_capture(tmp_path / "copy")
    assert not (tmp_path / "copy/mask").exists()
    assert (found.masked, found.up, found.options.masks) == (False, "-y", MaskChoice.NONE)
    assert (found.truth.mesh, found.truth.light_directions_gl, found.truth.normals_gl) == (None, None, {})


def test_a_cancelled_or_failed_writing_leaves_nothing(tiny_capture: Capture, tmp_path: Path) -> None:
    def stop(_what: str, part: float) -> None:
        if part > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_mvscps(tiny_capture, tmp_path / "copy", progress=stop)
    gone = dataclasses.replace(tiny_capture.truth, mesh=tmp_path / "gone.ply")
    with pytest.raises(CaptureError, match=r"gone\.ply is no longer there"):
        write_mvscps(dataclasses.replace(tiny_capture, truth=gone), tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_not_written_over(tiny_capture: Capture, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/notes.txt").write_text("mine")
    with pytest.raises(RunError, match="already exists and is not empty"):
        write_mvscps(tiny_capture, tmp_path / "copy")
    assert (tmp_path / "copy/notes.txt").read_text() == "mine"


@pytest.mark.parametrize("name", ["bunny", "nefertiti_free"])
def test_shared_captures_come_back(shared_data: Path, tmp_path: Path, name: str) -> None:
    capture = read_capture(shared_data / "olat" / name)
    write_mvscps(capture, tmp_path / "copy")
    check_same(read_capture(tmp_path / "copy"), capture)
    shutil.rmtree(tmp_path / "copy")
