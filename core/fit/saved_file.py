"""The JSON files of a saved run, read as something a stranger may have written."""

import json
from pathlib import Path
from typing import Any

from core.errors import RunError
from core.fit.saved_values import shown

MOST_BYTES = 64_000_000
"""Enough for the names of millions of photographs; a longer file is something else."""
_DEEPEST = 16
"""Levels of nesting, of which a run needs half; what follows them one by one then always comes to an end."""


def read_saved_file(file: Path, *, newest: int) -> dict[str, Any]:
    """The entries of ``file``, written by a Chiaro whose ``format`` is at most ``newest``.

    Raises RunError, naming the file, when it is missing, no regular file, too large, damaged, something else or newer.
    """
    try:
        if not file.is_file():  # a pipe would keep its reader waiting for ever
            text = f"{file.parent} holds no run ({file.name} is missing); choose the folder a run was saved to."
            raise RunError(text)
        if file.stat().st_size > MOST_BYTES:
            raise RunError(f"{file} is larger than {MOST_BYTES // 1_000_000} MB; choose the folder a run was saved to.")
        values = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise RunError(f"Cannot read {file}: {error.strerror or error}; check its permissions.") from error
    except (ValueError, RecursionError):
        raise RunError(f"{file} is damaged and cannot be read; use another save of the run.") from None
    if not isinstance(values, dict) or type(values.get("format")) is not int or values["format"] < 1:
        raise RunError(f"{file} was not written by Chiaro; choose the folder a run was saved to.")
    if values["format"] > newest:
        newer = shown(values["format"])
        raise RunError(f"{file} was written by a newer Chiaro (format {newer}); update Chiaro to open it.")
    if _is_deeper(values, _DEEPEST):
        raise RunError(f"{file} is damaged (nested more than {_DEEPEST} deep); use another save of the run.")
    return values


def _is_deeper(value: object, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    parts = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(part, levels - 1) for part in parts)
