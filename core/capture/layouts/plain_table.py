"""A table of photographs that the user writes: a CSV file with the columns file, view, light and perhaps mask."""

import csv
from collections.abc import Mapping
from pathlib import Path

from core.capture.folder import inside
from core.capture.layouts.plain_names import Named, Naming
from core.capture.naming import NamedFiles, text_lines
from core.errors import CaptureError, OptionError

_COLUMNS = ("file", "view", "light")
_LONGEST = 200


def by_table(folder: Path, name: str) -> tuple[Naming, tuple[str, ...]]:
    """What the table says, and the names of photographs and masks in it that are missing.

    Columns are separated by commas, semicolons or tabs; the first line names them. Raises CaptureError, naming file
    and line, for anything else.
    """
    place = NamedFiles(folder).find(name)
    if place is None:
        raise OptionError(f"{folder / name} is missing; write a CSV file with the columns file, view, light.")
    lines = text_lines(inside(folder, place))
    rows = _rows(place, lines)
    named = NamedFiles(folder)
    found: list[Named] = []
    missing: list[str] = []
    for row in rows:
        file = named.find(row["file"])
        if file is None:
            missing.append(row["file"])
            continue
        mask = named.find(row["mask"]) if row.get("mask") else None
        if mask is None and row.get("mask"):
            missing.append(row["mask"])
        found.append(
            Named(
                name=file.relative_to(folder).as_posix(),
                view=row["view"],
                light=row["light"],
                mask=mask.relative_to(folder).as_posix() if mask is not None else None,
            )
        )
    if not found:
        raise CaptureError(f"{place} names no photograph that is there; write names relative to {folder}.")
    return Naming(photographs=tuple(found), how=f"the table {place.name}"), tuple(missing)


def _rows(file: Path, lines: list[str]) -> list[Mapping[str, str]]:
    delimiter = max(",;\t", key=lines[0].count) if lines else ","
    rows: list[Mapping[str, str]] = []
    try:
        table = list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True))
    except csv.Error as error:
        raise CaptureError(f"{file} is not a CSV file ({error}); write the columns file, view, light.") from None
    header = [cell.strip().lower() for cell in table[0]] if table else []
    if any(column not in header for column in _COLUMNS):
        raise CaptureError(f"{file}: the first line does not name the columns file, view and light; add it.")
    for number, cells in enumerate(table[1:], start=2):
        row = {column: cell.strip() for column, cell in zip(header, cells, strict=False)}
        if any(not row.get(column) or len(row[column]) > _LONGEST for column in _COLUMNS):
            raise CaptureError(f"{file}, line {number}: file, view and light are not all given; complete the line.")
        rows.append(row)
    return rows
