"""JSON from elsewhere: read with a limit on its size, its numbers checked one by one."""

import json
import math
from pathlib import Path
from typing import Any, cast

import numpy as np

from core.errors import CaptureError
from core.types import DoubleArray

MAX_BYTES = 64_000_000
"""More than 150,000 cameras; a longer file is something else."""


def read_json_object(file: Path, *, missing: str, holds: str) -> dict[str, Any]:
    """The JSON object in ``file``. Raises CaptureError, naming it, when it is missing, too large or something else.

    ``missing`` ends the sentence "FILE is missing; ...", ``holds`` the sentence "FILE does not hold ...".
    """
    if not file.is_file():
        raise CaptureError(f"{file} is missing; {missing}.")
    try:
        if file.stat().st_size > MAX_BYTES:
            raise CaptureError(f"{file} is larger than {MAX_BYTES // 1_000_000} MB; it is not a list of cameras.")
        content: Any = json.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:  # no JSON, no UTF-8, a number of 5,000 digits; nested too deep
        reason = "nested too deep" if isinstance(error, RecursionError) else str(error).partition("\n")[0]
        raise CaptureError(f"{file} is not valid JSON ({reason}); write it again.") from None
    except OSError as error:
        raise CaptureError(f"{file} cannot be read: {error.strerror or error}; check its permissions.") from error
    if not isinstance(content, dict):
        raise CaptureError(f"{file} does not hold {holds}; write it again.")
    return cast(dict[str, Any], content)


def numbers(value: Any, shape: tuple[int, ...]) -> DoubleArray | None:
    """``value`` as an array when it is nested lists of finite numbers of that shape, else None."""
    if not shape:
        number = finite(value)
        return None if number is None else np.array(number)
    if not isinstance(value, list) or len(cast(list[Any], value)) != shape[0]:
        return None
    rows = [numbers(item, shape[1:]) for item in cast(list[Any], value)]
    return None if any(row is None for row in rows) else np.array(rows, dtype=np.float64)


def finite(value: Any) -> float | None:
    """``value`` when it is a finite number (true and false are none), else None."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None
