"""Masks that are painted: which views there are, what is made of the strokes, what is saved and used."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from app.messages import (
    EditMasks,
    MakeMask,
    MaskMade,
    MaskPhotograph,
    MaskReading,
    MaskSaved,
    MaskViews,
    MaskWay,
    SaveMask,
    ShowMaskView,
)
from app.paths import capture_title
from app.window_state import WindowState
from core.capture.import_options import ImportOptions, MaskChoice
from core.types import BoolArray
from widgets.mask_intents import Wish

BRUSH_STEP = 1.25
_NAMED = 8
"""Views named in a question; more are counted."""
_BUSY: dict[MaskWay, str] = {
    "strokes": "Segmenting…",
    "threshold": "Measuring brightness…",
    "alpha": "Reading the alpha channel…",
    "holes": "Closing holes…",
}


class MaskControl:
    """Lists a capture's views only once somebody looks at the masks."""

    def __init__(self, window: WindowState, *, reopen: Callable[[Path, ImportOptions], object]) -> None:
        """``reopen(folder, options)`` reads a capture again."""
        self._window = window
        self._reopen = reopen
        self._folder: Path | None = None
        """The capture whose masks are painted."""
        self._options: ImportOptions | None = None
        self._asked = False
        """Whether its views have been asked for."""
        self._listed: MaskViews | None = None
        self._wanted: int | None = None
        """The view to show next."""
        self._after: int | None = None
        """The view that is being saved, to go on from."""
        self._ticket = 0

    # ---- intents ----------------------------------------------------------------------------------------------------

    def open(self, view: int | None = None) -> None:
        """Show the editor, on a view that matters."""
        self._wanted = view
        self._window.panels.tabs.show("masks")
        if view is not None and self._listed is not None and view in self._listed.states:
            self.choose_view(view)

    def show_tab(self, tab: str) -> None:
        """Another tab is on screen: the views are listed when theirs is."""
        if tab == "masks" and self._folder is not None and not self._asked:
            self._asked = True
            self._window.panels.masks.show_busy("Looking through the folder…")
            self._window.to_fit(EditMasks(folder=self._folder, options=self._options))

    def choose_view(self, view: int) -> None:
        """Paint over another view."""
        self._wanted = view
        self._window.panels.masks.show_busy(f"Reading V{view:02d}…")
        self._window.to_fit(ShowMaskView(view=view))

    def make(self, wish: Wish) -> None:
        """Make a mask from what the editor holds."""
        self._ticket += 1
        self._window.panels.masks.show_busy(_BUSY[wish.way])
        self._window.to_fit(
            MakeMask(
                view=wish.view,
                ticket=self._ticket,
                way=wish.way,
                marks=wish.marks,
                start=wish.start,
                level=wish.level,
                fill_holes=wish.fill_holes,
            )
        )

    def save(self, view: int, mask: BoolArray, after: bool) -> None:
        """Write a view's mask; ``after``: go on to the next view without one."""
        self._after = view if after else None
        self._window.to_fit(SaveMask(view=view, mask=mask))

    def use(self) -> None:
        """Read the capture again, with the masks that are beside it now."""
        if self._folder is not None and self._listed is not None:
            self._window.panels.masks.show_used()
            self._window.panels.tabs.show("check")
            self._reopen(self._folder, replace(self._listed.options, masks=MaskChoice.FILES))

    # ---- keys -------------------------------------------------------------------------------------------------------

    @property
    def shown(self) -> bool:
        """Whether keys are meant for the editor."""
        return self._window.panels.tabs.shown == "masks"

    def resize_brush(self, steps: int) -> None:
        """Make the brush larger or smaller."""
        if self.shown:
            self._window.panels.masks.resize_brush(BRUSH_STEP**steps)

    def undo(self) -> None:
        """Take the last step back."""
        if self.shown:
            self._window.panels.masks.undo()

    # ---- events -----------------------------------------------------------------------------------------------------

    def show_folder(self, folder: Path, options: ImportOptions | None = None) -> None:
        """Another capture is at hand, or the same one read in another way."""
        if folder == self._folder and (options is None or options == self._options):
            return
        if folder != self._folder:
            self._listed = self._wanted = None
            self._window.panels.masks.show_empty("")
        self._folder, self._options, self._asked = folder, options, False
        self.show_tab(self._window.panels.tabs.shown)

    def show_views(self, views: MaskViews) -> None:
        """The capture has been listed."""
        masks = self._window.panels.masks
        if views.trouble:
            self._listed = None
            masks.show_empty(views.trouble)
            return
        self._listed = views
        masks.show_busy("")
        masks.show_views(views.states, capture=str(views.folder.absolute()))
        missing = (view for view, state in views.states.items() if state == "missing")
        self.choose_view(self._wanted if self._wanted in views.states else next(missing, next(iter(views.states))))

    def show_reading(self, event: MaskReading) -> None:
        """A photograph is being read, or all have been."""
        self._window.panels.masks.show_busy(f"{event.text}…" if event.text else "")

    def show_photograph(self, event: MaskPhotograph) -> None:
        """A view can be painted over."""
        if event.view != self._wanted:
            return
        width, height = event.full_size
        reduced = event.picture.shape[:2] != (height, width)
        size = f"{width} × {height}" + (f", painted at {event.picture.shape[1]} × {event.picture.shape[0]}" * reduced)
        masks = self._window.panels.masks
        masks.show_busy("")
        masks.show_view(
            event.view,
            event.picture,
            event.mask,
            guessed=event.guessed,
            detail=size,
            has_alpha=event.has_alpha,
            level=event.level,
        )
        if event.trouble:
            self._window.show_note(event.trouble, "warning")

    def show_made(self, made: MaskMade) -> None:
        """A mask has been made; an older answer gives way to the one that is under way."""
        if made.ticket == self._ticket:
            self._window.panels.masks.show_busy("")
            self._window.panels.masks.show_mask(made.view, made.mask, way=made.way, level=made.level)

    def show_saved(self, saved: MaskSaved) -> None:
        """A mask is on disk."""
        masks = self._window.panels.masks
        masks.show_saved(saved.view)
        self._window.show_note(f"Saved {saved.file.name}", "good")
        if self._after == saved.view:
            self._after = None
            following = masks.missing_after(saved.view)
            if following is None:
                self._window.show_note("Every view has a mask now; press Use these masks.", "good")
            else:
                self.choose_view(following)

    def refused(self) -> None:
        """Something that was asked for could not be done."""
        self._after = None
        self._window.panels.masks.show_busy("")


def unsaved_words(unsaved: Mapping[str, tuple[int, ...]]) -> str:
    """Which painted masks would be lost, by capture folder: a sentence a capture."""
    return " ".join(
        f"The painted mask{'s' * (len(views) > 1)} of {_listed(views)} in {capture_title(Path(folder))} "
        f"{'have' if len(views) > 1 else 'has'} not been saved and would be lost."
        for folder, views in unsaved.items()
    )


def _listed(views: tuple[int, ...]) -> str:
    names = [f"V{view:02d}" for view in views]
    if len(names) > _NAMED:
        names = [*names[:_NAMED], f"{len(names) - _NAMED} more views"]
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
