"""What identifies a capture, so that a checkpoint is never continued on another one."""

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.capture.capture import Capture


def capture_fingerprint(capture: Capture) -> str:
    """A hash of image names, sizes, cameras, masks and a sample of every photograph's pixels on the object."""
    digest = hashlib.sha256()
    for image, (key, camera) in enumerate(zip(capture.keys, capture.cameras, strict=True)):
        flat = capture.object_pixels(image).reshape(-1)
        digest.update(f"{key.name} {camera.width} {camera.height}".encode())
        digest.update(camera.intrinsics.tobytes() + camera.world_from_camera.tobytes())
        digest.update(_sixteen_bits(flat[:: max(1, flat.size // 4096)]).tobytes())
    for view in sorted(capture.masks):
        digest.update(np.packbits(capture.masks[view]).tobytes())
    return digest.hexdigest()


def _sixteen_bits(values: NDArray[Any]) -> NDArray[Any]:
    """What memory and the cache of large captures keep alike."""
    if values.dtype == np.uint8:
        return values.astype(np.uint16) * np.uint16(257)
    return np.ascontiguousarray(values.astype(np.float16) if values.dtype.kind == "f" else values)
