"""Camera RAW: linear light, the published curve of MVSCPS, crops, and files that are none."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from core.capture.import_options import RawOptions
from core.capture.raw import MVSCPS_CROP, embedded_jpeg, photograph_size, raw_size, read_raw
from core.errors import CaptureError
from tests.core.capture import png_by_hand as png
from tests.core.capture.dng_by_hand import write_dng

LINEAR = RawOptions()
LEVELS = np.array([500, 1000, 2000, 4000, 8000, 16000], dtype=np.uint16)


def patches(brighter: int = 1) -> np.ndarray:
    """Grey fields side by side, 16 pixels wide."""
    return np.repeat(np.tile(LEVELS * brighter, (64, 1)), 16, axis=1).astype(np.uint16)


def test_what_is_read_is_proportional_to_the_light_on_the_sensor(tmp_path: Path) -> None:
    write_dng(tmp_path / "a.dng", patches())
    fields = read_raw(tmp_path / "a.dng", LINEAR)[32, 8::16]
    assert np.allclose(fields, LEVELS[:, None], rtol=2e-3)  # the camera's colours are those of sRGB


def test_two_exposures_keep_their_ratio_even_near_the_limit(tmp_path: Path) -> None:
    write_dng(tmp_path / "short.dng", patches())
    write_dng(tmp_path / "long.dng", patches(4))  # 64,000 of 65,535: above where LibRaw would rescale
    short, long = (read_raw(tmp_path / f"{name}.dng", LINEAR)[32, 8::16] for name in ("short", "long"))
    assert np.allclose(long / short.astype(np.float64), 4.0, rtol=4e-3)


def test_black_level_is_no_light(tmp_path: Path) -> None:
    write_dng(tmp_path / "a.dng", patches() + np.uint16(512), black=512, white=512 + 32000)
    fields = read_raw(tmp_path / "a.dng", LINEAR)[32, 8::16].astype(np.float64)
    assert np.allclose(fields, LEVELS[:, None] * (65535.0 / 32000.0), rtol=3e-3)


def test_colours_keep_their_channel(tmp_path: Path) -> None:
    mosaic = np.full((64, 64), 3000, np.uint16)
    mosaic[0::2, 0::2], mosaic[1::2, 1::2] = 9000, 1500
    write_dng(tmp_path / "a.dng", mosaic)
    assert np.allclose(read_raw(tmp_path / "a.dng", LINEAR)[32, 32], (9000, 3000, 1500), rtol=5e-3)


def test_the_published_curve_is_that_of_bt709(tmp_path: Path) -> None:
    write_dng(tmp_path / "a.dng", patches())
    fields = read_raw(tmp_path / "a.dng", RawOptions(curve="bt709"))[32, 8::16, 1] / 65535.0
    light = LEVELS / 65535.0
    straight = light < 0.018
    assert np.allclose(fields[straight], 4.5 * light[straight], rtol=5e-3)
    assert np.allclose(fields[~straight], 1.099 * light[~straight] ** 0.45 - 0.099, atol=2e-3)


def test_crop_and_size(tmp_path: Path) -> None:
    file = tmp_path / "a.DNG"
    write_dng(file, patches())
    whole = read_raw(file, LINEAR)
    crop = RawOptions(crop=(5, 7, 40, 30))
    assert raw_size(file, LINEAR) == (96, 64) == whole.shape[1::-1]
    assert raw_size(file, crop) == photograph_size(file, crop) == (40, 30)
    assert np.array_equal(read_raw(file, crop), whole[7:37, 5:45])
    with pytest.raises(CaptureError, match=r"a\.DNG is 96 x 64 pixels, so the crop .* leaves it"):
        raw_size(file, RawOptions(crop=(60, 0, 40, 30)))


def test_the_crop_of_mvscps_is_what_its_two_cuts_leave() -> None:
    rows, columns = np.arange(6400)[:6376][20:-20], np.arange(9700)[:9600][33:-63]
    left, top, width, height = MVSCPS_CROP
    assert (rows[0], len(rows), columns[0], len(columns)) == (top, height, left, width)


def test_other_photographs_have_a_size_too(tmp_path: Path) -> None:
    png.write_samples(tmp_path / "a.png", np.zeros((3, 5, 3), np.uint8), png.RGB)
    assert photograph_size(tmp_path / "a.png", LINEAR) == (5, 3)


def test_a_file_without_a_picture_of_its_own_says_so(tmp_path: Path) -> None:
    write_dng(tmp_path / "a.dng", patches())
    with pytest.raises(CaptureError, match="holds no picture"):
        embedded_jpeg(tmp_path / "a.dng")


def test_the_picture_of_the_camera_is_what_lies_in_the_file(tmp_path: Path) -> None:
    colours = np.zeros((16, 32, 3), np.uint8)
    colours[:, :16], colours[:, 16:] = (200, 60, 30), (20, 90, 220)
    _, jpeg = cv2.imencode(".jpg", colours[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 98])
    write_dng(tmp_path / "a.dng", patches(), preview=jpeg.tobytes())
    shown = embedded_jpeg(tmp_path / "a.dng")
    assert (shown.shape, shown.dtype) == ((16, 32, 3), np.uint8)
    assert np.abs(shown.astype(int) - colours)[:, [4, 28]].max() < 8  # red stays red
    write_dng(tmp_path / "b.dng", patches(), preview=jpeg.tobytes()[:150])
    with pytest.raises(CaptureError, match=r"b\.dng"):
        embedded_jpeg(tmp_path / "b.dng")


@pytest.mark.parametrize("content", [b"", b"II*\0", b"not a photograph at all" * 40])
def test_files_that_are_no_raw(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.arw").write_bytes(content)
    for read in (read_raw, raw_size):
        with pytest.raises(CaptureError, match=r"a\.arw"):
            read(tmp_path / "a.arw", LINEAR)
    with pytest.raises(CaptureError, match=r"a\.arw"):
        embedded_jpeg(tmp_path / "a.arw")


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match=r"b\.nef is missing"):
        read_raw(tmp_path / "b.nef", LINEAR)


def test_an_absurd_size_is_refused_before_it_is_given_memory(tmp_path: Path) -> None:
    write_dng(tmp_path / "a.dng", patches())
    data = bytearray((tmp_path / "a.dng").read_bytes())
    for entry in range(10, 10 + 12 * 23, 12):
        if int.from_bytes(data[entry : entry + 2], "little") in (256, 257):
            data[entry + 8 : entry + 12] = (60_000).to_bytes(4, "little")
    (tmp_path / "a.dng").write_bytes(data)
    with pytest.raises(CaptureError, match=r"a\.dng"):
        raw_size(tmp_path / "a.dng", LINEAR)


def test_damaged_files_end_in_pixels_or_in_one_sentence(tmp_path: Path) -> None:
    write_dng(tmp_path / "a.dng", patches())
    whole = (tmp_path / "a.dng").read_bytes()
    rng = np.random.default_rng(3)
    sentences: list[str] = []
    for case in range(120):
        data = bytearray(whole[: rng.integers(1, len(whole))] if case % 3 == 0 else whole)
        for place in rng.integers(0, min(len(data), 400), 4):
            data[place] = rng.integers(0, 256)
        (tmp_path / "b.dng").write_bytes(data)
        try:
            pixels = read_raw(tmp_path / "b.dng", LINEAR)
            assert (pixels.dtype, pixels.shape[2]) == (np.uint16, 3)
        except CaptureError as error:
            sentences.append(str(error))
    assert len(sentences) > 10
    assert all("b.dng" in sentence and "\n" not in sentence for sentence in sentences)
