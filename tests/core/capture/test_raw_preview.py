"""RAW photographs to look at: the whole frame, the camera's own picture, and which photographs there are."""

from pathlib import Path

import numpy as np
import pytest

from core.capture.import_options import ImportOptions, RawOptions
from core.capture.raw_preview import raw_photographs, raw_preview
from core.color import srgb_from_linear
from core.errors import CaptureError
from tests.core.capture.dng_by_hand import write_dng
from tests.core.capture.dng_with_picture import bayer, write_dng_with_picture

WIDTH, HEIGHT = 128, 96


def scene() -> np.ndarray:
    """[HEIGHT, WIDTH, 3] smooth linear light."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    ramp = 0.1 + 0.5 * x / WIDTH
    return np.stack([ramp, 0.3 + 0.4 * y / HEIGHT, 0.7 - 0.5 * x / WIDTH], axis=-1)


def quiet(_what: str, _fraction: float) -> None:
    """Nobody looks."""


def test_the_whole_frame_and_the_camera_s_own_picture(tmp_path: Path) -> None:
    own = np.rint(srgb_from_linear(scene()[8:-8, 8:-8].astype(np.float32)) * 255).astype(np.uint8)
    write_dng_with_picture(tmp_path / "a.dng", bayer(scene()), own)
    seen = raw_preview(tmp_path / "a.dng", "linear")
    assert seen.size == (WIDTH, HEIGHT)
    assert seen.developed.shape == (HEIGHT, WIDTH, 3)
    assert seen.camera is not None
    assert seen.camera_size == (WIDTH - 16, HEIGHT - 16)
    assert np.abs(seen.camera.astype(int) - own).mean() < 3.0


def test_a_file_without_a_picture_of_the_camera_s_can_still_be_looked_at(tmp_path: Path) -> None:
    write_dng(tmp_path / "a.dng", bayer(scene()))
    seen = raw_preview(tmp_path / "a.dng", "linear")
    assert seen.camera is None
    assert seen.developed.any()


def test_linear_light_is_shown_under_the_display_s_curve_and_the_published_curve_as_it_is(tmp_path: Path) -> None:
    """Twice the light on the sensor is twice the light on the display: shown values differ by the sRGB curve only."""
    light = np.full((HEIGHT, WIDTH, 3), 0.2)
    light[:, WIDTH // 2 :] = 0.4
    write_dng(tmp_path / "a.dng", bayer(light))
    seen = raw_preview(tmp_path / "a.dng", "linear").developed
    dark, bright = seen[HEIGHT // 2, WIDTH // 4], seen[HEIGHT // 2, 3 * WIDTH // 4]
    assert np.abs(bright.astype(int) - 255).max() <= 2
    assert np.abs(dark.astype(int) - round(float(srgb_from_linear(np.float32(0.5))) * 255)).max() <= 2
    published = raw_preview(tmp_path / "a.dng", "bt709").developed[HEIGHT // 2, WIDTH // 4]
    assert np.abs(published / 255.0 - (1.099 * 0.2**0.45 - 0.099)).max() < 0.02


def test_a_large_frame_is_reduced(tmp_path: Path) -> None:
    write_dng(tmp_path / "a.dng", bayer(scene()))
    seen = raw_preview(tmp_path / "a.dng", "linear", longest=64)
    assert seen.developed.shape == (48, 64, 3)
    assert seen.size == (WIDTH, HEIGHT)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "b.dng").write_bytes(b"II*\0 nothing")
    with pytest.raises(CaptureError, match=r"b\.dng"):
        raw_preview(tmp_path / "b.dng", "linear")


def test_raw_files_are_found_although_the_capture_cannot_be_listed(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    write_dng(tmp_path / "deep" / "er" / "V00L00.DNG", bayer(scene()))
    (tmp_path / "deep" / "note.txt").write_text("none", encoding="utf-8")
    chosen = RawOptions(curve="bt709", crop=(0, 0, 9999, 9999))
    found = raw_photographs(tmp_path, ImportOptions(layout="MVSCPS", raw=chosen), quiet)
    assert [file.name for file in found.files] == ["V00L00.DNG"]
    assert found.raw == chosen


def test_a_raw_file_behind_a_link_out_of_the_folder_is_left_aside(tmp_path: Path) -> None:
    (tmp_path / "capture").mkdir()
    write_dng(tmp_path / "own.dng", bayer(scene()))
    (tmp_path / "capture" / "V00L00.dng").symlink_to(tmp_path / "own.dng")
    assert raw_photographs(tmp_path / "capture", ImportOptions(), quiet).files == ()


def test_a_capture_of_developed_photographs_has_none(tiny_capture_folder: Path) -> None:
    assert raw_photographs(tiny_capture_folder, ImportOptions(), quiet).files == ()


def test_the_photographs_of_a_listed_capture(tmp_path: Path) -> None:
    """Released MVSCPS: the RAW files that have a camera, as that layout develops them."""
    folder = tmp_path / "released"
    (folder / "ARW").mkdir(parents=True)
    (folder / "CAM").mkdir()
    pose = np.eye(4)[:3]
    pose[2, 3] = 4.0
    intrinsics = np.array([[150.0, 0, 63.5], [0, 150.0, 47.5], [0, 0, 1]])
    for name in ("V00L00", "V00L01", "V01L00"):
        write_dng(folder / "ARW" / f"{name}.DNG", bayer(scene()))
        rows = (intrinsics @ pose).tolist()
        (folder / "CAM" / f"{name}_P.txt").write_text("\n".join(" ".join(map(str, row)) for row in rows))
    write_dng(folder / "ARW" / "V07L00.DNG", bayer(scene()))
    found = raw_photographs(folder, ImportOptions(raw=RawOptions(curve="bt709")), quiet)
    assert [file.stem for file in found.files] == ["V00L00", "V00L01", "V01L00"]
    assert found.raw.curve == "bt709"
