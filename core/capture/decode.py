"""A photograph file as linear light: decoded, its colour curve undone, its lens distortion too."""

from typing import cast

import numpy as np
from numpy.typing import NDArray

from core.capture.capture import Photograph, full_range
from core.capture.folder import RAW_SUFFIXES
from core.capture.images import colour_channels, image_depth, read_image
from core.capture.import_options import Encoding, ImportOptions
from core.capture.listing import Listing, Shot
from core.color import linear_from_srgb
from core.errors import CaptureError


def is_raw(shot: Shot) -> bool:
    """Whether the photograph is a camera's RAW file."""
    return shot.file.suffix.lower() in RAW_SUFFIXES


def encoding_of(shot: Shot, listing: Listing, options: ImportOptions) -> Encoding:
    """How the photograph's numbers stand for light: as chosen, as the layout lays down, else by the file.

    Eight bits are too few for linear light, so such files are taken for sRGB; more bits and RAW for linear.
    """
    if is_raw(shot):
        return "linear"
    declared = options.encoding or listing.encoding
    return declared or ("srgb" if image_depth(shot.file) == "uint8" else "linear")


def linear_photograph(shot: Shot, listing: Listing, options: ImportOptions) -> Photograph:
    """[height, width, 3] linear RGB as a pinhole camera at ``shot.camera`` would have taken it.

    Linear integers stay as they are; sRGB becomes 16-bit linear. Raises CaptureError naming the file.
    """
    pixels = _developed(shot, listing, options) if is_raw(shot) else colour_channels(read_image(shot.file))
    if pixels.dtype.kind == "f" and not np.isfinite(pixels).all():
        raise CaptureError(f"{shot.file} holds values that are not finite numbers; write the photograph again.")
    if encoding_of(shot, listing, options) == "srgb":
        pixels = _linearised(pixels)
    return pinhole_pixels(shot, pixels)


def pinhole_pixels(shot: Shot, pixels: Photograph, *, nearest: bool = False) -> Photograph:
    """What was read from the photograph or its mask, undistorted; raises CaptureError for another size."""
    expected = shot.camera if shot.lens is None else shot.lens
    height, width = pixels.shape[:2]
    if (width, height) != (expected.width, expected.height):
        camera = f"{expected.width} x {expected.height}"
        raise CaptureError(f"{shot.file} is {width} x {height} pixels but its camera has {camera}; use matching files.")
    if shot.lens is None:
        return pixels
    from core.capture.lens import undistort  # OpenCV loads for photographs that need it

    return undistort(shot.lens, shot.camera, pixels, nearest=nearest)


def _developed(shot: Shot, listing: Listing, options: ImportOptions) -> Photograph:
    from core.capture.raw import read_raw  # LibRaw loads for RAW photographs

    return read_raw(shot.file, listing.raw or options.raw)


def _linearised(pixels: Photograph) -> Photograph:
    """16-bit linear light of sRGB integers, through a table; floats through the curve itself."""
    if pixels.dtype.kind == "f":
        return linear_from_srgb(np.asarray(pixels, np.float32))
    full = full_range(pixels)
    curve = linear_from_srgb(np.arange(full + 1.0, dtype=np.float32) / np.float32(full))
    table: NDArray[np.uint16] = np.rint(curve * 65535.0).astype(np.uint16)
    return table[cast(NDArray[np.uint16], pixels)]
