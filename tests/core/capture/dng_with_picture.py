"""A DNG that also holds the camera's own JPEG, in a second directory at the file's end, as cameras write it."""

import struct
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.core.capture.dng_by_hand import write_dng

_FIRST_DIRECTORY = 8


def write_dng_with_picture(file: Path, mosaic: NDArray[np.uint16], picture: NDArray[np.uint8]) -> None:
    """Sensor values [height, width] and the camera's own picture [h, w, 3], sRGB."""
    write_dng(file, mosaic)
    content = bytearray(file.read_bytes())
    encoded = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
    (count,) = struct.unpack_from("<H", content, _FIRST_DIRECTORY)
    at = len(content) + len(content) % 2
    content += b"\0" * (at - len(content))
    struct.pack_into("<I", content, _FIRST_DIRECTORY + 2 + 12 * count, at)
    tags = [
        (254, 4, 1, 1),  # a smaller picture of the first
        (256, 4, 1, picture.shape[1]),
        (257, 4, 1, picture.shape[0]),
        (259, 3, 1, 6),  # JPEG
        (513, 4, 1, at + 2 + 12 * 6 + 4),
        (514, 4, 1, len(encoded)),
    ]
    content += struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags)
    content += struct.pack("<I", 0) + encoded
    file.write_bytes(bytes(content))


def bayer(linear: NDArray[np.floating]) -> NDArray[np.uint16]:
    """Linear RGB [height, width, 3], 1 = full range, as a mosaic sees it: red at (0, 0), blue at (1, 1)."""
    values = np.rint(np.clip(linear, 0.0, 1.0) * 65535.0).astype(np.uint16)
    mosaic = values[..., 1].copy()
    mosaic[0::2, 0::2] = values[0::2, 0::2, 0]
    mosaic[1::2, 1::2] = values[1::2, 1::2, 2]
    return mosaic
