"""Matches between photographs, as PoRF keeps them: ``colmap_matches/000000.npz``, one file for each photograph.

``src_idx`` [M] numbers the photographs (in sorted order, from 0) that photograph i has matches with; ``match`` is an
array of M arrays [n, 4] = (u, v) in photograph i, (u, v) in the other. Pixels are COLMAP's: the first one's centre is
at (0.5, 0.5). They leave here with centres at integers. Because the M arrays differ in length, NumPy keeps ``match`` as
a pickle, which could run any code when opened. It is not opened: ``core.capture.pickled_arrays`` looks only for the
numbers in it. ``write_matches`` writes the same content without pickle: ``points`` [sum of n, 4] and ``counts`` [M].
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.capture.archives import NpyEntry, array_of, read_entries
from core.capture.folder import inside
from core.capture.pickled_arrays import arrays_in_pickle
from core.errors import CaptureError
from core.files import replacing, write_failure
from core.types import DoubleArray

FOLDER = "colmap_matches"
MAX_BYTES = 100_000_000
"""Of one file."""
MAX_MATCHES = 5_000_000
"""Of one photograph: 160 MB."""
_COLUMNS = 4


@dataclass(frozen=True, kw_only=True)
class Matches:
    """Where points of one photograph are seen in others."""

    sources: NDArray[np.int64]
    """[M] numbers of the other photographs, counted from 0 in the sorted order of all."""
    points: tuple[DoubleArray, ...]
    """M arrays [n, 4]: (u, v) in this photograph, (u, v) in the other; pixels, centres at integers."""


def matches_of(folder: Path) -> dict[int, Matches]:
    """The matches in ``colmap_matches`` by the number of their photograph; empty when there is no such folder.

    Raises CaptureError, naming the file, when one is damaged.
    """
    place = folder / FOLDER
    if not place.is_dir():
        return {}
    named = ((file.stem, file) for file in sorted(place.glob("*.npz")))
    return {int(stem): read_matches(inside(folder, file)) for stem, file in named if stem.isascii() and stem.isdigit()}


def read_matches(file: Path) -> Matches:
    """The matches in one file, in PoRF's form or in that of ``write_matches``. Raises CaptureError naming it."""
    entries = read_entries(
        file, max_bytes=MAX_BYTES, wanted=lambda name: name in {"src_idx", "match", "counts", "points"}
    )
    if "src_idx" not in entries or not ("match" in entries or {"counts", "points"} <= set(entries)):
        raise CaptureError(f"{file} has no src_idx and match; export the matches again.")
    sources = array_of(entries["src_idx"])
    parts = _pickled(entries["match"]) if "match" in entries else _plain(file, entries)
    indices = _indices(sources)
    if indices is None or len(indices) != len(parts):
        raise CaptureError(f"{file}: src_idx does not number a photograph for each list of matches; export again.")
    if sum(part.size for part in parts) > _COLUMNS * MAX_MATCHES:
        raise CaptureError(f"{file} claims more than {MAX_MATCHES} matches of one photograph; export fewer.")
    points = tuple(_checked(part, f"{file}: matches {number}") for number, part in enumerate(parts))
    return Matches(sources=indices, points=points)


def write_matches(file: Path, matches: Matches) -> None:
    """Write without pickle what ``read_matches`` gives back. Raises RunError when it cannot be written."""
    points = np.concatenate([np.zeros((0, _COLUMNS)), *matches.points]) + 0.5
    counts = np.array([len(part) for part in matches.points], dtype=np.int64)
    with replacing(file) as temporary:
        np.savez_compressed(temporary, allow_pickle=False, src_idx=matches.sources, counts=counts, points=points)


def write_all_matches(folder: Path, matches: Mapping[int, Matches]) -> None:
    """Write the matches of photographs, by their numbers, into ``colmap_matches``. Raises RunError."""
    place = folder / FOLDER
    try:
        place.mkdir(exist_ok=True)
    except OSError as error:
        raise write_failure(place, error) from error
    for number, of_photograph in matches.items():
        write_matches(place / f"{number:06d}.npz", of_photograph)


def _pickled(entry: NpyEntry) -> list[NDArray[Any]]:
    """The arrays of ``match``; plain numbers [M, n, 4] when all have the same length and an older NumPy wrote them."""
    return list(array_of(entry)) if entry.dtype is not None else arrays_in_pickle(entry.values, entry.shape, entry.what)


def _plain(file: Path, entries: dict[str, NpyEntry]) -> list[NDArray[Any]]:
    counts, points = _indices(array_of(entries["counts"])), array_of(entries["points"])
    if counts is None or points.ndim != 2 or int(counts.sum()) != len(points):
        raise CaptureError(f"{file}: counts and points do not fit each other; export the matches again.")
    return np.split(points, np.cumsum(counts)[:-1]) if len(counts) else []


def _indices(values: NDArray[Any]) -> NDArray[np.int64] | None:
    """[M] numbers from 0 on, or None."""
    if values.ndim != 1 or not np.isfinite(values).all():
        return None
    if len(values) and not (values.min() >= 0 and values.max() < 2**31 and (values == np.rint(values)).all()):
        return None
    return values.astype(np.int64)


def _checked(part: NDArray[Any], what: str) -> DoubleArray:
    """[n, 4] with centres at integers."""
    if part.size == 0:
        return np.zeros((0, _COLUMNS))
    if part.ndim != 2 or part.shape[1] != _COLUMNS or not np.isfinite(part).all():
        raise CaptureError(f"{what} are not four finite numbers each; export them again.")
    return part.astype(np.float64) - 0.5
