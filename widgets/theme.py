"""Fonts, colours and distances bound to DearPyGui; called once after ``create_context``.

DearPyGui knows nothing of the display's density: every length in Chiaro goes through ``scaled``. Glyphs are made on
demand at any size, so no character ranges are named.
"""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from pathlib import Path
from typing import Literal

import dearpygui.dearpygui as dpg

from widgets.palette import COLOURS, SPACING, Rgba, faded

__all__ = ["COLOURS", "SPACING", "build_theme", "faded", "fitting_scale", "font", "scaled", "style", "ui_scale"]

Face = Literal["body", "small", "heading", "title", "tiny", "mono"]
Kind = Literal["normal", "primary", "quiet", "chosen", "warning", "danger"]

FONTS = Path(__file__).parents[1] / "assets" / "fonts"
_FACES: dict[Face, tuple[str, int]] = {
    "body": ("Inter-Regular.otf", SPACING.body),
    "small": ("Inter-Regular.otf", SPACING.small_text),
    "heading": ("Inter-SemiBold.otf", SPACING.heading),
    "title": ("Inter-SemiBold.otf", SPACING.title),
    "tiny": ("Inter-Regular.otf", SPACING.tiny_text),
    "mono": ("JetBrainsMono-Regular.ttf", SPACING.mono),
}
_CLEAR: Rgba = (0, 0, 0, 0)
_LEAST_WINDOW = (850, 480)

_scale = 1.0


def ui_scale() -> float:
    """The factor given to ``build_theme``."""
    return _scale


def fitting_scale(wanted: float, width: int, height: int) -> float:
    """``wanted``, or the largest UI scale at which a window of this size can be used; at least 0.75.

    Side panels scroll when they are short of room, but below about 850 x 480 pixels at scale 1 nothing is left between
    them.
    """
    return max(min(wanted, width / _LEAST_WINDOW[0], height / _LEAST_WINDOW[1]), 0.75)


def scaled(px: float) -> int:
    """A length in whole window pixels from one at UI scale 1."""
    return round(px * _scale)


def font(face: Face) -> str:
    """Tag of a font, for ``bind_item_font``."""
    return f"font.{face}"


def style(kind: Kind, *, small: bool = False) -> str:
    """Tag of a button theme, for ``bind_item_theme``."""
    return f"style.{kind}.small" if small else f"style.{kind}"


def build_theme(ui_scale: float) -> None:
    """Load the fonts and bind Chiaro's look at this UI scale (0.75 to 2); once, before any widget is made."""
    global _scale  # noqa: PLW0603 - one window, one scale, needed wherever a length is written
    _scale = min(max(float(ui_scale), 0.75), 2.0)
    _load_fonts()
    with dpg.theme(tag="theme.app") as theme:
        with dpg.theme_component(dpg.mvAll):
            _add_colours()
            _add_distances()
        with dpg.theme_component(dpg.mvText):
            # DearPyGui makes each text as high as a button; labels beside fields are ``controls.field_label`` instead.
            dpg.add_theme_style(dpg.mvStyleVar_FramePadding, 0, 0)
        _add_disabled()
        with dpg.theme_component(dpg.mvPlot):
            _add_plot_look()
    dpg.bind_theme(theme)
    _add_button_styles()
    _add_surface_styles()


def _load_fonts() -> None:
    with dpg.font_registry():
        for face, (file, size) in _FACES.items():
            dpg.add_font(str(FONTS / file), scaled(size), tag=font(face))
    dpg.bind_font(font("body"))


