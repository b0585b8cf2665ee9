"""A capture as a folder in the MVSCPS layout, so that reading it back gives the same capture.

Photographs keep every bit and their depth; cameras are written with as many digits as their numbers have.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from core.capture.capture import Capture, GroundTruth
from core.capture.choices import save_choices
from core.capture.file_names import CAMERA_PARAMS, DIRECTIONS, DIRECTIONS_WORLD, INTENSITIES, MESH, NORMALS
from core.capture.images import write_exr
from core.capture.import_options import ImportOptions, MaskChoice
from core.capture.writers.new_folder import new_folder
from core.capture.writers.photographs import write_masks, write_photographs
from core.errors import CaptureError
from core.types import FloatArray, Progress, silent

_NINE_DIGITS = "%.9g"
"""Enough to give back any 32-bit number."""


def write_mvscps(capture: Capture, folder: Path, *, progress: Progress | None = None) -> None:
    """Write ``image``, ``mask``, ``camera_params.json`` and what is known about the object.

    What the layout has no place for (that there are no masks, which axis is up) is kept as import choices beside it.
    Raises RunError when the folder exists and is not empty or cannot be written, CaptureError when a file of the
    capture has gone, and Cancelled when the progress does; then nothing is left behind.
    """
    report = progress or silent
    with new_folder(folder) as place:
        (place / "image").mkdir()
        write_photographs(capture, place / "image", report)
        if capture.masked:
            (place / "mask").mkdir()
            write_masks(capture, place / "mask")
        (place / CAMERA_PARAMS).write_text(json.dumps(_cameras(capture), indent=1) + "\n", encoding="utf-8")
        _write_truth(capture.truth, place)
        _write_choices(capture, place)
    report("Capture written", 1.0)


def _cameras(capture: Capture) -> dict[str, Any]:
    table: dict[str, Any] = {}
    if capture.file_frame is not None:
        centre, radius = capture.file_frame
        table |= {"O2W_scale": float(radius), "O2W_translation": [float(entry) for entry in centre]}
    for key, camera in zip(capture.keys, capture.cameras, strict=True):
        table[f"K_{key.name}"] = camera.intrinsics.tolist()
        table[f"C2W_{key.name}"] = camera.world_from_camera.tolist()
    return table


def _write_truth(truth: GroundTruth, place: Path) -> None:
    if truth.normals_gl:
        (place / NORMALS).mkdir()
    for view, normals in truth.normals_gl.items():
        write_exr(place / NORMALS / f"V{view:02d}.exr", normals)
    _write_table(place / DIRECTIONS, truth.light_directions_gl)
    _write_table(place / DIRECTIONS_WORLD, truth.light_directions_world)
    _write_table(place / INTENSITIES, truth.light_intensities)
    if truth.mesh is not None:
        if not truth.mesh.is_file():
            raise CaptureError(f"{truth.mesh} is no longer there; open the capture again.")
        shutil.copyfile(truth.mesh, place / MESH)


def _write_table(file: Path, rows: FloatArray | None) -> None:
    if rows is not None:
        np.savetxt(file, rows, fmt=_NINE_DIGITS)


def _write_choices(capture: Capture, place: Path) -> None:
    masks = MaskChoice.FILES if capture.masked else MaskChoice.NONE
    choices = ImportOptions(masks=masks, up=capture.up)
    if choices != ImportOptions():
        save_choices(place, choices)
