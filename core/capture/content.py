"""What files contain, as hashes; a file that has not changed is not read again."""

import hashlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from core.capture.json_file import read_json_object
from core.errors import CaptureError, RunError
from core.files import replacing
from core.types import Progress

_MOST_REMEMBERED = 100_000
_READERS = min(4, os.cpu_count() or 1)


def content_hashes(files: Sequence[Path], memory: Path, progress: Progress) -> list[str]:
    """A hash of each file's bytes; those seen before at the same path, size and time come from ``memory``.

    Raises OSError for a file that cannot be read, Cancelled when ``progress`` does.
    """
    known = _remembered(memory / "contents.json")
    identities = [_identity(file) for file in files]
    pool = ThreadPoolExecutor(_READERS, thread_name_prefix="contents")
    found: list[str] = []
    try:
        tasks = [
            None if identity in known else pool.submit(_hash, file)
            for file, identity in zip(files, identities, strict=True)
        ]
        for number, (task, identity) in enumerate(zip(tasks, identities, strict=True)):
            progress("Looking for prepared photographs", 0.05 * number / len(files))
            found.append(known[identity] if task is None else task.result())
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    if any(task is not None for task in tasks):
        _remember(memory / "contents.json", known | dict(zip(identities, found, strict=True)))
    return found


def _identity(file: Path) -> str:
    state = file.stat()
    return f"{file.resolve()}|{state.st_size}|{state.st_mtime_ns}"


def _hash(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "blake2b").hexdigest()[:32]


def _remembered(file: Path) -> dict[str, str]:
    try:
        values = read_json_object(file, missing="", holds="hashes")
    except CaptureError:
        return {}
    return {name: value for name, value in values.items() if isinstance(value, str)}


def _remember(file: Path, known: dict[str, str]) -> None:
    """Keep the hashes; a cache that cannot be written is no reason to stop."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with replacing(file) as temporary:
            temporary.write_text(json.dumps(dict(list(known.items())[-_MOST_REMEMBERED:])), encoding="utf-8")
    except (OSError, RunError):
        return
