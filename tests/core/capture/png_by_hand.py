"""PNG files made from the specification alone, so that tests do not trust the library they test."""

import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_bytes(width: int, height: int, depth: int, colour_type: int, rows: bytes, *, extra: bytes = b"") -> bytes:
    """A PNG whose scan lines (each after its filter byte) are ``rows``."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0))
    return SIGNATURE + header + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def write_samples(file: Path, samples: NDArray[np.unsignedinteger], colour_type: int, extra: bytes = b"") -> None:
    """Samples [height, width, channels] as an unfiltered PNG of their own depth."""
    height, width = samples.shape[:2]
    depth = 8 * samples.dtype.itemsize
    big_endian = samples.astype(samples.dtype.newbyteorder(">"))
    rows = b"".join(b"\0" + row.tobytes() for row in big_endian)
    file.write_bytes(png_bytes(width, height, depth, colour_type, rows, extra=extra))
