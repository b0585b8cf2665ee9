"""``cache``: what is kept of large captures, and how to be rid of it."""

from datetime import datetime

from app.arguments import Cache
from app.outcome import Outcome
from app.progress import error_console
from core.capture.cache import cache_folder, clear, entries, ignored_setting, size_limit

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
    _tell_ignored_setting()
    if arguments.clear:
        error_console().print(f"Emptying {cache_folder()}", soft_wrap=True, markup=False)
        freed = clear()
        return Outcome(lines=[f"Freed {_size(freed)} in {cache_folder()}."], data=data | {"freed_bytes": freed})
    lines = [f"{_when(entry.used)}  {_size(entry.bytes):>10}  {entry.folder}" for entry in held]
    summary = f"{_size(total)} of at most {_size(size_limit())} in {cache_folder()}."
    return Outcome(lines=[*lines, summary if held else _nothing()], data=data)


def _nothing() -> str:
    place = cache_folder()
    missing = "" if place.is_dir() else "; the folder is not there and is made when a large capture is opened"
    return f"The cache in {place} is empty{missing}."


def _tell_ignored_setting() -> None:
    setting = ignored_setting()
    if setting is not None:
        text = f"XDG_CACHE_HOME is {setting!r}, which is no absolute path and does not count."
        error_console().print(text, style="yellow", soft_wrap=True, markup=False)


def _when(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds):%Y-%m-%d %H:%M}"


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1000 * _MEGA else f"{count / 1e6:.1f} MB"
