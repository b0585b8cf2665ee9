"""A reconstruction of COLMAP: cameras and posed images, binary or text, as its documentation lays them down.

https://colmap.github.io/format.html: ``cameras``, ``images`` and ``points3D`` with the suffix ``.bin`` or ``.txt``. The
files ``rigs`` and ``frames`` of newer releases say again what ``images`` says and are not needed. A pose is x_camera =
R x_world + t with OpenCV's camera axes; pixels have the first centre at (0.5, 0.5), which ``core.capture.lens`` knows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.capture.lens import Lens, checked_lens
from core.capture.matrices import pose_of
from core.errors import CaptureError
from core.types import DoubleArray

MAX_IMAGES = 20_000
"""Photographs or cameras of one reconstruction."""
MAX_LINE = 16_000_000
"""Characters; a line with the features of one image is far shorter."""


@dataclass(frozen=True, kw_only=True)
class ColmapImage:
    """A photograph whose pose is known."""

    name: str
    """Path of the file relative to the folder of photographs, as written."""
    camera: int
    """Key of ``ColmapModel.lenses``."""
    world_from_camera: DoubleArray
    """[4, 4] rigid, OpenCV camera axes."""


@dataclass(frozen=True, kw_only=True)
class ColmapModel:
    """Cameras and posed images of one reconstruction."""

    lenses: Mapping[int, Lens]
    """By camera id."""
    images: tuple[ColmapImage, ...]
    """At least one, each of another name, sorted by it; all their cameras are there."""


def checked_model(file: Path, lenses: Mapping[int, Lens], images: list[ColmapImage]) -> ColmapModel:
    """What was read, found consistent. Raises CaptureError naming ``file``, the list of images."""
    if not images:
        raise CaptureError(f"{file} lists no photograph; the reconstruction is empty, make it again.")
    seen: set[str] = set()
    for image in images:
        if image.name in seen:
            raise CaptureError(f"{file} lists {shown(image.name)} twice; make the reconstruction again.")
        if image.camera not in lenses:
            raise CaptureError(
                f"{file}: {shown(image.name)} belongs to camera {image.camera}, which is not listed; copy both files."
            )
        seen.add(image.name)
    return ColmapModel(lenses=lenses, images=tuple(sorted(images, key=lambda image: image.name)))


def checked_image(file: Path, name: str, camera: int, quaternion: DoubleArray, translation: DoubleArray) -> ColmapImage:
    """An image with pose quaternion (w, x, y, z) and t [3] of x_camera = R x_world + t. Raises CaptureError."""
    what = f"{file}: {shown(name)}"
    numbers = np.concatenate([quaternion, translation])
    length = float(np.linalg.norm(quaternion)) if np.isfinite(numbers).all() else 0.0
    if not (_SHORTEST < length < 1.0 / _SHORTEST):
        raise CaptureError(f"{what} has a pose that is none; estimate the cameras again.")
    pose = pose_of(rotation_of(quaternion / length), translation, what)
    return ColmapImage(name=name, camera=camera, world_from_camera=pose)


_SHORTEST = 1e-6
"""Length of a quaternion below which it names no rotation any more."""


def rotation_of(quaternion: DoubleArray) -> DoubleArray:
    """[3, 3] the rotation of a unit quaternion (w, x, y, z) in Hamilton's convention."""
    w, x, y, z = quaternion
    return np.array(
        [
            [1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - z * w), 2.0 * (x * z + y * w)],
            [2.0 * (x * y + z * w), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - x * w)],
            [2.0 * (x * z - y * w), 2.0 * (y * z + x * w), 1.0 - 2.0 * (x * x + y * y)],
        ]
    )


def shown(name: str) -> str:
    """A name out of a file as it may stand in a sentence."""
    return repr(name[:120])


def read_text_model(cameras: Path, images: Path) -> ColmapModel:
    """A reconstruction in text form. Raises CaptureError naming the file and the line."""
    lenses = dict(_text_lens(cameras, number, line) for number, line in data_lines(cameras))
    return checked_model(images, lenses, list(_text_images(images)))


def _text_lens(file: Path, number: int, line: str) -> tuple[int, Lens]:
    """CAMERA_ID MODEL WIDTH HEIGHT PARAMETERS..."""
    fields = line.split()
    try:
        identity, width, height = int(fields[0]), int(fields[2]), int(fields[3])
        parameters = tuple(float(field) for field in fields[4:])
    except (ValueError, IndexError):
        raise CaptureError(f"{file}: line {number} is not a camera; write id, model, width, height, ....") from None
    return identity, checked_lens(fields[1], parameters, width, height, f"{file}: camera {identity}")


def _text_images(file: Path) -> Iterator[ColmapImage]:
    """IMAGE_ID QW QX QY QZ TX TY TZ CAMERA_ID NAME, each followed by a line with its features."""
    lines = text_lines(file)
    count = 0
    for number, line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        count += 1
        if count > MAX_IMAGES:
            raise CaptureError(f"{file} lists more than {MAX_IMAGES} photographs; make a smaller reconstruction.")
        yield _text_image(file, number, line)
        next(lines, None)  # the features: not needed


def _text_image(file: Path, number: int, line: str) -> ColmapImage:
    fields = line.strip().split(maxsplit=9)
    try:
        pose = np.array([float(field) for field in fields[1:8]])
        camera, name = int(fields[8]), fields[9]
    except (ValueError, IndexError):
        text = "is not an image; write id, quaternion, translation, camera id, name, and a line of features after it"
        raise CaptureError(f"{file}: line {number} {text}.") from None
    return checked_image(file, name, camera, pose[:4], pose[4:])


def data_lines(file: Path) -> Iterator[tuple[int, str]]:
    """(number, line) of a text file, without empty lines and comments."""
    for number, line in text_lines(file):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line


def text_lines(file: Path) -> Iterator[tuple[int, str]]:
    """(number from 1, line) of a text file, one at a time. Raises CaptureError naming it."""
    try:
        with file.open(encoding="utf-8-sig") as opened:
            number = 0
            while line := opened.readline(MAX_LINE):
                number += 1
                if len(line) == MAX_LINE:
                    raise CaptureError(f"{file}: line {number} is too long for a reconstruction; make it again.")
                yield number, line
    except UnicodeError:
        raise CaptureError(f"{file} is not a text file in UTF-8; export the reconstruction again.") from None
    except OSError as error:
        raise CaptureError(f"{file} cannot be read: {error.strerror or error}; check its permissions.") from error
