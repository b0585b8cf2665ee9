"""Options of the command line that may be left out: how they show in the help, and what a wrong value is told."""

from collections.abc import Callable
from typing import Any

import tyro
from tyro.constructors import PrimitiveConstructorSpec


def option(metavar: str) -> Any:
    """How an option that may be left out shows: what goes there, and no word of the default, which its help tells."""
    return tyro.conf.arg(metavar=metavar, help_behavior_hint="")


def choice(*allowed: str) -> Any:
    """One of ``allowed``; None when it is left out. A wrong value is told the choices, in this order."""

    def parsed(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"choose one of {', '.join(allowed)}, not {text!r}")
        return text

    return _may_be_left_out("|".join(allowed), parsed)


def whole_number(metavar: str) -> Any:
    """An integer; None when it is left out."""
    return _may_be_left_out(metavar, lambda text: _converted(text, int, "a whole number, such as 2"))


def number(metavar: str) -> Any:
    """A float; None when it is left out."""
    return _may_be_left_out(metavar, lambda text: _converted(text, float, "a number, such as 0.5"))


def _converted(text: str, kind: Callable[[str], Any], wanted: str) -> Any:
    try:
        return kind(text)
    except ValueError:
        raise ValueError(f"it takes {wanted}, not {text!r}") from None


def _may_be_left_out(metavar: str, parsed: Callable[[str], Any]) -> PrimitiveConstructorSpec[Any]:
    return PrimitiveConstructorSpec(
        nargs=1,
        metavar=metavar,
        instance_from_str=lambda words: parsed(words[0]),
        is_instance=lambda _: True,
        str_from_instance=lambda value: [str(value)],
    )
