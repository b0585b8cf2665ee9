"""What is told of a command line that cannot be understood: one sentence, in place of tyro's box of many lines.

The hook for it is not a part of tyro that is promised to stay: where a version has none, the box is shown.
"""

import difflib
import sys
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

import tyro

from core.errors import ChiaroError

try:
    from tyro import _errors as mistakes
except ImportError:
    mistakes = None


@contextmanager
def told_in_a_sentence(
    words: Sequence[str], commands: Mapping[str, type], *, program: str
) -> Generator[None, None, None]:
    """Within the block, ``words`` that tyro cannot read raise ChiaroError.

    ``commands`` are the dataclasses of the commands by name, ``program`` is how the program was called.
    """
    if mistakes is None:
        yield
        return

    def tell(event: Any) -> None:
        name = next((word for word in words if word in commands), "")
        wrong = _unknown_option(words, name, commands) or _unknown_command(words, name, commands) or _wrong(event, name)
        if wrong:
            raise ChiaroError(f"{wrong}; '{' '.join(filter(None, (program, name)))} --help' tells more.")

    with mistakes.on_parse_error(tell):
        yield


def called_program() -> str:
    """The program as it was called, to be called so again: ``python main.py``, ``.venv/bin/chiaro`` or ``chiaro``."""
    script = Path(sys.argv[0])
    if script.suffix == ".py":
        return f"{sys.orig_argv[0]} {sys.argv[0]}"
    return script.stem if script.is_absolute() else sys.argv[0]


def _unknown_command(words: Sequence[str], name: str, commands: Iterable[str]) -> str:
    if name:
        return ""
    said = next((word for word in words if not word.startswith("-")), "")
    wrong = f"There is no command {said}" if said else "The command is missing"
    return f"{wrong}; choose one of {', '.join(commands)}"


def _unknown_option(words: Sequence[str], name: str, commands: Mapping[str, type]) -> str:
    """The first option that the command does not have, and the one that may be meant."""
    known = _options(commands[name]) if name else []
    given = [word.partition("=")[0].replace("_", "-") for word in words if word.startswith("--") and word != "--"]
    unknown = next((word for word in given if word not in (*known, "--help")), "")
    if not unknown or not name:
        return ""
    near = difflib.get_close_matches(unknown, known, n=1)
    return f"{name} has no option {unknown}" + (f" (is {near[0]} meant?)" if near else "")


def _options(command: type) -> list[str]:
    """The options of a command, those of the parts it shares with others included."""
    hints = get_type_hints(command, include_extras=True)
    names: list[str] = []
    for each in fields(command):
        if isinstance(each.default_factory, type) and is_dataclass(each.default_factory):
            names += _options(each.default_factory)
        elif tyro.conf.Positional not in getattr(hints[each.name], "__metadata__", ()):
            names.append(f"--{'no-' if each.default is True else ''}{each.name.replace('_', '-')}")
    return names


def _wrong(event: Any, name: str) -> str:
    """What is wrong with words whose options are known; "" for what there are no words for."""
    match type(event).__name__:
        case "MissingArgs":
            wrong = f"{name} needs {' and '.join(_shown(each.arg) for each in event.missing_arguments)}"
        case "BadValue":
            wrong = f"{_flag(event.argument)} needs a value: {_shown(event.argument)}"
        case "InvalidChoice":
            wrong = f"{_flag(event.argument)}: choose one of {', '.join(event.choices)}, not {event.value!r}"
        case "UnrecognizedArgs":
            wrong = f"{name} has no use for {' '.join(event.tokens)}"
        case "InstantiationFailure" if event.argument is not None:
            wrong = f"{_flag(event.argument)}: {event.message.rstrip('.')}"
        case _:
            wrong = ""
    return wrong


def _shown(argument: Any) -> str:
    """An option with what goes behind it, or a word that needs no option."""
    flag, value = _flag(argument), str(argument.lowered.metavar or "")
    return flag if argument.is_positional() else f"{flag} {value}".strip()


def _flag(argument: Any) -> str:
    return str(argument.lowered.metavar) if argument.is_positional() else str(argument.lowered.name_or_flags[0])
