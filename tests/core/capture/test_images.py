"""What a file holds is what arrives, bit for bit; what cannot be read or written is said in one sentence."""

import resource
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from core.capture.images import (
    colour_channels,
    image_size,
    object_pixels,
    read_image,
    write_exact,
    write_exr,
    write_png8,
    write_png16,
)
from core.errors import CaptureError, RunError
from tests.core.capture import png_by_hand as png


def random_samples(shape: tuple[int, int, int], dtype: type[np.unsignedinteger]) -> np.ndarray:
    top = np.iinfo(dtype).max
    return np.random.default_rng(5).integers(0, top, shape, endpoint=True, dtype=dtype)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize(("channels", "colour_type"), [(1, png.GREY), (2, png.GREY_ALPHA), (3, png.RGB), (4, png.RGBA)])
def test_samples_arrive_bit_for_bit(tmp_path: Path, dtype, channels: int, colour_type: int) -> None:
    samples = random_samples((9, 7, channels), dtype)
    png.write_samples(tmp_path / "a.png", samples, colour_type)

    pixels = read_image(tmp_path / "a.png")

    assert pixels.dtype == dtype
    assert np.array_equal(pixels, samples)  # the colours of transparent pixels too
    assert image_size(tmp_path / "a.png") == (7, 9)


def test_gamma_written_in_the_file_changes_nothing(tmp_path: Path) -> None:
    samples = random_samples((4, 4, 3), np.uint16)
    png.write_samples(tmp_path / "a.png", samples, png.RGB, png.chunk(b"gAMA", struct.pack(">I", 45455)))
    assert np.array_equal(read_image(tmp_path / "a.png"), samples)


def test_palette_becomes_colours(tmp_path: Path) -> None:
    colours = png.chunk(b"PLTE", bytes([10, 20, 30, 255, 0, 128]))
    (tmp_path / "a.png").write_bytes(png.png_bytes(2, 1, 8, png.PALETTE, b"\0\1\0", extra=colours))
    assert np.array_equal(read_image(tmp_path / "a.png"), np.uint8([[[255, 0, 128], [10, 20, 30]]]))


def test_single_bits_become_black_and_white(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png.png_bytes(8, 1, 1, png.GREY, b"\0\xa1"))
    assert np.array_equal(read_image(tmp_path / "a.png")[0, :, 0], np.uint8([255, 0, 255, 0, 0, 0, 0, 255]))


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_colour_channels(channels: int) -> None:
    samples = random_samples((3, 2, channels), np.uint16)
    colour = colour_channels(samples)
    assert colour.shape == (3, 2, 3)
    assert colour.flags.c_contiguous
    expected = samples[..., :3] if channels > 2 else np.stack(3 * [samples[..., 0]], axis=-1)
    assert np.array_equal(colour, expected)


def test_object_pixels_are_the_bright_and_visible_ones() -> None:
    assert np.array_equal(object_pixels(np.uint8([[[0], [1], [1]]])), [[False, True, True]])  # any two levels
    assert np.array_equal(object_pixels(np.uint8([[[3], [120], [130], [255]]])), [[False, False, True, True]])
    assert not object_pixels(np.zeros((2, 2, 3), np.uint8)).any()
    rgb = np.uint8([[[0, 0, 0], [0, 0, 1]]])
    assert np.array_equal(object_pixels(rgb), [[False, True]])
    rgba = np.uint8([[[9, 9, 9, 0], [9, 9, 9, 128], [0, 0, 0, 255]]])
    assert np.array_equal(object_pixels(rgba), [[False, True, False]])


def damaged_files() -> dict[str, bytes]:
    whole = png.png_bytes(64, 64, 16, png.RGB, b"".join(b"\0" + bytes(range(128)) * 3 for _ in range(64)))
    return {
        "empty": b"",
        "text": b"this is no picture",
        "signature only": png.SIGNATURE,
        "cut in half": whole[: len(whole) // 2],
        "last bytes missing": whole[:-20],
        "a million wide": png.png_bytes(1_000_000, 1_000_000, 16, png.RGB, b"\0"),
        "more than its bytes can hold": png.png_bytes(12_000, 12_000, 16, png.RGB, bytes(400)),
        "zero wide": png.png_bytes(0, 10, 16, png.RGB, b"\0"),
    }


@pytest.mark.parametrize("damage", damaged_files())
def test_damaged_files_are_named(tmp_path: Path, damage: str) -> None:
    file = tmp_path / "V00L00.png"
    file.write_bytes(damaged_files()[damage])
    with pytest.raises(CaptureError, match=r"V00L00\.png .*\.$"):
        read_image(file)


@pytest.mark.parametrize("damage", ["cut in half", "last bytes missing"])
def test_nothing_but_our_sentence_is_told_of_a_png_cut_short(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], damage: str
) -> None:
    """libpng would print a line of its own."""
    file = tmp_path / "V00L00.png"
    file.write_bytes(damaged_files()[damage])
    with pytest.raises(CaptureError, match="is cut short"):
        read_image(file)
    assert capfd.readouterr() == ("", "")


