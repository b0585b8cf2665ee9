"""Ctrl-C and a polite kill, answered between two steps instead of in the middle of one."""

import signal
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType

from core.errors import Cancelled

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopRequest:
    """Whether the user asked to stop; a second request is not waited for."""

    def __init__(self) -> None:
        self.signal_number: int | None = None

    @property
    def made(self) -> bool:
        """True once the user asked to stop."""
        return self.signal_number is not None

    @property
    def exit_code(self) -> int:
        """What a shell expects of a program ended this way."""
        return 128 + (self.signal_number or signal.SIGINT)

    def check(self) -> None:
        """Raise Cancelled when the user asked to stop."""
        if self.made:
            raise Cancelled

    def receive(self, signal_number: int, _frame: FrameType | None) -> None:
        """Note the first request; raise KeyboardInterrupt at the second."""
        if self.made:
            raise KeyboardInterrupt
        self.signal_number = signal_number


@contextmanager
def stop_request() -> Generator[StopRequest, None, None]:
    """Within the block, Ctrl-C and termination set a flag; only the main thread may enter."""
    request = StopRequest()
    earlier = [signal.signal(number, request.receive) for number in _SIGNALS]
    try:
        yield request
    finally:
        for number, handler in zip(_SIGNALS, earlier, strict=True):
            signal.signal(number, handler)
