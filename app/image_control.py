"""Which photograph is shown, which are used, and what the model makes of them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app.messages import CaptureOpened, ImageLosses, Include, Lights, Outliers, Preview, ShowImage, State
from app.waiting_words import images_wait
from app.window_state import WindowState
from core.capture.subset import check_subset, read_subset, write_subset
from core.errors import ChiaroError, SubsetError
from core.fit.outlier import unfit_words
from core.types import ImageKey
from widgets.matrix_layout import nearest_key


class ImageControl:
    """Intents of the capture panel and the light table; previews, losses and lights."""

    def __init__(
        self, window: WindowState, *, on_selected: Callable[[], object], is_checking: Callable[[], bool]
    ) -> None:
        """``on_selected()`` is called when another photograph, or at least another view, is shown; ``is_checking()``
        says whether the fit thread looks the capture over.
        """
        self._window = window
        self._is_checking = is_checking
        self._on_selected = on_selected
        self._wanted: tuple[ImageKey, ...] | None = None
        """The images last asked for, until the fit thread has answered."""
        self._previewed: Preview | None = None
        """The pictures on screen, with whether their title says that the photograph is left out."""
        self._titled_left_out = False
        self._waiting = ""
        """What is said instead of pictures; "" while there are some."""
        self._told_unfit: frozenset[ImageKey] = frozenset()
        """The photographs that the user has been told do not fit."""
        self._unasked = False
        """Whether the pictures of the photograph that is shown have yet to be asked for."""

    # ---- intents ----------------------------------------------------------------------------------------------------

    def select(self, key: ImageKey) -> None:
        """Show another photograph."""
        window = self._window
        if window.capture is not None and key in window.capture.keys:
            window.view_chosen = True
            self._show(key)

    def select_view(self, view: int) -> None:
        """Show another view, under the same light where there is one."""
        self._window.view_chosen = True
        self.turn_to(view)

    def turn_to(self, view: int) -> None:
        """Show another view that was not chosen by the user; of a capture that cannot be trained on, just the view."""
        window = self._window
        keys = window.capture.keys if window.capture is not None else ()
        key = nearest_key(keys, ImageKey(view, window.light or 0), hold="view")
        if key is not None:
            self._show(key)
        else:
            window.view, window.light = view, None
            self._on_selected()

    def _show(self, key: ImageKey) -> None:
        window = self._window
        window.view, window.light = key.view, key.light
        window.session = replace(window.session, selected=key.name)
        window.panels.capture.show_selection(key)
        window.panels.lights.show_selection(key.light)
        self._unasked = True
        self.show_tab(window.panels.tabs.shown)
        self._on_selected()

    def show_tab(self, tab: str) -> None:
        """Another tab is on screen. Behind the check's no picture ends the check, which would have to begin anew."""
        selected = self._window.selected
        if self._unasked and selected is not None and not (tab == "check" and self._is_checking()):
            self._unasked = False
            self._window.to_fit(ShowImage(key=selected))

    def select_outlier(self, key: ImageKey) -> None:
        """Show a photograph that does not fit, and where its error is."""
        self.select(key)
        self._window.panels.images.reveal("error")
        self._window.panels.tabs.show("images")

    def select_light(self, light: int) -> None:
        """Show the photograph of the same view under another light, or the first there is of that light."""
        window = self._window
        if window.capture is None:
            return
        here = window.selected.view if window.selected else -1
        keys = [key for key in window.capture.keys if key.light == light]
        if keys:
            self.select(next((key for key in keys if key.view == here), keys[0]))

    def step(self, *, views: int = 0, lights: int = 0) -> None:
        """Show the next or previous view or light."""
        self._window.panels.capture.step(views=views, lights=lights)

    def include(self, keys: frozenset[ImageKey]) -> None:
        """Use exactly these images; a choice that cannot be trained on stays on the panel until it can."""
        window = self._window
        if window.capture is None:
            return
        try:
            check_subset(keys)
        except SubsetError as error:
            window.show_note(f"Not used yet: {error}", "warning", lasting=True)
            return
        window.show_note("")
        window.session = window.session.with_included(window.capture.folder, window.capture.keys, keys)
        self._wanted = tuple(sorted(keys))
        window.to_fit(Include(keys=self._wanted))

    def leave_out(self, keys: frozenset[ImageKey], *, again: bool = False) -> None:
        """Use these images no longer, besides those that are left out already; or use them ``again``."""
        window = self._window
        if window.capture is None:
            window.show_note("Images can be left out once the capture can be read.", "warning")
            return
        used = window.panels.capture.included
        rest = used | keys if again else used - keys
        window.panels.capture.show_included(rest)
        self.include(rest)

    def ask_load_subset(self) -> None:
        """Let the user choose an index file to read."""
        self._ask_path("Load a selection", save=False, on_path=self._load_subset)

    def ask_save_subset(self) -> None:
        """Let the user choose where to write an index file."""
        self._ask_path("Save the selection", save=True, on_path=self._save_subset)

    def _ask_path(self, title: str, *, save: bool, on_path: Callable[[Path], None]) -> None:
        window = self._window
        if window.capture is not None:
            folder = self._index_folder(window.capture.folder)
            start = folder / f"{window.capture.folder.name}-index.txt" if save else folder
            window.panels.dialogs.path(
                title, folders=False, save=save, start=start, recents=(), on_path=on_path, filter_suffix=".txt"
            )

    def _index_folder(self, capture: Path) -> Path:
        """Where the user keeps index files: where the last one was, else at home."""
        last = Path(self._window.settings.index_folder)
        if self._window.settings.index_folder and last.is_dir():
            return last
        known = (Path.home() / "Documents", Path.home())
        return next((folder for folder in known if folder.is_dir()), capture.parent)

    def _remember_folder(self, file: Path) -> None:
        window = self._window
        window.settings = replace(window.settings, index_folder=str(file.parent.absolute()))

    def _load_subset(self, file: Path) -> None:
        window = self._window
        if window.capture is None:
            return
        try:
            keys = read_subset(file, window.capture.keys)
            check_subset(keys)
        except ChiaroError as error:
            window.panels.dialogs.message("This index file cannot be used", str(error))
            return
        self._remember_folder(file)
        window.panels.capture.show_included(keys)
        self.include(keys)

    def _save_subset(self, file: Path) -> None:
        window = self._window
        if window.capture is None:
            return
        try:
            write_subset(file, window.panels.capture.included, capture_folder=window.capture.folder)
        except ChiaroError as error:
            window.panels.dialogs.message("The index file could not be written", str(error))
            return
        self._remember_folder(file)
        window.show_note(f"Written to {file}", "good")

    # ---- events -----------------------------------------------------------------------------------------------------

    def show_capture(self, opened: CaptureOpened) -> None:
        """Another capture has been read."""
        window = self._window
        again = window.capture is not None and window.capture.folder == opened.folder
        first = self._first(opened, again=again)
        window.capture, window.lights, self._wanted, self._previewed = opened, None, None, None
        window.panels.capture.show_capture(opened.keys, opened.thumbnails, opened.problems)
        self._told_unfit = frozenset()
        self._wait()
        self._show(first)

    def _first(self, opened: CaptureOpened, *, again: bool) -> ImageKey:
        """The photograph to begin with: what is shown already, or was when the window closed, else the first."""
        window = self._window
        before = window.selected if again else window.session.selected_key
        if not again and window.view_chosen and window.view is not None:  # in the check, before it could be read
            before = nearest_key(opened.keys, ImageKey(window.view, window.light or 0), hold="view")
        return before if before in opened.keys else opened.keys[0]

    def show_forgotten(self) -> None:
        """What was learnt is forgotten: nothing of it stays on screen."""
        self._previewed = None
        self._wait()
        self._window.panels.capture.show_losses({})
        self.show_outliers(Outliers(found=()))

    def _wait(self) -> None:
        """There are no pictures yet: say what they wait for."""
        self._waiting = images_wait(self._window.run.state, self._window.step)
        self._window.panels.images.show_empty(self._waiting)

    def show_progress(self) -> None:
        """The run has come further, and what the first pictures wait for may be something else."""
        window = self._window
        if window.capture and self._waiting not in ("", images_wait(window.run.state, window.step)):
            self._wait()

    def show_state(self, state: State) -> None:
        """The run's state has changed: show what is really trained on."""
        window = self._window
        self.show_progress()
        if window.capture is None or not state.included or state.state == "loading":
            return
        if self._wanted is not None and self._wanted != state.included:
            return  # an answer to an older choice; the newer one is under way
        self._wanted = None
        if self._previewed is not None and self._left_out(self._previewed.key) != self._titled_left_out:
            self.show_preview(self._previewed)
        shown = window.panels.capture.included
        if shown != frozenset(state.included) and self._trainable(shown):
            window.panels.capture.show_included(frozenset(state.included))

    @staticmethod
    def _trainable(keys: frozenset[ImageKey]) -> bool:
        try:
            check_subset(keys)
        except SubsetError:
            return False
        return True

    def refused(self) -> None:
        """The last choice was refused: show again what is trained on."""
        self._wanted = None
        self.show_state(self._window.run)

    def show_preview(self, preview: Preview) -> None:
        """New pictures of the photograph that is shown."""
        if preview.key != self._window.selected:
            return
        panes = {
            name: getattr(preview, name)
            for name in (
                "photograph", "render", "error", "normals", "albedo", "shading", "roughness", "shadow", "depth",
            )
        }  # fmt: skip
        self._previewed, self._titled_left_out = preview, self._left_out(preview.key)
        self._waiting = ""
        used = "   left out" if self._titled_left_out else ""
        self._window.panels.images.show_preview(
            panes,
            title=f"{preview.key.name}{used}",
            psnr_db=preview.psnr_db if preview.step else None,  # of the start it would say nothing
            error_limit=preview.error_limit,
        )

    def _left_out(self, key: ImageKey) -> bool:
        return key not in self._window.run.included

    def show_losses(self, event: ImageLosses) -> None:
        """How well each image is explained."""
        self._window.panels.capture.show_losses(event.losses)

    def show_outliers(self, event: Outliers) -> None:
        """Which photographs do not fit; told once when there are others than before."""
        window = self._window
        window.panels.capture.show_outliers(event.found)
        unfit = frozenset(outlier.key for outlier in event.found)
        if unfit - self._told_unfit:
            window.show_note(unfit_words(event.found), "warning")
        self._told_unfit = self._told_unfit | unfit if unfit else unfit

    def show_lights(self, lights: Lights) -> None:
        """Where the lights are by now."""
        window = self._window
        window.lights = lights
        window.panels.lights.show_lights(
            lights.light_ids,
            lights.estimate_gl,
            start_gl=lights.start_gl,
            truth_gl=lights.truth_gl,
            intensities=lights.intensities,
            error_deg=lights.error_deg,
            distances=lights.distances,
        )
        window.panels.capture.show_exposures(lights.exposures)
        window.panels.lights.show_selection(window.selected.light if window.selected else None)
