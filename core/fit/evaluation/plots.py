"""Plots as inline SVG. Colours come from the page's style, so that they follow its light or dark scheme."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.color import ERROR_COLOURS
from core.fit.axis_ticks import Axis, axis, ticks
from core.fit.evaluation.figures import ImageFigures, LightFigures
from core.fit.evaluation.markup import Markup, element, joined
from core.fit.light_dial import dial_place, light_colours
from core.types import FloatArray

_WIDTH, _HEIGHT = 552.0, 250.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 14.0, 34.0, 34.0
_DIAL = 190.0
"""Radius of the ring of a right angle."""
_LONGEST_MATRIX = 880.0
_CELL = (6.0, 34.0)
"""Smallest and largest cell of the matrix."""
_LABEL_CELLS = 14.0
"""Cells smaller than this get only some of their labels."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One curve; drawn when it has at least two points."""

    name: str
    points: Sequence[tuple[float, float]]
    """(x, y) in order of x."""


def line_chart(lines: Sequence[Line], *, title: str, x_unit: str, y_unit: str, log: bool = False) -> Markup:
    """Curves over a common axis with their names and last values; nothing when no curve has two points."""
    shown = [line for line in lines if len(line.points) > 1]
    if not shown:
        return Markup()
    chart = _Chart(
        start=min(0.0, *(line.points[0][0] for line in shown)),
        end=max(line.points[-1][0] for line in shown),
        values=axis([y for line in shown for _, y in line.points], log=log),
    )
    grid, curves = _grid(chart, x_unit), _curves(chart, shown, y_unit)
    return _svg(_WIDTH, _HEIGHT, [_text(0, 14, title, class_="title"), *grid, *curves], label=title)


@dataclass(frozen=True, kw_only=True)
class _Chart:
    """Where values are drawn."""

    start: float
    end: float
    """Smallest and largest x."""
    values: Axis

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Pixels of a value."""
        across = _LEFT + (_WIDTH - _LEFT - _RIGHT) * (x - self.start) / max(self.end - self.start, 1e-12)
        return across, _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * self.values.share(y)


def _grid(chart: _Chart, x_unit: str) -> list[Markup]:
    """Lines with the numbers of both axes."""
    parts: list[Markup] = []
    for mark in chart.values.marks:
        _, y = chart.place(chart.start, mark)
        parts += [_line(_LEFT, y, _WIDTH - _RIGHT, y, class_="grid"), _text(_LEFT - 8, y + 4, f"{mark:g}", "end")]
    for mark in ticks([chart.start, chart.end]):
        if chart.start <= mark <= chart.end:
            x, y = chart.place(mark, chart.values.marks[0])
            parts.append(_text(x, y + 20, f"{mark:g}{x_unit}", "middle"))
    return parts


def _curves(chart: _Chart, lines: Sequence[Line], y_unit: str) -> list[Markup]:
    """The curves, and their names with their last values from the right end of the title's row."""
    parts: list[Markup] = []
    left = _WIDTH
    for number, line in reversed(list(enumerate(lines))):
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (chart.place(*point) for point in line.points))
        name = f"{line.name} {line.points[-1][1]:.3g}{y_unit}"
        left -= 7.2 * len(name) + 22
        parts += [
            element("polyline", points=points, class_=f"curve series{number}"),
            element("circle", cx=left + 4, cy=10.0, r=4.5, class_=f"dot series{number}"),
            _text(left + 13, 14, name),
        ]
    return parts


def light_plot(lights: Sequence[LightFigures], truth_gl: FloatArray | None) -> Markup:
    """The hemisphere in front of the camera: estimates in their colours, crosses and lines to the truth."""
    middle = 1.12 * _DIAL
    parts = [
        _line(middle - _DIAL, middle, middle + _DIAL, middle, class_="grid"),
        _line(middle, middle - _DIAL, middle, middle + _DIAL, class_="grid"),
    ]
    for degrees in (30, 60, 90):
        radius = _DIAL * degrees / 90.0
        along = middle + 0.7071 * radius
        parts += [element("circle", cx=middle, cy=middle, r=radius, class_="grid")]
        parts += [_text(along + 3.0, along + 14.0, f"{degrees}°")]
    nowhere = (float("nan"),) * 3
    colours = light_colours(np.array([light.intensity or nowhere for light in lights], np.float32).reshape(-1, 3))
    for row, (light, colour) in enumerate(zip(lights, colours, strict=True)):
        if light.direction_gl is not None:
            truth = None if truth_gl is None or not np.isfinite(truth_gl[row]).all() else truth_gl[row]
            parts.append(_light(light, truth, colour, middle))
    return _svg(2 * middle, 2 * middle, parts, label="Lights seen from the camera")


