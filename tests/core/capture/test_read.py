"""From what was listed to a capture: encodings, masks, reduction, and the sphere."""

import shutil
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
import pytest

from core.capture import cache as cache_module
from core.capture import read
from core.capture.capture import Capture
from core.capture.choices import painted_mask_file
from core.capture.images import read_image, write_png8
from core.capture.import_options import ImportOptions, MaskChoice
from core.capture.masks import MasksMissing, bright_object, otsu_level
from core.capture.read import read_capture
from core.capture.sphere import outline
from core.color import linear_from_srgb
from core.errors import CaptureError
from core.types import Camera
from tests.core.capture import png_by_hand as png
from tests.core.capture.npz_by_hand import COUNT, matrices, write_masks


@pytest.fixture
def folder(tmp_path: Path, tiny_capture_folder: Path) -> Path:
    """A copy of the tiny capture to change."""
    return Path(shutil.copytree(tiny_capture_folder, tmp_path / "capture"))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of its own."""
    monkeypatch.setattr(cache_module, "cache_folder", lambda: tmp_path / "cache")
    return tmp_path / "cache"


def without_masks(folder: Path) -> None:
    for file in (folder / "mask").iterdir():
        file.unlink()
    (folder / "mask").rmdir()


# ---- sizes and rotations ---------------------------------------------------------------------------------------------


def turned_jpegs(tmp_path: Path, orientation: int) -> Path:
    """A capture of IDR's layout whose photographs carry an EXIF orientation."""
    write_masks(tmp_path / "mask", [f"{number:03d}.png" for number in range(COUNT)])
    np.savez(tmp_path / "cameras_sphere.npz", **matrices())  # type: ignore[arg-type]
    (tmp_path / "image").mkdir()
    for number in range(COUNT):
        image = oiio.ImageBuf(np.full((20, 24, 3), 128, np.uint8))
        image.specmod().attribute("Orientation", orientation)
        assert image.write(str(tmp_path / "image" / f"{number:03d}.jpg"))
    return tmp_path


def test_an_exif_rotation_is_told_and_not_applied(tmp_path: Path) -> None:
    capture = read_capture(turned_jpegs(tmp_path, 6))
    assert capture.photographs[0].shape[:2] == (20, 24)
    told = [problem for problem in capture.problems if "EXIF" in problem.text]
    assert [problem.file for problem in told] == ["image/000.jpg"]
    assert told[0].text.startswith("3 photographs carry an EXIF rotation, which is not applied")


def test_upright_photographs_are_not_mentioned(tmp_path: Path) -> None:
    assert not any("EXIF" in problem.text for problem in read_capture(turned_jpegs(tmp_path, 1)).problems)


@pytest.mark.parametrize(("orientation", "reason"), [(6, "is stored rotated"), (1, "turned by 90 degrees")])
def test_masks_of_upright_photographs_that_are_stored_rotated(tmp_path: Path, orientation: int, reason: str) -> None:
    folder = turned_jpegs(tmp_path, orientation)
    for number in range(1, COUNT):
        write_png8(folder / "mask" / f"{number:03d}.png", np.ones((24, 20, 1)))
    with pytest.raises(CaptureError, match=reason) as caught:
        read_capture(folder)
    assert "001.png is 20 x 24 pixels but photograph V01L01 is 24 x 20" in str(caught.value)
    assert str(caught.value).endswith("; the same holds for 1 other.")


def test_empty_masks_are_counted(folder: Path) -> None:
    for view in (1, 2, 3):
        write_png8(folder / "mask" / f"V{view:02d}.png", np.zeros((48, 48, 1)))
    with pytest.raises(CaptureError, match=r"V01\.png is empty: .*; the same holds for 2 others\."):
        read_capture(folder)


@pytest.mark.parametrize("times", [0.5, 2])
def test_smaller_and_larger_masks_of_the_same_picture_are_resized(
    folder: Path, tiny_capture: Capture, times: float
) -> None:
    whole = tiny_capture.masks[1]
    other = whole[::2, ::2] if times == 0.5 else whole.repeat(2, axis=0).repeat(2, axis=1)
    write_png8(folder / "mask" / "V01.png", other[..., None].astype(float))
    capture = read_capture(folder)
    expected = other.repeat(2, axis=0).repeat(2, axis=1) if times == 0.5 else whole
    assert np.array_equal(capture.masks[1], expected)
    told = [problem for problem in capture.problems if "another size" in problem.text]
    assert len(told) == 1
    assert f"({other.shape[1]} x {other.shape[0]} for 48 x 48 pixels)" in told[0].text


