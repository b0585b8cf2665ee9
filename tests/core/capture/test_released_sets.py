"""DiLiGenT-MV and MVSCPS as they were released, as tiny folders of the same form."""

from pathlib import Path

import numpy as np
import pytest
from scipy import io

from core.capture.capture import Capture
from core.capture.file_names import DIRECTIONS, INTENSITIES
from core.capture.images import write_exact
from core.capture.import_options import ImportOptions, RawOptions
from core.capture.layouts.diligent_mv import DILIGENT_MV
from core.capture.layouts.mvscps_released import MVSCPS_RELEASED
from core.capture.listing import Layout, Listing
from core.capture.raw import MVSCPS_CROP
from core.capture.read import read_capture
from core.capture.recognise import guesses
from core.errors import CaptureError
from core.types import Camera
from tests.core.capture.dng_by_hand import write_dng


def listed(folder: Path, layout: Layout, options: ImportOptions | None = None) -> Listing:
    return layout.list_capture(folder, options or ImportOptions(), lambda _what, _part: None)


def camera_from_world(camera: Camera) -> np.ndarray:
    return np.linalg.inv(camera.world_from_camera)[:3]


@pytest.fixture
def diligent_mv(tiny_capture: Capture, tmp_path: Path) -> Path:
    """The tiny capture as DiLiGenT-MV lays its objects down."""
    calibration: dict[str, object] = {"KK": tiny_capture.cameras[0].intrinsics, "kc": np.zeros((5, 1))}
    for image, key in enumerate(tiny_capture.keys):
        place = tmp_path / f"view_{key.view + 1:02d}"
        place.mkdir(exist_ok=True)
        write_exact(place / f"{key.light + 1:03d}.png", tiny_capture.photographs[image])
        if key.light == 0:
            pose = camera_from_world(tiny_capture.cameras[image])
            calibration |= {f"Rc_{key.view + 1}": pose[:, :3], f"Tc_{key.view + 1}": pose[:, 3:]}
            mask = np.where(tiny_capture.masks[key.view], 255, 0).astype(np.uint8)[..., None]
            write_exact(place / "mask.png", mask)
            normals = tiny_capture.truth.normals_gl[key.view].astype(np.float64)
            io.savemat(place / "Normal_gt.mat", {"Normal_gt": normals}, do_compression=True)
            np.savetxt(place / DIRECTIONS, tiny_capture.truth.light_directions_gl)
            np.savetxt(place / INTENSITIES, tiny_capture.truth.light_intensities)
    io.savemat(tmp_path / "Calib_Results.mat", calibration | {"n_ima": 4, "center_optim": "text"})
    (tmp_path / "mesh_Gt.ply").write_bytes(tiny_capture.truth.mesh.read_bytes())
    return tmp_path


@pytest.fixture
def mvscps(tiny_capture: Capture, tmp_path: Path) -> Path:
    """The tiny capture as MVSCPS was released, with developed photographs."""
    for part in ("CAM", "image", "masks"):
        (tmp_path / part).mkdir()
    for image, key in enumerate(tiny_capture.keys):
        camera = tiny_capture.cameras[image]
        projection = camera.intrinsics @ camera_from_world(camera)
        np.savetxt(tmp_path / "CAM" / f"{key.name}_P.txt", -0.37 * projection)  # known up to scale and sign
        write_exact(tmp_path / "image" / f"{key.name}.png", tiny_capture.photographs[image])
        mask = np.where(tiny_capture.masks[key.view], 255, 0).astype(np.uint8)[..., None]
        write_exact(tmp_path / "masks" / f"{key.name}.png", mask)
    return tmp_path


def check_same(found: Capture, wanted: Capture) -> None:
    assert found.keys == wanted.keys
    for ours, theirs in zip(found.photographs, wanted.photographs, strict=True):
        assert np.array_equal(ours, theirs)
    for ours, theirs in zip(found.cameras, wanted.cameras, strict=True):
        assert np.allclose(ours.intrinsics, theirs.intrinsics, rtol=1e-9, atol=1e-7)
        assert np.allclose(ours.world_from_camera, theirs.world_from_camera, atol=1e-9)
    assert all(np.array_equal(found.masks[view], wanted.masks[view]) for view in wanted.views)


