"""The window's heartbeat: callbacks, news of the workers, one picture; never faster than it is worth."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

import logging
from collections import deque
from collections.abc import Callable
from inspect import signature
from itertools import takewhile
from time import perf_counter, sleep
from typing import Any

import dearpygui.dearpygui as dpg

from app.mailbox import Mailbox
from app.messages import Message

_log = logging.getLogger(__name__)

BUSY_FPS = 28.0
IDLE_FPS = 10.0
_AWAKE_SECONDS = 1.0
"""The window keeps its full rate for so long after the last thing that happened."""
_FPS_WINDOW_SECONDS = 2.0


class FrameTimes:
    """When frames were finished, newest last; feeds the status bar and the benchmarks."""

    def __init__(self, keep: int = 100_000) -> None:
        self.ends: deque[float] = deque(maxlen=keep)
        """Seconds of ``time.perf_counter``."""

    def frame(self) -> None:
        """A frame has been finished now."""
        self.ends.append(perf_counter())

    @property
    def fps(self) -> float | None:
        """Frames a second over the last moments."""
        if not self.ends:
            return None
        first = self.ends[-1] - _FPS_WINDOW_SECONDS
        recent = list(takewhile(lambda end: end >= first, reversed(self.ends)))
        return (len(recent) - 1) / (recent[0] - recent[-1]) if len(recent) > 1 else None


class FrameLoop:
    """Runs until ``finished()``; everything happens on the main thread."""

    def __init__(
        self,
        events: Mailbox,
        *,
        handle: Callable[[Message], None],
        update: Callable[[], None],
        on_error: Callable[[Exception], None],
        is_busy: Callable[[], bool],
        times: FrameTimes,
        after: Callable[[], object] = lambda: None,
    ) -> None:
        """``handle`` takes each event, ``update`` is called before each frame and ``after`` when it is on screen;
        ``is_busy`` keeps the full rate.
        """
        self._events = events
        self._handle = handle
        self._update = update
        self._on_error = on_error
        self._is_busy = is_busy
        self._times = times
        self._after = after
        self._awake_until = 0.0
        self._mouse: tuple[float, ...] = ()
        with dpg.handler_registry():
            dpg.add_key_down_handler(callback=self._wake)
            dpg.add_mouse_wheel_handler(callback=self._wake)
            dpg.add_mouse_down_handler(callback=self._wake)

    def run(self, finished: Callable[[], bool]) -> None:
        """Draw frames until the work is over or the window has gone."""
        while dpg.is_dearpygui_running() and not finished():
            began = perf_counter()
            self.frame()
            rate = BUSY_FPS if began < self._awake_until or self._is_busy() else IDLE_FPS
            self._rest(began + 1.0 / rate - perf_counter())

    def frame(self) -> None:
        """Do one frame."""
        self._run_callbacks()
        for event in self._events.take():
            self._wake()
            self._guard(lambda event=event: self._handle(event))
        self._guard(self._update)
        self._follow_mouse()
        dpg.render_dearpygui_frame()
        self._times.frame()
        self._guard(self._after)

    def _rest(self, seconds: float) -> None:
        """Sleep; a worker's news ends an idle window's sleep early."""
        if seconds <= 0.0:
            return
        if seconds <= 1.0 / BUSY_FPS:
            sleep(seconds)
        else:
            sleep(1.0 / BUSY_FPS)
            self._events.wait(seconds - 1.0 / BUSY_FPS)

    def _run_callbacks(self) -> None:
        """What DearPyGui queued, called here instead of in its own thread."""
        for job in dpg.get_callback_queue() or ():
            if job[0] is not None:
                self._guard(lambda job=job: call_back(job))

    def _follow_mouse(self) -> None:
        size = (dpg.get_viewport_client_width(), dpg.get_viewport_client_height())
        mouse = (*dpg.get_mouse_pos(local=False), *size)
        if mouse != self._mouse:
            self._mouse = mouse
            self._wake()

    def _wake(self) -> None:
        self._awake_until = perf_counter() + _AWAKE_SECONDS

    def _guard(self, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception as error:  # one broken panel must not take the window down
            _log.error("unexpected failure in the window", exc_info=error)
            self._on_error(error)


def call_back(job: Any) -> None:
    """Call a DearPyGui callback with as many of (sender, data, user data) as it asks for; defaults are its own."""
    asked = sum(each.default is each.empty for each in signature(job[0]).parameters.values())
    job[0](*job[1 : 1 + asked])
