"""A capture before it is trained on: what was found, the sphere, and how the folder is read."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.check_picture import CheckPicture
from app.check_views import CheckViews
from app.image_control import ImageControl
from app.messages import (
    CaptureChecked,
    CaptureOpened,
    CheckCapture,
    CheckProgress,
    SetUp,
    State,
    ViewChecked,
    ViewSphere,
)
from app.window_state import WindowState
from core.capture.import_options import ImportOptions
from core.types import ImageKey
from widgets.check_data import Checked, Sphere, open_findings

if TYPE_CHECKING:
    from core.capture.report import Fix

_UNCHECKED = "The photographs of this run are no longer as they were, so there is nothing to check."
Reopen = Callable[[Path, ImportOptions, bool], object]
"""Called with the folder, how to read it, and whether to train at once."""


class CheckControl:
    """Intents of the check view; what was found."""

    def __init__(
        self,
        window: WindowState,
        *,
        reopen: Reopen,
        images: ImageControl,
        paint_masks: Callable[[int | None], object],
    ) -> None:
        """``images`` owns which view is selected and which photographs are used."""
        self._window = window
        self._reopen = reopen
        self._paint_masks = paint_masks
        self.checked: Checked | None = None
        """The capture on show."""
        self.sphere: Sphere | None = None
        """Where the user has it; the one that was read until it is moved."""
        self.views = CheckViews(window, images, checked=lambda: self.checked)
        """Its views."""
        self.picture = CheckPicture(window, selected=lambda: self.views.shown)
        """Its 3D picture."""
        self._opening = False
        """Whether something else is being opened."""

    @property
    def under_way(self) -> bool:
        """Whether the fit thread looks the capture over, for as long as it has nothing else to do."""
        checked = self.checked
        return checked is not None and not checked.complete and self._window.run.state != "running"

    # ---- intents: sphere ---------------------------------------------------------------------------------------------

    def move_sphere(self, sphere: Sphere) -> None:
        """The sphere was moved by its numbers."""
        self.show_sphere(sphere)
        self._window.to_view(ViewSphere(sphere=sphere))

    def sphere_from_masks(self) -> None:
        """Put the sphere where the masks say the object is."""
        if self.checked is not None and self.checked.masks_sphere is not None:
            self.move_sphere(self.checked.masks_sphere)

    def undo_sphere(self) -> None:
        """Put the sphere back to where it was read."""
        if self.checked is not None and self.checked.sphere is not None:
            self.move_sphere(self.checked.sphere)

    def forget_sphere(self) -> None:
        """Read again with the sphere of the files or masks instead of one that was placed."""
        if self.checked is not None and self.checked.options.sphere is not None:
            self._read(replace(self._window.panels.check.options, sphere=None), start=False)

    # ---- intents: reading again -------------------------------------------------------------------------------------

    def fix(self, fix: "Fix") -> None:
        """Mend one finding."""
        if fix.action == "options" and fix.options is not None:
            self._read(self._with_sphere(fix.options), start=False)
        elif fix.action == "untick":
            self.views.leave_out(frozenset(fix.keys))
        elif fix.action == "paint_masks":
            self.paint()
        elif fix.action == "place_sphere":
            self._place_sphere()

    def paint(self) -> None:
        """Paint masks, beginning with the view that is shown."""
        self._paint_masks(self.views.shown)

    def _place_sphere(self) -> None:
        """Bring the sphere to hand, a suggested one where there is none."""
        self._window.panels.check.show_page("sphere")
        suggested = self.checked.suggested_sphere() if self.checked is not None else None
        if self.sphere is None and suggested is not None:
            self.move_sphere(suggested)
        self.picture.jump("sphere")

    def read_again(self) -> None:
        """Read the folder as the fields say."""
        if self.checked is not None:
            self._read(self._with_sphere(self._window.panels.check.options), start=False)

    def read_if_changed(self) -> bool:
        """Before the first step: read and start with what was changed, so that it counts; whether that was so."""
        if self.checked is None or not self._window.panels.check.changed:
            return False
        options = self._with_sphere(self._window.panels.check.options)
        if self._only_up(options):
            self._window.to_fit(SetUp(up=options.up))
            return False
        self._read(options, start=True)
        return True

    def check_now(self) -> None:
        """Look closer at the open capture at once, also while it trains."""
        if self._window.capture is not None and self._window.run.state not in ("empty", "loading"):
            self._window.to_fit(CheckCapture())

    def _with_sphere(self, options: ImportOptions) -> ImportOptions:
        if self.checked is None or self.sphere is None or self.sphere == self.checked.sphere:
            return options
        return replace(options, sphere=(self.sphere.centre, self.sphere.radius))

    def _read(self, options: ImportOptions, *, start: bool) -> None:
        window, checked = self._window, self.checked
        if checked is None:
            return
        if not start and self._only_up(options):
            window.to_fit(SetUp(up=options.up))
            return
        if window.step == 0:
            self._reopen(checked.folder, options, start)
            return
        window.panels.dialogs.confirm(
            "Read the capture again?",
            "What was trained so far is saved first, and a new run begins.",
            lambda: self._reopen(checked.folder, options, start),
            yes="Read again",
            no="Keep training" if window.run.state == "running" else "Keep the run",
        )

    def _only_up(self, options: ImportOptions) -> bool:
        """Whether nothing but the up axis is to be another one: nothing has to be read again for it."""
        checked = self.checked
        if checked is None or self._window.capture is None or options == checked.options:
            return False
        return replace(options, up=checked.options.up) == checked.options

    # ---- events -----------------------------------------------------------------------------------------------------

    def show_checked(self, event: CaptureChecked) -> None:
        """A capture has been read, or more has been found out about the one that is open."""
        before, checked = self.checked, event.checked
        known = before is not None and (before.folder, before.options) == (checked.folder, checked.options)
        self.checked = checked
        if event.opening or not known:
            self._show_new(checked, same_folder=before is not None and before.folder == checked.folder)
        else:
            self._window.panels.check.show_report(checked)
            self.views.turn_to_worst()
        self._label()
        self._show_problems()
        if event.opening or not event.choices_kept:
            self._tell_choices(event)
        if self._comes_to_front(event):
            self._window.panels.tabs.show("check")

    def _show_problems(self) -> None:
        """Beside the photographs, what the check found that deserves a look: one list, not two."""
        checked, capture = self.checked, self._window.capture
        if checked is not None and capture is not None and checked.folder == capture.folder:
            found = [finding for finding in checked.report.findings if finding.severity.value != "note"]
            self._window.panels.capture.show_problems([(f.file or f.topic, f.text) for f in found])

    def _comes_to_front(self, event: CaptureChecked) -> bool:
        """Whether the user is to see it now: something must be fixed, or the capture is new here."""
        window, checked = self._window, event.checked
        if event.opening:
            new, window.new_here = window.new_here, False
            return not checked.trainable or (new and not event.started)
        return not checked.report.trainable and window.step == 0 and window.run.state == "ready"

    def _show_new(self, checked: Checked, *, same_folder: bool) -> None:
        window = self._window
        window.panels.check.show(checked)
        window.to_view(ViewChecked(checked=checked))
        self.show_sphere(checked.sphere)
        self.views.show_new(same_folder=same_folder)

    def show_progress(self, progress: CheckProgress) -> None:
        """The capture is being looked over."""
        if self.checked is not None and not self.checked.complete:
            self._window.panels.check.show_progress(progress.fraction)

    def _tell_choices(self, event: CaptureChecked) -> None:
        """Say once that choices cannot be kept, and remember them for this session."""
        window, folder = self._window, str(event.checked.folder.absolute())
        if event.choices_kept:
            window.choices.pop(folder, None)
            return
        if folder not in window.choices:
            text = (
                f"Nothing can be written into {event.checked.folder}, so the choices made here are not kept beside the "
                "capture. They hold until the window is closed."
            )
            window.panels.dialogs.message("The choices could not be kept", text)
        window.choices[folder] = event.checked.options

    def show_used(self, state: State) -> None:
        """What leaving photographs out has mended is marked so, and counted no longer."""
        if self.views.show_used(state):
            self._label()

    def _label(self) -> None:
        """Write on the tab how many things deserve a look."""
        if self.checked is not None:
            self._window.panels.tabs.label("check", tab_label(self.checked, self.views.left_out))

    def show_state(self, state: State) -> None:
        """Something is being opened, or no longer: where nothing came of it, the capture is on show again."""
        loading = state.state == "loading"
        if loading != self._opening:
            self._opening = loading
            self._window.panels.check.show_opening(loading)
            if not loading and self.checked is not None:
                self._window.to_view(ViewChecked(checked=self.checked))
                self.views.show_selection()

    def show_capture(self, opened: CaptureOpened) -> None:
        """Another capture has been opened; of a run whose photographs have changed there is nothing to show."""
        if self.checked is None or self.checked.folder != opened.folder:
            self.checked, self.sphere = None, None
            self._window.panels.check.show_empty(_UNCHECKED)
            self._window.panels.tabs.label("check", "Check")
            self._window.to_view(ViewChecked(checked=None))
        self._show_problems()
        self.views.turn_to_worst()

    def show_sphere(self, sphere: Sphere | None) -> None:
        """The sphere is here now."""
        self.sphere = sphere
        self._window.panels.check.show_sphere(sphere)


def tab_label(checked: Checked, left_out: frozenset[ImageKey] = frozenset()) -> str:
    """The tab's name, with how many things must be fixed or deserve a look."""
    count = sum(finding.severity.value != "note" for finding in open_findings(checked, left_out))
    return f"Check ({count})" if count else "Check"
