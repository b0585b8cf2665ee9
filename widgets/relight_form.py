"""How bright the light of the relight view is, its colour, and whether it casts shadows."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from widgets.controls import button, field_label, tooltip
from widgets.hemisphere import Vector
from widgets.theme import SPACING, scaled

_SHADOWS = (
    "Shadows that the object casts onto itself. Light that it reflects onto itself is left out here, so that the "
    "picture follows your hand; relighting films and the command line's pictures have it."
)
_COLOURS = {"White": (255, 255, 255), "Warm": (255, 214, 170), "Cool": (190, 214, 255)}


class RelightForm:
    """Made inside the panel's column of settings."""

    def __init__(self, *, width: int, on_change: Callable[[], object], on_colour: Callable[[], object]) -> None:
        """``width`` of a field in pixels; ``on_colour()`` is called instead of ``on_change()`` for another colour."""
        self._on_colour = on_colour
        with dpg.group(horizontal=True):
            field_label("Intensity")
            dpg.add_slider_float(
                tag="relight.intensity", default_value=1.0, min_value=0.0, max_value=4.0, format="%.2f ×", width=width,
                clamped=True, callback=on_change,
            )  # fmt: skip
        self._add_colours()
        with dpg.group(horizontal=True):
            field_label("Shadows")
            dpg.add_checkbox(tag="relight.shadows", default_value=True, callback=on_change)
            tooltip("relight.shadows", _SHADOWS)

    def _add_colours(self) -> None:
        with dpg.group(horizontal=True):
            field_label("Colour")
            dpg.add_color_edit(
                (255, 255, 255, 255), tag="relight.colour", no_alpha=True, no_inputs=True,
                callback=self._on_colour,
            )  # fmt: skip
            with dpg.group(horizontal=True, horizontal_spacing=0):
                for name, colour in _COLOURS.items():
                    tag = f"relight.colour.{name.lower()}"
                    button(name, lambda c=colour: self._choose(c), tag=tag, kind="quiet", small=True)
                    dpg.configure_item(tag, height=scaled(SPACING.row))

    @property
    def intensity(self) -> float:
        """1 = the mean light of the capture."""
        return float(dpg.get_value("relight.intensity"))

    @property
    def colour(self) -> Vector:
        """Display RGB in [0, 1]."""
        red, green, blue = (float(c) / 255.0 for c in dpg.get_value("relight.colour")[:3])
        return (red, green, blue)

    @property
    def shadows(self) -> bool:
        """Whether the object casts shadows onto itself."""
        return bool(dpg.get_value("relight.shadows"))

    def reset(self) -> None:
        """As at the beginning."""
        dpg.set_value("relight.intensity", 1.0)
        dpg.set_value("relight.shadows", True)
        self._choose(_COLOURS["White"])

    def _choose(self, colour: tuple[int, int, int]) -> None:
        dpg.set_value("relight.colour", [*colour, 255])
        self._on_colour()
