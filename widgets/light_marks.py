"""How a light is drawn on the hemisphere and written in the table."""

import dearpygui.dearpygui as dpg
import numpy as np

from core.color import srgb_from_linear
from core.types import FloatArray
from widgets.controls import Tag
from widgets.hemisphere import Dial, Pair, Vector
from widgets.theme import COLOURS, Rgba, faded, scaled

_SEGMENTS = 12


def vector(row: FloatArray) -> Vector:
    """A row as three numbers."""
    return (float(row[0]), float(row[1]), float(row[2]))


def mark_place(dial: Dial, row: FloatArray) -> Pair | None:
    """Drawing position, or None for a light that is not known."""
    return dial.place(vector(row)) if np.isfinite(row).all() else None


def draw_mark(name: str, at: Pair, colour: Rgba | None, parent: Tag = 0, size: float = 1.0) -> None:
    """Draw an ``estimate`` (filled), a ``start`` (ring) or a ``truth`` (cross)."""
    x, y = at
    if name == "estimate":
        edge = (0, 0, 0, 160)
        fill = colour or COLOURS.text
        dpg.draw_circle(at, scaled(5 * size), fill=fill, color=edge, segments=_SEGMENTS, parent=parent)
    elif name == "start":
        dpg.draw_circle(at, scaled(4 * size), color=faded(COLOURS.muted, 0.8), segments=_SEGMENTS, parent=parent)
    else:
        r = scaled(6 * size)
        # A dark cross below the bright one, for it may lie on a bright dot.
        for thickness, ink in ((scaled(3), (0, 0, 0, 140)), (scaled(1.5), COLOURS.truth)):
            for sign in (1, -1):
                near, far = (x - r, y - sign * r), (x + r, y + sign * r)
                dpg.draw_line(near, far, color=ink, thickness=thickness, parent=parent)


def mark_scale(count: int) -> float:
    """How large marks are drawn: smaller where there are many."""
    return min(max((30 / max(count, 1)) ** 0.5, 0.6), 1.0)


def nearest(dial: Dial, directions: FloatArray, at: Pair, reach: float) -> int | None:
    """Index of the direction drawn nearest to ``at``, or None when none is within ``reach``."""
    best, found = reach, None
    for index, row in enumerate(directions):
        place = mark_place(dial, row)
        if place is not None:
            distance = float(np.hypot(place[0] - at[0], place[1] - at[1]))
            if distance <= best:
                best, found = distance, index
    return found


def light_colours(intensities: FloatArray) -> list[Rgba]:
    """Display colours of [lights, 3] linear intensities, the brightest light being full; grey where unknown."""
    known = np.nan_to_num(np.asarray(intensities, np.float32), nan=0.0)
    largest = float(known.max(initial=0.0)) or 1.0
    shown = np.rint(srgb_from_linear(np.clip(known / largest, 0.0, 1.0)) * 255).astype(int)
    return [(int(r), int(g), int(b), 255) if r + g + b else COLOURS.faint for r, g, b in shown]


def row_texts(
    light: int, direction: FloatArray, intensity: FloatArray, error: float | None, distance: float | None = None
) -> tuple[str, ...]:
    """The table's cells of one light, what matters most first; a dash where nothing is known."""
    far = "   –" if distance is None or not np.isfinite(distance) else f"{distance:4.3g}"
    xyz = [f"{v:5.2f}".replace("-0.00", " 0.00") if np.isfinite(v) else "    –" for v in direction]
    rgb = [(f"{v:.2f}" if np.isfinite(v) else "–").rjust(width) for v, width in zip(intensity, (4, 5, 4), strict=True)]
    off = "     –" if error is None or not np.isfinite(error) else f"{error:6.2f}"
    return (f"L{light:02d}", off, *xyz, far, *rgb)


def hover_text(row: tuple[str, ...]) -> str:
    """What is said of the light under the mouse."""
    return row[0] if "–" in row[1] else f"{row[0]}  {row[1].strip()}° off"


def summary(count: int, error_deg: FloatArray | None) -> str:
    """The line beside the heading."""
    if count == 0:
        return ""
    text = f"{count} light{'s' if count != 1 else ''}"
    if error_deg is None or not np.isfinite(error_deg).any():
        return text
    return f"{text}, now {float(np.nanmean(error_deg)):.2f}° off on average"
