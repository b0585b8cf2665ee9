"""What identifies a capture, so that a checkpoint is never continued on another one."""

import hashlib

import numpy as np

from core.capture.capture import Capture


def capture_fingerprint(capture: Capture) -> str:
    """A hash of image names, sizes, cameras, masks and a sample of every photograph's pixels on the object."""
    digest = hashlib.sha256()
    for image, (key, camera) in enumerate(zip(capture.keys, capture.cameras, strict=True)):
        flat = capture.object_pixels(image).reshape(-1)
        digest.update(f"{key.name} {camera.width} {camera.height} {flat.dtype}".encode())
        digest.update(camera.intrinsics.tobytes() + camera.world_from_camera.tobytes())
        digest.update(np.ascontiguousarray(flat[:: max(1, flat.size // 4096)]).tobytes())
    for view in sorted(capture.masks):
        digest.update(np.packbits(capture.masks[view]).tobytes())
    return digest.hexdigest()
