"""The bar under a training run: how far, how fast, how good."""

from collections import deque
from collections.abc import Generator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn

from app.progress import error_console
from core.fit.trainer import Trainer

_BAR_WIDTH = 30
_RATE_STEPS = 50
"""The rate shown is that of the last so many steps."""


class TrainingBar:
    """Shows a trainer's progress toward its planned end."""

    def __init__(self, bar: Progress, trainer: Trainer) -> None:
        self._bar = bar
        self._task = bar.add_task("Training", total=1.0, detail="")
        self._recent = deque([(trainer.steps, trainer.seconds)], maxlen=_RATE_STEPS)

    def show(self, trainer: Trainer) -> None:
        """Call after each step; drawing is left to the bar's own clock."""
        if (part := trainer.trial_progress) is not None:
            detail = f"all lights tried on the other side: {part:.0%}"
            self._bar.update(self._task, description="Trial", detail=detail)
            return
        self._recent.append((trainer.steps, trainer.seconds))
        (first_step, first_seconds), (step, seconds) = self._recent[0], self._recent[-1]
        rate = (step - first_step) / max(seconds - first_seconds, 1e-9)
        detail = f"step {step:,} · {rate:.1f} steps/s · {trainer.psnr_db():.1f} dB · {_remaining(trainer, rate)}"
        self._bar.update(self._task, description="Training", completed=_fraction(trainer), detail=detail)


@contextmanager
def training_bar(trainer: Trainer) -> Generator[TrainingBar, None, None]:
    """A bar on standard error for the length of the block."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(_BAR_WIDTH),
        TaskProgressColumn(),
        TextColumn("{task.fields[detail]}", style="dim"),
    )
    with Progress(*columns, console=error_console()) as bar:
        yield TrainingBar(bar, trainer)


def _fraction(trainer: Trainer) -> float:
    if trainer.planned_steps is not None:
        return min(trainer.steps / trainer.planned_steps, 1.0)
    return min(trainer.seconds / trainer.planned_seconds, 1.0) if trainer.planned_seconds else 0.0


def _remaining(trainer: Trainer, rate: float) -> str:
    if trainer.planned_steps is not None:
        seconds = (trainer.planned_steps - trainer.steps) / max(rate, 1e-9)
    else:
        seconds = (trainer.planned_seconds or 0.0) - trainer.seconds
    minutes, rest = divmod(round(max(seconds, 0.0)), 60)
    return f"{minutes}:{rest:02d} left"
