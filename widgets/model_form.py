"""What is modelled: how the surface reflects, how the lights shine. It applies to a run from its beginning."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

import dearpygui.dearpygui as dpg

from core.fields.reflectance_kind import ReflectanceKind
from core.fit.choices import FitChoices, PresetName
from core.scene.light_model import LightFrame, LightModel
from widgets.controls import Segments, field_label, tooltip
from widgets.theme import font

OnChoices = Callable[[FitChoices], object]

_REFLECTANCES: tuple[tuple[ReflectanceKind, str, str], ...] = (
    ("analytic", "Analytic", "A diffuse colour and one highlight: for few photographs or plain surfaces"),
    ("hybrid", "Hybrid", "The same, and a small network for the rest: the best choice for most objects"),
    ("neural", "Neural", "A network alone: for wax, velvet, layered paint and whatever the others do not fit"),
)
_FRAMES: tuple[tuple[LightFrame, str, str], ...] = (
    (
        "camera",
        "With camera",
        "Lights turn with the camera, or the object turns before both; also where every photograph has a light of its "
        "own",
    ),
    ("world", "In the room", "Lights stand still while the camera goes round the object"),
)
_SWITCHES: tuple[tuple[str, str, str], ...] = (
    (
        "near",
        "Near",
        "Lamps closer than about five times the object's size: each gets a place of its own, and its light weakens "
        "with distance",
    ),
    ("falloff", "Beam", "Lamps that shine less to the side, such as spotlights and bare LEDs; such lamps are near"),
    (
        "exposure",
        "Exposure",
        "Photographs under one light differ in brightness: a flash that varies, automatic exposure",
    ),
    (
        "soft_shadows",
        "Soft shadows",
        "Lamps have a size, so that the edges of shadows are soft; untick on a weak machine, or where light comes from "
        "all around",
    ),
    (
        "bounce",
        "Bounce",
        "The object lights itself, in hollows and folds; untick on a weak machine: without it and soft shadows, steps "
        "take about a third less time",
    ),
)


@dataclass(frozen=True, kw_only=True)
class InForce:
    """The settings that the run at hand was begun with."""

    preset: PresetName
    seed: int
    choices: FitChoices


def model_in_force(run: FitChoices, chosen: FitChoices) -> list[str]:
    """What the run at hand models otherwise than is chosen, in the words of the buttons."""
    names: list[str] = []
    if run.reflectance != chosen.reflectance:
        names.append(next(label for name, label, _ in _REFLECTANCES if name == run.reflectance))
    if run.lights.fixed_to != chosen.lights.fixed_to:
        names.append(next(label for name, label, _ in _FRAMES if name == run.lights.fixed_to))
    now, later = _switched(run), _switched(chosen)
    names += [f"{label} {'on' if now[name] else 'off'}" for name, label, _ in _SWITCHES if now[name] != later[name]]
    return names


def _switched(choices: FitChoices) -> dict[str, bool]:
    """Which switches are on."""
    lights = choices.lights
    shown = {"near": lights.positioned, "falloff": lights.falloff, "exposure": lights.exposure}
    return {**shown, "soft_shadows": choices.soft_shadows, "bounce": choices.bounce}


class ModelForm:
    """Rows of choices; ``on_choose(choices)`` when one is made."""

    def __init__(self, *, on_choose: OnChoices) -> None:
        self._on_choose = on_choose
        self._choices = FitChoices()
        with dpg.group(horizontal=True):
            self._label("Surface")
            self._reflectance = self._segments("reflectance", _REFLECTANCES, self._choose_reflectance)
        with dpg.group(horizontal=True):
            self._label("Lights")
            self._frame = self._segments("frame", _FRAMES, self._choose_frame)
        with dpg.group(horizontal=True):
            near, beam, exposure, soft, bounce = _SWITCHES
            with dpg.group():
                self._add_switches(near)
                self._add_switches(exposure)
            with dpg.group():
                with dpg.group(horizontal=True):
                    self._add_switches(beam, bounce)
                self._add_switches(soft)
        self.show(self._choices)

    @staticmethod
    def _label(text: str) -> None:
        dpg.bind_item_theme(field_label(text), "style.label.small")  # as low as small buttons

    @staticmethod
    def _segments(name: str, names: tuple[tuple[str, str, str], ...], on_choose: Callable[[str], object]) -> Segments:
        prefix = f"model.{name}"
        made = Segments([(each, label) for each, label, _ in names], prefix=prefix, on_choose=on_choose)
        for each, _, tip in names:
            tooltip(f"{prefix}.{each}", tip)
        return made

    def _add_switches(self, *switches: tuple[str, str, str]) -> None:
        for name, label, tip in switches:
            tag = f"model.{name}"
            dpg.add_checkbox(label=label, tag=tag, callback=partial(self._switch, name))
            dpg.bind_item_theme(tag, "style.compact")
            dpg.bind_item_font(tag, font("small"))
            tooltip(tag, tip)

    def show(self, choices: FitChoices) -> None:
        """Show these choices without reporting them."""
        self._choices = choices
        self._reflectance.choose(choices.reflectance)
        self._frame.choose(choices.lights.fixed_to)
        for name, on in _switched(choices).items():
            dpg.set_value(f"model.{name}", on)

    def _choose_reflectance(self, name: str) -> None:
        self._choose(replace(self._choices, reflectance=cast(ReflectanceKind, name)))

    def _choose_frame(self, name: str) -> None:
        self._choose_lights(fixed_to=name)

    def _switch(self, name: str, _sender: object, on: bool) -> None:
        if name in ("bounce", "soft_shadows"):
            self._choose(replace(self._choices, **{name: on}))
        elif name == "near" and not on:
            self._choose_lights(near=False, falloff=False)  # a beam is seen only of a lamp that is near
        elif name == "falloff" and on:
            self._choose_lights(near=True, falloff=True)
        else:
            self._choose_lights(**{name: on})

    def _choose_lights(self, **changed: object) -> None:
        lights: LightModel = replace(self._choices.lights, **changed)  # pyright: ignore[reportArgumentType]
        self._choose(replace(self._choices, lights=lights))

    def _choose(self, choices: FitChoices) -> None:
        self.show(choices)
        self._on_choose(choices)
