"""A small chart of how figures changed over a run, for the contact sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.fit.axis_ticks import Axis, axis
from core.fit.canvas import Canvas, Colour

_GRID: Colour = (0.20, 0.22, 0.25)
_LABEL: Colour = (0.62, 0.65, 0.70)
_LEFT = 46
"""Pixels left of the plot, for the numbers."""


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One figure over time."""

    name: str
    colour: Colour
    points: Sequence[tuple[float, float]]
    """(seconds, value), in order of time."""


@dataclass(frozen=True, kw_only=True)
class ChartArea:
    """Where a chart goes on the canvas, pixels."""

    x: int
    y: int
    width: int
    height: int


def draw_chart(canvas: Canvas, area: ChartArea, curves: Sequence[Curve], *, unit: str, log: bool) -> None:
    """Draw curves with a grid, numbers and names; curves of fewer than two points are left out."""
    shown = [curve for curve in curves if len(curve.points) > 1]
    if not shown:
        return
    seconds = max(curve.points[-1][0] for curve in shown)
    values = axis([value for curve in shown for _, value in curve.points], log=log)
    _draw_grid(canvas, area, values, seconds)
    for curve in shown:
        places = [_place(area, values, second / max(seconds, 1e-9), value) for second, value in curve.points]
        for start, end in pairwise(places):
            canvas.line(start, end, curve.colour, 2.0)
    _draw_names(canvas, area, shown, unit)


def _place(area: ChartArea, values: Axis, across: float, value: float) -> tuple[float, float]:
    """Where a value is drawn; ``across``: 0 at the left end of the plot, 1 at the right."""
    return area.x + _LEFT + (area.width - _LEFT) * across, area.y + area.height * (1.0 - values.share(value))


def _draw_grid(canvas: Canvas, area: ChartArea, values: Axis, seconds: float) -> None:
    """Lines with their values, and the ends of the time below."""
    for mark in values.marks:
        _, y = _place(area, values, 0.0, mark)
        canvas.line((area.x + _LEFT, y), (area.x + area.width, y), _GRID, 1.0)
        canvas.text(area.x + _LEFT - 8, int(y) + 5, f"{mark:g}", _LABEL, size=13, align="right")
    bottom = area.y + area.height + 20
    canvas.text(area.x + _LEFT, bottom, "0 s", _LABEL, size=13)
    canvas.text(area.x + area.width, bottom, f"{seconds:.0f} s", _LABEL, size=13, align="right")


def _draw_names(canvas: Canvas, area: ChartArea, curves: Sequence[Curve], unit: str) -> None:
    """Names beside a dot of their colour, above the plot, each with its last value."""
    x = area.x
    for curve in curves:
        text = f"{curve.name} {curve.points[-1][1]:.3g}{unit}"
        canvas.disc(x + 5, area.y - 20, 5.0, curve.colour)
        canvas.text(x + 16, area.y - 15, text, _LABEL, size=15)
        x += area.width // 2
