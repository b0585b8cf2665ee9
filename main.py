"""Chiaro: ``main.py --help`` lists the commands; without one the studio opens."""

import os
import sys
from pathlib import Path

_ENVIRONMENT = Path(".venv")
_OURS = ("app", "core", "widgets")
_OLDEST = 0x030B0000
"""Python 3.11, as ``sys.hexversion`` has it."""


def _wrong_python(reason: str) -> str:
    """What to do when Chiaro cannot run in the Python that was called."""
    python = _ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin") / "python"
    beside = Path(__file__).resolve().parent / python
    there = beside.exists() and Path(sys.prefix).resolve() != beside.parents[1].resolve()
    first = "" if there else "install them with 'make run' (README.md says how without make), then "
    return f"{sys.executable} {reason}; {first}call {python} main.py instead."


def _refuse(reason: str) -> int:
    sys.stderr.write(_wrong_python(reason) + "\n")
    return 2


def _run() -> int:
    if sys.hexversion < _OLDEST:  # before syntax is read that it does not know
        return _refuse("is older than Python 3.11 and lacks the packages of Chiaro")
    try:
        from app.cli import main  # noqa: PLC0415 - packages may be missing
    except ImportError as error:
        if (error.name or "").partition(".")[0] in _OURS:
            raise
        return _refuse(f"lacks packages of Chiaro, such as {error.name or 'one'}")
    return main()


if __name__ == "__main__":
    sys.exit(_run())
