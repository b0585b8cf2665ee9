"""Matches between photographs out of COLMAP's ``database.db``.

COLMAP keeps, in SQLite, ``images`` (image_id, name), ``keypoints`` (image_id, rows, cols, data: 32-bit floats, x and y
first, the first pixel's centre at (0.5, 0.5)) and ``two_view_geometries`` (pair_id, rows, cols, data: pairs of 32-bit
indices into the keypoints of both images): the matches that agree with one geometry of the two views. A pair of images
with ids a < b has pair_id = 2147483647 a + b (https://colmap.github.io/database.html). Ids say nothing about the order
of the photographs, so these are told apart by name.

The file is opened for reading only. Since a database may be made so that a harmless question never ends, or is answered
with gigabytes, its tables have to be plain tables, the size of an answer is limited and so is the work it may take.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.capture.colmap_matches import Matches
from core.errors import CaptureError
from core.types import DoubleArray

PAIR = 2147483647
"""What the smaller image id of a pair is multiplied with."""
MAX_MATCHES = 4_000_000
"""Of all pairs: 256 MB, both ways."""
MAX_KEYPOINTS = 20_000_000
"""Of all images: 160 MB."""
MAX_IMAGES = 100_000
_FEWEST = 5
"""Pairs with fewer matches say nothing about the poses."""
_LONGEST = 200_000_000
"""Bytes in one answer."""
_CHECK_EVERY = 100_000
_MOST_CHECKS = 2_000
"""Of ``_CHECK_EVERY`` steps of SQLite's machine: some seconds, or ten million rows."""
_TABLES = ("images", "keypoints", "two_view_geometries")


@dataclass(frozen=True, kw_only=True)
class _Pair:
    """The matches of two images: rows of their keypoints."""

    first: int
    second: int
    rows: NDArray[np.uint32]
    """[n, 2]."""


