"""The lights the fit has found: on the hemisphere seen from the camera, and in numbers."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable, Sequence

import dearpygui.dearpygui as dpg
import numpy as np

from core.types import FloatArray
from widgets.controls import Chip, Tag, beside_heading, caption, heading, inner, mono, text_width
from widgets.hemisphere import FARTHEST_DEG, Dial, Pair
from widgets.light_marks import (
    draw_mark,
    hover_text,
    light_colours,
    mark_place,
    mark_scale,
    nearest,
    row_texts,
    summary,
    vector,
)
from widgets.theme import COLOURS, SPACING, Rgba, faded, font, scaled

_COLUMNS = ("ID", "error°", "    x", "    y", "    z", "dist", " red", "green", "blue")
_DISTANCE = "dist"
_UNITS = "Red, green, blue: intensity, mean light = 1"
_NEAR_UNITS = "dist: from the object's centre, world units"
_TABLE_LEAST, _DOME_MOST = 112, 260
_ROOMY = 260
"""Panels lower than this at UI scale 1 leave the line about the table's units to the table."""
_RINGS_DEG = (30.0, 60.0, 90.0)
"""Angles from the camera, as in the contact sheet and the report."""


class LightPanel:
    """A dot is the estimate in the light's colour, a ring where it started, a cross the truth."""

    def __init__(self, parent: Tag, *, on_select_light: Callable[[int], object]) -> None:
        self._parent = parent
        self._on_select = on_select_light
        self._ids: tuple[int, ...] = ()
        self._rows = 0
        self._size = (0, 0)
        self._dial = Dial(centre=(0.0, 0.0), radius=1.0)
        self._estimate: FloatArray = np.zeros((0, 3), np.float32)
        self._start: FloatArray | None = None
        self._truth: FloatArray | None = None
        self._colours: list[Rgba] = []
        self._texts: list[tuple[str, ...]] = []
        self._stale = True
        self.selected: int | None = None
        """Id of the light that is highlighted."""
        with dpg.group(parent=parent):
            with dpg.group(horizontal=True):
                heading("Lights")
                beside_heading(caption("", tag="lights.summary"))
            with dpg.group(horizontal=True, horizontal_spacing=scaled(SPACING.panel)):
                with dpg.drawlist(width=10, height=10, tag="lights.dome"):
                    dpg.add_draw_layer(tag="lights.grid")
                    dpg.add_draw_layer(tag="lights.marks")
                    self._chip = Chip("lights.hover", "lights.dome")
                self._add_key()
            caption(_UNITS, tag="lights.units")
            dpg.configure_item("lights.units", color=COLOURS.faint)
            self._add_table()

    @staticmethod
    def _add_key() -> None:
        """What the marks mean, beside the dome."""
        with dpg.group(tag="lights.key"):
            for name, text in (("estimate", "estimate"), ("start", "start"), ("truth", "ground truth")):
                with dpg.group(horizontal=True, tag=f"lights.key.{name}"):
                    side = scaled(SPACING.small_text)
                    with dpg.drawlist(width=side, height=side):
                        middle = (side / 2, side / 2 + scaled(1))
                        draw_mark(name, middle, None)
                    caption(text)
            caption("seen from\nthe camera,\nrings: angle\nfrom it", tag="lights.key.note")
            dpg.configure_item("lights.key.note", color=COLOURS.faint)

    def _add_table(self) -> None:
        with dpg.table(
            tag="lights.table", scrollY=True, scrollX=True, freeze_rows=1, freeze_columns=1,
            policy=dpg.mvTable_SizingFixedFit, row_background=True, height=-1, width=-1, no_host_extendX=False,
        ):  # fmt: skip
            for name in _COLUMNS:
                dpg.add_table_column(label=name, tag=f"lights.column.{name.strip()}", enabled=name != _DISTANCE)
        dpg.bind_item_font("lights.table", font("mono"))
        dpg.bind_item_theme("lights.table", "style.dense")

    # ---- what the studio calls --------------------------------------------------------------------------------------

    def show_lights(
        self,
        ids: Sequence[int],
        estimate_gl: FloatArray,
        *,
        start_gl: FloatArray | None = None,
        truth_gl: FloatArray | None = None,
        intensities: FloatArray,
        error_deg: FloatArray | None = None,
        distances: FloatArray | None = None,
    ) -> None:
        """Show one row a light: [lights, 3] unit vectors in the OpenGL camera frame, [lights, 3] linear RGB; of near
        lights also the distances [lights], world units.
        """
        self._ids = tuple(ids)
        self._estimate, self._start, self._truth = estimate_gl, start_gl, truth_gl
        self._colours = light_colours(intensities)
        self._texts = [
            row_texts(
                light,
                estimate_gl[i],
                intensities[i],
                None if error_deg is None else float(error_deg[i]),
                None if distances is None else float(distances[i]),
            )
            for i, light in enumerate(self._ids)
        ]
        dpg.set_value("lights.summary", summary(len(self._ids), error_deg))
        dpg.set_value("lights.units", _UNITS if distances is None else _NEAR_UNITS)
        dpg.configure_item(f"lights.column.{_DISTANCE}", enabled=distances is not None)  # "show" hides no column
        dpg.configure_item("lights.key.truth", show=truth_gl is not None)
        dpg.configure_item("lights.key.start", show=start_gl is not None)
        self._show_table()
        self._stale = True

    def show_selection(self, light_id: int | None) -> None:
        """Highlight a light."""
        if light_id == self.selected:
            return
        self.selected = light_id
        for row in range(self._rows):
            chosen = row < len(self._ids) and self._ids[row] == light_id
            dpg.set_value(f"lights.row.{row}", chosen)
        self._stale = True

    def light_centre(self, light_id: int) -> Pair:
        """Window position of a light's estimate on the dome."""
        x, y = dpg.get_item_rect_min("lights.dome")
        at = self._dial.place(vector(self._estimate[self._ids.index(light_id)]))
        return (x + at[0], y + at[1])

    def update(self) -> None:
        """Follow the panel's size and the mouse; once a frame."""
        size = inner(self._parent)
        if min(size) > 0 and size != self._size:
            self._size = size
            self._place(size)
        if self._stale and self._size[0]:
            self._stale = False
            self._draw_marks()
        self._follow_mouse()

    # ---- table ------------------------------------------------------------------------------------------------------

    def _show_table(self) -> None:
        while self._rows < len(self._texts):
            self._add_row(self._rows)
            self._rows += 1
        for row in range(self._rows):
            shown = row < len(self._texts)
            dpg.configure_item(f"lights.table.{row}", show=shown)
            if shown:
                self._fill_row(row)

    def _add_row(self, row: int) -> None:
        with dpg.table_row(parent="lights.table", tag=f"lights.table.{row}"):
            dpg.add_selectable(
                label="", tag=f"lights.row.{row}", span_columns=True, callback=lambda: self._choose(self._ids[row])
            )
            for column in range(1, len(_COLUMNS)):
                mono("", tag=f"lights.cell.{row}.{column}")

    def _fill_row(self, row: int) -> None:
        texts = self._texts[row]
        dpg.configure_item(f"lights.row.{row}", label=texts[0])
        dpg.set_value(f"lights.row.{row}", self._ids[row] == self.selected)
        for column in range(1, len(_COLUMNS)):
            dpg.set_value(f"lights.cell.{row}.{column}", texts[column])

    def _choose(self, light_id: int) -> None:
        self.selected = None
        self.show_selection(light_id)
        self._on_select(light_id)

    # ---- dome -------------------------------------------------------------------------------------------------------

    def _place(self, size: tuple[int, int]) -> None:
        roomy = size[1] >= scaled(_ROOMY)
        dpg.configure_item("lights.units", show=roomy)
        around = scaled(22 + (20 if roomy else 0) + _TABLE_LEAST)
        side = max(min(size[0] - scaled(116), size[1] - around), scaled(90))
        side = min(side, scaled(_DOME_MOST))
        dpg.configure_item("lights.dome", width=side, height=side)
        self._dial = Dial(centre=(side / 2, side / 2), radius=(side / 2 - scaled(8)) * 90.0 / FARTHEST_DEG)
        dpg.delete_item("lights.grid", children_only=True)
        centre, radius = self._dial.centre, self._dial.radius
        grid = faded(COLOURS.line_strong, 0.8)
        dpg.draw_circle(centre, radius, fill=COLOURS.well, color=COLOURS.line_strong, parent="lights.grid", segments=64)
        for angle in _RINGS_DEG[:-1]:
            dpg.draw_circle(centre, self._dial.ring(angle), color=grid, parent="lights.grid", segments=48)
        for dx, dy in ((1, 0), (0, 1)):
            near = (centre[0] - dx * radius, centre[1] - dy * radius)
            far = (centre[0] + dx * radius, centre[1] + dy * radius)
            dpg.draw_line(near, far, color=faded(grid, 0.6), parent="lights.grid")
        self._stale = True

    def _ring_label(self, angle: float) -> None:
        x, y = self._dial.centre
        text, size, to = f"{angle:.0f}°", scaled(SPACING.tiny_text), "lights.marks"
        near = (x + scaled(3), y + self._dial.ring(angle) - scaled(15))
        far = (near[0] + text_width(text, font("tiny")) + scaled(4), near[1] + scaled(14))
        ground = faded(COLOURS.well, 0.85)
        dpg.draw_rectangle(near, far, fill=ground, color=(0, 0, 0, 0), rounding=scaled(2), parent=to)
        dpg.draw_text((near[0] + scaled(2), near[1]), text, size=size, color=COLOURS.muted, parent=to)

    def _draw_marks(self) -> None:
        dpg.delete_item("lights.marks", children_only=True)
        size = mark_scale(len(self._ids)) * min(max(self._dial.radius / scaled(60), 0.6), 1.0)
        for i, light in enumerate(self._ids):
            estimate = mark_place(self._dial, self._estimate[i])
            start = None if self._start is None else mark_place(self._dial, self._start[i])
            truth = None if self._truth is None else mark_place(self._dial, self._truth[i])
            if start:
                draw_mark("start", start, None, "lights.marks", size)
            if truth and estimate:
                dpg.draw_line(estimate, truth, color=faded(COLOURS.truth, 0.7), parent="lights.marks")
            if estimate:
                draw_mark("estimate", estimate, self._colours[i], "lights.marks", size)
                if light == self.selected:
                    dpg.draw_circle(estimate, scaled(9), color=COLOURS.accent, thickness=2, parent="lights.marks")
        self._draw_truth(size)
        for angle in _RINGS_DEG:
            self._ring_label(angle)

    def _draw_truth(self, size: float) -> None:
        """The crosses come last: an estimate that has arrived would hide its own."""
        for row in () if self._truth is None else self._truth:
            at = mark_place(self._dial, row)
            if at:
                draw_mark("truth", at, None, "lights.marks", size)

    def _follow_mouse(self) -> None:
        """Name the light under the mouse, choose it on a click."""
        found = None
        if self._ids and dpg.is_item_hovered("lights.dome"):
            (x, y), mouse = dpg.get_item_rect_min("lights.dome"), dpg.get_mouse_pos(local=False)
            found = nearest(self._dial, self._estimate, (mouse[0] - x, mouse[1] - y), scaled(12))
        at = None if found is None else mark_place(self._dial, self._estimate[found])
        text = "" if found is None else hover_text(self._texts[found])
        width = text_width(text, font("small"))
        edge = 2 * self._dial.centre[0] - width - 2 * scaled(SPACING.small)
        self._chip.show(text, (0, 0) if at is None else (min(at[0] + scaled(8), edge), at[1] - scaled(24)))
        if found is not None and dpg.is_mouse_button_clicked(dpg.mvMouseButton_Left):
            self._choose(self._ids[found])
