"""One picture that tells how a run went: photographs beside renders, errors, normals, albedo, and all lights."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.color import ERROR_COLOURS, error_colours, normal_colours, srgb_from_linear
from core.fit.canvas import Align, Canvas, Colour, resized
from core.fit.curve_chart import ChartArea, Curve, draw_chart
from core.fit.history import Record
from core.fit.light_dial import draw_light_dial
from core.fit.traced import Rendered
from core.types import BoolArray, FloatArray

_BACKGROUND: Colour = (0.075, 0.082, 0.098)
_PANEL: Colour = (0.11, 0.12, 0.14)
_BRIGHT: Colour = (0.93, 0.94, 0.96)
_DIM: Colour = (0.62, 0.65, 0.70)
_ORANGE: Colour = (0.98, 0.65, 0.30)
_BLUE: Colour = (0.42, 0.70, 0.98)

_TILE = 264
_GAP = 10
_MARGIN = 36
_HEADER = 132
_CAPTION = 34
_SIDE = 420
_ROWS = 4
"""Room for as many at least: the panel beside them needs it."""
_COLUMNS = ("Photograph", "Render", "Error", "Normals", "Albedo")
_LIMITS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Round numbers for the error drawn in the legend's last colour."""


@dataclass(frozen=True, kw_only=True)
class SheetRow:
    """One photograph and what was made of it."""

    rendered: Rendered
    normals_gl: FloatArray
    """[height, width, 3] OpenGL camera frame, zero outside the object."""
    albedo: FloatArray
    """[height, width, 3] linear."""
    specular: FloatArray
    """[height, width, 3] linear; not drawn, but the albedo of a metal is as dark as it is beside it."""
    held_out: bool


@dataclass(frozen=True, kw_only=True)
class SheetLights:
    """All lights; rows aligned with ``light_ids``, OpenGL camera frame, nan where unknown."""

    light_ids: tuple[int, ...]
    estimate_gl: FloatArray
    """[lights, 3]"""
    intensities: FloatArray
    """[lights, 3] linear RGB."""
    truth_gl: FloatArray | None
    """[lights, 3]"""


@dataclass(frozen=True, kw_only=True)
class SheetFacts:
    """The numbers printed on the sheet; None is left out."""

    title: str
    images: int
    """Photographs trained on."""
    steps: int
    seconds: float
    """Optimisation time."""
    training_psnr_db: float | None
    held_out_psnr_db: float | None
    normal_error_deg: float | None
    light_error_deg: float | None
    records: Sequence[Record]
    """How the run got there; may be empty."""


def compose_sheet(rows: Sequence[SheetRow], lights: SheetLights, facts: SheetFacts) -> FloatArray:
    """The contact sheet, display-referred [height, width, 3] in [0, 1]."""
    height = _HEADER + max(_ROWS, len(rows)) * (_TILE + _CAPTION) + _MARGIN
    tiles_width = len(_COLUMNS) * _TILE + (len(_COLUMNS) - 1) * _GAP
    canvas = Canvas(_MARGIN + tiles_width + _MARGIN + _SIDE + _MARGIN, height, _BACKGROUND)
    canvas.text(_MARGIN, 58, facts.title, _BRIGHT, size=34, bold=True)
    canvas.text(_MARGIN, 88, _subtitle(facts), _DIM, size=17)
    limit = _error_limit(rows)
    _draw_rows(canvas, rows, limit)
    side = _MARGIN + tiles_width + _MARGIN
    canvas.fill(side, _MARGIN, _SIDE, height - 2 * _MARGIN, _PANEL)
    _draw_side(canvas, side, lights, facts, limit)
    return np.clip(canvas.pixels, 0.0, 1.0)


def _subtitle(facts: SheetFacts) -> str:
    return f"{facts.images} photographs · {facts.steps:,} steps · {facts.seconds:.0f} s of optimisation"


def _draw_rows(canvas: Canvas, rows: Sequence[SheetRow], limit: float) -> None:
    exposure = bright_exposure([row.rendered.photograph[row.rendered.mask] for row in rows])
    albedo_exposure = bright_exposure([c[row.rendered.mask] for row in rows for c in (row.albedo, row.specular)])
    for column, title in enumerate(_COLUMNS):
        canvas.text(_MARGIN + column * (_TILE + _GAP), _HEADER - 12, title, _BRIGHT, size=18, bold=True)
    for number, row in enumerate(rows):
        y = _HEADER + number * (_TILE + _CAPTION)
        for column, picture in enumerate(_pictures(row, limit, exposure, albedo_exposure)):
            tile = np.clip(object_square(picture, row.rendered.mask, _TILE), 0.0, 1.0)
            canvas.picture(_MARGIN + column * (_TILE + _GAP), y, tile)
        key = row.rendered.key
        kept = "kept out of training, " if row.held_out else ""
        text = f"View {key.view}, light {key.light}: {kept}{row.rendered.psnr_db:.1f} dB"
        canvas.text(_MARGIN, y + _TILE + 20, text, _DIM, size=16)


def _pictures(row: SheetRow, limit: float, exposure: float, albedo_exposure: float) -> tuple[FloatArray, ...]:
    rendered = row.rendered
    error = np.abs(rendered.render - rendered.photograph).mean(axis=-1)
    return (
        srgb_from_linear(rendered.photograph * exposure),
        srgb_from_linear(rendered.render * exposure),
        error_colours(error, limit),
        normal_colours(row.normals_gl),
        srgb_from_linear(row.albedo * albedo_exposure),
    )


