"""What a capture will need at full and at reduced size: memory, disk, and time to open."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np

from core.capture.checks import exposure_of
from core.capture.decode import linear_photograph
from core.capture.images import object_pixels, read_image
from core.capture.import_options import ImportOptions
from core.capture.listing import Listing, Shot
from core.capture.read import BYTES_A_PIXEL, fits_in_memory
from core.capture.reduced import reduced_photograph
from core.capture.report import Estimate
from core.errors import CaptureError

BASE_BYTES = 600_000_000
"""The optimiser without a capture, measured: libraries, hash grid, mesh."""
_RIM_GROWTH = 1.3
"""Pixels of the object and its rim over those of the object, about."""
_TIMED = 3
"""Photographs that are decoded to see how long one takes."""
_READERS = max(1.0, 0.6 * min(4, os.cpu_count() or 1))
"""Photographs that are decoded at once; threads wait for each other now and then."""
_SMALLEST_SIDE = 64
_OFFERED = (1, 2, 4)


@dataclass(frozen=True, kw_only=True)
class _Seconds:
    """What one pixel of a photograph takes on one core, and one mask file."""

    decoding: float
    reducing: float
    measuring: float
    """How photographs use their range; done one after the other."""
    mask: float


def estimates(
    listing: Listing, options: ImportOptions, mask_pixels: Mapping[int, int] | None, applied: int
) -> tuple[Estimate, ...]:
    """At full size, at a half, at a quarter, and at the reduction that will be applied.

    ``mask_pixels``: per view id, of the object at full size; None counts whole photographs. Decodes three photographs.
    """
    seconds = _timed(listing, options)
    sides = min(min(shot.camera.width, shot.camera.height) for shot in listing.shots)
    offered = [times for times in _OFFERED if sides // times >= _SMALLEST_SIDE or times == 1]
    return tuple(_at(listing, mask_pixels, times, seconds) for times in sorted({*offered, applied}))


def _at(listing: Listing, mask_pixels: Mapping[int, int] | None, times: int, seconds: _Seconds) -> Estimate:
    whole = sum(shot.camera.width * shot.camera.height for shot in listing.shots)
    on_whole = whole if mask_pixels is None else sum(mask_pixels[shot.key.view] for shot in listing.shots)
    frame, on_object = whole // times**2, on_whole // times**2
    held = fits_in_memory(listing, times)
    cache = 0 if held else round(min(frame, _RIM_GROWTH * on_object) * BYTES_A_PIXEL)
    largest = max((shot.camera for shot in listing.shots), key=lambda camera: camera.width * camera.height)
    in_parallel = seconds.decoding + (seconds.reducing if times > 1 else 0.0)
    masks = seconds.mask * sum(len(files) for files in listing.masks.values())
    return Estimate(
        reduce=times,
        width=largest.width // times,
        height=largest.height // times,
        memory_bytes=BASE_BYTES + BYTES_A_PIXEL * on_object + (BYTES_A_PIXEL * frame if held else 0),
        cache_bytes=cache,
        open_seconds=whole * in_parallel / _READERS + on_object * seconds.measuring + masks,
        mixed=len({(shot.camera.width, shot.camera.height) for shot in listing.shots}) > 1,
    )


def _timed(listing: Listing, options: ImportOptions) -> _Seconds:
    """Zeros when nothing can be decoded, which is told elsewhere."""
    runs = [run for shot in _spread(listing.shots) if (run := _timed_photograph(shot, listing, options)) is not None]
    # The first photograph waits for the disk and for libraries to load, so it counts only where it is alone.
    pixels, *spent = np.sum(runs[1:] or runs or [(1, 0.0, 0.0, 0.0)], axis=0)
    decoding, reducing, measuring = (float(total) / float(pixels) for total in spent)
    mask = _timed_mask(next((files[0] for files in listing.masks.values() if files), None))
    return _Seconds(decoding=decoding, reducing=reducing, measuring=measuring, mask=mask)


def _timed_photograph(shot: Shot, listing: Listing, options: ImportOptions) -> tuple[int, float, float, float] | None:
    """(pixels, seconds of decoding, of reducing, of measuring) of a photograph; None when it cannot be decoded."""
    began = perf_counter()
    try:
        pixels = linear_photograph(shot, listing, options)
    except CaptureError:
        return None
    decoded = perf_counter()
    exposure_of(pixels.reshape(-1, 3))
    measured = perf_counter()
    reduced_photograph(pixels, 2)
    pixel_count = pixels.shape[0] * pixels.shape[1]
    return pixel_count, decoded - began, perf_counter() - measured, measured - decoded


def _timed_mask(file: Path | None) -> float:
    if file is None:
        return 0.0
    began = perf_counter()
    try:
        object_pixels(read_image(file))
    except CaptureError:
        return 0.0
    return perf_counter() - began


def _spread(shots: Sequence[Shot]) -> Sequence[Shot]:
    return shots[:: max(1, len(shots) // _TIMED)][:_TIMED]