def test_a_png_with_something_behind_its_end_is_read(tmp_path: Path) -> None:
    pixels = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    file = tmp_path / "a.png"
    write_exact(file, pixels)
    file.write_bytes(file.read_bytes() + bytes(70_000))
    assert np.array_equal(read_image(file), pixels)


def test_an_impossible_size_is_refused_from_the_header_alone(tmp_path: Path) -> None:
    file = tmp_path / "huge.png"
    file.write_bytes(damaged_files()["more than its bytes can hold"])
    with pytest.raises(CaptureError, match="12000 x 12000"):
        image_size(file)


@pytest.mark.parametrize("name", ["missing.png", "folder.png"])
def test_what_is_no_file_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(CaptureError, match=name.replace(".", r"\.")):
        read_image(tmp_path / name)


def test_png16_round_trip(tmp_path: Path) -> None:
    samples = random_samples((8, 5, 3), np.uint16)
    write_png16(tmp_path / "a.png", samples / np.float64(65535.0))
    assert np.array_equal(read_image(tmp_path / "a.png"), samples)
    write_png16(tmp_path / "a.png", (samples / np.float64(65535.0)).astype(np.float32))
    assert np.array_equal(read_image(tmp_path / "a.png"), samples)


def test_integers_are_clipped(tmp_path: Path) -> None:
    values = np.array([[[-1.0, 0.5, 2.0], [np.nan, np.inf, -np.inf]]])
    write_png16(tmp_path / "a.png", values)
    assert np.array_equal(read_image(tmp_path / "a.png"), np.uint16([[[0, 32768, 65535], [0, 65535, 0]]]))
    write_png8(tmp_path / "b.png", values)
    assert np.array_equal(read_image(tmp_path / "b.png"), np.uint8([[[0, 128, 255], [0, 255, 0]]]))


def test_exr_round_trip(tmp_path: Path) -> None:
    values = np.random.default_rng(1).normal(size=(6, 4, 3)).astype(np.float32)
    values[0, 0] = np.nan
    write_exr(tmp_path / "a.exr", values)
    pixels = read_image(tmp_path / "a.exr")
    assert pixels.dtype == np.float32
    assert np.array_equal(pixels, values, equal_nan=True)


def test_names_beyond_ascii(tmp_path: Path) -> None:
    folder = tmp_path / "Büste – 影"
    folder.mkdir()
    write_png8(folder / "é.png", np.ones((2, 2, 3)))
    assert read_image(folder / "é.png").min() == 255


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """Every write beyond ``size`` bytes fails, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("limit", [100, 10_000])
@pytest.mark.parametrize("write", [write_png16, write_exr])
def test_a_write_cut_short_keeps_the_old_file(tmp_path: Path, write, limit: int) -> None:
    file = tmp_path / ("a.png" if write is write_png16 else "a.exr")
    old = np.zeros((2, 2, 3))
    write(file, old)
    before = file.read_bytes()
    with files_no_larger_than(limit), pytest.raises(RunError, match=r"Cannot write .*a\."):
        write(file, np.random.default_rng(2).random((64, 64, 3)))
    assert file.read_bytes() == before
    assert [f.name for f in tmp_path.iterdir()] == [file.name]


def test_no_folder_to_write_to(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="its folder does not exist"):
        write_png8(tmp_path / "nowhere" / "a.png", np.zeros((2, 2, 3)))


def test_a_folder_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "a.png").mkdir()
    with pytest.raises(RunError, match="a folder of that name is in the way"):
        write_png8(tmp_path / "a.png", np.zeros((2, 2, 3)))
    assert [f.name for f in tmp_path.iterdir()] == ["a.png"]