def _light(
    light: LightFigures, truth_gl: FloatArray | None, colour: tuple[float, float, float], middle: float
) -> Markup:
    x, y = dial_place(np.array(light.direction_gl, np.float32))
    x, y = middle + _DIAL * x, middle - _DIAL * y
    off = "" if light.error_deg is None else f", {light.error_deg:.2f}° off"
    parts = [element("title", f"Light {light.light}{off}")]
    if truth_gl is not None:
        tx, ty = dial_place(truth_gl)
        tx, ty = middle + _DIAL * tx, middle - _DIAL * ty
        parts += [
            _line(x, y, tx, ty, class_="truth"),
            _line(tx - 5, ty - 5, tx + 5, ty + 5, class_="truth"),
            _line(tx - 5, ty + 5, tx + 5, ty - 5, class_="truth"),
        ]
    parts.append(element("circle", cx=x, cy=y, r=6.0, fill=_hex(colour), class_="light"))
    return element("g", *parts)


def image_matrix(images: Sequence[ImageFigures]) -> Markup:
    """Views down, lights across, coloured by PSNR; photographs kept out of training have a ring."""
    views, lights = sorted({image.view for image in images}), sorted({image.light for image in images})
    cell = min(max(_LONGEST_MATRIX / len(lights), _CELL[0]), _CELL[1])
    finite = [image.psnr_db for image in images if np.isfinite(image.psnr_db)] or [0.0]
    low, high = min(finite), max(finite)
    left, top = 44.0, 22.0
    parts = [
        _text(left + (column + 0.5) * cell, top - 7, f"L{light:02d}", "middle")
        for column, light in enumerate(lights)
        if column % _every(cell, 30.0) == 0
    ]
    parts += [
        _text(left - 8, top + (row + 0.5) * cell + 4, f"V{view:02d}", "end")
        for row, view in enumerate(views)
        if row % _every(cell, _LABEL_CELLS) == 0
    ]
    columns, rows = ({number: place for place, number in enumerate(numbers)} for numbers in (lights, views))
    for image in images:
        x, y = left + columns[image.light] * cell, top + rows[image.view] * cell
        parts.append(_matrix_cell(image, x, y, cell, _psnr_colour(image.psnr_db, low, high)))
    return _svg(left + cell * len(lights) + 4, top + cell * len(views) + 4, parts, label="PSNR of every photograph")


def psnr_scale(images: Sequence[ImageFigures]) -> Markup:
    """The legend of ``image_matrix``."""
    finite = [image.psnr_db for image in images if np.isfinite(image.psnr_db)] or [0.0]
    low, high = min(finite), max(finite)
    bars = [
        element("rect", x=60.0 + 6.0 * step, y=4.0, width=6.5, height=12.0, fill=_psnr_colour(value, low, high))
        for step, value in enumerate(np.linspace(low, high, 32).tolist())
    ]
    parts = [_text(54, 14, f"{low:.1f} dB", "end"), *bars, _text(258, 14, f"{high:.1f} dB")]
    return _svg(320.0, 20.0, parts, label="Colours of the matrix")


def _matrix_cell(image: ImageFigures, x: float, y: float, cell: float, colour: str) -> Markup:
    kind = "trained on" if image.trained else "kept out"
    name = element("title", f"{image.name}, {kind}: {image.psnr_db:.1f} dB, SSIM {image.ssim:.3f}")
    square = element("rect", name, x=x, y=y, width=cell - 1.0, height=cell - 1.0, fill=colour)
    if image.trained:
        return square
    inset = 0.2 * cell
    side = cell - 1.0 - 2.0 * inset
    ring = element("rect", x=x + inset, y=y + inset, width=side, height=side, class_="kept")
    return joined([square, ring])


def _psnr_colour(value: float, low: float, high: float) -> str:
    """Good photographs are dark, bad ones bright, as in the error maps."""
    share = 0.0 if not np.isfinite(value) else (high - value) / max(high - low, 1e-9)
    return _hex(
        tuple(ERROR_COLOURS[round((0.12 + 0.8 * min(max(share, 0.0), 1.0)) * (len(ERROR_COLOURS) - 1))].tolist())
    )


def _every(cell: float, needed: float) -> int:
    return max(1, int(np.ceil(needed / cell)))


def _hex(colour: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(255 * min(max(value, 0.0), 1.0)):02x}" for value in colour)


def _text(x: float, y: float, text: str, anchor: str = "start", class_: str | None = None) -> Markup:
    return element("text", text, x=float(x), y=float(y), text_anchor=anchor, class_=class_)


def _line(x1: float, y1: float, x2: float, y2: float, *, class_: str) -> Markup:
    return element("line", x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2), class_=class_)


def _svg(width: float, height: float, parts: Sequence[Markup], *, label: str) -> Markup:
    box = f"0 0 {width:.0f} {height:.0f}"
    return element(
        "svg", *parts, viewBox=box, width=f"{width:.0f}", height=f"{height:.0f}", role="img", aria_label=label
    )