def object_square(picture: FloatArray, mask: BoolArray, size: int) -> FloatArray:
    """The square around the object of [height, width, channels], filtered to [size, size, channels].

    What lies beyond the picture is black.
    """
    rows, columns = np.nonzero(mask)
    side = int(1.08 * max(np.ptp(rows), np.ptp(columns))) + 2
    top, left = (int(rows.min() + rows.max()) - side) // 2, (int(columns.min() + columns.max()) - side) // 2
    square = np.zeros((side, side, picture.shape[2]), dtype=np.float32)
    height, width = picture.shape[:2]
    y0, y1, x0, x1 = max(0, top), min(height, top + side), max(0, left), min(width, left + side)
    square[y0 - top : y1 - top, x0 - left : x1 - left] = picture[y0:y1, x0:x1]
    return resized(square, size, size)


def bright_exposure(samples: Sequence[FloatArray]) -> float:
    """The factor that brings the brightest of these linear values near white."""
    values = np.concatenate([sample.reshape(-1) for sample in samples]) if samples else np.ones(1, dtype=np.float32)
    values = values[np.isfinite(values)]
    bright = float(np.percentile(values, 99.0)) if values.size else 1.0
    return 1.0 / max(bright, 1e-6)


def _error_limit(rows: Sequence[SheetRow]) -> float:
    """A round number that nearly no object pixel's error exceeds."""
    return error_limit(
        [np.abs(row.rendered.render - row.rendered.photograph).mean(axis=-1)[row.rendered.mask] for row in rows]
    )


def error_limit(errors: Sequence[FloatArray]) -> float:
    """A round number that nearly none of these differences of linear values exceeds."""
    largest = float(np.percentile(np.concatenate(errors), 98.0)) if errors else 1.0
    return next((limit for limit in _LIMITS if limit >= largest), _LIMITS[-1])


def _draw_side(canvas: Canvas, x: int, lights: SheetLights, facts: SheetFacts, limit: float) -> None:
    left, right = x + 24, x + _SIDE - 24
    canvas.text(left, 76, "Lights", _BRIGHT, size=18, bold=True)
    canvas.text(right, 76, "seen from the camera", _DIM, size=15, align="right")
    radius = (right - left) // 2 - 14
    y = draw_light_dial(canvas, (left + right) // 2, 100 + radius, radius, lights) + 44
    canvas.text(left, y, "Error", _BRIGHT, size=18, bold=True)
    canvas.text(right, y, "difference of linear values", _DIM, size=15, align="right")
    bar = np.broadcast_to(ERROR_COLOURS[None], (18, len(ERROR_COLOURS), 3)).astype(np.float32)
    canvas.picture(left, y + 14, np.clip(resized(bar, right - left, 18), 0.0, 1.0))
    numbers: tuple[tuple[float, Align], ...] = ((0.0, "left"), (0.5, "center"), (1.0, "right"))
    for fraction, align in numbers:
        label = f"{fraction * limit:g}" + (" or more" if fraction == 1.0 else "")
        canvas.text(int(left + fraction * (right - left)), y + 52, label, _DIM, size=15, align=align)
    y += 104
    for name, value in _facts(facts):
        canvas.text(left, y, name, _DIM, size=17)
        canvas.text(right, y, value, _BRIGHT, size=17, align="right")
        y += 30
    _draw_curves(canvas, ChartArea(x=left, y=y + 60, width=right - left, height=165), facts.records)


def _facts(facts: SheetFacts) -> list[tuple[str, str]]:
    lines = [
        ("PSNR, training", facts.training_psnr_db, "dB"),
        ("PSNR, kept out", facts.held_out_psnr_db, "dB"),
        ("Normal error, mean", facts.normal_error_deg, "°"),
        ("Light error, mean", facts.light_error_deg, "°"),
    ]
    return [
        (name, f"{value:.2f}{'' if unit == '°' else ' '}{unit}") for name, value, unit in lines if value is not None
    ]


def _draw_curves(canvas: Canvas, area: ChartArea, records: Sequence[Record]) -> None:
    """PSNR above, errors against ground truth below."""
    canvas.text(area.x, area.y - 46, "Over time", _BRIGHT, size=18, bold=True)
    right = area.x + area.width  # the figures above it are means over photographs as the run has left them
    canvas.text(right, area.y - 46, "running: all pixels of late steps", _DIM, size=15, align="right")
    psnr = [
        Curve(name="running PSNR", colour=_ORANGE, points=_known(records, "psnr_db")),
        Curve(name="kept out", colour=_BLUE, points=_known(records, "held_out_psnr_db")),
    ]
    draw_chart(canvas, area, psnr, unit=" dB", log=False)
    errors = [
        Curve(name="Normals", colour=_ORANGE, points=_known(records, "normal_error_deg")),
        Curve(name="lights", colour=_BLUE, points=_known(records, "light_error_deg")),
    ]
    below = replace(area, y=area.y + area.height + 70)
    draw_chart(canvas, below, errors, unit="°", log=True)


def _known(records: Sequence[Record], name: str) -> list[tuple[float, float]]:
    values = [(record.seconds, getattr(record, name)) for record in records]
    return [(seconds, value) for seconds, value in values if value is not None and np.isfinite(value)]