def test_a_mask_that_was_cropped_is_not_resized(folder: Path, tiny_capture: Capture) -> None:
    write_png8(folder / "mask" / "V01.png", tiny_capture.masks[1][:47, :47, None].astype(float))
    with pytest.raises(CaptureError, match="47 x 47 pixels but photograph V01L00 is 48 x 48; make the mask from it"):
        read_capture(folder)


# ---- encodings ------------------------------------------------------------------------------------------------------


def test_srgb_photographs_become_linear(folder: Path) -> None:
    for file in (folder / "image").iterdir():
        png.write_samples(file, np.full((48, 48, 3), 188, np.uint8), png.RGB)
    capture = read_capture(folder, options=ImportOptions(encoding="srgb"))
    expected = float(linear_from_srgb(np.array([188 / 255], np.float32))[0])
    assert capture.photographs[0].dtype == np.uint16
    np.testing.assert_allclose(capture.linear(0), expected, atol=1 / 65535)
    np.testing.assert_allclose(read_capture(folder).linear(0), 188 / 255)  # the layout is linear by its own rules


# ---- masks ----------------------------------------------------------------------------------------------------------


def test_missing_masks_are_never_made_up(folder: Path) -> None:
    without_masks(folder)
    with pytest.raises(MasksMissing) as caught:
        read_capture(folder)
    assert caught.value.views == (0, 1, 2, 3)
    assert not caught.value.alpha


def test_masks_from_the_alpha_channel(folder: Path, tiny_capture: Capture) -> None:
    without_masks(folder)
    for file in sorted((folder / "image").iterdir()):
        mask = tiny_capture.masks[int(file.stem[1:3])]
        colours = read_image(file)
        png.write_samples(file, np.concatenate([colours, 65535 * mask[..., None].astype(np.uint16)], -1), png.RGBA)
    with pytest.raises(MasksMissing) as caught:
        read_capture(folder)
    assert caught.value.alpha
    capture = read_capture(folder, options=ImportOptions(masks=MaskChoice.ALPHA))
    for view, mask in tiny_capture.masks.items():
        assert np.array_equal(capture.masks[view], mask)
    assert np.array_equal(capture.photographs[0], tiny_capture.photographs[0])


def test_no_alpha_channel_to_take(folder: Path) -> None:
    with pytest.raises(CaptureError, match=r"V00L00\.png has no alpha channel"):
        read_capture(folder, options=ImportOptions(masks=MaskChoice.ALPHA))


def test_masks_by_brightness_find_the_object(folder: Path, tiny_capture: Capture) -> None:
    without_masks(folder)
    capture = read_capture(folder, options=ImportOptions(masks=MaskChoice.THRESHOLD, threshold=0.002))
    for view, mask in tiny_capture.masks.items():
        found = capture.masks[view]
        assert (found & mask).sum() / (found | mask).sum() > 0.9


def test_otsu_splits_two_levels() -> None:
    brightness = np.full((20, 20), 0.01, np.float32)
    brightness[5:15, 5:15] = 0.4
    assert 0.01 < otsu_level(brightness) < 0.4
    assert bright_object(brightness, None).sum() == 100


def test_specks_are_left_out() -> None:
    brightness = np.zeros((64, 64), np.float32)
    brightness[10:40, 10:40] = brightness[60, 60] = 1.0
    assert bright_object(brightness, 0.5).sum() == 900


def test_without_masks_everything_in_the_sphere_counts(folder: Path) -> None:
    without_masks(folder)
    capture = read_capture(folder, options=ImportOptions(masks=MaskChoice.NONE))
    assert not capture.masked
    assert np.array_equal(capture.masks[0], outline(capture.cameras[0], np.zeros(3), 1.0))
    assert any("everything inside the sphere" in problem.text for problem in capture.problems)


def test_holes_are_filled_when_asked(folder: Path, tiny_capture: Capture) -> None:
    mask = tiny_capture.masks[1].copy()
    v, u = np.argwhere(mask).mean(axis=0).round().astype(int)
    mask[v - 1 : v + 2, u - 1 : u + 2] = False
    write_png8(folder / "mask" / "V01.png", mask[..., None].astype(np.float32))
    assert np.array_equal(read_capture(folder).masks[1], mask)
    filled = read_capture(folder, options=ImportOptions(fill_holes=True)).masks[1]
    assert filled[v - 1 : v + 2, u - 1 : u + 2].all()
    assert filled.sum() >= mask.sum() + 9


