"""All photographs of a listing: in memory, or as a mapped file of the pixels that are kept."""

import os
from collections import deque
from collections.abc import Generator, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.capture.cache import CacheKey, cached, write_cache
from core.capture.capture import Photograph, full_range
from core.capture.checks import Exposure, exposure
from core.capture.decode import linear_photograph
from core.capture.import_options import ImportOptions
from core.capture.listing import Listing, Shot
from core.capture.mapped import KeptView, MappedPhotographs
from core.capture.reduced import reduced_photograph
from core.types import BoolArray, ImageKey, Progress

_READERS = min(4, os.cpu_count() or 1)
"""Decoding is compute; more threads than cores gain nothing."""
_AHEAD = 2
"""Photographs decoded ahead, times the readers: no more are in memory at a time."""


@dataclass(frozen=True, kw_only=True)
class Pixels:
    """The photographs of a capture and how each uses its range."""

    photographs: Sequence[Photograph]
    """Aligned with the shots."""
    exposures: dict[ImageKey, Exposure]


def held_photographs(
    listing: Listing, options: ImportOptions, masks: Mapping[int, BoolArray], times: int, progress: Progress
) -> Pixels:
    """Whole photographs in memory, all in one number type."""
    photographs: list[Photograph] = []
    exposures: dict[ImageKey, Exposure] = {}
    for number, (shot, pixels) in enumerate(_decoded(listing, options, times)):
        progress(f"Reading photograph {shot.key.name}", 0.05 + 0.9 * number / len(listing.shots))
        exposures[shot.key] = exposure(pixels, masks[shot.key.view])
        photographs.append(pixels)
    common = _common_type(pixels.dtype for pixels in photographs)
    return Pixels(photographs=tuple(_converted(pixels, common) for pixels in photographs), exposures=exposures)


def mapped_photographs(
    listing: Listing, options: ImportOptions, masks: Mapping[int, BoolArray], times: int, progress: Progress
) -> Pixels:
    """Photographs in the cache folder, of which only the object and its rim are kept; made there when need be."""
    from core.capture.rim import kept_pixels

    views = {view: KeptView(mask=mask, kept=kept_pixels(mask)) for view, mask in masks.items()}
    key = CacheKey(listing=listing, options=options, times=times, masks=masks)
    entry = cached(key, progress)
    if entry is None:
        made = _kept(listing, options, views, times, progress)
        entry = write_cache(key, made, rows=sum(views[shot.key.view].count for shot in listing.shots))
    photographs = MappedPhotographs(entry.table, views=views, view_of_image=[shot.key.view for shot in listing.shots])
    exposures = {shot.key: found for shot, found in zip(listing.shots, entry.exposures, strict=True)}
    return Pixels(photographs=photographs, exposures=exposures)


def _kept(
    listing: Listing, options: ImportOptions, views: Mapping[int, KeptView], times: int, progress: Progress
) -> Generator[tuple[NDArray[Any], Exposure]]:
    """The kept pixels [kept, 3] of each photograph, in one number type of at most 16 bits, and its exposure."""
    common = _sixteen_bits(listing, options)
    for number, (shot, pixels) in enumerate(_decoded(listing, options, times)):
        progress(f"Preparing photograph {shot.key.name}", 0.05 + 0.9 * number / len(listing.shots))
        view = views[shot.key.view]
        yield _converted(pixels[view.kept], common), exposure(pixels, view.mask)


def _decoded(listing: Listing, options: ImportOptions, times: int) -> Generator[tuple[Shot, Photograph]]:
    """Every photograph in order, linear and reduced; a few are decoded ahead, in parallel."""

    def decode(shot: Shot) -> Photograph:
        pixels = reduced_photograph(linear_photograph(shot, listing, options), times)
        pixels.setflags(write=False)
        return pixels

    pool = ThreadPoolExecutor(_READERS, thread_name_prefix="photographs")
    waiting: deque[tuple[Shot, Future[Photograph]]] = deque()
    shots = iter(listing.shots)
    try:
        waiting.extend((shot, pool.submit(decode, shot)) for shot in islice(shots, _AHEAD * _READERS))
        while waiting:
            shot, task = waiting.popleft()
            yield shot, task.result()
            waiting.extend((following, pool.submit(decode, following)) for following in islice(shots, 1))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _common_type(types: Iterable[np.dtype[Any]]) -> np.dtype[Any]:
    """One type that holds them all: 8-bit only when all are, floats as soon as one is."""
    found = set(types)
    if len(found) == 1:
        return found.pop()
    return np.dtype(np.float32 if any(dtype.kind == "f" for dtype in found) else np.uint16)


def _sixteen_bits(listing: Listing, options: ImportOptions) -> np.dtype[Any]:
    """The type of the cache: half floats when the first photograph holds floats, else 16-bit integers."""
    first = linear_photograph(listing.shots[0], listing, options)
    return np.dtype(np.float16 if first.dtype.kind == "f" else np.uint16)


def _converted(pixels: NDArray[Any], wanted: np.dtype[Any]) -> NDArray[Any]:
    """Pixels in another type, 1.0 = the full range of integers."""
    if pixels.dtype == wanted:
        return pixels
    full = full_range(pixels)
    if wanted.kind == "f":
        return (pixels.astype(np.float32) / np.float32(full)).astype(wanted)
    if pixels.dtype == np.uint8:
        return pixels.astype(wanted) * wanted.type(257)
    return np.rint(np.clip(pixels.astype(np.float64) / full, 0.0, 1.0) * np.iinfo(wanted).max).astype(wanted)
