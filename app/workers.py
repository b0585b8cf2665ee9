"""The studio's two worker threads: started once the window is there, so that it never waits for what they import."""

import threading
from datetime import datetime
from typing import TYPE_CHECKING

from app.fit_worker import FitWorker
from app.mailbox import Mailbox
from app.messages import Close
from app.paths import new_run_folder
from app.view_worker import ViewWorker

if TYPE_CHECKING:
    from app.engine import Engine
    from widgets.check_plotter import CheckPlotter
    from widgets.scene_plotter import ScenePlotter

_VIEW_PATIENCE_SECONDS = 10.0


class Workers:
    """The fit thread and the view thread with their mailboxes."""

    def __init__(self) -> None:
        self.to_fit, self.to_view, self.events = Mailbox(), Mailbox(), Mailbox()
        self._fit = threading.Thread(
            target=FitWorker(
                self.to_fit,
                self.events,
                _make_engine,
                new_run_folder=lambda capture: new_run_folder(capture, datetime.now()),
            ).run,
            name="fit",
            daemon=True,
        )
        self._view = threading.Thread(
            target=ViewWorker(self.to_view, self.events, _make_plotter, _make_check_plotter).run,
            name="view",
            daemon=True,
        )

    def start(self) -> None:
        """Let both begin."""
        self._fit.start()
        self._view.start()

    def end(self) -> None:
        """End both, without saving; a fit thread that is deep in a computation is not waited for."""
        for mailbox, thread in ((self.to_fit, self._fit), (self.to_view, self._view)):
            if thread.is_alive():
                mailbox.send(Close())
        for thread in (self._fit, self._view):
            if thread.ident is not None:
                thread.join(_VIEW_PATIENCE_SECONDS)


def _make_engine() -> "Engine":
    from app.engine import Engine  # noqa: PLC0415 - loads torch, which takes seconds and belongs to this thread

    return Engine()


def _make_plotter() -> "ScenePlotter":
    from widgets.scene_plotter import ScenePlotter  # noqa: PLC0415 - loads VTK, which belongs to this thread

    return ScenePlotter()


def _make_check_plotter() -> "CheckPlotter":
    from widgets.check_plotter import CheckPlotter  # noqa: PLC0415 - loads VTK, which belongs to this thread

    return CheckPlotter()
