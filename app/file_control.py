"""Opening, saving, exporting and closing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from app.messages import Close, Export, Failed, OpenCapture, OpenRun, Saved, SaveRun, Task
from app.paths import runs_folder
from app.settings import with_recent
from app.window_state import WindowState
from core.capture.import_options import ImportOptions
from core.errors import CaptureError
from core.fit.export_options import ExportOptions
from core.fit.result_names import Result

_SHOW_AFTER_SECONDS = 0.3
"""A task that ends sooner shows no dialog."""
_SAME_FAILURE_SECONDS = 3.0


class FileControl:
    """Intents of the toolbar; long tasks, what was written, what went wrong."""

    def __init__(self, window: WindowState, *, clock: Callable[[], float], on_cancel: Callable[[], object]) -> None:
        self._window = window
        self._clock = clock
        self._on_cancel = on_cancel
        self._task: Task | None = None
        self._task_since = 0.0
        self._loading = False
        self._told = ("", 0.0)
        """The last failure told, and when."""
        self._closing = False
        self.closed = False
        """Set once the fit thread has ended and the window may go."""

    # ---- opening ----------------------------------------------------------------------------------------------------

    def ask_open(self) -> None:
        """Let the user choose a capture folder."""
        recents = _paths(self._window.settings.recent_captures)
        self._ask_folder("Open a capture", recents, self._open_chosen, opens=_is_capture)

    def _open_chosen(self, folder: Path) -> None:
        self._window.new_here = str(folder.absolute()) not in self._window.settings.recent_captures
        self.open_capture(folder)

    def ask_open_run(self) -> None:
        """Let the user choose a run folder."""
        recents = _paths(self._window.settings.recent_runs)
        self._ask_folder("Open a run", recents, self.open_run, opens=_is_run, start=self._runs_folder(recents))

    def _runs_folder(self, recents: Sequence[Path]) -> Path | None:
        """Where runs are likely to lie: beside the open one, else where the studio saves them, else beside others."""
        opened = self._window.run.run_folder
        likely = ([opened.parent] if opened else []) + [runs_folder(), *(run.parent for run in recents)]
        return next((folder for folder in likely if folder.is_dir()), None)

    def open_capture(self, folder: Path, *, start: bool = False, options: ImportOptions | None = None) -> None:
        """Open a capture, with the images used that were used last time; paused unless told otherwise.

        ``options``: how to read it; None as it was read last time.
        """
        self._open_capture(folder, start=start, options=options)

    def open_demo(self) -> None:
        """Open the demo capture and train at once."""
        self._open_capture(None, start=True)

    def open_run(self, folder: Path) -> None:
        """Reopen a saved run."""
        self._window.to_fit(OpenRun(folder=folder, save_to=self._window.save_folder))

    def _open_capture(self, folder: Path | None, *, start: bool, options: ImportOptions | None = None) -> None:
        window, session = self._window, self._window.session
        names = () if folder is None else session.left_out.get(str(folder.absolute()), ())
        window.to_fit(
            OpenCapture(
                folder=folder,
                preset=session.preset,
                seconds=session.seconds_for(folder),
                seed=session.seed,
                choices=session.choices,
                start=start,
                left_out=names,
                save_to=window.save_folder,
                options=options or (None if folder is None else window.choices.get(str(folder.absolute()))),
            )
        )

    def _ask_folder(
        self,
        title: str,
        recents: Sequence[Path],
        on_path: Callable[[Path], object],
        *,
        opens: Callable[[Path], bool],
        start: Path | None = None,
    ) -> None:
        start = start or (recents[0].parent if recents else Path.home())
        self._window.panels.dialogs.path(
            title, folders=True, save=False, start=start, recents=recents, on_path=on_path, opens=opens
        )

    # ---- saving and exporting ---------------------------------------------------------------------------------------

    def save(self) -> None:
        """Save the run where it was saved before, or ask where to."""
        if self._window.run.run_folder is None:
            self.save_as()
        elif self._can_save():
            self._window.to_fit(SaveRun(folder=self._window.run.run_folder))

    def save_as(self) -> None:
        """Ask where to save the run; it is saved there from then on, and what was saved before stays."""
        window = self._window
        if window.capture is None or not self._can_save():
            return
        saved, start = window.run.run_folder, window.new_run_folder(window.capture.folder)
        window.panels.dialogs.path(
            "Save the run" if saved is None else "Save the run as",
            folders=True,
            save=True,
            start=start if saved is None else saved.with_name(start.name),
            recents=(),
            on_path=self._save_to,
        )

    def _can_save(self) -> bool:
        """Whether there is a run with something learnt; says so when it has learnt nothing."""
        window = self._window
        there = window.capture is not None and window.run.state not in ("empty", "loading")
        return there and not self._nothing_learnt("save")

    def _save_to(self, folder: Path) -> None:
        window = self._window
        own = folder in (window.run.run_folder, window.run.kept_folder)
        if (folder / "run.json").is_file() and not own:
            text = f"{folder} holds another run, which would be lost."
            window.panels.dialogs.confirm(
                "Replace that run?",
                text,
                lambda: window.to_fit(SaveRun(folder=folder, overwrite=True)),
                yes="Replace",
                danger=True,
            )
        else:
            window.to_fit(SaveRun(folder=folder))

    def ask_export(self) -> None:
        """Let the user choose what to export."""
        if self._window.run.state not in ("empty", "loading") and not self._nothing_learnt("export"):
            self._window.panels.export.show()

    def _nothing_learnt(self, what: str) -> bool:
        """Whether the run has made no step yet; says so."""
        if self._window.step == 0:
            self._window.show_note(f"There is nothing to {what} yet; press Start first.", "warning")
        return self._window.step == 0

    def choose_export_folder(self, names: tuple[str, ...], options: ExportOptions) -> None:
        """Let the user choose where to export these results."""
        window = self._window
        if window.capture is None:
            return
        what = cast(tuple[Result, ...], names)
        start = (window.run.run_folder or window.new_run_folder(window.capture.folder)).with_name(
            f"{window.capture.folder.name}-export"
        )

        window.panels.dialogs.path(
            "Export into a folder",
            folders=True,
            save=True,
            start=start,
            recents=(),
            on_path=lambda folder: self._export_into(Export(folder=folder, what=what, options=options)),
            accept="Choose",
        )

    def _export_into(self, export: Export) -> None:
        """Export, into a folder that holds something only after asking."""
        window, folder = self._window, export.folder
        if not (folder.is_dir() and any(folder.iterdir())):
            window.to_fit(export)
            return
        window.panels.dialogs.confirm(
            "Write into this folder?",
            f"{folder} is not empty; results of the same names in it would be replaced.",
            lambda: window.to_fit(replace(export, overwrite=True)),
            yes="Write",
            danger=True,
        )

    def show_saved(self, saved: Saved) -> None:
        """Something has been written."""
        window = self._window
        if saved.what == "run":
            window.tell_saved()
            window.session = replace(window.session, run=str(saved.folder))
            window.settings = replace(
                window.settings, recent_runs=with_recent(window.settings.recent_runs, saved.folder)
            )
            window.show_note(f"Saved to {saved.folder}", "good")
            return
        text = f"Written to {saved.folder}.\n\nThe same from the command line:\n{saved.command}"
        window.panels.dialogs.message("Exported", text)

    # ---- tasks and failures -----------------------------------------------------------------------------------------

    def show_task(self, task: Task) -> None:
        """A long task goes on or has ended."""
        if self._loading:
            self._loading = False
            self._window.show_note("")
        if task.fraction == 1.0:
            self._task = None
            self._window.panels.dialogs.close_progress()
            return
        if task.fraction is None and not task.cancellable:  # nothing to show and nothing to press
            self._loading = True
            self._window.show_note(f"{task.detail}…", lasting=True)
            return
        if self._task is None:
            self._task_since = self._clock()
        self._task = task
        self.update()

    def update(self) -> None:
        """Show the task at hand once it has lasted a moment; once a frame."""
        task = self._task
        if task is not None and self._clock() - self._task_since >= _SHOW_AFTER_SECONDS:
            self._window.panels.dialogs.progress(
                task.title, task.detail, task.fraction, self._on_cancel if task.cancellable else None
            )

    def show_failure(self, failed: Failed) -> None:
        """Something went wrong; a closing window that could not save stays open."""
        dialogs = self._window.panels.dialogs
        again, self._told = self._told, (failed.text, self._clock())
        if again[0] == failed.text and self._clock() - again[1] < _SAME_FAILURE_SECONDS and not self._closing:
            return  # a fault that comes back at once must not pile up dialogs
        if self._closing:
            self._closing = False
            text = f"{failed.text}\n\nClose without saving?"
            dialogs.confirm(
                "The run could not be saved", text, self._give_up, yes="Close", no="Keep it open", danger=True
            )
        else:
            dialogs.message("That did not work", failed.text)

    # ---- closing ----------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Save what would be lost, end the workers, then let the window go."""
        if not self._closing:
            self._closing = True
            self._window.to_fit(Close(save_to=self._window.save_folder))

    def _give_up(self) -> None:
        self._closing = True
        self._window.to_fit(Close())


def _paths(names: Sequence[str]) -> list[Path]:
    return [Path(name) for name in names]


def _is_capture(folder: Path) -> bool:
    """Whether a folder looks like a capture of any layout; its files are only listed."""
    from core.capture.recognise import guesses  # noqa: PLC0415 - no reader is loaded before the window is there

    try:
        return bool(guesses(folder))
    except CaptureError:
        return False


def _is_run(folder: Path) -> bool:
    return (folder / "run.json").is_file()
