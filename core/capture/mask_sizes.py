"""Mask files of another size than their photographs: made as large where only that differs, else refused."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np

from core.capture.capture import Problem
from core.capture.decode import is_raw
from core.capture.images import has_rotation, image_size
from core.capture.listing import Shot
from core.errors import CaptureError
from core.types import BoolArray

_CROPPED = 0.05
"""A mask that is nearly, but not quite, of its photograph's size shows another part of it."""


def check_sizes(files: Mapping[int, Sequence[Path]], shots: Mapping[int, Sequence[Shot]]) -> list[Problem]:
    """What is said about the mask files of the views, from their headers alone: those that have to be resized.

    Raises CaptureError for those that cannot be, naming the first and how many others there are.
    """
    wrong: list[str] = []
    resized: list[tuple[Path, str]] = []
    for view, of_this in shots.items():
        sizes = {_size(shot) for shot in of_this}
        for file in files[view]:
            size = image_size(file)
            other = next((shot for shot in of_this if _size(shot) != size), None)
            if other is None:
                continue
            # RAW frames are larger than what is developed of them: there, other sizes mean another crop
            if len(sizes) == 1 and not is_raw(other) and _same_picture(size, _size(other)):
                resized.append((file, f"{_times(size)} for {_times(_size(other))}"))
            else:
                wrong.append(_misfit(file, size, other))
    if wrong:
        raise CaptureError(f"{wrong[0]}{others(len(wrong) - 1)}.")
    if not resized:
        return []
    file, example = resized[0]
    text = (
        f"{len(resized)} mask{'s are' if len(resized) > 1 else ' is'} of another size than the photographs "
        f"({example} pixels) and made as large; outlines are exact only with masks of the photographs' size."
    )
    return [Problem(file=file.name, text=text)]


def others(count: int) -> str:
    """What is added to a sentence about the first of several files."""
    return f"; the same holds for {count} other{'s' if count > 1 else ''}" if count else ""


def at_size(mask: BoolArray, shot: Shot) -> BoolArray:
    """[height, width] the mask at its photograph's size, nearest pixels."""
    width, height = _size(shot)
    if mask.shape == (height, width):
        return mask
    resized = cv2.resize(mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST_EXACT)
    return np.asarray(resized > 0)


def _size(shot: Shot) -> tuple[int, int]:
    expected = shot.camera if shot.lens is None else shot.lens
    return expected.width, expected.height


def _same_picture(size: tuple[int, int], wanted: tuple[int, int]) -> bool:
    """Whether one size is the other made smaller or larger, but for rounding by a pixel."""
    scale = 0.5 * (size[0] / wanted[0] + size[1] / wanted[1])
    off = max(abs(wanted[0] * scale - size[0]), abs(wanted[1] * scale - size[1]))
    return abs(scale - 1.0) > _CROPPED and off <= 1.0


def _misfit(file: Path, size: tuple[int, int], shot: Shot) -> str:
    wanted = _size(shot)
    sizes = f"{file} is {_times(size)} pixels but photograph {shot.key.name} is {_times(wanted)}"
    if size != wanted[::-1]:
        return f"{sizes}; make the mask from it"
    if not is_raw(shot) and has_rotation(shot.file):
        return f"{sizes}: it is stored rotated (EXIF), which is not applied; save the photograph upright"
    return f"{sizes}: one of them is turned by 90 degrees; turn it back"


def _times(size: Iterable[int]) -> str:
    return " x ".join(map(str, size))
