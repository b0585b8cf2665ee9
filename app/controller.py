"""Between the window and the workers: what the user does becomes commands, what the workers say is shown."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any, cast

import numpy as np

from app import messages as msg
from app.check_control import CheckControl
from app.evaluation_control import EvaluationControl
from app.file_control import FileControl
from app.image_control import ImageControl
from app.mask_control import MaskControl, unsaved_words
from app.paths import capture_title
from app.raw_control import RawControl
from app.relight_control import RelightControl
from app.run_control import RunControl
from app.scene_control import SceneControl
from app.settings import with_recent
from app.window_state import WindowState

_FIX_FIRST = "Fix what the Check tab lists first."
_STATUS_SECONDS = 0.5
_NOTE_SECONDS = 8.0
"""How long the top bar tells what happened before it tells again what is open."""


Shower = Callable[[Any], None]
"""Shows what one kind of message says."""


class Controller:
    """Owns the controllers of the window's parts; every call comes from the main thread."""

    def __init__(self, window: WindowState, *, clock: Callable[[], float] = perf_counter) -> None:
        self.window = window
        self._clock = clock
        self._status_at = 0.0
        self._note_at = 0.0
        self.run = RunControl(window, before_first=self._read_if_changed)
        self.images = ImageControl(
            window, on_selected=self._selection_changed, is_checking=lambda: self.check.under_way
        )
        self.scene = SceneControl(window)
        self.relight = RelightControl(window)
        self.evaluation = EvaluationControl(window)
        self.files = FileControl(window, clock=clock, on_cancel=lambda: window.to_fit(msg.CancelTask()))
        self.masks = MaskControl(
            window, reopen=lambda folder, options: self.files.open_capture(folder, options=options)
        )
        self.raw = RawControl(window, reopen=lambda folder, options: self.files.open_capture(folder, options=options))
        self.check = CheckControl(
            window,
            reopen=lambda folder, options, start: self.files.open_capture(folder, options=options, start=start),
            images=self.images,
            paint_masks=self.masks.open,
        )
        self._shows: dict[type[msg.Message], Shower] = {
            **self._of_capture_and_run(),
            **self._of_pictures(),
            **self._of_masks_and_raw(),
            **self._of_view_thread(),
        }

    def _of_capture_and_run(self) -> dict[type[msg.Message], Shower]:
        return {
            msg.Task: self.files.show_task,
            msg.CaptureChecked: self._show_checked,
            msg.CheckProgress: self.check.show_progress,
            msg.CaptureOpened: self._show_capture,
            msg.State: self._show_state,
            msg.RunHistory: self._show_history,
            msg.Stats: self._show_stats,
            msg.Saved: self.files.show_saved,
            msg.RunKept: self.run.show_kept,
            msg.Evaluated: self.evaluation.show,
            msg.Failed: self._show_failure,
            msg.Closed: self._show_closed,
        }

    def _of_pictures(self) -> dict[type[msg.Message], Shower]:
        return {
            msg.ImageLosses: self.images.show_losses,
            msg.Outliers: self.images.show_outliers,
            msg.Lights: self._show_lights,
            msg.Preview: self.images.show_preview,
            msg.RelitImage: self.relight.show_image,
            msg.Mesh: self.scene.show_mesh,
        }

    def _of_masks_and_raw(self) -> dict[type[msg.Message], Shower]:
        return {
            msg.MaskViews: self.masks.show_views,
            msg.MaskReading: self.masks.show_reading,
            msg.MaskPhotograph: self.masks.show_photograph,
            msg.MaskMade: self.masks.show_made,
            msg.MaskSaved: self.masks.show_saved,
            msg.RawFound: self.raw.show_found,
            msg.RawDeveloped: self.raw.show_developed,
        }

    def _of_view_thread(self) -> dict[type[msg.Message], Shower]:
        return {
            msg.ViewFrame: self._show_frame,
            msg.ViewCheckPicked: lambda picked: self.check.views.select(picked.view),
            msg.ViewSphereMoved: lambda moved: self.check.show_sphere(moved.sphere),
            msg.ViewPicked: lambda picked: self.images.select(picked.key),
            msg.ViewFailed: self._show_view_failure,
        }

    # ---- intents that concern several parts -------------------------------------------------------------------------

    def _read_if_changed(self) -> bool:
        return self.check.read_if_changed()

    def show_tab(self, name: str) -> None:
        """Another tab is on screen."""
        tab = cast(msg.Shown, name)
        self.window.session = replace(self.window.session, tab=tab)
        self.images.show_tab(tab)
        self.scene.show_tab(tab)
        self.relight.show_tab(tab)
        self.masks.show_tab(tab)
        self.raw.show_tab(tab)

    def step_views(self, by: int) -> None:
        """Another view, of the masks where they are on screen."""
        if self.masks.shown:
            self.window.panels.masks.step(by)
        elif self.raw.shown:
            self.raw.step(by)
        elif self.window.panels.tabs.shown == "check":
            self.check.views.step(by)
        else:
            self.images.step(views=by)

    def close(self) -> None:
        """Close the window; painted masks are not lost without a question."""
        unsaved = self.window.panels.masks.unsaved_masks
        if not unsaved:
            self.files.close()
            return
        self.window.panels.dialogs.confirm(
            "Close without saving the masks?",
            f"{unsaved_words(unsaved)} Save mask on the tab Masks keeps the one that is shown.",
            self.files.close,
            yes="Close",
            no="Keep it open",
            danger=True,
        )

    def choose_scale(self, scale: float) -> None:
        """Another size of everything, from the next start on."""
        self.window.settings = replace(self.window.settings, ui_scale=scale)
        self.window.show_note(f"The window will be shown at {scale:.0%} from its next start on.")

    def reset_view(self) -> None:
        """The whole picture, or the whole object."""
        self.window.panels.images.reset()
        self.window.panels.masks.canvas.reset()
        self.scene.jump("object")

    def tick(self) -> None:
        """Once a frame: tasks that have lasted, figures that change by themselves."""
        self.files.update()
        now = self._clock()
        if now - self._status_at >= _STATUS_SECONDS:
            self._status_at = now
            self.run.show_status()
        if self.window.passing == "new":
            self.window.passing, self._note_at = "seen", now
        elif self.window.passing == "seen" and now - self._note_at >= _NOTE_SECONDS:
            self.window.show_note("")

    # ---- events -----------------------------------------------------------------------------------------------------

    def handle(self, event: msg.Message) -> None:
        """Show what a worker says."""
        self._shows[type(event)](event)

    def _show_checked(self, event: msg.CaptureChecked) -> None:
        before = self.check.checked
        if before is not None and before.folder == event.checked.folder and before.up != event.checked.up:
            self.scene.show_up(event.checked.up)
        self.check.show_checked(event)
        self.masks.show_folder(event.checked.folder, event.checked.options)
        self.raw.show_folder(event.checked.folder, event.checked.options)
        if event.opening and not event.checked.trainable:
            self._show_nothing(event.checked.folder)
            self.check.views.turn_to_worst()

    def _show_nothing(self, folder: Path) -> None:
        """What was opened cannot be trained on as it is: nothing of what was open before stays on screen."""
        window, panels = self.window, self.window.panels
        window.capture, window.lights, window.light, window.stats = None, None, None, None
        window.blocked = "To be fixed first"
        checked = self.check.checked
        self._remember(folder, recent=checked is not None and bool(checked.report.guesses or checked.views))
        window.summary = "cannot be trained on yet"
        window.show_note("")
        panels.capture.show_empty(_FIX_FIRST)
        panels.images.show_empty(_FIX_FIRST)
        panels.scene.show_text(_FIX_FIRST)
        panels.relight.show_empty(_FIX_FIRST)
        panels.plots.clear()
        self.evaluation.show_empty()
        panels.lights.show_lights((), np.zeros((0, 3), np.float32), intensities=np.zeros((0, 3), np.float32))

    def _remember(self, folder: Path, *, recent: bool = True) -> None:
        """What is open, for the recents (when it is a capture), the session and the title."""
        window = self.window
        if recent:
            recents = with_recent(window.settings.recent_captures, folder)
            window.settings = replace(window.settings, recent_captures=recents)
        seconds = window.session.seconds_for(folder)
        window.session = replace(window.session, capture=str(folder.absolute()), seconds=seconds)
        window.title = capture_title(folder)
        window.panels.toolbar.show_title(window.title)

    def _show_view_failure(self, failed: msg.ViewFailed) -> None:
        self.scene.show_failure(failed.text)
        self.window.panels.check.show_failure(failed.text)

    def _show_frame(self, frame: msg.ViewFrame) -> None:
        (self.check.picture if frame.viewport == msg.CHECK_VIEWPORT else self.scene).show_frame(frame)

    def _show_capture(self, opened: msg.CaptureOpened) -> None:
        window = self.window
        self._remember(opened.folder)
        window.blocked = ""
        window.summary = _contents(opened)
        window.show_note("")
        self.images.show_capture(opened)
        self.check.show_capture(opened)
        self.scene.show_capture(opened)
        if self.check.checked is not None:
            self.scene.show_up(self.check.checked.up)
        self.relight.show_empty()
        self.masks.show_folder(opened.folder)
        self.raw.show_folder(opened.folder)

    def _show_state(self, state: msg.State) -> None:
        forgotten = state.state == "ready" and state.step == 0 and self.window.step > 0
        self.run.show_state(state)
        self.check.show_state(state)
        self.scene.show_progress()
        if forgotten:
            self.images.show_forgotten()
            self.scene.show_forgotten()
        self.images.show_state(state)
        self.check.show_used(state)
        self.scene.show_selection()
        self.relight.show_progress()
        self.evaluation.show_progress()

    def _show_history(self, history: msg.RunHistory) -> None:
        self.run.show_history(history)
        self.evaluation.show_empty()

    def _show_stats(self, stats: msg.Stats) -> None:
        self.run.show_stats(stats)
        self.relight.show_progress()
        self.images.show_progress()
        self.scene.show_progress()
        self.evaluation.show_progress()

    def _show_lights(self, lights: msg.Lights) -> None:
        self.images.show_lights(lights)
        if self.window.run.state != "running":  # else they are drawn with the next mesh: each drawing costs training
            self.scene.show_lights()

    def _show_failure(self, failed: msg.Failed) -> None:
        self.images.refused()
        self.masks.refused()
        self.files.show_failure(failed)

    def _show_closed(self, _: msg.Closed) -> None:
        self.files.closed = True

    def _selection_changed(self) -> None:
        self.scene.show_selection()
        self.relight.show_selection()
        self.check.views.show_selection()

    sheet: list[tuple[str, str]] = []  # noqa: RUF012 - replaced by the studio once the keys are bound

    def show_shortcuts(self) -> None:
        """List all shortcuts."""
        self.window.panels.dialogs.shortcuts(self.sheet)


def _contents(opened: msg.CaptureOpened) -> str:
    views = len({key.view for key in opened.keys})
    truth = ", with ground truth" if opened.has_truth else ""
    width, height = opened.image_size
    images, lights = len(opened.keys), len(opened.light_ids)
    return f"{views} views, {lights} lights, {images:,} photographs of {width} × {height}{truth}"