def matches_from_database(file: Path, photographs: Sequence[str]) -> dict[int, Matches]:
    """The verified matches of photographs by their number in ``photographs``, as PoRF keeps them: both ways.

    ``photographs`` are names or paths, in the order that gives them their numbers; images of the database are found
    among them by path or, if that is clear, by name. Raises CaptureError, naming the file, for anything that is no
    database of COLMAP or is damaged.
    """
    if not file.is_file():
        raise CaptureError(f"{file} is missing or is not a file; put the database of COLMAP there.")
    try:
        with closing(_opened(file)) as database:
            numbers = _numbers(database, photographs, file)
            pairs = [pair for pair in _pairs(database, file) if pair.first in numbers and pair.second in numbers]
            points = _keypoints(database, {image for pair in pairs for image in (pair.first, pair.second)}, file)
    except (sqlite3.Error, sqlite3.Warning, OverflowError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise CaptureError(f"{file} is no database of COLMAP that can be read ({reason}); copy it again.") from None
    return _both_ways(pairs, numbers, points, file)


def _opened(file: Path) -> sqlite3.Connection:
    """A connection that neither writes nor waits for anybody, with limits on what a question may cost."""
    database = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    checks = iter(range(_MOST_CHECKS))
    database.set_progress_handler(lambda: int(next(checks, None) is None), _CHECK_EVERY)
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
    database.execute("PRAGMA trusted_schema = OFF")
    question = f"SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name IN {_TABLES}"
    tables = {str(name): str(sql) for name, sql in database.execute(question)}
    missing = [name for name in _TABLES if name not in tables]
    odd = [name for name, sql in tables.items() if "VIRTUAL" in sql.upper() or "GENERATED" in sql.upper()]
    if missing or odd:
        database.close()
        raise sqlite3.DatabaseError(f"it has no plain table {(missing or odd)[0]}")
    return database


def _numbers(database: sqlite3.Connection, photographs: Sequence[str], file: Path) -> dict[int, int]:
    """The number of the photograph by image id; images that are none of the photographs are left out."""
    by_path = {_path(name): number for number, name in enumerate(photographs)}
    by_name: dict[str, list[int]] = {}
    for path, number in by_path.items():
        by_name.setdefault(PurePosixPath(path).name, []).append(number)
    numbers: dict[int, int] = {}
    for count, (image, name) in enumerate(database.execute("SELECT image_id, name FROM images")):
        if count >= MAX_IMAGES:
            raise CaptureError(f"{file} has more than {MAX_IMAGES} images; use a smaller database.")
        if not isinstance(image, int) or not isinstance(name, str):
            raise CaptureError(f"{file}: an image has no number or no name; make the database again.")
        path = _path(name)
        alike = by_name.get(PurePosixPath(path).name, [])
        number = by_path.get(path, alike[0] if len(alike) == 1 else None)
        if number is not None and number not in numbers.values():
            numbers[image] = number
    return numbers


def _path(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/").lower()).as_posix()


def _pairs(database: sqlite3.Connection, file: Path) -> Iterator[_Pair]:
    total = 0
    question = f"SELECT pair_id, rows, cols, data FROM two_view_geometries WHERE rows >= {_FEWEST}"
    for pair, rows, columns, data in database.execute(question):
        what = f"{file}: matches of the pair {pair!r:.24}"
        if not isinstance(pair, int) or pair < 0:
            raise CaptureError(f"{what} belong to no images; make the database again.")
        total += rows if isinstance(rows, int) else 0
        if total > MAX_MATCHES:
            raise CaptureError(f"{file} has more than {MAX_MATCHES} matches; match fewer features.")
        first, second = divmod(pair, PAIR)
        yield _Pair(first=first, second=second, rows=_table(rows, columns, data, np.uint32, 2, what))


def _keypoints(database: sqlite3.Connection, images: set[int], file: Path) -> dict[int, DoubleArray]:
    """[n, 2] pixels, centres at integers, by image id."""
    points: dict[int, DoubleArray] = {}
    total = 0
    for image in sorted(images):
        found = database.execute("SELECT rows, cols, data FROM keypoints WHERE image_id = ?", (image,)).fetchone()
        what = f"{file}: keypoints of image {image}"
        if found is None:
            raise CaptureError(f"{what} are missing; make the database again.")
        rows, columns, data = found
        total += rows if isinstance(rows, int) else 0
        if total > MAX_KEYPOINTS:
            raise CaptureError(f"{file} has more than {MAX_KEYPOINTS} keypoints; use a smaller database.")
        table = _table(rows, columns, data, np.float32, None, what)
        if table.shape[1] < 2 or not np.isfinite(table[:, :2]).all():
            raise CaptureError(f"{what} are not finite numbers x, y; make the database again.")
        points[image] = table[:, :2].astype(np.float64) - 0.5
    return points


def _table(rows: Any, columns: Any, data: Any, kind: type[Any], width: int | None, what: str) -> NDArray[Any]:
    """[rows, columns] of a blob, when it has exactly as many bytes as that takes."""
    sizes = isinstance(rows, int) and isinstance(columns, int) and rows >= 0 and 0 < columns <= 64
    if not sizes or (width is not None and columns != width) or not isinstance(data, bytes):
        raise CaptureError(f"{what} have an impossible size; make the database again.")
    if len(data) != 4 * rows * columns:
        raise CaptureError(f"{what} are cut short; make the database again.")
    return np.frombuffer(data, dtype=np.dtype(kind).newbyteorder("<")).reshape(rows, columns)


def _both_ways(
    pairs: Sequence[_Pair], numbers: dict[int, int], points: dict[int, DoubleArray], file: Path
) -> dict[int, Matches]:
    partners: dict[int, list[tuple[int, DoubleArray]]] = {}
    for pair in pairs:
        if not (pair.rows < [len(points[pair.first]), len(points[pair.second])]).all():
            ids = f"{pair.first} and {pair.second}"
            raise CaptureError(f"{file}: images {ids} match in keypoints that are not there; make it again.")
        here, there = points[pair.first][pair.rows[:, 0]], points[pair.second][pair.rows[:, 1]]
        one, other = numbers[pair.first], numbers[pair.second]
        partners.setdefault(one, []).append((other, np.hstack([here, there])))
        partners.setdefault(other, []).append((one, np.hstack([there, here])))
    return {number: _matches(listed) for number, listed in sorted(partners.items())}


def _matches(listed: list[tuple[int, DoubleArray]]) -> Matches:
    listed = sorted(listed, key=lambda partner: partner[0])
    sources = np.array([other for other, _ in listed], dtype=np.int64)
    return Matches(sources=sources, points=tuple(points for _, points in listed))
