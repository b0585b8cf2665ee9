"""RAW photographs: whether the capture has any, which one is looked at, how they are to be developed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app.messages import DevelopRaw, FindRaw, RawDeveloped, RawFound
from app.window_state import WindowState
from core.capture.import_options import ImportOptions, RawCurve, RawOptions


class RawControl:
    """Photographs are developed only once somebody looks at the panel."""

    def __init__(self, window: WindowState, *, reopen: Callable[[Path, ImportOptions], object]) -> None:
        """``reopen(folder, options)`` reads a capture again."""
        self._window = window
        self._reopen = reopen
        self._folder: Path | None = None
        self._options = ImportOptions()
        self._files: tuple[Path, ...] = ()
        self._number = 0
        self._curve: RawCurve = "linear"
        self._asked: tuple[Path, RawCurve] | None = None
        """What was asked to be developed last."""

    # ---- intents ----------------------------------------------------------------------------------------------------

    def show_tab(self, tab: str) -> None:
        """Another tab is on screen."""
        if tab == "raw":
            self._develop()

    def step(self, by: int) -> None:
        """Look at another photograph."""
        if self._files:
            self._number = (self._number + by) % len(self._files)
            self._develop()

    def choose_curve(self, curve: RawCurve) -> None:
        """Develop under another curve."""
        self._curve = curve
        self._develop()

    def apply(self, raw: RawOptions) -> None:
        """Read the capture again with its photographs developed like this."""
        if self._folder is not None:
            self._reopen(self._folder, replace(self._options, raw=raw))

    @property
    def shown(self) -> bool:
        """Whether keys are meant for the panel."""
        return self._window.panels.tabs.shown == "raw"

    # ---- events -----------------------------------------------------------------------------------------------------

    def show_folder(self, folder: Path, options: ImportOptions | None = None) -> None:
        """A capture is at hand, or the same one read in another way; None: as was chosen last time."""
        if folder == self._folder and options is None:
            return
        if folder != self._folder:
            self._files, self._number, self._asked = (), 0, None
            self._window.panels.tabs.offer("raw", False)
        self._folder = folder
        self._window.to_fit(FindRaw(folder=folder, options=options))

    def show_found(self, found: RawFound) -> None:
        """Whether there are RAW photographs."""
        if found.folder != self._folder:
            return
        again = found.files == self._files
        self._files, self._options = found.files, found.options
        self._window.panels.tabs.offer("raw", bool(found.files))
        if not again:
            self._number, self._asked = 0, None
        self._curve = found.raw.curve
        self._window.panels.raw.show_options(found.raw)
        self.show_tab(self._window.panels.tabs.shown)

    def show_developed(self, event: RawDeveloped) -> None:
        """A photograph to look at; an older one gives way to the one that is under way."""
        panel = self._window.panels.raw
        if event.picture is None:
            panel.show_empty(event.trouble)
        elif (event.picture.file, event.picture.curve) == self._asked:
            panel.show_picture(event.picture, number=self._number + 1, count=len(self._files))

    def _develop(self) -> None:
        if not self._files:
            return
        wanted = (self._files[self._number], self._curve)
        if wanted != self._asked:
            self._asked = wanted
            self._window.panels.raw.show_busy(f"Developing {wanted[0].name}…")
            self._window.to_fit(DevelopRaw(file=wanted[0], curve=wanted[1]))
