"""A capture as ``transforms.json`` with its photographs, for NeRF, nvdiffrec, instant-ngp, nerfstudio and Chiaro.

Conventions: ``core.capture.layouts.transforms_frames``. Photographs are 16-bit PNG with the mask as alpha channel, in
linear light; those of floats are OpenEXR and their masks files (``mask_path``). Every frame has its own intrinsics;
where all agree they stand above the frames too, for programs that look only there. What the format has no words for
stands in ``chiaro``.
"""

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from core.capture.capture import Capture, Photograph
from core.capture.choices import save_choices
from core.capture.images import write_exact
from core.capture.import_options import Handedness, ImportOptions, MaskChoice
from core.capture.layouts.transforms_frames import other_hand
from core.capture.layouts.transforms_world import flipped
from core.capture.matrices import camera_of_gl
from core.capture.writers.new_folder import new_folder
from core.capture.writers.photographs import photograph_name, run_all, write_mask
from core.capture.writers.pinhole_cameras import PinholeNumbers, numbers_of, sixteen_bits
from core.types import BoolArray, Camera, Progress, silent


def write_transforms(
    capture: Capture, folder: Path, *, handedness: Handedness = "right", progress: Progress | None = None
) -> None:
    """Write ``transforms.json``, ``images`` and, for photographs of floats, ``masks``.

    ``handedness="left"`` is for engines whose axes are x right, y up, z forward. Raises RunError when the folder exists
    and is not empty or cannot be written, or a camera is skewed, and Cancelled when the progress does; then nothing is
    left behind.
    """
    report = progress or silent
    numbers = numbers_of(capture)
    table = _table(capture, numbers, left=handedness == "left")
    with new_folder(folder) as place:
        (place / "images").mkdir()
        tasks = [partial(_write_photograph, capture, place, image) for image in range(len(capture.keys))]
        run_all(tasks, [f"Writing photograph {key.name}" for key in capture.keys], report)
        _write_masks(capture, place)
        (place / "transforms.json").write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
        if not capture.masked:
            save_choices(place, ImportOptions(masks=MaskChoice.NONE))
    report("Capture written", 1.0)


def _table(capture: Capture, numbers: list[PinholeNumbers], *, left: bool) -> dict[str, Any]:
    shared = _intrinsics(numbers[0]) if len(set(numbers)) == 1 else {}
    frames = [_frame(capture, image, numbers[image], left) for image in range(len(capture.keys))]
    return {"camera_model": "PINHOLE", **shared, "chiaro": _own(capture, left), "frames": frames}


def _intrinsics(numbers: PinholeNumbers) -> dict[str, Any]:
    return {
        "w": numbers.width,
        "h": numbers.height,
        "fl_x": numbers.fx,
        "fl_y": numbers.fy,
        "cx": numbers.cx,
        "cy": numbers.cy,
    }


def _frame(capture: Capture, image: int, numbers: PinholeNumbers, left: bool) -> dict[str, Any]:
    frame: dict[str, Any] = {"file_path": f"images/{photograph_name(capture, image)}", **_intrinsics(numbers)}
    if capture.masked and not _has_room_for_alpha(capture.photographs[image]):
        frame["mask_path"] = _mask_name(capture.keys[image].view)
    return frame | {"transform_matrix": _matrix(capture.cameras[image], left)}


def _matrix(camera: Camera, left: bool) -> list[list[float]]:
    gl = camera_of_gl(camera.world_from_camera)
    return (other_hand(gl) if left else gl).tolist()


def _own(capture: Capture, left: bool) -> dict[str, Any]:
    own: dict[str, Any] = {"linear": True, "handedness": "left" if left else "right"}
    if capture.up is not None:
        own["up"] = flipped(capture.up) if left else capture.up
    if capture.file_frame is not None:
        (x, y, z), radius = capture.file_frame
        own["sphere"] = {"centre": [float(x), float(y), float(-z if left else z)], "radius": float(radius)}
    return own


def _has_room_for_alpha(pixels: Photograph) -> bool:
    return pixels.dtype.kind == "u"


def _mask_name(view: int) -> str:
    return f"masks/V{view:02d}.png"


def _write_photograph(capture: Capture, place: Path, image: int) -> None:
    pixels = capture.photographs[image]
    file = place / "images" / photograph_name(capture, image)
    if capture.masked and _has_room_for_alpha(pixels):
        write_exact(file, _with_alpha(sixteen_bits(pixels), capture.masks[capture.keys[image].view]))
    else:
        write_exact(file, sixteen_bits(pixels))


def _with_alpha(pixels: np.ndarray, mask: BoolArray) -> np.ndarray:
    """[height, width, 4]: opaque on the object; the colours stay as they are everywhere."""
    return np.concatenate([pixels, mask[..., None] * np.uint16(65535)], axis=-1, dtype=np.uint16)


def _write_masks(capture: Capture, place: Path) -> None:
    images = zip(capture.keys, capture.photographs, strict=True)
    views = {key.view for key, pixels in images if not _has_room_for_alpha(pixels)} if capture.masked else set[int]()
    if views:
        (place / "masks").mkdir()
    for view in sorted(views):
        write_mask(place / _mask_name(view), capture.masks[view])
