"""The rows of a benchmark as one SVG picture: a panel a figure, a column a capture and setup, a dot a seed."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.fit.axis_ticks import ticks
from core.fit.evaluation.markup import Markup, element

_PANEL = 204.0
"""Height of a panel."""
_COLUMN = 92.0
_LEFT, _TOP, _BOTTOM = 64.0, 34.0, 54.0
_STYLE = """
text { font: 12px system-ui, "Segoe UI", sans-serif; fill: #4b535d; } .title { font-weight: 600; fill: #1d2126; }
.back { fill: #ffffff; } .grid { stroke: #dcdfe3; } .mean { stroke: #1668b8; stroke-width: 2; }
.dot { fill: #c2560c; fill-opacity: 0.8; }
@media (prefers-color-scheme: dark) { text { fill: #9aa2ad; } .title { fill: #e9ebee; } .back { fill: #1c1f24; }
  .grid { stroke: #343942; } .mean { stroke: #6db2f8; } .dot { fill: #f7a24d; } }
"""


def plot(rows: Sequence[Mapping[str, Any]], figures: Mapping[str, str]) -> str:
    """A complete SVG file; ``figures`` are titles by their names in the rows."""
    columns = list(dict.fromkeys(_column(row) for row in rows))
    width = _LEFT + _COLUMN * max(len(columns), 4) + 20.0
    height = _PANEL * max(len(figures), 1)
    panels = [
        _panel(rows, columns, name=name, title=title, top=_PANEL * number, width=width)
        for number, (name, title) in enumerate(figures.items())
    ]
    picture = element(
        "svg",
        element("style", Markup(_STYLE)),
        element("rect", width=width, height=height, class_="back"),
        *panels,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:.0f} {height:.0f}",
        width=width,
        height=height,
    )
    return f"{picture}\n"


def _panel(
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[tuple[str, ...]],
    *,
    name: str,
    title: str,
    top: float,
    width: float,
) -> Markup:
    values = [_values(rows, column, name) for column in columns]
    marks = ticks([value for found in values for value in found])
    bottom = top + _PANEL - _BOTTOM

    def height(value: float) -> float:
        return bottom - (bottom - top - _TOP) * (value - marks[0]) / (marks[-1] - marks[0])

    parts = [element("text", title, x=8.0, y=top + 20.0, class_="title")]
    for mark in marks:
        parts.append(element("line", x1=_LEFT, x2=width - 12.0, y1=height(mark), y2=height(mark), class_="grid"))
        parts.append(element("text", f"{mark:g}", x=_LEFT - 8.0, y=height(mark) + 4.0, text_anchor="end"))
    for number, (column, found) in enumerate(zip(columns, values, strict=True)):
        middle = _LEFT + _COLUMN * (number + 0.5)
        for line, text in enumerate(column):
            shown = text if len(text) <= 14 else text[:13] + "…"
            parts.append(element("text", shown, x=middle, y=bottom + 16.0 + 15.0 * line, text_anchor="middle"))
        if found:
            mean = height(float(np.mean(found)))
            parts.append(element("line", x1=middle - 18.0, x2=middle + 18.0, y1=mean, y2=mean, class_="mean"))
        aside = np.linspace(-10.0, 10.0, len(found)) if len(found) > 1 else [0.0]
        for value, beside in zip(found, aside, strict=False):
            parts.append(element("circle", cx=middle + float(beside), cy=height(value), r=4.0, class_="dot"))
    return element("g", *parts)


def _column(row: Mapping[str, Any]) -> tuple[str, ...]:
    """What stands below a run's column, line by line: capture, preset, model."""
    return (str(row["capture"]), str(row["preset"]), str(row.get("model") or ""))


def _values(rows: Sequence[Mapping[str, Any]], column: tuple[str, ...], name: str) -> list[float]:
    found = [row.get(name) for row in rows if _column(row) == column]
    return [float(value) for value in found if value is not None and math.isfinite(value)]
