"""JSON that every reader takes: numbers that are none become null."""

import json
import math
from typing import Any


def json_text(content: Any) -> str:
    """Plain values as indented JSON, ending in a newline."""
    return json.dumps(_finite(content), indent=1, allow_nan=False) + "\n"


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
