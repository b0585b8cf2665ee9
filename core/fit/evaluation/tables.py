"""Tables of the report; those with many rows can be sorted by clicking a title."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.fit.evaluation.markup import Markup, element


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A number as it is shown and as it is sorted by."""

    text: str
    value: float | None


def number(value: float | None, unit: str = "", *, digits: int = 2) -> Cell:
    """A number with its unit, a dash where there is none."""
    if value is None or math.isnan(value):
        return Cell(text="–", value=None)
    text = "∞" if math.isinf(value) else f"{value:.{digits}f}"
    return Cell(text=text + ("" if not unit else unit if unit in {"°", "%"} else f" {unit}"), value=value)


def facts_table(rows: Iterable[tuple[str, str]]) -> Markup:
    """Names and values."""
    lines = [element("tr", element("th", name, scope="row"), element("td", value)) for name, value in rows]
    return element("table", element("tbody", *lines), class_="facts")


def numbers_table(titles: Sequence[str], rows: Sequence[Sequence[str | Cell]], *, sortable: bool = True) -> Markup:
    """A table of texts and numbers."""
    buttons = [element("button", title, type="button") if sortable else title for title in titles]
    heads = [element("th", button, scope="col") for button in buttons]
    lines = [element("tr", *(_cell(cell) for cell in row)) for row in rows]
    table = element(
        "table",
        element("thead", element("tr", *heads)),
        element("tbody", *lines),
        class_="numbers sortable" if sortable else "numbers",
    )
    return element("div", table, class_="scroll")


def _cell(cell: str | Cell) -> Markup:
    if isinstance(cell, str):
        return element("td", cell)
    value = "" if cell.value is None else repr(float(cell.value)).replace("inf", "Infinity")
    return element("td", cell.text, class_="number", data_value=value)
