"""Tables for the terminal, as the lines that a command hands back."""

import shutil
import sys
from collections.abc import Iterable
from io import StringIO

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table

_WITHOUT_TERMINAL = 110
_NARROWEST = 60


def quiet_table(*titles: str) -> Table:
    """A table with a line below its titles and no other; without titles, no line at all."""
    return Table(*titles, box=box.SIMPLE_HEAD if titles else None, show_header=bool(titles), pad_edge=False)


def rendered(parts: Iterable[RenderableType]) -> list[str]:
    """As lines; in colour only where a terminal shows them."""
    terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if terminal else _WITHOUT_TERMINAL
    target = StringIO()
    console = Console(file=target, width=max(width, _NARROWEST), force_terminal=terminal, highlight=False)
    for part in parts:
        console.print(part)
    lines = [line.rstrip() for line in target.getvalue().splitlines()]
    return [line for line, before in zip(lines, ["", *lines], strict=False) if line or before]