def test_diligent_mv_gives_the_capture_it_was_made_of(diligent_mv: Path, tiny_capture: Capture) -> None:
    best = guesses(diligent_mv)[0]
    assert (best.layout, best.certainty) == ("DiLiGenT-MV", 1.0)
    capture = read_capture(diligent_mv)
    check_same(capture, tiny_capture)
    for view, normals in tiny_capture.truth.normals_gl.items():
        assert np.allclose(capture.truth.normals_gl[view], normals, atol=1e-5)
    assert np.allclose(capture.truth.light_directions_gl, tiny_capture.truth.light_directions_gl, atol=1e-6)
    assert np.allclose(capture.truth.light_intensities, tiny_capture.truth.light_intensities, rtol=1e-6)
    assert capture.truth.mesh == diligent_mv / "mesh_Gt.ply"
    assert listed(diligent_mv, DILIGENT_MV).assumptions == ()


def test_light_files_may_lie_above_the_views_and_photographs_be_listed(diligent_mv: Path) -> None:
    for name in (DIRECTIONS, INTENSITIES):
        (diligent_mv / "view_01" / name).rename(diligent_mv / name)
        for view in (2, 3, 4):
            (diligent_mv / f"view_0{view}" / name).unlink()
    (diligent_mv / "view_02/filenames.txt").write_text("001.png\n002.png\n009.png\n")
    capture = read_capture(diligent_mv)
    assert [key.light for key in capture.keys if key.view == 1] == [0, 1]
    assert capture.truth.light_directions_gl is not None
    assert [problem.file for problem in capture.problems if "listed" in problem.text] == ["view_02/filenames.txt"]


def test_normals_of_more_pixels_than_memory_holds_are_left_out(
    diligent_mv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.capture.layouts.diligent_mv.MAX_NORMAL_PIXELS", 1000)
    capture = read_capture(diligent_mv)
    assert capture.truth.normals_gl == {}
    assert any("too many pixels" in problem.text for problem in capture.problems)


def test_views_with_other_lights_are_mentioned(diligent_mv: Path) -> None:
    rows = np.loadtxt(diligent_mv / "view_03" / DIRECTIONS)
    np.savetxt(diligent_mv / "view_03" / DIRECTIONS, rows * [-1.0, 1.0, 1.0])
    assert any("differ by up to" in problem.text for problem in read_capture(diligent_mv).problems)


def test_a_view_without_a_camera_is_left_out(diligent_mv: Path) -> None:
    calibration = {
        name: value for name, value in io.loadmat(diligent_mv / "Calib_Results.mat").items() if name[0] != "_"
    }
    del calibration["Rc_2"]
    calibration["kc"] = np.full((5, 1), 0.1)
    io.savemat(diligent_mv / "Calib_Results.mat", calibration)
    listing = listed(diligent_mv, DILIGENT_MV)
    assert {shot.key.view for shot in listing.shots} == {0, 2, 3}
    assert listing.without_camera == tuple(f"view_02/00{light}.png" for light in (1, 2, 3, 4))
    assert "kc" in listing.assumptions[0]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"KK": np.eye(2)}, "KK is not 3 x 3"),
        ({"KK": np.diag([-1.0, 1.0, 1.0])}, "KK has a focal length that is not positive"),
        ({"Rc_1": 2.0 * np.eye(3)}, "Rc_1 is no rotation"),
        ({"Tc_3": np.full((3, 1), np.nan)}, "Tc_3 is not 3 x 1 finite"),
        ({"Tc_3": np.zeros((1, 3))}, "Tc_3 is not 3 x 1 finite"),
    ],
)
def test_impossible_calibrations(diligent_mv: Path, changes: dict[str, np.ndarray], sentence: str) -> None:
    calibration = {
        name: value for name, value in io.loadmat(diligent_mv / "Calib_Results.mat").items() if name[0] != "_"
    }
    io.savemat(diligent_mv / "Calib_Results.mat", calibration | changes)
    with pytest.raises(CaptureError, match=rf"Calib_Results\.mat: {sentence}"):
        read_capture(diligent_mv)


def test_a_folder_without_views_or_photographs(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="no folder of photographs named like view_01"):
        listed(tmp_path, DILIGENT_MV)
    (tmp_path / "view_01").mkdir()
    (tmp_path / "view_01/mask.png").touch()
    io.savemat(tmp_path / "Calib_Results.mat", {"KK": np.eye(3)})
    with pytest.raises(CaptureError, match=r"view_01 holds no photograph named like 001\.png"):
        listed(tmp_path, DILIGENT_MV)


