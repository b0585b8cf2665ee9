"""Whether the fit converges: loss terms, PSNR, and the errors against ground truth where there is one."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import dearpygui.dearpygui as dpg

from widgets.controls import Tag, beside_button, button, caption, heading, inner, text_width, tooltip
from widgets.series import Series
from widgets.theme import COLOURS, SPACING, Rgba, font, scaled, style


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One line of a plot."""

    name: str
    label: str
    colour: Rgba
    digits: int
    """Decimals of the current value."""
    about: str = ""
    """What a label that does not explain itself means."""


@dataclass(frozen=True, kw_only=True)
class PlotSpec:
    """One plot."""

    name: str
    label: str
    unit: str
    """Written right behind a value."""
    about: str
    """What the plot shows, for its button."""
    log: bool
    curves: tuple[Curve, ...]


_TOTAL = "All terms, each with its weight"
_MEASURED = "Mean error when it was measured last, a little before what the list of lights says"
_EIKONAL = (
    "Surface evenness (the eikonal term): how far the signed distance is from growing by one unit a unit; "
    "near 0 the surface is sound"
)
_BLUE, _ORANGE, _GREEN, _VIOLET, _ = COLOURS.series
PLOTS = (
    PlotSpec(
        name="loss",
        label="Loss",
        unit="",
        about="loss terms over steps, logarithmic",
        log=True,
        curves=(
            Curve(name="total", label="total", colour=COLOURS.text, digits=3, about=_TOTAL),
            Curve(name="colour", label="colour", colour=_BLUE, digits=4),
            Curve(name="mask", label="mask", colour=_ORANGE, digits=4),
            Curve(name="eikonal", label="surface", colour=_GREEN, digits=4, about=_EIKONAL),
        ),
    ),
    PlotSpec(
        name="psnr",
        label="PSNR",
        unit=" dB",
        about="PSNR in dB over steps, of photographs trained on and held out",
        log=False,
        curves=(
            Curve(name="train", label="training (running mean)", colour=_BLUE, digits=1),
            Curve(name="held_out", label="held out", colour=_ORANGE, digits=1),
        ),
    ),
    PlotSpec(
        name="truth",
        label="Error",
        unit="°",
        about="mean error of normals and lights against ground truth in degrees over steps, logarithmic",
        log=True,
        curves=(
            Curve(name="normal", label="normals", colour=_BLUE, digits=2),
            Curve(name="light", label="lights", colour=COLOURS.light, digits=2, about=_MEASURED),
        ),
    ),
)
_SMALLEST = 1e-7
_POINTS = 800
"""Of each curve; far more than the panel has pixels, and cheap to draw."""
_ROOMY = 300
"""Panels narrower than this at UI scale 1 do not say what the axis is."""
_GAP = 7
"""Between the names of curves."""
_LEAST_HEIGHT = 112
"""A plot with its numbers needs this much at UI scale 1."""


