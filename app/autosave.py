"""Saving the open run by itself, so that a crash or a power cut costs a minute of training at most."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app.messages import Message, RunKept
from app.open_run import OpenedRun
from core.errors import ChiaroError

if TYPE_CHECKING:
    from app.engine import Engine

_log = logging.getLogger(__name__)
SAVE_EVERY_SECONDS = 60.0
"""Of optimisation, in the window as on the command line: as much is lost at worst when the machine goes down."""


class Autosave:
    """Saves while training runs, and once more after it stops; a save that fails is told once and tried again."""

    def __init__(
        self, engine: "Engine", send: Callable[[Message], None], new_run_folder: Callable[[Path], Path]
    ) -> None:
        """``new_run_folder(capture)``: where a run that was given no place is saved."""
        self._engine = engine
        self._send = send
        self._new_run_folder = new_run_folder
        self._number = 0
        """Which run is being followed."""
        self._was_running = False
        self._tried_seconds = 0.0
        self._failing = False

    def tick(self, run: OpenedRun | None, *, running: bool) -> None:
        """Save when it is time to; takes as long as writing the checkpoint does."""
        if run is None:
            return
        if run.number != self._number:
            self._follow(run)
        stopped, self._was_running = self._was_running and not running, running
        due = running and run.trainer.seconds - self._tried_seconds >= SAVE_EVERY_SECONDS
        if (stopped or due) and not run.safe:
            self._save(run)

    def drop(self, run: OpenedRun) -> None:
        """The run has got a place of its own, or is to be forgotten: remove what was saved elsewhere by itself."""
        kept, run.kept_folder = run.kept_folder, None
        if kept is not None and kept != run.folder:
            self._engine.remove(kept)

    def _follow(self, run: OpenedRun) -> None:
        self._number, self._tried_seconds = run.number, run.trainer.seconds
        self._was_running = self._failing = False

    def _save(self, run: OpenedRun) -> None:
        self._tried_seconds = run.trainer.seconds
        folder = run.folder or run.kept_folder or self._new_run_folder(run.capture.folder)
        try:
            self._engine.keep(run, folder)
        except Exception as error:  # training goes on whatever the disk does
            self._tell(run, folder, error)
            self._failing = True
        else:
            self._failing = False
            self._send(RunKept(number=run.number, folder=folder, step=run.trainer.steps))

    def _tell(self, run: OpenedRun, folder: Path, error: Exception) -> None:
        if self._failing:
            return
        if not isinstance(error, ChiaroError):
            _log.error("the run could not be saved by itself", exc_info=error)
        self._send(RunKept(number=run.number, folder=folder, step=run.trainer.steps, trouble=str(error)))
