"""What a command hands back: a few lines for a person, the same as data for a script, and an exit code."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The end of a command."""

    lines: Sequence[str] = ()
    """For a person, on standard output."""
    data: dict[str, Any] = field(default_factory=dict[str, Any])
    """For a script, printed instead of ``lines`` with --json."""
    exit_code: int = 0


def figure(value: float | None, unit: str, *, digits: int = 2) -> str:
    """A number with its unit, or a dash where there is nothing to compare with."""
    if value is None:
        return "–"
    text = f"{value:.{digits}f}"
    return text + unit if unit in {"°", "%"} else f"{text} {unit}"


def table(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Lines of names and values, aligned."""
    width = max((len(name) for name, _ in rows), default=0)
    return [f"{name:<{width}}  {value}" for name, value in rows]
