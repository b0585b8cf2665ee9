"""What the fit thread tells the window about a run, and how often."""

from collections import deque
from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING

import psutil

from app.messages import ImageLosses, Message, Outliers, Stats
from app.open_run import OpenedRun

if TYPE_CHECKING:
    from app.engine import Engine

_STATS_SECONDS = 0.25
_LIGHTS_SECONDS = 0.5
_LOSSES_SECONDS = 1.0
_OUTLIERS_SECONDS = 5.0
"""Of what seems wrong with them only a little is found out each time."""
_SPEED_WINDOW_SECONDS = 2.0


class Reports:
    """Sends figures, lights, losses and what does not fit while training runs, and once more after it stops."""

    def __init__(
        self, engine: "Engine", send: Callable[[Message], None], clock: Callable[[], float] = perf_counter
    ) -> None:
        self._engine = engine
        self._send = send
        self._clock = clock
        self._process = psutil.Process()
        self._stepped_at: deque[float] = deque()
        self._sent_at: dict[str, float] = {}
        self._was_running = False

    def reset(self) -> None:
        """Another run: tell everything anew."""
        self._stepped_at.clear()
        self._sent_at.clear()
        self._was_running = True

    def stepped(self) -> None:
        """A step has ended now."""
        now = self._clock()
        self._stepped_at.append(now)
        while now - self._stepped_at[0] > _SPEED_WINDOW_SECONDS:
            self._stepped_at.popleft()

    def tick(self, run: OpenedRun | None, *, running: bool) -> None:
        """Send what is due."""
        if run is None:
            return
        stopped = self._was_running and not running
        self._was_running = running
        if stopped:
            self._stepped_at.clear()
        if stopped or (running and self._due("stats", _STATS_SECONDS)):
            self._send(self._stats(run))
        if stopped or (running and self._due("lights", _LIGHTS_SECONDS)):
            self._send(self._engine.lights(run.trainer))
        if stopped or (running and self._due("losses", _LOSSES_SECONDS)):
            self._send(ImageLosses(losses=dict(run.trainer.image_losses())))
        unfinished = not running and run.watch is not None and run.watch.unfinished
        if stopped or unfinished or (running and self._due("outliers", _OUTLIERS_SECONDS)):
            self._send(Outliers(found=self._engine.outliers(run)))

    def _due(self, what: str, every: float) -> bool:
        now = self._clock()
        if now - self._sent_at.get(what, -every) < every:
            return False
        self._sent_at[what] = now
        return True

    def _speed(self) -> float:
        """Steps a second of the wall clock, over the last moments: what the user really gets."""
        if len(self._stepped_at) < 2:
            return 0.0
        return (len(self._stepped_at) - 1) / max(self._stepped_at[-1] - self._stepped_at[0], 1e-9)

    def _stats(self, run: OpenedRun) -> Stats:
        trainer = run.trainer
        record = run.history.records[-1] if run.history.records else None
        return Stats(
            step=trainer.steps,
            steps_per_second=self._speed(),
            elapsed_seconds=trainer.seconds,
            planned_seconds=trainer.planned_seconds or 0.0,
            converged=trainer.converged,
            trial=trainer.trial_progress,
            tried="" if trainer.mirrored_lights is None else trainer.mirrored_lights.told,
            losses=run.last_losses,
            psnr_db=trainer.psnr_db() if trainer.steps else 0.0,
            held_out_psnr_db=record.held_out_psnr_db if record else None,
            normal_error_deg=record.normal_error_deg if record else None,
            light_error_deg=record.light_error_deg if record else None,
            device=self._engine.device_name,
            memory_bytes=self._process.memory_info().rss,
        )
