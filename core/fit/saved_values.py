"""Single values of a saved run, read as something a stranger may have written. All raise ValueError naming the value
that no run can have.
"""

from typing import Any, TypeGuard

MOST = 1e9
"""No number of a run is larger, in steps, seconds or any other unit."""
_LARGEST_FIGURE = 1e30
"""What is measured may be larger; but beyond this it would not fit on the axis of any plot."""


def saved_number(name: str, value: object, *, most: float = MOST) -> float:
    """``value`` as a number from 0 to ``most``."""
    if not is_number(value, 0.0, most):
        raise ValueError(f"{name} is {shown(value)}")
    return float(value)


def saved_count(name: str, value: object, *, most: float = MOST) -> int:
    """``value`` as a whole number from 0 to ``most``."""
    if not isinstance(value, int):
        raise ValueError(f"{name} is {shown(value)}")
    return int(saved_number(name, value, most=most))


def saved_figure(name: str, value: object) -> float | None:
    """``value`` as something measured, None where there was nothing to measure."""
    if value is None:
        return None
    if not is_number(value, -_LARGEST_FIGURE, _LARGEST_FIGURE):
        raise ValueError(f"{name} is {shown(value)}")
    return float(value)


def saved_text(name: str, value: object) -> str:
    """``value`` as a text without control characters."""
    if not isinstance(value, str) or any(ord(letter) < ord(" ") or letter == "\x7f" for letter in value):
        raise ValueError(f"{name} is {shown(value)}")
    return value


def saved_list(name: str, value: object) -> list[Any]:
    """``value`` as a list."""
    if not isinstance(value, list):
        raise ValueError(f"{name} is {shown(value)}")
    return value


def saved_entries(name: str, value: object) -> dict[str, Any]:
    """``value`` as entries by name."""
    if not isinstance(value, dict):
        raise ValueError(f"{name} is {shown(value)}")
    return dict(value)


def is_number(value: object, low: float, high: float) -> TypeGuard[int | float]:
    """Whether ``value`` is a number in this range: true, false and what is not a number are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def shown(value: object) -> str:
    """What was found, as a sentence may show it."""
    return "missing" if value is None else repr(value)[:40]
