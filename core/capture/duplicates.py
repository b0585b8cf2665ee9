"""Photographs that are there twice, and views that were taken from one place."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.capture.capture import Capture, full_range
from core.capture.listing import Shot
from core.types import Camera, DoubleArray, FloatArray, ImageKey, Progress

_SAMPLES = 4096
"""Object pixels by which photographs are compared."""
_SAME = 0.02
"""Root mean square difference over root mean square, of photographs that show the same light."""
_SAME_TURN_DEG = 0.2
_SAME_PLACE = 0.003
"""Distance between two cameras, as a part of their distance from the object."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two photographs that are (nearly) the same."""

    first: ImageKey
    second: ImageKey
    difference: float
    """Root mean square over root mean square; 0 for the same bytes."""


def same_files(shots: Sequence[Shot]) -> list[Pair]:
    """Photographs whose files hold the same bytes; only files of one size are read. Raises OSError."""
    by_size: dict[int, list[Shot]] = defaultdict(list)
    for shot in shots:
        by_size[shot.file.stat().st_size].append(shot)
    pairs: list[Pair] = []
    for alike in by_size.values():
        first_of: dict[bytes, Shot] = {}
        for shot in alike if len(alike) > 1 else ():
            first = first_of.setdefault(_content(shot.file), shot)
            if first is not shot and first.file != shot.file:
                pairs.append(Pair(first=first.key, second=shot.key, difference=0.0))
    return sorted(pairs, key=lambda pair: (pair.first, pair.second))


def _content(file: Path) -> bytes:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "blake2b").digest()


def same_lights(capture: Capture, *, apart_from: Iterable[Pair], progress: Progress) -> list[Pair]:
    """Photographs of one view that differ by noise only, so that two light ids stand for one light.

    A change of exposure alone counts as a difference: the light's intensity is another. Photographs already named in
    ``apart_from`` are not named again.
    """
    known = {pair.second for pair in apart_from}
    pairs: list[Pair] = []
    for number, group in enumerate(capture.pose_groups()):
        progress(f"Comparing photographs of view V{group.view:02d}", number / len(capture.keys))
        images = [image for image in group.images if capture.keys[image] not in known]
        if len(images) > 1:
            pairs += _pairs_of_view([capture.keys[i] for i in images], [_samples(capture, i) for i in images])
    return pairs


def _samples(capture: Capture, image: int) -> FloatArray:
    """[samples] linear brightness of object pixels, every so many."""
    pixels = capture.object_pixels(image)
    some = pixels[:: 1 + len(pixels) // _SAMPLES].astype(np.float32) / np.float32(full_range(pixels))
    return some.mean(axis=1)


def _pairs_of_view(keys: Sequence[ImageKey], samples: Sequence[FloatArray]) -> list[Pair]:
    """Each photograph beside the first one that it repeats."""
    table = np.stack(samples)
    squares = (table**2).sum(axis=1)
    pairs: list[Pair] = []
    repeated: set[int] = set()
    for second in range(1, len(keys)):
        # |a - b|² directly: the differences looked for are too small for |a|² + |b|² - 2ab in single precision.
        apart = ((table[:second] - table[second]) ** 2).sum(axis=1)
        relative = np.sqrt(apart / np.maximum(np.maximum(squares[:second], squares[second]), 1e-12))
        close = [first for first in np.flatnonzero(relative < _SAME) if first not in repeated]
        if close and squares[second] > 0.0:
            repeated.add(second)
            first = int(close[0])
            pairs.append(Pair(first=keys[first], second=keys[second], difference=float(relative[first])))
    return pairs


def same_cameras(cameras: Mapping[int, Camera], centre: DoubleArray | None) -> list[tuple[int, int]]:
    """Pairs of view ids whose cameras stand in one place and look the same way.

    ``centre`` is where the object is, [3] world; without it lengths are measured by how far apart the cameras are.
    """
    views = sorted(cameras)
    places = np.array([cameras[view].centre for view in views])
    scale = _distance_scale(places, centre)
    pairs: list[tuple[int, int]] = []
    for number, second in enumerate(views):
        near = np.flatnonzero(np.linalg.norm(places[:number] - places[number], axis=1) <= _SAME_PLACE * scale)
        for first in near:
            if _turn_deg(cameras[views[first]], cameras[second]) <= _SAME_TURN_DEG:
                pairs.append((views[first], second))
                break
    return pairs


def _distance_scale(places: DoubleArray, centre: DoubleArray | None) -> float:
    middle = places.mean(axis=0) if centre is None else centre
    return float(np.median(np.linalg.norm(places - middle, axis=1)))


def _turn_deg(one: Camera, other: Camera) -> float:
    """Angle of the rotation between two cameras."""
    cosine = (np.trace(one.rotation.T @ other.rotation) - 1.0) / 2.0
    return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))