def test_painted_masks_win(folder: Path, tiny_capture: Capture) -> None:
    painted = np.roll(tiny_capture.masks[2], 2, axis=0)
    file = painted_mask_file(folder, 2)
    file.parent.mkdir(parents=True)
    write_png8(file, painted[..., None].astype(np.float32))
    assert np.array_equal(read_capture(folder).masks[2], painted)


def test_nothing_outside_a_placed_sphere_is_the_object(folder: Path, tiny_capture: Capture) -> None:
    sphere = ((0.0, 0.2, 0.0), 0.4)
    capture = read_capture(folder, options=ImportOptions(sphere=sphere))
    for view, mask in tiny_capture.masks.items():
        camera = capture.cameras[[key.view for key in capture.keys].index(view)]
        assert np.array_equal(capture.masks[view], mask & outline(camera, np.array(sphere[0]), sphere[1]))
    assert capture.file_frame == sphere


def test_a_sphere_beside_the_object_is_refused(folder: Path) -> None:
    with pytest.raises(CaptureError, match="move the sphere over the object"):
        read_capture(folder, options=ImportOptions(sphere=((0.0, 0.0, 0.95), 0.02)))


def test_the_outline_of_a_sphere_is_that_of_its_rays() -> None:
    camera = Camera(
        intrinsics=np.array([[60.0, 0.0, 20.0], [0.0, 55.0, 12.0], [0.0, 0.0, 1.0]]),
        world_from_camera=np.eye(4),
        width=40,
        height=30,
    )
    centre, radius = np.array([0.3, -0.1, 4.0]), 0.8
    held = outline(camera, centre, radius)
    for v in range(30):
        for u in range(40):
            ray = np.linalg.solve(camera.intrinsics, [u, v, 1.0])
            ray /= np.linalg.norm(ray)
            assert held[v, u] == (np.linalg.norm(centre - (ray @ centre) * ray) <= radius)
    assert outline(camera, np.zeros(3), 0.1).all()
    assert not outline(camera, -centre, radius).any()


# ---- reduction ------------------------------------------------------------------------------------------------------


def test_reduced_photographs_are_means_and_cameras_follow(folder: Path, tiny_capture: Capture) -> None:
    capture = read_capture(folder, options=ImportOptions(reduce=2))
    full = tiny_capture.photographs[3].astype(np.float64)
    expected = full.reshape(24, 2, 24, 2, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(capture.photographs[3], expected, atol=0.5)
    point = np.array([0.1, -0.2, 0.05])
    for camera, before in zip(capture.cameras, tiny_capture.cameras, strict=True):
        small, large = (projected(c, point) for c in (camera, before))
        np.testing.assert_allclose(small, (large + 0.5) / 2.0 - 0.5)
    normals = capture.truth.normals_gl[0]
    assert normals.shape == (24, 24, 3)
    length = np.linalg.norm(normals, axis=-1)
    assert np.all((np.abs(length - 1.0) < 1e-5) | (length == 0.0))


def test_what_does_not_divide_is_cut(folder: Path) -> None:
    capture = read_capture(folder, options=ImportOptions(reduce=5))
    assert capture.photographs[0].shape == (9, 9, 3)
    assert (capture.cameras[0].width, capture.cameras[0].height) == (9, 9)


def test_too_strong_a_reduction_is_refused(folder: Path) -> None:
    with pytest.raises(CaptureError, match="choose a smaller reduction"):
        read_capture(folder, options=ImportOptions(reduce=48))


def test_memory_decides_the_reduction(folder: Path, monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    class Little:
        available = 60_000

    monkeypatch.setattr(read.psutil, "virtual_memory", Little)
    capture = read_capture(folder)
    assert 1 < 48 // capture.cameras[0].width < 10
    assert any("times smaller so that they fit" in problem.text for problem in capture.problems)
    assert list(cache.glob("pixels-*"))


def projected(camera: Camera, point: np.ndarray) -> np.ndarray:
    in_camera = camera.rotation.T @ (point - camera.centre)
    u, v, w = camera.intrinsics @ in_camera
    return np.array([u / w, v / w])


def test_a_blank_photograph_and_its_alpha(folder: Path) -> None:
    """An image whose alpha is empty gives an empty mask, which is said."""
    for file in (folder / "image").glob("V01*"):
        png.write_samples(file, np.zeros((48, 48, 4), np.uint8), png.RGBA)
    for file in (folder / "image").glob("V0[023]*"):
        png.write_samples(file, np.full((48, 48, 4), 255, np.uint8), png.RGBA)
    with pytest.raises(CaptureError, match=r"V01L00\.png is empty"):
        read_capture(folder, options=ImportOptions(masks=MaskChoice.ALPHA))
