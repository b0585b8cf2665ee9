"""``cache``: what is kept of large captures, and how to be rid of it."""

from datetime import datetime

from app.arguments import Cache
from app.outcome import Outcome
from core.capture.cache import cache_folder, clear, entries, size_limit

_MEGA = 1_000_000


def cache(arguments: Cache) -> Outcome:
    """List the cache, or empty it."""
    held = entries()
    total = sum(entry.bytes for entry in held)
    data: dict[str, object] = {
        "folder": str(cache_folder()),
        "bytes": total,
        "limit_bytes": size_limit(),
        "entries": [
            {"name": entry.name, "capture": entry.folder, "bytes": entry.bytes, "used": _when(entry.used)}
            for entry in held
        ],
    }
    if arguments.clear:
        freed = clear()
        return Outcome(lines=[f"Freed {_size(freed)} in {cache_folder()}."], data=data | {"freed_bytes": freed})
    lines = [f"{_when(entry.used)}  {_size(entry.bytes):>10}  {entry.folder}" for entry in held]
    summary = f"{_size(total)} of at most {_size(size_limit())} in {cache_folder()}."
    return Outcome(lines=[*lines, summary if held else f"The cache in {cache_folder()} is empty."], data=data)


def _when(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds):%Y-%m-%d %H:%M}"


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1000 * _MEGA else f"{count / 1e6:.1f} MB"
