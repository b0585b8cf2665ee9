"""What a capture will need at full and at reduced size: memory, disk, and time to open."""

import os
from collections.abc import Mapping, Sequence
from time import perf_counter

from core.capture.decode import linear_photograph
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
_TIMED = 2
"""Photographs that are decoded to see how long one takes."""
_READERS = min(4, os.cpu_count() or 1)
_SMALLEST_SIDE = 64
_OFFERED = (1, 2, 4)


def estimates(
    listing: Listing, options: ImportOptions, mask_pixels: Mapping[int, int] | None, applied: int
) -> tuple[Estimate, ...]:
    """At full size, at a half, at a quarter, and at the reduction that will be applied.

    ``mask_pixels``: per view id, of the object at full size; None counts whole photographs. Decodes two photographs.
    """
    decoding, reducing = _seconds_a_photograph(listing, options)
    sides = min(min(shot.camera.width, shot.camera.height) for shot in listing.shots)
    offered = [times for times in _OFFERED if sides // times >= _SMALLEST_SIDE or times == 1]
    return tuple(
        _at(listing, mask_pixels, times, (decoding + (reducing if times > 1 else 0.0)) / _READERS)
        for times in sorted({*offered, applied})
    )


def _at(listing: Listing, mask_pixels: Mapping[int, int] | None, times: int, seconds: float) -> Estimate:
    frame = sum(shot.camera.width * shot.camera.height for shot in listing.shots) // times**2
    on_object = frame if mask_pixels is None else sum(mask_pixels[s.key.view] for s in listing.shots) // times**2
    held = fits_in_memory(listing, times)
    cache = 0 if held else round(min(frame, _RIM_GROWTH * on_object) * BYTES_A_PIXEL)
    largest = max((shot.camera for shot in listing.shots), key=lambda camera: camera.width * camera.height)
    return Estimate(
        reduce=times,
        width=largest.width // times,
        height=largest.height // times,
        memory_bytes=BASE_BYTES + BYTES_A_PIXEL * on_object + (BYTES_A_PIXEL * frame if held else 0),
        cache_bytes=cache,
        open_seconds=seconds * len(listing.shots),
    )


def _seconds_a_photograph(listing: Listing, options: ImportOptions) -> tuple[float, float]:
    """(decoding, reducing) one photograph on one core; zeros when none can be decoded, which is told elsewhere."""
    decoding: list[float] = []
    reducing: list[float] = []
    for shot in _spread(listing.shots):
        began = perf_counter()
        try:
            pixels = linear_photograph(shot, listing, options)
        except CaptureError:
            continue
        decoded = perf_counter()
        reduced_photograph(pixels, 2)
        decoding.append(decoded - began)
        reducing.append(perf_counter() - decoded)
    # The quickest counts: the first photograph waits for the disk and for libraries to load.
    return min(decoding, default=0.0), min(reducing, default=0.0)


def _spread(shots: Sequence[Shot]) -> Sequence[Shot]:
    return shots[:: max(1, len(shots) // _TIMED)][:_TIMED]
