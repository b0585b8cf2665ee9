"""Measuring the open run: the question and the answer."""

from dataclasses import dataclass
from pathlib import Path

from app.messages.message import Message
from core.fit.evaluation.figures import Evaluation


@dataclass(frozen=True, kw_only=True)
class Evaluate(Message):
    """Measure the open run over every photograph."""

    report: Path | None = None
    """HTML file to write, too."""


@dataclass(frozen=True, kw_only=True)
class Evaluated(Message):
    """The open run has been measured."""

    evaluation: Evaluation
    report: Path | None
    """The report that was written."""
    command: str
    """The command line that does the same with the saved run."""