def _add_colours() -> None:
    c = COLOURS
    for name, colour in {
        "WindowBg": c.desk, "ChildBg": c.panel, "PopupBg": c.raised, "Border": c.line, "BorderShadow": _CLEAR,
        "Text": c.text, "TextDisabled": c.faint, "TextSelectedBg": faded(c.accent, 0.45),
        "FrameBg": c.control, "FrameBgHovered": c.control_hovered, "FrameBgActive": c.control_pressed,
        "Button": c.control, "ButtonHovered": c.control_hovered, "ButtonActive": c.control_pressed,
        "Header": c.accent_quiet, "HeaderHovered": c.control_hovered, "HeaderActive": c.control_pressed,
        "TitleBg": c.raised, "TitleBgActive": c.raised, "TitleBgCollapsed": c.raised, "MenuBarBg": c.panel,
        "CheckMark": c.accent_hovered, "SliderGrab": c.accent, "SliderGrabActive": c.accent_hovered,
        "ScrollbarBg": _CLEAR, "ScrollbarGrab": c.control_hovered, "ScrollbarGrabHovered": c.control_pressed,
        "ScrollbarGrabActive": c.faint, "Separator": c.line, "SeparatorHovered": c.accent,
        "SeparatorActive": c.accent, "ResizeGrip": _CLEAR, "ResizeGripHovered": _CLEAR, "ResizeGripActive": _CLEAR,
        "Tab": c.panel, "TabHovered": c.control_hovered, "TabActive": c.raised, "TabUnfocused": c.panel,
        "TabUnfocusedActive": c.raised, "TabSelectedOverline": c.accent, "TabDimmedSelectedOverline": c.accent,
        "TableHeaderBg": c.raised, "TableBorderStrong": c.line, "TableBorderLight": c.line,
        "TableRowBg": _CLEAR, "TableRowBgAlt": (255, 255, 255, 6), "PlotHistogram": c.accent,
        "PlotHistogramHovered": c.accent_hovered, "PlotLines": c.accent, "PlotLinesHovered": c.accent_hovered,
        "ModalWindowDimBg": (0, 0, 0, 150), "NavHighlight": c.accent, "DragDropTarget": c.accent,
    }.items():  # fmt: skip
        dpg.add_theme_color(getattr(dpg, f"mvThemeCol_{name}"), colour, category=dpg.mvThemeCat_Core)


def _add_distances() -> None:
    for name, (x, y) in {
        "WindowPadding": (12, 12), "FramePadding": (10, 6), "ItemSpacing": (8, 6), "ItemInnerSpacing": (6, 4),
        "CellPadding": (6, 3), "IndentSpacing": (16, -1), "ScrollbarSize": (11, -1), "GrabMinSize": (12, -1),
        "WindowRounding": (8, -1), "ChildRounding": (6, -1), "FrameRounding": (5, -1), "PopupRounding": (6, -1),
        "ScrollbarRounding": (6, -1), "GrabRounding": (4, -1), "TabRounding": (5, -1),
    }.items():  # fmt: skip
        target = getattr(dpg, f"mvStyleVar_{name}")
        dpg.add_theme_style(target, scaled(x), scaled(y) if y >= 0 else -1, category=dpg.mvThemeCat_Core)
    for name in ("WindowBorderSize", "ChildBorderSize", "FrameBorderSize", "TabBarBorderSize"):
        dpg.add_theme_style(getattr(dpg, f"mvStyleVar_{name}"), 0, category=dpg.mvThemeCat_Core)
    dpg.add_theme_style(dpg.mvStyleVar_PopupBorderSize, 1, category=dpg.mvThemeCat_Core)
    dpg.add_theme_style(dpg.mvStyleVar_TabBarOverlineSize, scaled(2), category=dpg.mvThemeCat_Core)


def _add_disabled() -> None:
    # DearPyGui looks up the disabled look by item type, never through mvAll.
    kinds = (dpg.mvButton, dpg.mvCombo, dpg.mvCheckbox, dpg.mvInputInt, dpg.mvInputFloat, dpg.mvSliderFloat)
    for kind in (*kinds, dpg.mvInputText, dpg.mvColorEdit, dpg.mvSelectable):
        with dpg.theme_component(kind, enabled_state=False):
            _add_disabled_colours()


def _add_disabled_colours() -> None:
    dpg.add_theme_color(dpg.mvThemeCol_Text, COLOURS.faint)
    for part in ("Button", "ButtonHovered", "ButtonActive", "FrameBg", "FrameBgHovered", "FrameBgActive"):
        dpg.add_theme_color(getattr(dpg, f"mvThemeCol_{part}"), faded(COLOURS.control, 0.45))


def _add_padding(small: bool) -> None:
    if small:
        dpg.add_theme_style(dpg.mvStyleVar_FramePadding, scaled(5), scaled(4))


def _add_plot_look() -> None:
    c = COLOURS
    plots = dpg.mvThemeCat_Plots
    for name, colour in {
        "FrameBg": _CLEAR, "PlotBg": c.well, "PlotBorder": c.line, "LegendBg": faded(c.panel, 0.8),
        "LegendBorder": _CLEAR, "LegendText": c.muted, "TitleText": c.text, "InlayText": c.muted,
        "AxisText": c.muted, "AxisGrid": faded(c.line_strong, 0.5), "AxisTick": c.line_strong,
        "AxisBg": _CLEAR, "AxisBgHovered": c.control, "AxisBgActive": c.control_hovered,
        "Selection": c.accent, "Crosshairs": c.muted,
    }.items():  # fmt: skip
        dpg.add_theme_color(getattr(dpg, f"mvPlotCol_{name}"), colour, category=plots)
    for name, (x, y) in {
        "PlotPadding": (4, 6), "LabelPadding": (4, 3), "LegendPadding": (6, 6), "LegendInnerPadding": (6, 3),
        "LegendSpacing": (8, 1), "PlotMinSize": (60, 50), "FitPadding": (0.0, 0.08),
    }.items():  # fmt: skip
        factor = 1.0 if name == "FitPadding" else _scale
        dpg.add_theme_style(getattr(dpg, f"mvPlotStyleVar_{name}"), x * factor, y * factor, category=plots)
    dpg.add_theme_style(dpg.mvPlotStyleVar_LineWeight, 1.6 * _scale, category=plots)


