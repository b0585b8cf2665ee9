"""What a file says about its colour curve is found; what it does not say is not made up."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from core.capture.file_colour import declared_curve, is_eight_bits_in_disguise
from core.capture.images import write_exr, write_png8, write_png16
from tests.core.capture.png_by_hand import RGB, SIGNATURE, chunk, write_samples

PIXELS = np.arange(5 * 4 * 3, dtype=np.uint16).reshape(5, 4, 3)
PROFILE = b"\0\0" + zlib.compress(b"profile")


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        (b"", None),
        (chunk(b"gAMA", struct.pack(">I", 100_000)), None),
        (chunk(b"gAMA", struct.pack(">I", 45_455)), "gamma of 2.2"),
        (chunk(b"gAMA", b"\0"), None),
        (chunk(b"gAMA", struct.pack(">I", 0)), None),
        (chunk(b"gAMA", struct.pack(">I", 100_000)) + chunk(b"sRGB", b"\0"), "sRGB"),
        (chunk(b"iCCP", b"Adobe RGB (1998)" + PROFILE), "Adobe RGB"),
        (chunk(b"iCCP", b"Linear Rec. 709" + PROFILE), None),
        (chunk(b"tEXt", b"Comment\0" + b"x" * 5000) + chunk(b"sRGB", b"\0"), "sRGB"),
    ],
)
def test_marks_of_a_png(tmp_path: Path, extra: bytes, words: str | None) -> None:
    write_samples(tmp_path / "a.png", PIXELS, RGB, extra)
    found = declared_curve(tmp_path / "a.png")
    assert found is None if words is None else found is not None and words in found


def test_files_written_here_say_what_they_are(tmp_path: Path) -> None:
    values = np.random.default_rng(0).random((4, 5, 3)).astype(np.float32)
    write_png16(tmp_path / "linear.png", values)
    write_exr(tmp_path / "linear.exr", values)
    write_png8(tmp_path / "display.png", values)
    assert declared_curve(tmp_path / "linear.png") is None
    assert declared_curve(tmp_path / "linear.exr") is None
    assert declared_curve(tmp_path / "display.png") is not None


@pytest.mark.parametrize("content", [b"", SIGNATURE, SIGNATURE + b"\0\0\0\5gA", b"\xff\xd8\xff\xe0", b"x" * 500])
@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif"])
def test_damaged_files_say_nothing(tmp_path: Path, content: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert declared_curve(tmp_path / name) is None
    assert not is_eight_bits_in_disguise(tmp_path / name)


def test_stretched_eight_bits_are_seen_through(tmp_path: Path) -> None:
    stretched = np.arange(60, dtype=np.uint16).reshape(5, 4, 3) * np.uint16(257)
    write_samples(tmp_path / "a.png", stretched, RGB)
    assert is_eight_bits_in_disguise(tmp_path / "a.png")
    stretched[2, 2, 1] += 1
    write_samples(tmp_path / "b.png", stretched, RGB)
    assert not is_eight_bits_in_disguise(tmp_path / "b.png")
    write_samples(tmp_path / "black.png", np.zeros((5, 4, 3), np.uint16), RGB)
    assert not is_eight_bits_in_disguise(tmp_path / "black.png")
    write_samples(tmp_path / "eight.png", PIXELS.astype(np.uint8), RGB)
    assert not is_eight_bits_in_disguise(tmp_path / "eight.png")
