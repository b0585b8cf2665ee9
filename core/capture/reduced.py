"""Photographs, masks, cameras and normals at a fraction of their size: every new pixel the mean of those it covers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.capture.capture import Photograph
from core.types import BoolArray, Camera, FloatArray


def reduced_camera(camera: Camera, times: int) -> Camera:
    """The camera of what is left: whole blocks of ``times`` x ``times`` pixels; the last rows and columns are cut."""
    width, height = camera.width // times, camera.height // times
    cut = Camera(
        intrinsics=camera.intrinsics,
        world_from_camera=camera.world_from_camera,
        width=width * times,
        height=height * times,
    )
    return camera if times == 1 else cut.resized(width, height)


def reduced_photograph(pixels: Photograph, times: int) -> Photograph:
    """[height // times, width // times, 3] in the type it came in."""
    if times == 1:
        return pixels
    mean = _block_means(pixels, times)
    exact: Any = np.rint(mean) if pixels.dtype.kind == "u" else mean
    return exact.astype(pixels.dtype)


def reduced_mask(mask: BoolArray, times: int) -> BoolArray:
    """True where at least half of a block is on the object."""
    return mask if times == 1 else _block_means(mask[..., None], times)[..., 0] >= 0.5


def reduced_normals(normals: FloatArray, times: int) -> FloatArray:
    """Unit mean normals; zero where less than half of a block is known."""
    if times == 1:
        return normals
    known = _block_means(np.any(normals != 0.0, axis=-1, keepdims=True), times) >= 0.5
    mean = _block_means(normals, times)
    length = np.linalg.norm(mean, axis=-1, keepdims=True)
    kept = known & (length > 0.0)
    return np.where(kept, mean / np.where(kept, length, 1.0), 0.0).astype(np.float32)


def _block_means(image: NDArray[np.generic], times: int) -> FloatArray:
    """Row by row of blocks, so that a large photograph is never held as floats."""
    height, width, channels = image.shape[0] // times, image.shape[1] // times, image.shape[2]
    means = np.empty((height, width, channels), np.float32)
    for row in range(height):
        block = image[row * times : (row + 1) * times, : width * times]
        means[row] = block.reshape(times, width, times, channels).mean(axis=(0, 2), dtype=np.float64)
    return means
