"""The two lines of choices around the 3D viewports: colouring and eye above, what is drawn below."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import dearpygui.dearpygui as dpg

from widgets.controls import button, caption
from widgets.orbit import AXES, Axis
from widgets.theme import SPACING, font, scaled, style

Colouring = Literal["shaded", "normal", "albedo", "error"]
_TITLES: dict[Colouring, str] = {"shaded": "Shaded", "normal": "Normals", "albedo": "Albedo", "error": "Error"}
_NAMES: dict[str, Colouring] = {title: name for name, title in _TITLES.items()}
_PARTS = (("cameras", "Cameras"), ("lights", "Lights"), ("sphere", "Sphere"))


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the viewports show."""

    colours: tuple[Colouring, Colouring] = ("shaded", "normal")
    """Colouring of the mesh in each viewport."""
    split: bool = False
    """Two viewports instead of one."""
    linked: bool = True
    """Both are turned together."""
    cameras: bool = True
    lights: bool = True
    sphere: bool = False
    up: Axis = "z"
    """World axis held upright."""


class ViewportTools:
    """Reports every change as a whole set of ``Choices``."""

    def __init__(
        self, prefix: str, *, on_choices: Callable[[Choices], object], on_jump: Callable[[str], object]
    ) -> None:
        self._prefix = prefix
        self._on_choices = on_choices
        self.choices = Choices()
        with dpg.group(horizontal=True, tag=f"{prefix}.top"):
            self._add_combo(0)
            self._add_combo(1)
            self._add_toggle("split", "Split", "Two viewports side by side")
            self._add_toggle("linked", "Linked", "Turn both viewports together")
        with dpg.group(horizontal=True, tag=f"{prefix}.eye"):
            for short, label, tip in (
                ("object", "Reset", "See the object whole (R)"),
                ("everything", "All", "See all cameras (F)"),
                ("camera", "Through camera", "Look through the selected photograph's camera (C)"),
            ):
                button(label, lambda s=short: on_jump(s), tag=f"{prefix}.{short}", small=True, tip=tip)
        with dpg.group(horizontal=True, tag=f"{prefix}.bottom"):
            for name, label in _PARTS:
                self._add_toggle(name, label, f"Show the {label.lower()}")
            caption("Up")
            dpg.add_combo(list(AXES), default_value="z", tag=f"{prefix}.up", width=scaled(58), callback=self._choose_up)
            dpg.bind_item_font(f"{prefix}.up", font("small"))
        caption("Drag: turn   Shift+drag: pan   Wheel: zoom", tag=f"{prefix}.hint")
        self.show(self.choices)

    def show(self, choices: Choices) -> None:
        """Show these choices without reporting them."""
        self.choices = choices
        prefix = self._prefix
        for viewport, name in enumerate(choices.colours):
            dpg.set_value(f"{prefix}.colour.{viewport}", _TITLES[name])
        dpg.set_value(f"{prefix}.up", choices.up)
        for name in ("split", "linked", "cameras", "lights", "sphere"):
            on = bool(getattr(choices, name))
            dpg.bind_item_theme(f"{prefix}.{name}", style("chosen" if on else "quiet"))
        dpg.configure_item(f"{prefix}.colour.1", show=choices.split)
        dpg.configure_item(f"{prefix}.linked", show=choices.split)

    def place(self, size: tuple[int, int]) -> None:
        """Put the lines at the edges of a panel of ``size`` pixels."""
        prefix, small = self._prefix, scaled(SPACING.hair)
        low = size[1] - scaled(28)
        dpg.set_item_pos(f"{prefix}.top", [0, small])
        dpg.set_item_pos(f"{prefix}.eye", [size[0] - dpg.get_item_rect_size(f"{prefix}.eye")[0], small])
        dpg.set_item_pos(f"{prefix}.bottom", [0, low])
        hint = dpg.get_item_rect_size(f"{prefix}.hint")[0]
        dpg.set_item_pos(f"{prefix}.hint", [size[0] - hint, low + scaled(5)])
        bottom = dpg.get_item_rect_size(f"{prefix}.bottom")[0]
        dpg.configure_item(f"{prefix}.hint", show=bottom + hint + scaled(SPACING.normal) < size[0] or hint == 0)

    def _add_combo(self, viewport: int) -> None:
        tag = f"{self._prefix}.colour.{viewport}"
        dpg.add_combo(
            list(_NAMES), tag=tag, width=scaled(104),
            callback=lambda _sender, title: self._choose_colour(viewport, title),
        )  # fmt: skip
        dpg.bind_item_font(tag, font("small"))

    def _add_toggle(self, name: str, label: str, tip: str) -> None:
        button(label, lambda: self._toggle(name), tag=f"{self._prefix}.{name}", kind="quiet", small=True, tip=tip)

    def _toggle(self, name: str) -> None:
        self._change(replace(self.choices, **{name: not getattr(self.choices, name)}))

    def _choose_colour(self, viewport: int, title: str) -> None:
        colours = list(self.choices.colours)
        colours[viewport] = _NAMES[title]
        self._change(replace(self.choices, colours=(colours[0], colours[1])))

    def _choose_up(self, _sender: int, axis: Axis) -> None:
        self._change(replace(self.choices, up=axis))

    def _change(self, choices: Choices) -> None:
        self.show(choices)
        self._on_choices(choices)
