"""The layout of IDR and NeuS, read and written: the cameras of the matrices, and everything back as it was."""

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.capture.import_options import ImportOptions, MaskChoice
from core.capture.layouts.idr_neus import IDR_NEUS
from core.capture.listing import Listing
from core.capture.masks import MasksMissing
from core.capture.read import read_capture
from core.capture.recognise import guesses
from core.errors import Cancelled, CaptureError
from core.types import DoubleArray, ImageKey
from tests.core.capture.npz_by_hand import (
    CENTRE,
    COUNT,
    assert_same_camera,
    matrices,
    some_camera,
    world_mat,
    write_images,
    write_masks,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    names = [f"{number:03d}.png" for number in range(COUNT)]
    write_images(tmp_path / "image", names)
    write_masks(tmp_path / "mask", names)
    np.savez(tmp_path / "cameras_sphere.npz", **matrices())
    return tmp_path


def listing(folder: Path, **options: str) -> Listing:
    return IDR_NEUS.list_capture(folder, ImportOptions(**options), lambda _what, _fraction: None)  # type: ignore[arg-type]


def test_cameras_are_those_of_the_matrices(folder: Path) -> None:
    found = listing(folder)
    assert [shot.key for shot in found.shots] == [ImageKey(number, number) for number in range(COUNT)]
    for number, shot in enumerate(found.shots):
        assert_same_camera(shot.camera, some_camera(number))
        assert shot.file.name == f"{number:03d}.png"
        assert [file.name for file in found.masks[number]] == [f"{number:03d}.png"]
    assert found.file_frame == (CENTRE, 2.0)
    assert not found.problems
    assert not found.assumptions


@pytest.mark.parametrize("factor", [-1.0, 1e-5, 3e7])
def test_matrices_are_known_up_to_a_factor(folder: Path, factor: float) -> None:
    scaled = {name: value * (factor if name.startswith("world") else 1.0) for name, value in matrices().items()}
    np.savez(folder / "cameras_sphere.npz", **scaled)
    for number, shot in enumerate(listing(folder).shots):
        assert_same_camera(shot.camera, some_camera(number))


def test_reading_it_whole(folder: Path) -> None:
    capture = read_capture(folder)
    assert capture.layout == "IDR / NeuS"
    assert capture.masks[1].sum() == 12 * 14
    np.testing.assert_allclose(capture.linear(0), 0.2158, atol=2e-3)  # 8 bits are sRGB: 128/255 is 21.6 % of light


def test_plural_folders(folder: Path) -> None:
    (folder / "image").rename(folder / "images")
    (folder / "mask").rename(folder / "masks")
    found = listing(folder)
    assert len(found.shots) == len(found.masks) == COUNT


def test_the_camera_file_can_be_chosen(folder: Path) -> None:
    for name in ("cameras.npz", "cameras_large.npz"):
        np.savez(folder / name, **matrices(radius=7.0))
    found = listing(folder)
    assert (found.camera_file, found.camera_choices) == ("cameras_sphere.npz", ("cameras.npz", "cameras_large.npz"))
    large = listing(folder, cameras="cameras_large.npz")
    assert large.camera_file == "cameras_large.npz"
    assert large.file_frame == (CENTRE, 7.0)
    with pytest.raises(CaptureError, match="elsewhere"):
        listing(folder, cameras="elsewhere.npz")


def test_linear_initialisation_takes_measured_intrinsics(folder: Path) -> None:
    poses = [dataclasses.replace(some_camera(number + 10), intrinsics=np.diag([9.0, 8.0, 1.0])) for number in range(3)]
    rough = {f"world_mat_{number}": world_mat(camera) for number, camera in enumerate(poses)}
    np.savez(folder / "cameras_linear_init.npz", **rough)
    found = listing(folder, cameras="cameras_linear_init.npz")
    for number, shot in enumerate(found.shots):
        expected = dataclasses.replace(poses[number], intrinsics=some_camera(number).intrinsics)
        assert_same_camera(shot.camera, expected)
    assert "intrinsics come from cameras_sphere.npz" in found.assumptions[0]
    (folder / "cameras_sphere.npz").unlink()
    alone = listing(folder)
    assert "rough first guess" in alone.assumptions[0]
    np.testing.assert_allclose(alone.shots[0].camera.intrinsics, np.diag([9.0, 8.0, 1.0]), atol=1e-9)


def test_names_with_view_and_light_keep_their_keys(folder: Path) -> None:
    names = ["V00L00.png", "V00L01.png", "V07L00.png"]
    for number, name in enumerate(names):
        (folder / "image" / f"{number:03d}.png").rename(folder / "image" / name)
        (folder / "mask" / f"{number:03d}.png").rename(folder / "mask" / name)
    found = listing(folder)
    assert [shot.key.name for shot in found.shots] == ["V00L00", "V00L01", "V07L00"]
    assert {view: [file.name for file in files] for view, files in found.masks.items()} == {
        0: ["V00L00.png", "V00L01.png"],
        7: ["V07L00.png"],
    }


def test_masks_by_order_when_names_differ(folder: Path) -> None:
    for number in range(COUNT):
        (folder / "mask" / f"{number:03d}.png").rename(folder / "mask" / f"mask_{number}.png")
    assert [listing(folder).masks[number][0].name for number in range(COUNT)] == [f"mask_{n}.png" for n in range(COUNT)]


@pytest.mark.parametrize(
    ("again", "both"),
    [
        ("image/000.jpg", "image/000.jpg and 000.png"),
        ("image/0000.png", "image/000.png and 0000.png"),
        ("mask/001.jpg.png", "mask/001.jpg.png and 001.png"),
    ],
)
def test_a_photograph_that_is_there_twice_shifts_no_camera(folder: Path, again: str, both: str) -> None:
    shutil.copy(folder / again[: again.index("/")] / "001.png", folder / again)
    with pytest.raises(CaptureError, match=f"{both} have the same number; remove one"):
        listing(folder)


def test_folders_of_other_names_are_named(folder: Path) -> None:
    (folder / "image").rename(folder / "photos")
    (folder / "mask").rename(folder / "Masken")
    assert guesses(folder)[0].layout == "IDR / NeuS"
    sentence = r"cameras_sphere\.npz is there, but no folder named image or images \(there are Masken, photos\); name"
    with pytest.raises(CaptureError, match=sentence):
        read_capture(folder)


def test_white_masks_are_no_masks(folder: Path) -> None:
    write_images(folder / "mask", [f"{number:03d}.png" for number in range(COUNT)], level=1.0)
    found = listing(folder)
    assert not found.masks
    assert "wholly white" in found.problems[0].text
    with pytest.raises(MasksMissing):
        read_capture(folder)
    capture = read_capture(folder, options=ImportOptions(masks=MaskChoice.NONE))
    assert not capture.masked
    assert any("wholly white" in problem.text for problem in capture.problems)


def test_one_white_mask_among_others_stays(folder: Path) -> None:
    write_images(folder / "mask", ["001.png"], level=1.0)
    assert len(listing(folder).masks) == COUNT


def test_a_photograph_too_many_and_a_camera_too_many(folder: Path) -> None:
    write_images(folder / "image", ["zz.png"])
    found = listing(folder)
    assert (len(found.shots), found.without_camera) == (COUNT, ("image/zz.png",))
    np.savez(folder / "cameras_sphere.npz", **matrices(COUNT + 3))
    found = listing(folder)
    assert (len(found.shots), found.without_photograph) == (COUNT + 1, ("world_mat_4", "world_mat_5"))
    assert "6 cameras for 4 photographs" in found.problems[0].text


def test_numbers_in_names_decide_when_counts_differ(folder: Path) -> None:
    (folder / "image" / "001.png").unlink()
    found = listing(folder)
    assert_same_camera(found.shots[1].camera, some_camera(2))
    assert "number in its name" in found.problems[0].text


def without(name: str) -> Callable[[Path], object]:
    return lambda folder: shutil.rmtree(folder / name)


def cameras(**changed: object) -> Callable[[Path], object]:
    return lambda folder: np.savez(folder / "cameras_sphere.npz", allow_pickle=True, **(matrices() | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (without("image"), "no folder named image or images"),
        (lambda folder: [file.unlink() for file in (folder / "image").iterdir()], "no photograph"),
        (lambda folder: (folder / "cameras_sphere.npz").unlink(), "no camera file"),
        (lambda folder: (folder / "cameras_sphere.npz").write_bytes(b"PK"), "cameras_sphere.npz is damaged"),
        (lambda folder: np.savez(folder / "cameras_sphere.npz", K=np.eye(3)), "no camera named world_mat_0"),
        (cameras(world_mat_1=np.zeros((4, 4))), "world_mat_1 is singular"),
        (cameras(world_mat_1=np.eye(3)), "world_mat_1 is not a 4 x 4"),
        (cameras(world_mat_1=np.full((4, 4), np.nan)), "world_mat_1"),
        (cameras(world_mat_1=np.full((4, 4), 1e308)), "world_mat_1"),
        (cameras(world_mat_1=np.array([{}], dtype=object)), "world_mat_1 holds Python objects"),
        (cameras(world_mat_1=np.array(["a"])), "world_mat_1 does not hold numbers"),
        (lambda folder: (folder / "image" / "001.png").write_bytes(b"no image"), "001.png"),
    ],
)
def test_what_is_wrong_is_named(folder: Path, change: Callable[[Path], object], named: str) -> None:
    change(folder)
    with pytest.raises(CaptureError, match=named):
        listing(folder)


@pytest.mark.parametrize(
    "matrix",
    [np.diag([1.0, 2.0, 1.0, 1.0]), np.zeros((4, 4)), np.full((4, 4), np.inf), np.full((4, 4), 1e300), np.eye(2)],
)
def test_a_scale_matrix_that_is_no_sphere(folder: Path, matrix: DoubleArray) -> None:
    cameras(scale_mat_0=matrix)(folder)
    found = listing(folder)
    assert found.file_frame is None
    assert "scale_mat_0" in found.problems[0].text


def test_links_out_of_the_folder(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "cameras.npz"
    shutil.move(folder / "cameras_sphere.npz", elsewhere)
    (folder / "cameras_sphere.npz").symlink_to(elsewhere)
    with pytest.raises(CaptureError, match="outside the capture folder"):
        listing(folder)


def test_cancelling(folder: Path) -> None:
    def stop(_what: str, fraction: float) -> None:
        if fraction > 0.0:
            raise Cancelled

    with pytest.raises(Cancelled):
        IDR_NEUS.list_capture(folder, ImportOptions(), stop)


def test_recognised_by_its_files(folder: Path) -> None:
    guess = guesses(folder)[0]
    assert guess.layout == "IDR / NeuS"
    assert "cameras_sphere.npz is there" in guess.reasons
    (folder / "cameras_sphere.npz").unlink()
    assert all(other.layout != "IDR / NeuS" for other in guesses(folder))


@pytest.mark.parametrize("name", ["cameras_sphere.npz", "cameras.npz", "cameras_linear_init.npz"])
def test_dtu_opens(shared_data: Path, name: str) -> None:
    """Every camera file of the real capture: the centre of its sphere is seen inside every photograph's mask."""
    found = IDR_NEUS.list_capture(
        shared_data / "idr" / "dtu_scan65", ImportOptions(cameras=name), lambda _what, _fraction: None
    )
    assert len(found.shots) == len(found.masks) == 13
    assert not found.problems
    assert found.file_frame is not None
    centre = np.array(found.file_frame[0])
    for shot in found.shots:
        seen = shot.camera.intrinsics @ np.linalg.inv(shot.camera.world_from_camera)[:3] @ [*centre, 1.0]
        u, v = seen[:2] / seen[2]
        assert seen[2] > found.file_frame[1]
        assert 300 < u < 1300
        assert 200 < v < 1000
        assert shot.camera.intrinsics[0, 0] == pytest.approx(2892.3, abs=0.1)