def _add_button_styles() -> None:
    c = COLOURS
    looks: dict[Kind, tuple[Rgba, Rgba, Rgba, Rgba]] = {
        "normal": (c.control, c.control_hovered, c.control_pressed, c.text),
        "primary": (c.accent, c.accent_hovered, c.accent_pressed, c.on_accent),
        "quiet": (_CLEAR, c.control, c.control_hovered, c.muted),
        "chosen": (faded(c.accent, 0.32), faded(c.accent, 0.42), faded(c.accent, 0.5), c.text),
        "warning": (_CLEAR, c.control, c.control_hovered, c.paused),
        "danger": (c.control, faded(c.failed, 0.35), faded(c.failed, 0.5), c.failed),
    }
    for kind, (rest, hovered, pressed, text) in looks.items():
        for small in (False, True):
            with dpg.theme(tag=style(kind, small=small)):
                with dpg.theme_component(dpg.mvButton):
                    dpg.add_theme_color(dpg.mvThemeCol_Button, rest)
                    dpg.add_theme_color(dpg.mvThemeCol_ButtonHovered, hovered)
                    dpg.add_theme_color(dpg.mvThemeCol_ButtonActive, pressed)
                    dpg.add_theme_color(dpg.mvThemeCol_Text, text)
                    _add_padding(small)
                with dpg.theme_component(dpg.mvButton, enabled_state=False):
                    _add_disabled_colours()
                    _add_padding(small)


def _add_surface_styles() -> None:
    """``surface.bare`` has no padding and no ground, ``surface.well`` is the ground of images,
    ``surface.list`` that of lists."""
    for name, ground in (("bare", _CLEAR), ("well", COLOURS.well), ("list", COLOURS.well)):
        with dpg.theme(tag=f"surface.{name}"), dpg.theme_component(dpg.mvChildWindow):
            dpg.add_theme_color(dpg.mvThemeCol_ChildBg, ground)
            pad = scaled(SPACING.normal) if name == "list" else 0
            dpg.add_theme_style(dpg.mvStyleVar_WindowPadding, pad, pad)
    with dpg.theme(tag="style.title_combo"), dpg.theme_component(dpg.mvCombo):
        for part in ("FrameBg", "Button", "ButtonHovered", "ButtonActive"):
            dpg.add_theme_color(getattr(dpg, f"mvThemeCol_{part}"), _CLEAR)
        dpg.add_theme_style(dpg.mvStyleVar_FramePadding, scaled(6), scaled(3))
    for tag, down in (("style.label", 6), ("style.label.small", 4)):
        with dpg.theme(tag=tag), dpg.theme_component(dpg.mvButton):
            for part in ("Button", "ButtonHovered", "ButtonActive"):
                dpg.add_theme_color(getattr(dpg, f"mvThemeCol_{part}"), _CLEAR)
            dpg.add_theme_color(dpg.mvThemeCol_Text, COLOURS.muted)
            dpg.add_theme_style(dpg.mvStyleVar_ButtonTextAlign, 0.0, 0.5)
            dpg.add_theme_style(dpg.mvStyleVar_FramePadding, 0, scaled(down))
    for name, down in (("heading", 2), ("button", 3)):
        with dpg.theme(tag=f"style.beside_{name}"), dpg.theme_component(dpg.mvText):
            dpg.add_theme_style(dpg.mvStyleVar_FramePadding, 0, scaled(down))
    with dpg.theme(tag="style.compact"), dpg.theme_component(dpg.mvAll):
        _add_padding(small=True)
    with dpg.theme(tag="style.file_entry"), dpg.theme_component(dpg.mvSelectable):
        dpg.add_theme_color(dpg.mvThemeCol_Text, COLOURS.muted)
    for name, beside in (("dense", 4), ("airy", 10)):
        with dpg.theme(tag=f"style.{name}"), dpg.theme_component(dpg.mvTable):
            dpg.add_theme_style(dpg.mvStyleVar_CellPadding, scaled(beside), scaled(1))