class LossPlots:
    """Up to three plots under one another; the buttons above choose which."""

    def __init__(self, parent: Tag) -> None:
        self._parent = parent
        self._size = (0, 0)
        self._series = {(plot.name, curve.name): Series(_POINTS) for plot in PLOTS for curve in plot.curves}
        self._shown = ["loss", "psnr"]
        """Plots wanted, the one asked for last at the end."""
        self._truth_seen = False
        with dpg.group(parent=parent, tag="plots"):
            self._add_head()
            for plot in PLOTS:
                self._add_plot(plot)
        self._apply_shown()
        self._show_points()

    def _add_head(self) -> None:
        with dpg.group(horizontal=True):
            beside_button(heading("Progress"))
            beside_button(caption("by step", tag="plots.axis"))
            dpg.add_spacer(width=1)
            with dpg.group(horizontal=True, horizontal_spacing=scaled(SPACING.hair)):
                for plot in PLOTS:
                    tip = f"Show or hide: {plot.about}"
                    tag = f"plots.show.{plot.name}"
                    button(plot.label, lambda n=plot.name: self._toggle(n), tag=tag, kind="quiet", small=True, tip=tip)

    def _add_plot(self, plot: PlotSpec) -> None:
        with dpg.group(tag=f"plots.{plot.name}.group"):
            with dpg.group(horizontal=True, horizontal_spacing=scaled(_GAP), tag=f"plots.{plot.name}.head"):
                for curve in plot.curves:
                    dpg.add_text(curve.label, tag=f"plots.{plot.name}.{curve.name}.value", color=curve.colour)
                    dpg.bind_item_font(dpg.last_item(), font("tiny"))
                    if curve.about:
                        tooltip(f"plots.{plot.name}.{curve.name}.value", curve.about)
            with dpg.plot(tag=f"plots.{plot.name}.plot", no_title=True, no_menus=True, no_inputs=True, width=-1):
                dpg.add_plot_axis(dpg.mvXAxis, tag=f"plots.{plot.name}.x")
                scale = dpg.mvPlotScale_Log10 if plot.log else dpg.mvPlotScale_Linear
                with dpg.plot_axis(dpg.mvYAxis, tag=f"plots.{plot.name}.y", scale=scale):
                    for curve in plot.curves:
                        self._add_curve(plot, curve)
            dpg.bind_item_font(f"plots.{plot.name}.plot", font("tiny"))

    @staticmethod
    def _add_curve(plot: PlotSpec, curve: Curve) -> None:
        tag = f"plots.{plot.name}.{curve.name}"
        dpg.add_line_series([], [], tag=tag)
        with dpg.theme() as theme, dpg.theme_component(dpg.mvLineSeries):
            dpg.add_theme_color(dpg.mvPlotCol_Line, curve.colour, category=dpg.mvThemeCat_Plots)
        dpg.bind_item_theme(tag, theme)

    def add(
        self,
        step: int,
        losses: Mapping[str, float],
        *,
        psnr_db: float | None,
        held_out: float | None = None,
        normal_error: float | None = None,
        light_error: float | None = None,
    ) -> None:
        """Append one moment of the run; errors in degrees, PSNR in dB, None where there is nothing to show."""
        values = {("loss", name): max(value, _SMALLEST) for name, value in losses.items()}
        rest = {("psnr", "train"): psnr_db, ("psnr", "held_out"): held_out}
        errors = {("truth", "normal"): normal_error, ("truth", "light"): light_error}
        for key, value in {**values, **rest, **errors}.items():
            if key in self._series:
                self._series[key].add(step, value)
        if not self._truth_seen and (normal_error is not None or light_error is not None):
            self._truth_seen = True
            self._shown.append("truth")
            self._apply_shown()
        self._show_points()

    def clear(self) -> None:
        """Forget everything, for another capture or a fresh start."""
        for series in self._series.values():
            series.clear()
        self._truth_seen = False
        self._shown = [name for name in self._shown if name != "truth"]
        self._apply_shown()
        self._show_points()

    def _show_points(self) -> None:
        for plot in PLOTS:
            if plot.name in self._shown:
                for curve in plot.curves:
                    x, y = self._series[plot.name, curve.name].points
                    dpg.set_value(f"plots.{plot.name}.{curve.name}", [x, y])
                self._show_legend(plot)
                self._show_limits(plot)

    def _show_legend(self, plot: PlotSpec) -> None:
        newest = {curve.name: self._series[plot.name, curve.name].newest for curve in plot.curves}
        empty = all(value is None for value in newest.values())
        room = inner(self._parent)[0] or 10_000
        texts = legend(plot, newest, room - scaled(_GAP), lambda text: text_width(text, font("tiny")) + scaled(_GAP))
        for curve in plot.curves:
            tag = f"plots.{plot.name}.{curve.name}.value"
            dpg.set_value(tag, texts[curve.name])
            dpg.configure_item(tag, show=newest[curve.name] is not None or empty)

    def _show_limits(self, plot: PlotSpec) -> None:
        """Fit the axes; done here because DearPyGui's own fit of a logarithmic axis starts at 1e-307."""
        found = [self._series[plot.name, curve.name] for curve in plot.curves]
        low, high = value_limits([y for series in found for y in series.points[1]], log=plot.log)
        dpg.set_axis_limits(f"plots.{plot.name}.y", low, high)
        last = max((x for series in found for x in series.points[0][-1:]), default=0.0)
        dpg.set_axis_limits(f"plots.{plot.name}.x", 0.0, max(last, 10.0))

    def _toggle(self, name: str) -> None:
        if name in self._shown:
            self._shown.remove(name)
        else:
            self._shown.append(name)
        self._apply_shown()
        self._show_points()

    def _apply_shown(self) -> None:
        self._shown = self._shown[-self._most() :]
        for plot in PLOTS:
            shown = plot.name in self._shown
            dpg.configure_item(f"plots.{plot.name}.group", show=shown)
            dpg.bind_item_theme(f"plots.show.{plot.name}", style("chosen" if shown else "quiet", small=True))
        self._size = (0, 0)

    def _most(self) -> int:
        """How many plots are still legible in the panel's height."""
        height = inner(self._parent)[1]
        return min(max(int(height // scaled(_LEAST_HEIGHT)), 1), len(PLOTS)) if height else len(PLOTS)

    def update(self) -> None:
        """Share the panel's height between the plots shown; once a frame."""
        size = inner(self._parent)
        if size == self._size or not size[1] or not self._shown:
            return
        if len(self._shown) > self._most():
            self._apply_shown()
        dpg.configure_item("plots.axis", show=size[0] >= scaled(_ROOMY))
        self._size = size
        for plot in PLOTS:
            self._show_legend(plot)
        head = scaled(SPACING.small_text + 8 + 4)
        each = (size[1] - head) / len(self._shown) - scaled(SPACING.tiny_text + 3 * 6)
        for name in self._shown:
            dpg.configure_item(f"plots.{name}.plot", height=max(int(each), scaled(50)))


def legend(
    plot: PlotSpec, newest: Mapping[str, float | None], width: float, measure: Callable[[str], float]
) -> dict[str, str]:
    """What is written of each curve side by side within ``width`` pixels: its name with the newest value, with fewer
    digits where there is little room and without it where there is none. ``measure`` gives the width of one text.
    """
    texts: dict[str, str] = {}
    for fewer in range(3):
        for curve in plot.curves:
            value = newest[curve.name]
            number = "" if value is None else f" {value:.{max(curve.digits - fewer, 0)}f}{plot.unit}"
            texts[curve.name] = curve.label + number
        if sum(measure(text) for text in texts.values()) <= width:
            return texts
    return {curve.name: curve.label for curve in plot.curves}


def value_limits(values: Sequence[float], *, log: bool) -> tuple[float, float]:
    """(low, high) of an axis that shows these values with a little air; (0, 1) or (0.01, 1) when there are none."""
    if not values:
        return (0.01, 1.0) if log else (0.0, 1.0)
    low, high = min(values), max(values)
    if log:
        return (low / 1.3, high * 1.3)
    air = max(0.06 * (high - low), 0.01 * abs(high), 1e-6)
    return (low - air, high + air)
