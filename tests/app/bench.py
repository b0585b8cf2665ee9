"""A fit worker on its own thread with a fake engine, and a way to wait for what it says."""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from app.fit_worker import FitWorker
from app.mailbox import Mailbox
from app.messages import Close, Closed, Message, OpenCapture, SetRunning, State
from tests.app.fakes import FakeEngine

PATIENCE_SECONDS = 30.0
"""Far longer than anything takes: a test fails by it, it does not measure with it."""

Kind = TypeVar("Kind", bound=Message)


def _run_folder(capture: Path) -> Path:
    return Path("kept") / capture.name


class Bench:
    def __init__(self, engine: FakeEngine) -> None:
        self.engine = engine
        self.inbox, self.outbox = Mailbox(), Mailbox()
        self.seen: list[Message] = []
        self._read = 0
        make: Any = lambda: engine  # noqa: E731
        self.thread = threading.Thread(target=FitWorker(self.inbox, self.outbox, make, _run_folder).run, daemon=True)

    def send(self, *commands: Message) -> None:
        for command in commands:
            self.inbox.send(command)

    def until(self, kind: type[Kind], holds: Callable[[Kind], bool] = lambda _: True) -> Kind:
        """The next event of this type for which ``holds``; those before it count as read."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            while self._read < len(self.seen):
                event = self.seen[self._read]
                self._read += 1
                if isinstance(event, kind) and holds(event):
                    return event
            self.outbox.wait(0.1)
            self.seen += self.outbox.take()
        raise AssertionError(f"no such {kind.__name__}; seen: {[type(e).__name__ for e in self.seen[-20:]]}")

    def state(self, wanted: str) -> State:
        return self.until(State, lambda event: event.state == wanted)

    def begin(self, *, start: bool = False, folder: str = "somewhere/vase", seconds: float = 1e6) -> None:
        """Ask for a capture without waiting: a state that does not last may never be seen."""
        self.send(OpenCapture(folder=Path(folder), preset="draft", seconds=seconds, seed=3, start=start))

    def open(self, *, start: bool = False, folder: str = "somewhere/vase", seconds: float = 1e6) -> State:
        self.begin(start=start, folder=folder, seconds=seconds)
        return self.state("running" if start else "ready")

    def start(self) -> State:
        self.send(SetRunning(running=True))
        return self.state("running")


@contextmanager
def bench(engine: FakeEngine | None = None) -> Generator[Bench, None, None]:
    made = Bench(engine or FakeEngine())
    made.thread.start()
    try:
        yield made
    finally:
        made.engine.gate.set()
        made.engine.fail_saving = None
        if made.thread.is_alive():
            made.send(Close())
        made.thread.join(PATIENCE_SECONDS)
        assert not made.thread.is_alive()
        assert isinstance((made.seen + made.outbox.take())[-1], Closed)
