"""Text is escaped because it is text; plots and tables put numbers where they belong."""

import re
from html import unescape

import numpy as np
import pytest

from core.fit.evaluation.figures import LightFigures
from core.fit.evaluation.markup import Markup, element, joined
from core.fit.evaluation.plots import Line, light_plot, line_chart
from core.fit.evaluation.tables import number, numbers_table


def test_text_is_escaped_and_markup_is_not() -> None:
    inner = element("b", "a < b & c")
    assert inner == "<b>a &lt; b &amp; c</b>"
    assert element("p", inner, "<i>") == "<p><b>a &lt; b &amp; c</b>&lt;i&gt;</p>"
    assert isinstance(joined(["x", inner]), Markup)


def test_attributes_are_escaped_and_named_as_in_html() -> None:
    written = element("td", class_='a"b', data_value=0.5, hidden=True, title=None)
    assert written == '<td class="a&quot;b" data-value="0.5" hidden></td>'
    assert element("img", alt="x") == '<img alt="x">'


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(1.234, "dB", "1.23 dB"), (1.0, "°", "1.00°"), (None, "dB", "–"), (float("inf"), "", "∞")],
)
def test_numbers(value: float | None, unit: str, text: str) -> None:
    assert number(value, unit).text == text


def test_tables_carry_what_they_are_sorted_by() -> None:
    table = numbers_table(
        ["Name", "Value"], [["a", number(1.0 / 3.0)], ["b", number(None)], ["c", number(float("inf"))]]
    )
    assert re.findall(r'data-value="([^"]*)"', table) == [repr(1.0 / 3.0), "", "Infinity"]
    assert table.count("<button") == 2
    assert "<button" not in numbers_table(["Name"], [["a"]], sortable=False)


def test_a_curve_goes_from_corner_to_corner() -> None:
    chart = line_chart(
        [Line(name="up", points=[(0.0, 10.0), (5.0, 15.0), (10.0, 20.0)])], title="T", x_unit=" s", y_unit=""
    )
    points = re.search(r'<polyline points="([^"]*)"', chart)
    assert points is not None
    places = np.array([[float(part) for part in point.split(",")] for point in points[1].split()])
    np.testing.assert_allclose(places[1], places[[0, 2]].mean(axis=0), atol=0.11)
    assert places[0, 1] > places[2, 1]  # y points down on the page
    assert ">10<" in chart
    assert ">20<" in chart


def test_a_chart_without_curves_is_nothing() -> None:
    assert line_chart([Line(name="one", points=[(0.0, 1.0)])], title="T", x_unit="", y_unit="") == ""


def test_lights_lie_where_they_are_seen() -> None:
    def light(number: int, direction: tuple[float, float, float] | None) -> LightFigures:
        return LightFigures(
            light=number,
            images=1,
            direction_gl=direction,
            intensity=None if direction is None else (1.0, 0.5, 0.25),
            error_deg=1.5 if direction else None,
            intensity_error_percent=None,
        )

    lights = [light(0, (0.0, 0.0, 1.0)), light(1, (1.0, 0.0, 0.0)), light(2, (0.0, 0.5, 0.75**0.5)), light(3, None)]
    plot = light_plot(lights, np.array([[0, 0, 1.0], [1, 0, 0], [np.nan] * 3, [0, 0, 1]], np.float32))
    dots = re.findall(r'<circle cx="([^"]*)" cy="([^"]*)" r="6" fill="(#\w+)"', plot)
    places = [(float(x), float(y)) for x, y, _ in dots]
    middle = places[0]
    assert len(places) == 3
    np.testing.assert_allclose(places[1], (middle[0] + 190.0, middle[1]), atol=0.01)
    np.testing.assert_allclose(places[2], (middle[0], middle[1] - 190.0 / 3.0), atol=0.01)
    assert plot.count('class="truth"') == 6
    assert "Light 0, 1.50° off" in unescape(plot)
