"""JSON that every reader takes (numbers that are none become null) and that people can read, too."""

import json
import math
from typing import Any


def json_text(content: dict[str, Any]) -> str:
    """Plain values as JSON, one name a line and one line an entry of a table; ends in a newline."""
    lines = [f" {json.dumps(name)}: {_value_text(value)}" for name, value in content.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n" if lines else "{}\n"


def _value_text(value: Any) -> str:
    if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
        return "[\n" + ",\n".join(f"  {_compact(row)}" for row in value) + "\n ]"
    return _compact(value)


def _compact(value: Any) -> str:
    return json.dumps(_finite(value), allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
