"""Whether the fit converges: loss terms, PSNR, and the errors against ground truth where there is one."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import dearpygui.dearpygui as dpg

from widgets.controls import Tag, beside_button, button, caption, heading, inner
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


_BLUE, _ORANGE, _GREEN, _VIOLET, _ = COLOURS.series
PLOTS = (
    PlotSpec(
        name="loss",
        label="Loss",
        unit="",
        about="loss terms over steps, logarithmic",
        log=True,
        curves=(
            Curve(name="total", label="total (weighted)", colour=COLOURS.text, digits=3),
            Curve(name="colour", label="colour", colour=_BLUE, digits=4),
            Curve(name="mask", label="mask", colour=_ORANGE, digits=4),
            Curve(name="eikonal", label="eikonal", colour=_GREEN, digits=4),
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
            Curve(name="light", label="lights", colour=COLOURS.light, digits=2),
        ),
    ),
)
_SMALLEST = 1e-7
_POINTS = 800
"""Of each curve; far more than the panel has pixels, and cheap to draw."""
_ROOMY = 300
"""Panels narrower than this at UI scale 1 name their curves without the current values."""
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
            with dpg.group(horizontal=True, horizontal_spacing=scaled(7), tag=f"plots.{plot.name}.head"):
                for curve in plot.curves:
                    dpg.add_text(curve.label, tag=f"plots.{plot.name}.{curve.name}.value", color=curve.colour)
                    dpg.bind_item_font(dpg.last_item(), font("tiny"))
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
                    self._show_curve(plot, curve)
                self._show_limits(plot)

    def _show_curve(self, plot: PlotSpec, curve: Curve) -> None:
        series = self._series[plot.name, curve.name]
        tag = f"plots.{plot.name}.{curve.name}"
        x, y = series.points
        dpg.set_value(tag, [x, y])
        newest = series.newest
        roomy = inner(self._parent)[0] >= scaled(_ROOMY)
        value = "" if newest is None or not roomy else f" {newest:.{curve.digits}f}{plot.unit}"
        dpg.set_value(f"{tag}.value", curve.label + value)
        empty = all(self._series[plot.name, each.name].newest is None for each in plot.curves)
        dpg.configure_item(f"{tag}.value", show=newest is not None or empty)

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
        head = scaled(SPACING.small_text + 8 + 4)
        each = (size[1] - head) / len(self._shown) - scaled(SPACING.tiny_text + 3 * 6)
        for name in self._shown:
            dpg.configure_item(f"plots.{name}.plot", height=max(int(each), scaled(50)))


def value_limits(values: Sequence[float], *, log: bool) -> tuple[float, float]:
    """(low, high) of an axis that shows these values with a little air; (0, 1) or (0.01, 1) when there are none."""
    if not values:
        return (0.01, 1.0) if log else (0.0, 1.0)
    low, high = min(values), max(values)
    if log:
        return (low / 1.3, high * 1.3)
    air = max(0.06 * (high - low), 0.01 * abs(high), 1e-6)
    return (low - air, high + air)
