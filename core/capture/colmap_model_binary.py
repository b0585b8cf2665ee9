"""The binary form of a COLMAP reconstruction: little-endian, read through a memory map, no count believed.

https://colmap.github.io/format.html, with the widths of its C++ types: counts and image sizes 64 bits, ids 32 bits.
"""

import mmap
import struct
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from core.capture.colmap_model import MAX_IMAGES, ColmapImage, ColmapModel, checked_image, checked_model
from core.capture.lens import Lens, checked_lens
from core.capture.lens_models import BY_NUMBER
from core.errors import CaptureError

_COUNT = struct.Struct("<Q")
_CAMERA = struct.Struct("<IiQQ")
"""id, model, width, height; the parameters follow."""
_IMAGE = struct.Struct("<I7dI")
"""id, quaternion (w, x, y, z), translation, camera id; the name follows."""
_FEATURE_BYTES = 24
"""x, y and the id of a point; they are passed over."""
_POINT = struct.Struct("<Q3d3BdQ")
"""id, position, colour, error, number of images that show it; those follow."""
_TRACK_BYTES = 8
_MAX_NAME = 4096
_EQUIRECTANGULAR = 17


def read_binary_model(cameras: Path, images: Path) -> ColmapModel:
    """A reconstruction in binary form. Raises CaptureError naming the file."""
    with mapped(cameras) as buffer:
        lenses = dict(_lens(buffer) for _ in range(buffer.count(_CAMERA.size, MAX_IMAGES)))
    with mapped(images) as buffer:
        smallest = _IMAGE.size + 1 + _COUNT.size
        found = [_image(buffer) for _ in range(buffer.count(smallest, MAX_IMAGES))]
    return checked_model(images, lenses, found)


def read_binary_points(file: Path, limit: int) -> list[tuple[float, float, float]]:
    """Positions, world, of the first ``limit`` points. Raises CaptureError naming the file."""
    with mapped(file) as buffer:
        count = buffer.count(_POINT.size, None)
        positions: list[tuple[float, float, float]] = []
        for _ in range(min(count, limit)):
            fields = buffer.take(_POINT)
            buffer.skip(fields[8] * _TRACK_BYTES)
            positions.append((fields[1], fields[2], fields[3]))
    return positions


class Buffer:
    """The bytes of a file, taken from the front; running past the end is an error that names the file."""

    def __init__(self, file: Path, content: mmap.mmap) -> None:
        self.file = file
        self._content = content
        self._at = 0

    def take(self, form: struct.Struct) -> tuple[Any, ...]:
        """The next values."""
        start = self._at
        self.skip(form.size)
        return form.unpack_from(self._content, start)

    def numbers(self, count: int) -> tuple[float, ...]:
        """The next doubles."""
        return self.take(struct.Struct(f"<{count}d"))

    def skip(self, size: int) -> None:
        """Pass over some bytes."""
        if size > len(self._content) - self._at:
            raise CaptureError(f"{self.file} is cut short or damaged; copy it again from its source.")
        self._at += size

    def count(self, record: int, limit: int | None) -> int:
        """The next count of records of at least so many bytes each; more than fit or are allowed are refused."""
        (count,) = self.take(_COUNT)
        if count * record > len(self._content) - self._at:
            raise CaptureError(f"{self.file} claims {count} records, more than it can hold; copy it again.")
        if limit is not None and count > limit:
            raise CaptureError(f"{self.file} has more than {limit} records; make a smaller reconstruction.")
        return count

    def name(self) -> str:
        """The text up to the next zero byte."""
        end = self._content.find(b"\0", self._at, self._at + _MAX_NAME)
        if end < 0:
            raise CaptureError(f"{self.file} has a name without an end; copy it again from its source.")
        name = self._content[self._at : end]
        self._at = end + 1
        try:
            return name.decode("utf-8")
        except UnicodeError:
            raise CaptureError(f"{self.file} has a name that is not UTF-8; copy it again from its source.") from None


@contextmanager
def mapped(file: Path) -> Generator[Buffer]:
    """The bytes of a file without reading it into memory. Raises CaptureError when it is empty or unreadable."""
    try:
        if file.stat().st_size == 0:
            raise CaptureError(f"{file} is empty; copy it again from its source.")
        with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
            yield Buffer(file, content)
    except OSError as error:
        raise CaptureError(f"{file} cannot be read: {error.strerror or error}; check its permissions.") from error


def _lens(buffer: Buffer) -> tuple[int, Lens]:
    identity, number, width, height = buffer.take(_CAMERA)
    what = f"{buffer.file}: camera {identity}"
    if number not in BY_NUMBER:
        name = "EQUIRECTANGULAR" if number == _EQUIRECTANGULAR else f"number {number}"
        return identity, checked_lens(name, (), width, height, what)  # says what is wrong
    model = BY_NUMBER[number]
    return identity, checked_lens(model.name, buffer.numbers(model.count), width, height, what)


def _image(buffer: Buffer) -> ColmapImage:
    fields = buffer.take(_IMAGE)
    name = buffer.name()
    (features,) = buffer.take(_COUNT)
    buffer.skip(features * _FEATURE_BYTES)
    pose = np.array(fields[1:8], np.float64)
    return checked_image(buffer.file, name, fields[8], pose[:4], pose[4:])
