"""The thread that owns torch: it trains, and between steps it answers the window.

One turn: read the mailbox, make one training step, make one small part of a picture, tell the window how it goes, and
once a minute save what was learnt. No exception ends the thread; what goes wrong is told in one sentence and the last
good state is kept.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from app.fit_commands import FitCommands
from app.fit_desk import FitDesk
from app.mailbox import Mailbox
from app.messages import Close, Closed, Failed, OpenCapture, OpenRun, Relight, Task
from core.errors import Cancelled, ChiaroError, FitError

if TYPE_CHECKING:
    from app.engine import Engine

_log = logging.getLogger(__name__)
_MOST_LEFT_OUT = 2
"""Training steps in a row that give way to a dragged light."""
_IDLE_SECONDS = 0.5
_UNASKED_SECONDS = 0.1


class FitWorker:
    """``run`` is the whole life of the fit thread."""

    def __init__(
        self,
        inbox: Mailbox,
        outbox: Mailbox,
        make_engine: "Callable[[], Engine]",
        new_run_folder: Callable[[Path], Path],
    ) -> None:
        """``new_run_folder(capture)``: where a run is saved unasked as long as it has no place of its own."""
        self._inbox = inbox
        self._outbox = outbox
        self._make_engine = make_engine
        self._new_run_folder = new_run_folder
        self._made_way = 0

    def run(self) -> None:
        """Serve until ``Close``; sends ``Closed`` last, whatever happened."""
        try:
            engine = self._load_engine()
            if engine is None:
                self._refuse_everything()
            else:
                self._serve(FitDesk(engine, self._inbox, self._outbox, self._new_run_folder))
        finally:
            self._outbox.send(Closed())

    def _load_engine(self) -> "Engine | None":
        """Import the optimiser, which takes seconds; None, and the window told, when it cannot be."""
        self._outbox.send(Task(title="Starting", detail="Loading PyTorch", fraction=None, cancellable=False))
        try:
            return self._make_engine()
        except Exception as error:  # a broken installation is told in the window, which stays alive
            self._tell(error)
            return None
        finally:
            self._outbox.send(Task(title="Starting", detail="", fraction=1.0, cancellable=False))

    def _refuse_everything(self) -> None:
        """Without an optimiser: answer each wish to open something with the reason, until ``Close``."""
        closing = False
        while not closing:
            messages = self._inbox.take()
            if any(isinstance(message, OpenCapture | OpenRun) for message in messages):
                self._outbox.send(
                    Failed(text="Nothing can be opened: the optimiser could not be loaded (see the log).")
                )
            closing = any(isinstance(message, Close) for message in messages)
            if not messages:
                self._inbox.wait(_IDLE_SECONDS)

    def _serve(self, desk: FitDesk) -> None:
        commands = FitCommands(desk)
        while not desk.closing:
            for message in self._inbox.take():
                self._guard(lambda message=message: commands.answer(message))
            if not desk.closing and not self._work(desk) and not self._check(desk, commands):
                self._inbox.wait(_IDLE_SECONDS)

    def _check(self, desk: FitDesk, commands: FitCommands) -> bool:
        """Look the open capture over while training rests and nobody has asked for anything for a moment."""
        if desk.state not in ("ready", "paused", "finished") or self._inbox.wait(_UNASKED_SECONDS):
            return False
        return self._guard(commands.check_when_idle)

    def _work(self, desk: FitDesk) -> bool:
        """One step and one part of a picture, as far as they are due; whether there was anything to do."""
        trained = desk.state == "running" and (self._makes_way() or self._guard(lambda: _train(desk)))
        drew = self._guard(lambda: _draw(desk))
        self._guard(lambda: desk.reports.tick(desk.run, running=desk.state == "running"))
        self._guard(lambda: desk.autosave.tick(desk.run, running=desk.state == "running"))
        return trained or drew

    def _makes_way(self) -> bool:
        """Whether to leave out a step because a dragged light has moved on; never more than a few in a row."""
        self._made_way = self._made_way + 1 if self._made_way < _MOST_LEFT_OUT and self._inbox.holds(Relight) else 0
        return self._made_way > 0

    def _guard(self, work: Callable[[], object]) -> bool:
        """Do something that may fail; what it returned as a truth value, or False after telling the window."""
        try:
            return bool(work())
        except Cancelled:
            return True
        except Exception as error:  # the thread outlives every fault in one piece of work
            self._tell(error)
            return False

    def _tell(self, error: Exception) -> None:
        if isinstance(error, ChiaroError):
            self._outbox.send(Failed(text=str(error)))
            return
        _log.error("unexpected failure on the fit thread", exc_info=error)
        sentence = f"Something unexpected went wrong ({type(error).__name__}: {error}). The log has the details."
        self._outbox.send(Failed(text=sentence))


def _train(desk: FitDesk) -> bool:
    run = desk.run
    assert run is not None
    if run.trainer.finished:
        desk.set_state("finished")
        return True
    began = perf_counter()
    try:
        stats = run.trainer.step()
    except Exception as error:
        desk.set_state("failed")
        if isinstance(error, ChiaroError):
            raise
        _log.error("a training step failed", exc_info=error)
        raise FitError(f"Training stopped ({error}). The last good state is kept; press Start to go on.") from error
    run.last_losses = stats.losses
    desk.pictures.budget.earn(perf_counter() - began)
    run.observe(stats)
    desk.reports.stepped()
    return True


def _draw(desk: FitDesk) -> bool:
    try:
        return desk.pictures.tick(running=desk.state == "running")
    except Exception:
        desk.pictures.abandon()  # or the same fault would be told again and again
        raise