def test_a_view_folder_that_is_a_link_out_of_the_capture(
    diligent_mv: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    write_exact(elsewhere / "001.png", np.zeros((48, 48, 3), np.uint8))
    (diligent_mv / "view_05").symlink_to(elsewhere)
    with pytest.raises(CaptureError, match="view_05 leads to a place outside"):
        listed(diligent_mv, DILIGENT_MV)


def test_mvscps_gives_the_capture_it_was_made_of(mvscps: Path, tiny_capture: Capture) -> None:
    assert guesses(mvscps)[0].layout == "MVSCPS as released"
    check_same(read_capture(mvscps), tiny_capture)


def test_mvscps_with_lists_of_what_belongs_to_it(mvscps: Path) -> None:
    (mvscps / "light_indices.txt").write_text("2 1 3\n0\n1 4\n0\n")
    assert [shot.key.name for shot in listed(mvscps, MVSCPS_RELEASED).shots] == ["V00L00", "V00L02", "V02L03"]
    (mvscps / "view_light_idx_all.txt").write_text("V01L00\r\nV03L02\nV09L09\n")
    assert [shot.key.name for shot in listed(mvscps, MVSCPS_RELEASED).shots] == ["V01L00", "V03L02"]


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("view_light_idx_all.txt", "V01L00\nimage 7\n", "'image' is not of the form VxxLyy"),
        ("light_indices.txt", "3 1 2\n", "as many light numbers"),
        ("light_indices.txt", "1 0\n", "as many light numbers"),
        ("light_indices.txt", "one\n", "is not a count"),
        ("CAM/V00L00_P.txt", "1 2 3\n", "V00L00_P.txt does not hold 3 x 4 finite numbers"),
        ("CAM/V00L00_P.txt", "1 2 3 4\n1 2 3 4\n1 2 3 4\n", "V00L00_P.txt is singular"),
        ("CAM/V00L00_P.txt", "nan 2 3 4\n1 2 3 4\n1 2 3 4\n", "V00L00_P.txt does not hold"),
        ("CAM/V00L00_P.txt", "", "V00L00_P.txt"),
    ],
)
def test_impossible_mvscps_files(mvscps: Path, name: str, text: str, sentence: str) -> None:
    (mvscps / name).write_text(text)
    with pytest.raises(CaptureError, match=sentence):
        listed(mvscps, MVSCPS_RELEASED)


def test_mvscps_photographs_and_cameras_without_each_other(mvscps: Path) -> None:
    (mvscps / "CAM/V00L01_P.txt").unlink()
    (mvscps / "image/V01L01.png").unlink()
    (mvscps / "image/notes.png").touch()
    listing = listed(mvscps, MVSCPS_RELEASED)
    assert listing.without_camera == ("image/V00L01.png",)
    assert listing.without_photograph == ("V01L01_P.txt",)
    assert listing.problems[0].file == "image/notes.png"
    assert len(listing.shots) == 14


def test_mvscps_from_raw_files(mvscps: Path, tiny_capture: Capture) -> None:
    (mvscps / "ARW").mkdir()
    for file in (mvscps / "image").iterdir():
        grey = np.random.default_rng(1).integers(1000, 9000, (64, 64)).astype(np.uint16)
        write_dng(mvscps / "ARW" / f"{file.stem}.ARW", grey)
        file.unlink()
    crop = ImportOptions(raw=RawOptions(crop=(8, 9, 48, 48)))
    capture = read_capture(mvscps, options=crop)
    assert capture.photographs[0].shape == (48, 48, 3)
    assert np.allclose(capture.cameras[3].intrinsics, tiny_capture.cameras[3].intrinsics)
    with pytest.raises(CaptureError, match="64 x 64"):  # masks are of the cropped size
        read_capture(mvscps)


def test_raw_files_that_hold_the_calibrated_area_are_cropped_to_it(
    mvscps: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in (mvscps / "image").iterdir():
        write_dng(file.with_suffix(".dng"), np.full((64, 64), 3000, np.uint16))
        file.unlink()
    monkeypatch.setattr("core.capture.layouts.mvscps_released.MVSCPS_CROP", (4, 6, 48, 48))
    listing = listed(mvscps, MVSCPS_RELEASED)
    assert listing.raw == RawOptions(crop=(4, 6, 48, 48))
    assert "cropped to 48 x 48" in listing.assumptions[0]
    assert (listing.shots[0].camera.width, listing.shots[0].camera.height) == (48, 48)
    assert read_capture(mvscps).photographs[0].shape == (48, 48, 3)
    assert MVSCPS_CROP[2:] == (9504, 6336)


def test_the_prepared_form_is_not_taken_for_the_released_one(tiny_capture_folder: Path) -> None:
    assert guesses(tiny_capture_folder)[0].layout == "MVSCPS"
