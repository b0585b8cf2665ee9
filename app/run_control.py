"""Starting, pausing, stopping and following a run."""

from collections.abc import Callable
from dataclasses import replace
from typing import cast

from app.messages import ExtendPlan, Restart, RunHistory, RunKept, SetRunning, State, Stats
from app.window_state import WindowState
from core.fit.choices import PRESET_SECONDS, FitChoices, PresetName
from widgets.folder_listing import shortened
from widgets.model_form import InForce

_GO_ON_SECONDS = 60.0
_NAME_LETTERS = 32
"""Longer names of captures are shortened in the status bar."""
_LATER = "takes effect after Start over"


class RunControl:
    """Intents of the fit panel; state and figures of the run."""

    def __init__(self, window: WindowState, *, before_first: Callable[[], bool] = lambda: False) -> None:
        """``before_first()`` is asked before the first step; when it takes over, nothing is started here."""
        self._window = window
        self._before_first = before_first
        self._planned = 0.0
        self._trial_of: int | None = None
        """The run whose lights are being tried on the other side."""
        self._taken_up = 0
        """Number of the run whose settings the panel has shown from its beginning or opening."""

    # ---- intents ----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start, resume, or go on past the planned end."""
        window = self._window
        if window.run.state == "finished":
            self.extend(_GO_ON_SECONDS)
        elif window.run.state == "ready" and self._before_first():
            self._show_pictures()
        elif window.run.state in ("ready", "paused", "failed"):
            window.to_fit(SetRunning(running=True))
            self._show_pictures()

    def _show_pictures(self) -> None:
        """Leave the check of the capture: now there is more to see."""
        if self._window.panels.tabs.shown == "check":
            self._window.panels.tabs.show("images")

    def pause(self) -> None:
        """Pause; nothing is lost."""
        if self._window.run.state == "running":
            self._window.to_fit(SetRunning(running=False))

    def toggle(self) -> None:
        """Start when resting, pause when running."""
        if self._window.run.state == "running":
            self.pause()
        else:
            self.start()

    def stop(self) -> None:
        """Forget what was learnt, after asking."""
        window = self._window
        if window.step == 0 or window.run.state in ("empty", "loading"):
            return
        window.panels.dialogs.confirm(
            "Start over?", self._what_is_lost(), self._restart, yes="Start over", no="Keep", danger=True
        )

    def _what_is_lost(self) -> str:
        run, steps = self._window.run, self._window.step
        lost = f"All {steps:,} steps of training will be forgotten: the shape, the material and the lights found."
        if run.kept_folder is not None:
            return f"{lost} What was saved of it so far goes, too; save it in a place of your own first to keep it."
        if run.run_folder is None:
            return f"{lost} This run is not saved; save it first to keep it."
        if not self._window.unsaved:
            return f"{lost} The saved run in {run.run_folder} stays."
        return f"{lost} The run saved in {run.run_folder} stays, but only up to step {run.saved_step:,}."

    def extend(self, seconds: float) -> None:
        """Plan further and, from a finished run, go on at once."""
        window = self._window
        if window.run.state not in ("running", "paused", "finished"):
            return
        elapsed = window.stats.elapsed_seconds if window.stats else 0.0
        # The trainer counts on from the plan's end, or from now when that is later.
        self._planned = max(self._planned, elapsed) + seconds
        window.to_fit(ExtendPlan(planned_seconds=self._planned))
        if window.run.state == "finished":
            window.to_fit(SetRunning(running=True))

    def choose_preset(self, name: str) -> None:
        """Another preset, with its usual length."""
        preset = cast(PresetName, name)
        self._change(preset=preset, seconds=PRESET_SECONDS[preset], own_seconds=False)

    def choose_seconds(self, seconds: float) -> None:
        """Another planned length: of the run at hand when that is longer, else of the next."""
        window = self._window
        if window.step and seconds > self._planned:
            self.extend(seconds - self._planned)
            window.session = replace(window.session, seconds=seconds, own_seconds=True)
        else:
            self._change(seconds=seconds, own_seconds=True)

    def choose_seed(self, seed: int) -> None:
        """Another seed for the next run."""
        self._change(seed=seed)

    def choose_model(self, choices: FitChoices) -> None:
        """Model the next run otherwise."""
        self._change(choices=choices)

    def _change(self, **choice: object) -> None:
        window = self._window
        window.session = replace(window.session, **choice)  # type: ignore[arg-type]
        if window.run.state == "ready":
            self._restart()
        elif window.step:
            window.show_note(f"The new setting {_LATER}.", "warning")
        self.show()

    def _restart(self) -> None:
        session = self._window.session
        self._window.to_fit(
            Restart(preset=session.preset, seconds=session.seconds, seed=session.seed, choices=session.choices)
        )

    # ---- events -----------------------------------------------------------------------------------------------------

    def show_state(self, state: State) -> None:
        """The run's state has changed."""
        window = self._window
        before, window.run = window.run, state
        self._planned = state.planned_seconds
        if state.number != before.number:
            window.saved = ""
        if state.number != before.number and state.state in ("paused", "finished"):
            self._show_pictures()  # a run was opened
        if state.step == 0 and state.state != "loading":
            if state.state == "empty" or (window.stats is not None and window.stats.step):
                window.stats = None  # of another run; those of this one are told once
            if before.step or state.state == "ready":
                window.panels.plots.clear()
        self._take_up(before, state)
        self.show()
        if before.state == "running" and state.state == "finished" and state.converged and window.stats is not None:
            elapsed = window.stats.elapsed_seconds
            window.show_note(f"Converged after {elapsed:.0f} s: going on would bring no more.", "good", lasting=True)

    def _take_up(self, before: State, state: State) -> None:
        """Show the settings of the run at hand from its beginning or opening, until others are chosen for the next."""
        window = self._window
        if state.state == "ready":
            window.session = replace(window.session, run=None)
        if state.state not in ("running", "paused", "finished"):
            return
        folder = state.run_folder or state.kept_folder
        window.session = replace(window.session, run=str(folder) if folder else None)
        if state.number != self._taken_up:
            self._taken_up = state.number
            seconds = round(state.asked_seconds, 1) or window.session.seconds
            window.session = replace(
                window.session,
                preset=state.preset,
                seconds=seconds,
                seed=state.seed,
                choices=state.choices,
                own_seconds=False,
            )
        elif state.planned_seconds > before.planned_seconds:
            # The next run is as long as this one has become; not as short as one that converged.
            seconds = max(window.session.seconds, round(state.planned_seconds, 1))
            window.session = replace(window.session, seconds=seconds, own_seconds=False)

    def show_kept(self, kept: RunKept) -> None:
        """The run was saved unasked, or could not be: a word in the status bar, and a failure's reason once."""
        window = self._window
        if kept.number != window.run.number:
            return
        if kept.trouble:
            window.saved = "failed"
            window.show_note(f"The run could not be saved: {kept.trouble}", "warning", lasting=True)
        else:
            window.tell_saved()
            self._show_kept_in(kept)
        self.show_status()

    def _show_kept_in(self, kept: RunKept) -> None:
        window = self._window
        if kept.folder == window.run.run_folder:
            window.run = replace(window.run, saved_step=kept.step)
        else:
            window.run = replace(window.run, kept_folder=kept.folder)
        if window.session.run != str(kept.folder):
            window.session = replace(window.session, run=str(kept.folder))
            window.remember()

    def show_history(self, history: RunHistory) -> None:
        """How the run just opened got where it is."""
        plots = self._window.panels.plots
        plots.clear()
        for moment in history.moments:
            plots.add(
                moment.step,
                moment.losses,
                psnr_db=moment.psnr_db,
                held_out=moment.held_out_psnr_db,
                normal_error=moment.normal_error_deg,
                light_error=moment.light_error_deg,
            )

    def show_stats(self, stats: Stats) -> None:
        """Figures of the running fit."""
        window, before = self._window, self._window.stats
        window.stats = stats
        self._tell_trial(before, stats)
        # A converged run ends earlier than planned; else the window may know of an extension before the fit thread.
        self._planned = stats.planned_seconds if stats.converged else max(self._planned, stats.planned_seconds)
        if stats.losses and stats.trial is None:
            window.panels.plots.add(
                stats.step,
                stats.losses,
                psnr_db=stats.psnr_db,
                held_out=stats.held_out_psnr_db,
                normal_error=stats.normal_error_deg,
                light_error=stats.light_error_deg,
            )
        self.show_status()

    def _tell_trial(self, before: Stats | None, stats: Stats) -> None:
        """Say that a trial of the lights has begun, or what came of it."""
        number = self._window.run.number
        if stats.trial is not None and self._trial_of != number:
            self._trial_of = number
            self._window.show_note("Trying all lights on the other side: a hollow may look like a bump")
        elif stats.trial is None and self._trial_of is not None:
            ended = before is not None and not before.tried and self._trial_of == number
            self._trial_of = None
            if ended and stats.tried:
                self._window.show_note(stats.tried, "good")

    def show(self) -> None:
        """Bring the panels up to date."""
        window, session = self._window, self._window.session
        window.panels.fit.show_state(window.run.state, session.preset, session.seconds, session.seed, session.choices)
        chosen = InForce(preset=session.preset, seed=session.seed, choices=session.choices)
        window.panels.fit.show_in_force(self._in_force(), chosen)
        window.panels.fit.show_word(self._word())
        window.panels.fit.show_blocked(window.blocked)
        window.panels.toolbar.show_state(window.run.state, saved=window.run.run_folder is not None)
        self.show_status()

    def _in_force(self) -> InForce | None:
        """What the run at hand was begun with; None before its first step, when every choice is taken over at once."""
        run = self._window.run
        begun = run.number > 0 and self._window.step > 0 and run.state in ("running", "paused", "finished", "failed")
        return InForce(preset=run.preset, seed=run.seed, choices=run.choices) if begun else None

    def _word(self) -> str:
        """What is special about the state; "" when nothing is."""
        run, stats = self._window.run, self._window.stats
        if run.state == "finished" and run.converged:
            return "Converged"
        if run.state == "running" and stats is not None and stats.trial is not None:
            return f"Trial {stats.trial:.0%}"
        return "Finishing" if run.state == "running" and stats is not None and stats.converged else ""

    def _blocked_word(self) -> str:
        """What is open although nothing can be trained on; "" when that is not so."""
        window = self._window
        blocked = window.run.state == "empty" and window.blocked
        return f"{shortened(window.title, _NAME_LETTERS)}: {window.blocked.lower()}" if blocked else ""

    def show_status(self) -> None:
        """Bring the status bar up to date."""
        window, stats = self._window, self._window.stats
        running = window.run.state == "running"
        elapsed = stats.elapsed_seconds if stats else None
        remaining = None if elapsed is None else max(self._planned - elapsed, 0.0)
        window.panels.status.show(
            state=window.run.state,
            word=self._word() or self._blocked_word(),
            step=window.step if window.run.state != "empty" else None,
            steps_per_second=stats.steps_per_second if stats and running else None,
            ui_fps=window.ui_fps,
            device=stats.device if stats else "",
            memory_bytes=stats.memory_bytes if stats else None,
            elapsed=elapsed,
            remaining=remaining,
            saved=window.saved,
        )
