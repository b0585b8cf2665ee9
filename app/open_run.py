"""What the fit thread has open: one trainer, its history, and where it was saved."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from app.messages import Moment, RunHistory, RunState, State
from app.tone import Exposure
from core.fit.choices import FitChoices, PresetName

if TYPE_CHECKING:
    from core.capture.capture import Capture
    from core.fit.history import History
    from core.fit.outliers import OutlierWatch
    from core.fit.trainer import StepStats, Trainer

_MEASURE_SECONDS = 3.0
"""Of optimisation, between two measurements."""


@dataclass(kw_only=True)
class OpenedRun:
    """One run: mutable, on the fit thread only."""

    trainer: "Trainer"
    history: "History"
    preset: PresetName
    exposure: Exposure
    choices: FitChoices = field(default_factory=FitChoices)
    """What the model was made with."""
    setup_seconds: float = 0.0
    """How long preparing it took, before the first step."""
    folder: Path | None = None
    """Where it was last saved, or opened from."""
    saved_step: int = 0
    kept_folder: Path | None = None
    """Where it was saved unasked while it had no place of its own; None when it was not, or has one."""
    kept_step: int = 0
    last_losses: dict[str, float] = field(default_factory=dict[str, float])
    number: int = 0
    """Which of the runs that were opened it is, counted from 1; 0 before it is open."""
    watch: "OutlierWatch | None" = None
    """What is known about photographs that do not fit; None before anyone has asked."""

    @property
    def capture(self) -> "Capture":
        """The capture being trained on."""
        return self.trainer.capture

    @property
    def unsaved(self) -> bool:
        """Whether closing would lose steps."""
        return self.trainer.steps != self.saved_step

    @property
    def safe(self) -> bool:
        """Whether a crash would lose no steps."""
        return not self.unsaved or (self.kept_folder is not None and self.trainer.steps == self.kept_step)

    @property
    def asked_seconds(self) -> float:
        """Planned length as it was asked for; a run that converges ends before. 0 when planned by steps."""
        planned = self.trainer.planned_seconds or 0.0
        return max(planned, self.trainer.config.seconds or 0.0) if self.trainer.converged else planned

    def told_history(self) -> RunHistory:
        """The message that tells the window how the run got where it is."""
        return RunHistory(
            moments=tuple(
                Moment(
                    step=record.step,
                    losses=dict(record.losses or {}),
                    psnr_db=record.psnr_db,
                    held_out_psnr_db=record.held_out_psnr_db,
                    normal_error_deg=record.normal_error_deg,
                    light_error_deg=record.light_error_deg,
                )
                for record in self.history.records
            )
        )

    def observe(self, stats: "StepStats") -> None:
        """Measure the run against photographs and ground truth every few seconds: it costs as much as two steps."""
        records = self.history.records
        if not records or self.trainer.seconds - records[-1].seconds >= _MEASURE_SECONDS:
            self.history.observe(self.trainer, stats)

    def state(self, state: RunState) -> State:
        """The message that tells the window where the run stands."""
        trainer = self.trainer
        return State(
            state=state,
            number=self.number,
            run_folder=self.folder,
            kept_folder=self.kept_folder,
            included=tuple(sorted(trainer.included)),
            preset=self.preset,
            seed=trainer.seed,
            planned_seconds=trainer.planned_seconds or 0.0,
            asked_seconds=self.asked_seconds,
            step=trainer.steps,
            saved_step=self.saved_step,
            choices=self.choices,
            converged=trainer.converged,
        )
