"""The kept pixels of large captures as files in the user's cache folder: named by content, limited, cleanable.

An entry is a folder ``pixels-<hash>`` with ``pixels.bin`` (rows of three numbers) and ``index.json``. The hash covers
the photographs' bytes, the masks and every choice that changes a pixel, so an entry is right or is not there.
"""

import errno
import hashlib
import json
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from numpy.typing import NDArray

from core.capture.checks import Exposure
from core.capture.content import content_hashes
from core.capture.import_options import ImportOptions
from core.capture.json_file import read_json_object
from core.capture.listing import Listing
from core.errors import CaptureError
from core.types import BoolArray, Progress, silent

_VERSION = 1
_PREFIX = "pixels-"
_PART = 0.2
"""The cache may take this part of what the disk has free and the cache already holds, together."""
_STALE_SECONDS = 86_400.0
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT}
_ELSEWHERE = "make it writable or set XDG_CACHE_HOME to the absolute path of a folder that is"
"""What helps where nothing can be kept, whatever space there is."""


@dataclass(frozen=True, kw_only=True)
class CacheKey:
    """Everything that the kept pixels depend on."""

    listing: Listing
    options: ImportOptions
    times: int
    masks: Mapping[int, BoolArray]

    def name(self, progress: Progress) -> str:
        """The folder name of the entry; reads every photograph that was not read before."""
        raw = self.listing.raw or self.options.raw
        digest = hashlib.sha256(f"{_VERSION} {self.times} {self.options.encoding} {raw}".encode())
        digest.update(f"{self.listing.encoding}".encode())
        hashes = content_hashes([shot.file for shot in self.listing.shots], cache_folder(), progress)
        for shot, content in zip(self.listing.shots, hashes, strict=True):
            digest.update(f"{shot.key.name} {content} {shot.file.suffix.lower()} {shot.lens}".encode())
            if shot.lens is not None:
                digest.update(shot.camera.intrinsics.tobytes())
        for view in sorted(self.masks):
            digest.update(str(self.masks[view].shape).encode() + np.packbits(self.masks[view]).tobytes())
        return f"{_PREFIX}{digest.hexdigest()[:32]}"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Kept pixels, ready to be used."""

    table: NDArray[Any]
    """[rows, 3] mapped into memory."""
    exposures: tuple[Exposure, ...]
    """One a photograph."""


@dataclass(frozen=True, kw_only=True)
class CacheEntry:
    """What lies in the cache folder."""

    name: str
    folder: str
    """The capture it belongs to."""
    bytes: int
    used: float
    """When it was last used, seconds since 1970."""


def cache_folder() -> Path:
    """Where kept pixels lie: the user's cache."""
    return platformdirs.user_cache_path("chiaro", appauthor=False) / "pixels"


def cached(key: CacheKey, progress: Progress) -> Entry | None:
    """The entry of ``key`` when it is there and whole, marked as used just now."""
    folder = cache_folder() / key.name(progress)
    try:
        entry = _opened(folder, len(key.listing.shots))
        os.utime(folder / "index.json")
    except (CaptureError, OSError, KeyError, TypeError, ValueError):
        return None
    return entry


