"""How the fit thread measures the open run."""

from collections.abc import Callable
from typing import Any

from app import messages as msg
from app.fit_desk import FitDesk


class EvaluationAnswers:
    """Answers by the type of the question; on the fit thread only."""

    def __init__(self, desk: FitDesk) -> None:
        self._desk = desk
        self.answers: dict[type[msg.Message], Callable[[Any], None]] = {msg.Evaluate: self._evaluate}

    def _evaluate(self, command: msg.Evaluate) -> None:
        desk, run = self._desk, self._desk.run
        if run is None or run.trainer.steps == 0:
            return
        title = "Measuring the run" if command.report is None else f"Writing {command.report.name}"
        desk.send(desk.long_task(title, lambda progress: desk.engine.evaluate(run, command.report, progress)))
