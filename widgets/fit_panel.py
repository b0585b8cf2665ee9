"""Starting, pausing and starting over, and how long and how carefully it runs."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from core.fit.choices import FitChoices
from widgets.controls import (
    LABEL,
    Segments,
    Tag,
    beside_button,
    button,
    caption,
    field_label,
    inner,
    tooltip,
    when_entered,
)
from widgets.model_form import InForce, ModelForm, OnChoices, model_in_force
from widgets.status_bar import STATE_COLOURS, STATE_WORDS
from widgets.theme import COLOURS, SPACING, font, scaled, style

_ENABLED = {
    "fit.start": {"ready", "paused", "finished", "failed"},
    "fit.pause": {"running"},
    "fit.stop": {"running", "paused", "finished", "failed"},
}
_SEED_LABEL = 34
_START = "Start or resume training (Space)"
_BLOCKED = "Training can start once what the Check tab lists in red is fixed"
_PAGES = (("run", "Training"), ("model", "Model"))
_PRESETS = (
    ("draft", "Draft", "A minute: good enough to see whether everything is right"),
    ("final", "Final", "Until it has converged, at most ten minutes"),
    ("ultra", "Ultra", "Up to an hour, finest: for large photographs"),
)
_EXTENSIONS = ((30.0, "30 s"), (60.0, "1 min"), (300.0, "5 min"))


def start_word(state: str) -> str:
    """What the first button does in ``state``."""
    return {"paused": "Resume", "finished": "Go on"}.get(state, "Start")


class FitPanel:
    """Buttons enabled to fit the state; the settings take effect at the next start."""

    def __init__(
        self,
        parent: Tag,
        *,
        on_start: Callable[[], object],
        on_pause: Callable[[], object],
        on_stop: Callable[[], object],
        on_extend: Callable[[float], object],
        on_preset: Callable[[str], object],
        on_seconds: Callable[[float], object],
        on_seed: Callable[[int], object],
        on_choices: OnChoices,
    ) -> None:
        self._parent = parent
        self._width = 0
        self._said: dict[str, list[str]] = {page: [] for page, _ in _PAGES}
        """Per page, what is in force although something else is chosen."""
        with dpg.group(parent=parent):
            with dpg.group(horizontal=True):
                self._pages = Segments(_PAGES, prefix="fit.page", on_choose=self.show_page)
                for page, _ in _PAGES:
                    dpg.bind_item_font(f"fit.page.{page}", font("heading"))
                dpg.add_text("", tag="fit.state", color=COLOURS.muted)
                dpg.bind_item_font("fit.state", font("small"))
                beside_button("fit.state")
            with dpg.group(horizontal=True):
                button("Start", on_start, tag="fit.start", kind="primary", tip=_START)
                button("Pause", on_pause, tag="fit.pause", tip="Pause training; nothing is lost (Space)")
                tip = "Forget the training so far; asks first"
                button("Start over", on_stop, tag="fit.stop", kind="danger", tip=tip, small=True)
                dpg.configure_item("fit.stop", height=scaled(SPACING.row))
            with dpg.group(tag="fit.run"):
                self._preset = self._add_presets(on_preset)
                self._add_numbers(on_seconds, on_seed)
                self._add_extensions(on_extend)
            with dpg.group(tag="fit.model", show=False):
                self._model = ModelForm(on_choose=on_choices)
            caption("", tag="fit.in_force")
            dpg.configure_item("fit.in_force", color=COLOURS.paused, show=False)
        self.show_state("empty", "draft", 60.0, 0, FitChoices())

    def show_page(self, page: str) -> None:
        """Show how long and how carefully to train (``run``), or what is modelled (``model``)."""
        self._pages.choose(page)
        for each, _ in _PAGES:
            dpg.configure_item(f"fit.{each}", show=each == page)
        self._say_in_force()

    @staticmethod
    def _add_presets(on_preset: Callable[[str], object]) -> Segments:
        with dpg.group(horizontal=True):
            field_label("Preset")
            names = [(name, label) for name, label, _ in _PRESETS]
            made = Segments(names, prefix="fit.preset", on_choose=on_preset, small=False)
        for name, _, tip in _PRESETS:
            tooltip(f"fit.preset.{name}", tip)
        return made

    @staticmethod
    def _add_extensions(on_extend: Callable[[float], object]) -> None:
        with dpg.group(horizontal=True):
            field_label("Extend")
            for seconds, label in _EXTENSIONS:
                tag = f"fit.extend.{seconds:.0f}"
                tip = f"Train {label} longer than planned"
                button(label, lambda s=seconds: on_extend(s), tag=tag, tip=tip, small=True)
                dpg.configure_item(tag, height=scaled(SPACING.row))

    @staticmethod
    def _add_numbers(on_seconds: Callable[[float], object], on_seed: Callable[[int], object]) -> None:
        with dpg.group(horizontal=True):
            field_label("Length")
            dpg.add_input_float(tag="fit.seconds", step=0, format="%.0f s", min_value=1, min_clamped=True)
            when_entered("fit.seconds", lambda value: on_seconds(float(value)))
            field_label("Seed", width=_SEED_LABEL)
            dpg.add_input_int(tag="fit.seed", step=0, min_value=0, min_clamped=True)
            when_entered("fit.seed", lambda value: on_seed(int(value)))

    def show_state(self, state: str, preset: str, seconds: float, seed: int, choices: FitChoices) -> None:
        """Show the run's state and settings; a field being typed in is left alone."""
        dpg.set_value("fit.state", f"●  {STATE_WORDS[state]}")
        dpg.configure_item("fit.state", color=STATE_COLOURS.get(state, COLOURS.faint))
        dpg.configure_item("fit.start", label=start_word(state))
        for tag, states in _ENABLED.items():
            dpg.configure_item(tag, enabled=state in states)
        for extension, _ in _EXTENSIONS:
            dpg.configure_item(f"fit.extend.{extension:.0f}", enabled=state in ("running", "paused", "finished"))
        dpg.bind_item_theme("fit.start", style("primary" if state in _ENABLED["fit.start"] else "normal"))
        self._preset.choose(preset)
        self._model.show(choices)
        for tag, value in (("fit.seconds", seconds), ("fit.seed", seed)):
            if not dpg.is_item_active(tag):
                dpg.set_value(tag, value)

    def show_in_force(self, run: InForce | None, chosen: InForce) -> None:
        """Say lastingly which of the choices shown the run at hand was not begun with; None when none has begun."""
        self._said = {
            "run": [] if run is None else _plan_in_force(run, chosen),
            "model": [] if run is None else model_in_force(run.choices, chosen.choices),
        }
        self._say_in_force()

    def _say_in_force(self) -> None:
        said = self._said[self._pages.chosen]
        more = len(said) - 1
        first = said[0] + f" and {more} more" * (more > 0) if said else ""
        dpg.set_value("fit.in_force", f"In force until Start over: {first}")
        dpg.configure_item("fit.in_force", show=bool(said))
        tooltip("fit.in_force", f"This run was begun with: {', '.join(said)}. What is chosen here holds from the next "
                "start on.")  # fmt: skip

    def show_word(self, word: str) -> None:
        """Say more precisely how the run stands; "" when the state says it."""
        if word:
            dpg.set_value("fit.state", f"●  {word}")

    def show_blocked(self, why: str) -> None:
        """Say in a word why nothing can be started; "" when that is not so."""
        if why:
            dpg.set_value("fit.state", f"●  {why}")
            dpg.configure_item("fit.state", color=COLOURS.failed)
        tooltip("fit.start", _BLOCKED if why else _START)

    def update(self) -> None:
        """Fill the panel's width; once a frame."""
        width = inner(self._parent)[0]
        if not width or width == self._width:
            return
        self._width = width
        gap = scaled(SPACING.normal)
        for tag, share in (("fit.start", 0.31), ("fit.pause", 0.31), ("fit.stop", 0.38)):
            dpg.configure_item(tag, width=int((width - 2 * gap) * share))
        fields = width - scaled(LABEL) - gap
        for seconds, _ in _EXTENSIONS:
            dpg.configure_item(f"fit.extend.{seconds:.0f}", width=(fields - 2 * gap) // 3)
        numbers = fields - scaled(_SEED_LABEL) - 2 * gap
        dpg.configure_item("fit.seconds", width=round(numbers * 0.52))
        dpg.configure_item("fit.seed", width=numbers - round(numbers * 0.52))


def _plan_in_force(run: InForce, chosen: InForce) -> list[str]:
    """The preset and seed of the run at hand where others are chosen."""
    preset = next(label for name, label, _ in _PRESETS if name == run.preset)
    names = [preset * (run.preset != chosen.preset), f"Seed {run.seed}" * (run.seed != chosen.seed)]
    return [name for name in names if name]
