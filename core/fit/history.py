"""How a run got where it is: figures at growing intervals, for plots and for ``run.json``."""

from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any, Self

from core.fit.sampled_errors import held_out_psnr_db, light_error_deg, normal_error_deg
from core.fit.saved_values import saved_count, saved_entries, saved_figure, saved_list, saved_number
from core.fit.trainer import StepStats, Trainer

_SHORTEST_INTERVAL_SECONDS = 1.0
_GROWTH = 0.05
_FIGURES = ("psnr_db", "held_out_psnr_db", "normal_error_deg", "light_error_deg")
"""What is measured of a run: the fields of a record that may have nothing to compare with."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """Where a run stood after one of its steps; None where there is nothing to compare with."""

    step: int
    seconds: float
    """Optimisation time so far."""
    losses: dict[str, float]
    """Loss terms of that step by name."""
    psnr_db: float | None
    """Of the photographs trained on, running mean over mask pixels."""
    held_out_psnr_db: float | None
    """Mean over a few photographs kept out of training."""
    normal_error_deg: float | None
    """Mean over a coarse grid of pixels of a few views; a pixel without an estimate counts 90."""
    light_error_deg: float | None
    """Mean over the lights estimated so far."""

    @classmethod
    def from_json(cls, entry: object) -> Self:
        """The record ``run.json`` holds; unknown names are ignored. Raises ValueError for what none can have."""
        values = saved_entries("a record", entry)
        losses = saved_entries("losses", values.get("losses") or {})
        found = {name: saved_figure("a loss", value) for name, value in losses.items()}
        return cls(
            step=saved_count("step", values.get("step")),
            seconds=saved_number("seconds", values.get("seconds")),
            losses={name: value for name, value in found.items() if value is not None},
            **{name: saved_figure(name, values.get(name)) for name in _FIGURES},
        )


@dataclass(kw_only=True)
class History:
    """Records of one run; the interval between two grows with the run, so that long runs stay short to tell."""

    records: list[Record] = field(default_factory=list[Record])

    @classmethod
    def from_json(cls, entries: object, *, up_to_step: int) -> Self:
        """The history ``run.json`` holds, without what was recorded after ``up_to_step``.

        Raises ValueError naming what no history can have.
        """
        records = [Record.from_json(entry) for entry in saved_list("metrics", entries)]
        if any(after.seconds < before.seconds for before, after in pairwise(records)):
            raise ValueError("metrics are not in the order of time")
        return cls(records=[record for record in records if record.step <= up_to_step])

    def to_json(self) -> list[dict[str, Any]]:
        """Plain values for ``run.json``."""
        return [asdict(record) for record in self.records]

    def due(self, seconds: float) -> bool:
        """True when ``seconds`` of optimisation are far enough from the last record."""
        last = self.records[-1].seconds if self.records else -_SHORTEST_INTERVAL_SECONDS
        return seconds - last >= max(_SHORTEST_INTERVAL_SECONDS, _GROWTH * seconds)

    def observe(self, trainer: Trainer, stats: StepStats, *, last: bool = False) -> Record | None:
        """Add and return a record of the step just made when one is due (or it is the ``last``), else None."""
        if trainer.trial_progress is not None:  # the run itself stands still
            return None
        known = bool(self.records) and self.records[-1].step == stats.step
        if known or not (last or self.due(trainer.seconds)):
            return None
        record = Record(
            step=stats.step,
            seconds=round(trainer.seconds, 3),
            losses={name: float(value) for name, value in stats.losses.items()},
            psnr_db=trainer.psnr_db(),
            held_out_psnr_db=held_out_psnr_db(trainer),
            normal_error_deg=normal_error_deg(trainer),
            light_error_deg=light_error_deg(trainer),
        )
        self.records.append(record)
        return record
