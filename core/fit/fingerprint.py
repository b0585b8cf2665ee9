"""What identifies a capture, so that a checkpoint is never continued on another one."""

import hashlib

import numpy as np

from core.capture.capture import Capture


def capture_fingerprint(capture: Capture) -> str:
    """A hash of image names, sizes, cameras, masks and a sample of every photograph's pixels."""
    digest = hashlib.sha256()
    for key, camera, photograph in zip(capture.keys, capture.cameras, capture.photographs, strict=True):
        digest.update(f"{key.name} {camera.width} {camera.height} {photograph.dtype}".encode())
        digest.update(camera.intrinsics.tobytes() + camera.world_from_camera.tobytes())
        flat = photograph.reshape(-1)
        digest.update(np.ascontiguousarray(flat[:: max(1, flat.size // 4096)]).tobytes())
    for view in sorted(capture.masks):
        digest.update(np.packbits(capture.masks[view]).tobytes())
    return digest.hexdigest()
