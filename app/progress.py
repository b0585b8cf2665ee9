"""Progress bars for the command line; on standard error, so that standard output stays clean for scripts."""

from collections.abc import Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

from core.types import Progress as Report

_BAR_WIDTH = 24
"""Leaves room for what is being done in a terminal of 80 columns."""


def error_console() -> Console:
    """A console on standard error."""
    return Console(stderr=True, highlight=False)


@contextmanager
def progress_bar(title: str) -> Generator[Report, None, None]:
    """A bar that fills as it is called with (what is being done, fraction done in [0, 1]); it goes when all is done."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(_BAR_WIDTH),
        TaskProgressColumn(),
        TextColumn("{task.fields[detail]}", style="dim"),
        TimeElapsedColumn(),
    )
    console = error_console()
    # Where no terminal shows it, a bar would be nothing but an empty line at its end.
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=1.0, detail="")

        def report(detail: str, fraction: float) -> None:
            bar.update(task, completed=min(max(fraction, 0.0), 1.0), detail=detail)

        yield report
