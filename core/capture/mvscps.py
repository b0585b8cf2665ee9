"""Reader for the MVSCPS layout: ``image/VxxLyy.png``, ``mask/Vxx.png``, ``camera_params.json``, optional truth.

Every photograph has its own camera, so captures whose light turns with the camera, captures with fixed lights and
captures where camera and light both move in every shot (``VxxLxx``) all come through here.
"""

import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil

from core.capture.camera_params import CameraParams, read_camera_params
from core.capture.capture import Capture, Photograph, Problem
from core.capture.checks import Exposure, exposure, layout_problems, photograph_problems
from core.capture.file_names import CAMERA_PARAMS
from core.capture.folder import check_folder, inside, photograph_files
from core.capture.images import colour_channels, image_size, read_image
from core.capture.masks import read_masks
from core.capture.truth import read_truth
from core.errors import CaptureError
from core.types import BoolArray, Camera, ImageKey, Progress

_READERS = min(4, os.cpu_count() or 1)
"""Decoding is compute; more threads than cores gain nothing."""
_MEMORY_PART = 0.8
"""Part of the free memory that the photographs may take."""


def read_capture(folder: Path, *, progress: Progress | None = None) -> Capture:
    """Read a capture folder into memory.

    Raises CaptureError, one sentence that names the file, for anything that makes it unusable, and Cancelled when
    ``progress`` does. What is odd but usable is listed in ``Capture.problems``.
    """
    try:
        return _read(folder, progress or _silent)
    except OSError as error:
        place = error.filename or folder
        raise CaptureError(f"Cannot read {place}: {error.strerror or error}; check disk and permissions.") from error
    except MemoryError:
        raise CaptureError(f"{folder} needs more memory than there is; scale the photographs down.") from None


def _read(folder: Path, report: Progress) -> Capture:
    report("Looking through the folder", 0.0)
    check_folder(folder)
    files, strangers = photograph_files(folder)
    params = read_camera_params(inside(folder, folder / CAMERA_PARAMS), files)
    cameras = _cameras(files, params)
    masks, mask_problems = read_masks(folder, cameras)
    _check_memory(folder, cameras.values())
    photographs, exposures = _read_photographs(files, masks, report)
    report("Reading ground truth", 0.95)
    light_ids = tuple(sorted({key.light for key in files}))
    truth, truth_problems = read_truth(folder, {key.view: camera for key, camera in cameras.items()}, light_ids)
    odd = [*_stranger_problems(strangers), *photograph_problems(exposures), *layout_problems(cameras)]
    report("Capture read", 1.0)
    return Capture(
        folder=folder,
        keys=tuple(files),
        photographs=photographs,
        cameras=tuple(cameras.values()),
        masks=masks,
        light_ids=light_ids,
        file_frame=params.file_frame,
        truth=truth,
        problems=(*odd, *mask_problems, *params.problems, *truth_problems),
    )


def _cameras(files: Mapping[ImageKey, Path], params: CameraParams) -> dict[ImageKey, Camera]:
    cameras: dict[ImageKey, Camera] = {}
    for key, file in files.items():
        width, height = image_size(file)
        pose = params.world_from_camera[key]
        cameras[key] = Camera(intrinsics=params.intrinsics[key], world_from_camera=pose, width=width, height=height)
    return cameras


def _read_photographs(
    files: Mapping[ImageKey, Path], masks: Mapping[int, BoolArray], report: Progress
) -> tuple[tuple[Photograph, ...], dict[ImageKey, Exposure]]:
    """All photographs, in the order of ``files``, and how each uses its range."""
    photographs: list[Photograph] = []
    exposures: dict[ImageKey, Exposure] = {}
    pool = ThreadPoolExecutor(_READERS, thread_name_prefix="photographs")
    try:
        tasks = [pool.submit(_photograph, file, masks[key.view]) for key, file in files.items()]
        for number, (key, task) in enumerate(zip(files, tasks, strict=True)):
            report(f"Reading photograph {key.name}", 0.05 + 0.9 * number / len(files))
            pixels, exposures[key] = task.result()
            photographs.append(pixels)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return tuple(photographs), exposures


def _photograph(file: Path, mask: BoolArray) -> tuple[Photograph, Exposure]:
    pixels = colour_channels(read_image(file))
    if pixels.dtype.kind == "f" and not np.isfinite(pixels).all():
        raise CaptureError(f"{file} holds values that are not finite numbers; write the photograph again.")
    pixels.setflags(write=False)
    return pixels, exposure(pixels, mask)


def _check_memory(folder: Path, cameras: Iterable[Camera]) -> None:
    """Refuse, before reading, what would not fit; three 16-bit channels are assumed."""
    needed = 6 * sum(camera.width * camera.height for camera in cameras)
    free = psutil.virtual_memory().available
    if needed > _MEMORY_PART * free:
        raise CaptureError(
            f"The photographs in {folder} need about {needed / 1e9:.1f} GB of memory and {free / 1e9:.1f} GB are free; "
            "close other programs, scale the photographs down or move some away."
        )


def _stranger_problems(names: tuple[str, ...]) -> list[Problem]:
    first = next(iter(names), None)
    if first is None:
        return []
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    text = f"{first}{more}: left out, because the name is not of the form VxxLyy."
    return [Problem(file=f"image/{first}", text=text)]


def _silent(_what: str, _fraction: float) -> None:
    """The progress of a caller who does not ask for it."""
