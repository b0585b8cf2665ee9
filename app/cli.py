"""The command line: arguments in, exit code out.

Exit codes: 0 well, 1 a capture that must be mended first (``check``), 2 bad input (one sentence on standard error), 130
or 143 stopped by the user. Commands are imported when they are called, so that help and mistakes answer at once and the
window opens before the optimiser has loaded.
"""

import os
import sys
from collections.abc import Sequence
from typing import get_args

import tyro

from app.argument_mistakes import called_program, told_in_a_sentence
from app.arguments import Benchmark, Cache, Check, Command, Convert, Demo, Doctor, Eval, Export, Relight, Studio, Train
from app.outcome import Outcome
from app.progress import error_console
from core.errors import Cancelled, ChiaroError
from core.json_text import json_text

_DESCRIPTION = "Chiaro turns photographs of an object into its shape, its material and the lights that lit it."
_STOPPED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    program = called_program() if argv is None else "chiaro"
    try:
        command = _parsed(list(sys.argv[1:] if argv is None else argv), program)
        outcome = _run(command)
        _print(outcome, as_json=getattr(command, "json", False))
    except ChiaroError as error:
        error_console().print(str(error), style="red", soft_wrap=True, markup=False)
        return 2
    except (Cancelled, KeyboardInterrupt):
        error_console().print("Stopped; nothing was changed.", markup=False)
        return _STOPPED
    except BrokenPipeError:
        # Whoever read our output has gone; keep the interpreter from telling so at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return outcome.exit_code


def _parsed(words: Sequence[str], program: str) -> Command:
    """What the words ask for. Raises ChiaroError for what cannot be, and SystemExit after help."""
    commands = {command.__name__.lower(): command for command in get_args(Command)}
    with told_in_a_sentence(words, commands, program=program):
        return tyro.cli(
            Command,  # pyright: ignore[reportArgumentType] - tyro takes unions of dataclasses
            prog=program,
            description=_DESCRIPTION,
            default=Studio(),
            args=words,
            config=(tyro.conf.OmitSubcommandPrefixes, tyro.conf.FlagCreatePairsOff),
        )


def _run(command: Command) -> Outcome:  # noqa: C901, PLR0911 - one line a command
    match command:
        case Studio():
            from app.commands.studio import open_studio

            return open_studio(command)
        case Train():
            from app.commands.train import train

            return train(command)
        case Check():
            from app.commands.check import check

            return check(command)
        case Convert():
            from app.commands.convert import convert

            return convert(command)
        case Eval():
            from app.commands.evaluate import evaluate

            return evaluate(command)
        case Benchmark():
            from app.commands.benchmark import benchmark

            return benchmark(command)
        case Export():
            from app.commands.export import export

            return export(command)
        case Relight():
            from app.commands.relight import relight

            return relight(command)
        case Demo():
            from app.commands.demo import demo

            return demo(command)
        case Cache():
            from app.commands.cache import cache

            return cache(command)
        case Doctor():
            from app.commands.doctor import doctor

            return doctor(command)


def _print(outcome: Outcome, *, as_json: bool) -> None:
    text = json_text(outcome.data).strip() if as_json else "\n".join(outcome.lines)
    if text:
        print(text, flush=True)  # noqa: T201 - this is what the user asked for
