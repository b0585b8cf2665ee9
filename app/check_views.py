"""The views of a capture in the check view: which one is shown, and which are left out of training."""

from collections.abc import Callable

from app.image_control import ImageControl
from app.messages import State, ViewCheckMark, ViewCheckUsed
from app.window_state import WindowState
from core.types import ImageKey
from widgets.check_data import Checked


class CheckViews:
    """The view that is shown is the one that is selected everywhere."""

    def __init__(self, window: WindowState, images: ImageControl, *, checked: Callable[[], Checked | None]) -> None:
        """``images`` owns what is selected and used; ``checked()`` is the capture on show."""
        self._window = window
        self._images = images
        self._checked = checked
        self.left_out: frozenset[ImageKey] = frozenset()
        """The photographs that are not used."""

    @property
    def shown(self) -> int | None:
        """The view whose photograph is shown; None where the capture on show does not have the selected one."""
        return self._window.view if self._window.view in self._ids else None

    @property
    def _ids(self) -> list[int]:
        checked = self._checked()
        return [] if checked is None else sorted(checked.views)

    # ---- intents ----------------------------------------------------------------------------------------------------

    def select(self, view: int) -> None:
        """Show another view's photograph, here and elsewhere."""
        if view in self._ids:
            self._images.select_view(view)

    def step(self, by: int) -> None:
        """Show the next or previous view; stops at the ends."""
        views, shown = self._ids, self.shown
        if shown is not None:
            self.select(views[min(max(views.index(shown) + by, 0), len(views) - 1)])

    def leave_out(self, keys: frozenset[ImageKey]) -> None:
        """Use these photographs no longer; or again, when they are left out already."""
        self._images.leave_out(keys, again=bool(keys) and self.left_out.issuperset(keys))

    # ---- events -----------------------------------------------------------------------------------------------------

    def show_new(self, *, same_folder: bool) -> None:
        """Another capture, or the same one read in another way, is on show."""
        window = self._window
        if not same_folder:
            window.view, window.light, window.view_chosen = None, None, False
            self._show_left_out(frozenset())
        if self.shown is None:
            window.view = min(self._ids, default=None)
        self.show_selection()

    def show_selection(self) -> None:
        """Another view is selected, here or elsewhere."""
        self._window.panels.check.show_selection(self.shown)
        self._window.to_view(ViewCheckMark(view=self.shown))

    def turn_to_worst(self) -> None:
        """Show the view of the worst finding to a user who looks at the check and has not chosen another."""
        worst, window = self._worst, self._window
        if worst is not None and not window.view_chosen and window.panels.tabs.shown == "check":
            self._images.turn_to(worst)

    @property
    def _worst(self) -> int | None:
        """The view that the worst finding about one is about; None when all are well."""
        checked = self._checked()
        findings = () if checked is None else checked.report.findings
        return next((f.view for f in findings if f.severity.value != "note" and f.view in self._ids), None)

    def show_used(self, state: State) -> bool:
        """Mark what is left out; whether that has changed."""
        capture = self._window.capture
        if capture is None or not state.included or state.state == "loading":
            return False
        left_out = frozenset(capture.keys) - frozenset(state.included)
        if left_out == self.left_out:
            return False
        self._show_left_out(left_out, used=frozenset(key.view for key in state.included))
        return True

    def _show_left_out(self, keys: frozenset[ImageKey], used: frozenset[int] = frozenset()) -> None:
        """``used``: the views of which a photograph is used."""
        self.left_out = keys
        views = frozenset(key.view for key in keys) - used
        self._window.panels.check.show_left_out(keys, views)
        self._window.to_view(ViewCheckUsed(left_out=views))
