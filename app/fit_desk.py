"""What the fit thread has before it: the engine, the open run, its state, and the way to the window."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from app.autosave import Autosave
from app.mailbox import Mailbox
from app.messages import CancelTask, Close, Message, OpenCapture, OpenRun, RunState, State, Task
from app.pictures import Pictures
from app.reports import Reports
from core.errors import Cancelled
from core.types import Progress
from widgets.check_data import Checked

if TYPE_CHECKING:
    from app.checking import ReadCapture
    from app.engine import Engine
    from app.open_run import OpenedRun

Result = TypeVar("Result")


class FitDesk:
    """Shared by the fit thread's parts; never touched from another thread."""

    def __init__(
        self, engine: "Engine", inbox: Mailbox, outbox: Mailbox, new_run_folder: Callable[[Path], Path]
    ) -> None:
        self.engine = engine
        self.send: Callable[[Message], None] = outbox.send
        self.pictures = Pictures(engine, outbox.send)
        self.reports = Reports(engine, outbox.send)
        self.autosave = Autosave(engine, outbox.send, new_run_folder)
        self.run: OpenedRun | None = None
        self.checked: Checked | None = None
        """What is known about the open capture."""
        self.read: ReadCapture | None = None
        """What looking it over needs; None when there is nothing to look over."""
        self.state: RunState = "empty"
        self.closing = False
        """Set once the thread is to end."""
        self._inbox = inbox
        self._opened = 0

    def set_state(self, state: RunState) -> None:
        """Enter a state and tell the window."""
        self.state = state
        self.send(self.run.state(state) if self.run is not None else _nothing_open(state))

    def take_up(self, run: "OpenedRun", *, start: bool) -> None:
        """Make ``run`` the open one."""
        self._opened += 1
        run.number = self._opened
        self.run = run
        self.pictures.open(run)
        self.reports.reset()
        resting: RunState = "paused" if run.trainer.steps else "ready"
        self.set_state("running" if start else "finished" if run.trainer.finished else resting)
        self.send(run.told_history())

    def tell_anew(self) -> None:
        """The window has shown something else meanwhile: figures and pictures of the open run are due again."""
        self.pictures.forget()
        self.reports.reset()

    def leave(self) -> None:
        """Have nothing open."""
        self.run = self.read = None
        self.pictures.open(None)
        self.set_state("empty")

    def long_task(self, title: str, work: Callable[[Progress], Result], *, cancellable: bool = True) -> Result:
        """Do ``work``, showing its progress; raises Cancelled when the user or a newer wish stops it."""

        def progress(detail: str, fraction: float) -> None:
            shown = min(fraction, 0.999)  # 1.0 is said once, at the end
            self.send(Task(title=title, detail=detail, fraction=shown, cancellable=cancellable))
            if cancellable and self._interrupted():
                raise Cancelled

        self._inbox.discard(CancelTask)
        try:
            progress("", 0.0)
            return work(progress)
        finally:
            self.send(Task(title=title, detail="", fraction=1.0, cancellable=False))

    def wanted_elsewhere(self, *kinds: type[Message]) -> bool:
        """Whether the window waits for something that makes the work at hand pointless; ``kinds``: further such."""
        return self._inbox.holds(Close, OpenCapture, OpenRun, *kinds)

    def asked(self) -> bool:
        """Whether the window has said anything that was not answered yet."""
        return self._inbox.holds(Message)

    def _interrupted(self) -> bool:
        return self.wanted_elsewhere(CancelTask)


def _nothing_open(state: RunState) -> State:
    return State(
        state=state, run_folder=None, included=(), preset="draft", seed=0, planned_seconds=0.0, step=0, saved_step=0
    )
