"""Opening what a command works on: a capture, or a run with its capture, with a bar for the wait."""

from pathlib import Path

from app.progress import progress_bar
from core.capture.capture import Capture
from core.capture.import_options import ImportOptions
from core.capture.read import read_capture
from core.device import default_threads, pick_device, set_threads
from core.fit.checkpoint import load_trainer, saved_options
from core.fit.run_folder import read_run
from core.fit.trainer import Trainer
from core.types import Progress


def open_capture(folder: Path, progress: Progress, *, options: ImportOptions | None = None) -> Capture:
    """Read a capture; what is wrong with it without stopping it is left in ``Capture.problems``.

    Without options, with those saved beside it.
    """
    return read_capture(folder, options=options, progress=progress)


def open_run(folder: Path, *, capture: Path | None, device: str | None, progress: Progress) -> Trainer:
    """The trainer of a run folder, exactly where it was saved; ``capture`` replaces a capture that has moved."""
    read_run(folder)
    set_threads(default_threads(window_open=False))
    read = None if capture is None else open_capture(capture, progress, options=saved_options(folder))
    return load_trainer(folder, capture=read, device=pick_device(device), progress=progress)


def opened_run(folder: Path, *, capture: Path | None, device: str | None) -> Trainer:
    """As ``open_run``, with a progress bar of its own."""
    with progress_bar("Opening the run") as progress:
        return open_run(folder, capture=capture, device=device, progress=progress)
