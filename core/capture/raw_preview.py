"""RAW photographs to look at: developed, beside the picture the camera made of them, small enough for a window."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.capture.folder import inside
from core.capture.import_options import ImportOptions, RawCurve, RawOptions
from core.capture.mask_editing import reduced
from core.capture.raw import RAW_SUFFIXES, embedded_jpeg, is_raw_file, read_raw
from core.capture.recognise import list_capture
from core.color import srgb_from_linear
from core.errors import CaptureError
from core.types import Progress

LONGEST = 1200
"""Pixels along the longer side of what is shown."""
_MOST_ENTRIES = 20_000
"""Directory entries looked at in search of RAW files."""
_WHITE_QUANTILE = 0.995


@dataclass(frozen=True, kw_only=True)
class RawPhotographs:
    """The RAW photographs of a capture."""

    files: tuple[Path, ...]
    raw: RawOptions
    """How they are developed as things stand."""


@dataclass(frozen=True, kw_only=True)
class RawPreview:
    """One RAW photograph to look at."""

    developed: NDArray[np.uint8]
    """[height, width, 3] the whole frame, display-referred, reduced."""
    size: tuple[int, int]
    """(width, height) of the whole frame."""
    camera: NDArray[np.uint8] | None
    """[height, width, 3] the camera's own picture, sRGB, reduced; None when the file holds none."""
    camera_size: tuple[int, int]
    """(width, height) of the camera's own picture as it is in the file."""


def raw_photographs(folder: Path, options: ImportOptions, progress: Progress) -> RawPhotographs:
    """Those of the capture; when it cannot be listed, such as for a wrong crop, those that lie in the folder."""
    lying = _raw_files(folder)
    if not lying:
        return RawPhotographs(files=(), raw=options.raw)
    try:
        listing = list_capture(folder, options, progress)
    except CaptureError:
        return RawPhotographs(files=lying, raw=options.raw)
    files = tuple(shot.file for shot in listing.shots if is_raw_file(shot.file))
    return RawPhotographs(files=files, raw=listing.raw or options.raw)


def raw_preview(file: Path, curve: RawCurve, *, longest: int = LONGEST) -> RawPreview:
    """Develop a photograph's whole frame to look at. Raises CaptureError naming the file.

    Linear light is brightened until its brightest parts are almost white and shown under the sRGB curve; under the
    curve of BT.709 the numbers are shown as they are, because they are display values already.
    """
    pixels = read_raw(file, RawOptions(curve=curve))
    size = (pixels.shape[1], pixels.shape[0])
    small = reduced(pixels, longest).astype(np.float32) / np.float32(65535.0)
    if curve == "linear":
        small = srgb_from_linear(small / np.float32(max(float(np.quantile(small, _WHITE_QUANTILE)), 1e-6)))
    try:
        own = embedded_jpeg(file)
    except CaptureError:
        own = None
    return RawPreview(
        developed=np.rint(small * 255.0).astype(np.uint8),
        size=size,
        camera=None if own is None else np.asarray(reduced(own, longest), np.uint8),
        camera_size=(0, 0) if own is None else (own.shape[1], own.shape[0]),
    )


def _raw_files(folder: Path) -> tuple[Path, ...]:
    """RAW files in the folder and those below it, sorted; links out of it are left aside."""
    found: list[Path] = []
    looked = 0
    for place, folders, names in os.walk(folder):  # does not follow links to folders
        folders.sort()
        looked += len(names) + len(folders)
        found += [Path(place) / name for name in names if Path(name).suffix.lower() in RAW_SUFFIXES]
        if looked > _MOST_ENTRIES:
            break
    return tuple(sorted(file for file in found if _lies_inside(folder, file)))


def _lies_inside(folder: Path, file: Path) -> bool:
    try:
        inside(folder, file)
    except CaptureError:
        return False
    return True