def write_cache(key: CacheKey, photographs: Iterable[tuple[NDArray[Any], Exposure]], *, rows: int) -> Entry:
    """Write an entry: the kept pixels of each photograph, one after the other, and its exposure.

    Written under another name first, so that an entry is whole or is not there. Raises CaptureError when the disk is
    full or cannot be written.
    """
    place = cache_folder()
    folder = place / key.name(silent)
    unfinished = place / f".{folder.name}.{uuid.uuid4().hex[:12]}"
    try:
        place.mkdir(parents=True, exist_ok=True)
        make_room(rows * 6)
        unfinished.mkdir()
        index = _written(unfinished / "pixels.bin", photographs)
        index |= {"version": _VERSION, "capture": str(key.listing.folder), "rows": rows}
        (unfinished / "index.json").write_text(json.dumps(index), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(unfinished, folder)  # noqa: PTH105 - the atomic call is meant, by its own name
        return _opened(folder, len(key.listing.shots))
    except OSError as error:
        full = error.errno is None or error.errno in _DISK_FULL  # None: ``make_room``
        remedy = "free some disk space or reduce the photographs" if full else _ELSEWHERE
        text = f"{place}: the photographs' pixels cannot be kept there ({error.strerror or error}); {remedy}."
        raise CaptureError(text) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _written(file: Path, photographs: Iterable[tuple[NDArray[Any], Exposure]]) -> dict[str, Any]:
    kind = ""
    exposures: list[tuple[float, float]] = []
    with file.open("wb") as target:
        for pixels, exposed in photographs:
            kind = pixels.dtype.name
            target.write(np.ascontiguousarray(pixels).tobytes())
            exposures.append((exposed.saturated, exposed.bright_level))
    return {"type": kind, "exposures": exposures}


def _opened(folder: Path, photographs: int) -> Entry:
    index = read_json_object(folder / "index.json", missing="it is written again", holds="an index")
    if index["version"] != _VERSION or len(index["exposures"]) != photographs:
        raise CaptureError(f"{folder} is of another version; it is written again.")
    kind = {"uint16": np.uint16, "float16": np.float16}[index["type"]]
    rows = int(index["rows"])
    # Copy-on-write: torch wants memory that may be written, and nothing ever reaches the file.
    table = np.memmap(folder / "pixels.bin", dtype=kind, mode="c", shape=(rows, 3))
    exposures = tuple(Exposure(saturated=float(s), bright_level=float(b)) for s, b in index["exposures"])
    return Entry(table=table, exposures=exposures)


def entries() -> tuple[CacheEntry, ...]:
    """What the cache holds, least recently used first."""
    found: list[CacheEntry] = []
    for folder in _folders(f"{_PREFIX}*"):
        try:
            index = read_json_object(folder / "index.json", missing="", holds="an index")
            used = (folder / "index.json").stat().st_mtime
            size = sum(file.stat().st_size for file in folder.iterdir())
        except (CaptureError, OSError):
            continue
        found.append(CacheEntry(name=folder.name, folder=str(index.get("capture", "")), bytes=size, used=used))
    return tuple(sorted(found, key=lambda entry: entry.used))


def clear() -> int:
    """Remove everything from the cache; returns how many bytes that frees. Pixels that are in use stay readable.

    Raises CaptureError when something cannot be removed.
    """
    place = cache_folder()
    if not place.is_dir():
        return 0
    freed = sum(_remove(entry) for entry in entries())
    try:
        for left in [*_folders(f".{_PREFIX}*"), *_folders(f"{_PREFIX}*")]:
            shutil.rmtree(left)
        (place / "contents.json").unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or error
        raise CaptureError(f"{place} cannot be emptied ({reason}); check its permissions.") from error
    return freed


def cache_problem() -> str | None:
    """Why nothing can be kept in the cache folder, and what to do; None when it can be written. Leaves no trace."""
    try:
        with tempfile.TemporaryDirectory(dir=_existing(cache_folder())):
            return None
    except OSError as error:
        remedy = "free some disk space" if error.errno in _DISK_FULL else _ELSEWHERE
        return f"cannot be written ({error.strerror or error}); {remedy}"


def ignored_setting() -> str | None:
    """XDG_CACHE_HOME where it is set but does not count, because it is no absolute path."""
    setting = os.environ.get("XDG_CACHE_HOME", "").strip()
    return setting if setting and not Path(setting).is_absolute() else None


def size_limit() -> int:
    """Bytes the cache may take."""
    free = shutil.disk_usage(_existing(cache_folder())).free
    return int(_PART * (free + sum(entry.bytes for entry in entries())))


def _existing(place: Path) -> Path:
    """The folder itself, or the nearest above it that is there."""
    return next(parent for parent in (place, *place.parents) if parent.exists())


def make_room(needed: int) -> None:
    """Remove what was used longest ago until ``needed`` more bytes fit; raises OSError when they never will."""
    for left in _folders(f".{_PREFIX}*"):
        if time.time() - left.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    limit, held = size_limit(), list(entries())
    if needed > limit:
        raise OSError(f"{needed / 1e9:.1f} GB are needed and the cache may take {limit / 1e9:.1f} GB")
    while held and sum(entry.bytes for entry in held) + needed > limit:
        _remove(held.pop(0))


def _remove(entry: CacheEntry) -> int:
    shutil.rmtree(cache_folder() / entry.name, ignore_errors=True)
    return entry.bytes


def _folders(pattern: str) -> list[Path]:
    return [found for found in cache_folder().glob(pattern) if found.is_dir()]
