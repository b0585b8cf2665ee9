"""DNG files made from Adobe's specification alone: an uncompressed Bayer mosaic, little-endian, one strip."""

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BYTE, ASCII, SHORT, LONG, RATIONAL, SRATIONAL = 1, 2, 3, 4, 5, 10
_SIZE = {BYTE: 1, ASCII: 1, SHORT: 2, LONG: 4, RATIONAL: 8, SRATIONAL: 8}
_STRIP = b"here"
"""Stands for the place of the pixels, which takes four bytes too."""
_XYZ_D65_TO_SRGB = (3.2404542, -1.5371385, -0.4985314, -0.969266, 1.8760108, 0.041556, 0.0556434, -0.2040259, 1.0572252)
"""A camera whose own colours are those of linear sRGB."""


Tags = list[tuple[int, int, bytes]]
"""(tag, type, data); data longer than four bytes lies behind the directory."""


def write_dng(
    file: Path, mosaic: NDArray[np.uint16], *, black: int = 0, white: int = 65535, preview: bytes = b""
) -> None:
    """Sensor values [height, width], red at (0, 0), blue at (1, 1), neither balanced nor tinted.

    ``preview`` is a JPEG of 32 x 16 pixels that goes into a second directory.
    """
    strip = mosaic.astype("<u2").tobytes()
    shot = _shot_tags(mosaic, black, white)
    shown = _preview_tags(preview) if preview else []
    second_at = 8 + _length(shot)
    strip_at = second_at + (_length(shown) if preview else 0)
    content = _directory(shot, 8, strip_at, second_at if preview else 0)
    if preview:
        content += _directory(shown, second_at, strip_at + len(strip), 0)
    file.write_bytes(b"II*\0" + struct.pack("<I", 8) + content + strip + preview)


def _shot_tags(mosaic: NDArray[np.uint16], black: int, white: int) -> Tags:
    height, width = mosaic.shape
    matrix = [round(entry * 1_000_000) for entry in _XYZ_D65_TO_SRGB]
    return [
        (254, LONG, struct.pack("<I", 0)),
        *_size_tags(width, height),
        (258, SHORT, struct.pack("<H", 16)),
        (259, SHORT, struct.pack("<H", 1)),
        (262, SHORT, struct.pack("<H", 32803)),
        (271, ASCII, b"Hand\0"),
        (272, ASCII, b"Made\0"),
        (273, LONG, _STRIP),
        (274, SHORT, struct.pack("<H", 1)),
        (277, SHORT, struct.pack("<H", 1)),
        (278, LONG, struct.pack("<I", height)),
        (279, LONG, struct.pack("<I", 2 * mosaic.size)),
        (284, SHORT, struct.pack("<H", 1)),
        (33421, SHORT, struct.pack("<2H", 2, 2)),
        (33422, BYTE, bytes((0, 1, 1, 2))),
        (50706, BYTE, bytes((1, 4, 0, 0))),
        (50708, ASCII, b"Hand Made\0"),
        (50714, LONG, struct.pack("<I", black)),
        (50717, LONG, struct.pack("<I", white)),
        (50721, SRATIONAL, b"".join(struct.pack("<2i", entry, 1_000_000) for entry in matrix)),
        (50728, RATIONAL, struct.pack("<6I", 1, 1, 1, 1, 1, 1)),
        (50778, SHORT, struct.pack("<H", 21)),
    ]


def _preview_tags(preview: bytes) -> Tags:
    return [
        (254, LONG, struct.pack("<I", 1)),
        *_size_tags(32, 16),
        (258, SHORT, struct.pack("<3H", 8, 8, 8)),
        (259, SHORT, struct.pack("<H", 7)),
        (262, SHORT, struct.pack("<H", 6)),
        (273, LONG, _STRIP),
        (277, SHORT, struct.pack("<H", 3)),
        (278, LONG, struct.pack("<I", 16)),
        (279, LONG, struct.pack("<I", len(preview))),
    ]


def _size_tags(width: int, height: int) -> Tags:
    return [(256, LONG, struct.pack("<I", width)), (257, LONG, struct.pack("<I", height))]


def _length(tags: Tags) -> int:
    return 2 + 12 * len(tags) + 4 + sum(len(data) + len(data) % 2 for _, _, data in tags if len(data) > 4)


def _directory(tags: Tags, at: int, strip_at: int, next_at: int) -> bytes:
    extra_at = at + 2 + 12 * len(tags) + 4
    directory, extra = struct.pack("<H", len(tags)), b""
    for tag, kind, given in tags:
        data = struct.pack("<I", strip_at) if given is _STRIP else given
        count = len(data) // _SIZE[kind]
        if len(data) > 4:
            directory += struct.pack("<HHII", tag, kind, count, extra_at + len(extra))
            extra += data + b"\0" * (len(data) % 2)
        else:
            directory += struct.pack("<HHI", tag, kind, count) + data.ljust(4, b"\0")
    return directory + struct.pack("<I", next_at) + extra
