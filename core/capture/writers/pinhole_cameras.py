"""Cameras for formats that know focal lengths and a principal point but no skew."""

from dataclasses import dataclass

import numpy as np

from core.capture.capture import Capture
from core.errors import RunError
from core.types import Camera, ImageKey

_HARMLESS_PIXELS = 0.01
"""Decomposed projection matrices have a skew of rounding errors; one that moves no pixel by more is left out."""


@dataclass(frozen=True)
class PinholeNumbers:
    """Intrinsics in pixels, the centre of the first pixel at (0.5, 0.5), as NeRF's and COLMAP's files have it."""

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float


def pinhole_numbers(key: ImageKey, camera: Camera) -> PinholeNumbers:
    """The camera without its skew. Raises RunError when the skew can be seen."""
    matrix = camera.intrinsics
    reach = max(matrix[1, 2] + 0.5, camera.height - 0.5 - matrix[1, 2]) / matrix[1, 1]
    moved = abs(matrix[0, 1]) * reach
    if moved > _HARMLESS_PIXELS:
        raise RunError(
            f"The camera of {key.name} is skewed, by {moved:.3g} pixels at the border, which this format cannot say; "
            "convert to mvscps or idr instead."
        )
    return PinholeNumbers(
        width=camera.width,
        height=camera.height,
        fx=float(matrix[0, 0]),
        fy=float(matrix[1, 1]),
        cx=float(matrix[0, 2]) + 0.5,
        cy=float(matrix[1, 2]) + 0.5,
    )


def sixteen_bits(pixels: np.ndarray) -> np.ndarray:
    """The same light in 16 bits, so that a reader does not take linear 8-bit numbers for sRGB; floats stay as they are.

    255 = 1 becomes 65535 = 1: n / 255 = 257 n / 65535.
    """
    return pixels.astype(np.uint16) * np.uint16(257) if pixels.dtype == np.uint8 else pixels


def numbers_of(capture: Capture) -> list[PinholeNumbers]:
    """Of every image, in the order of its keys. Raises RunError."""
    return [pinhole_numbers(key, camera) for key, camera in zip(capture.keys, capture.cameras, strict=True)]
