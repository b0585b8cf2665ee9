"""A training run without a window: step, show, save now and then, and write everything at the end."""

from collections.abc import Sequence
from dataclasses import asdict
from time import perf_counter

from app.arguments import Train
from app.autosave import SAVE_EVERY_SECONDS
from app.commands.training_bar import TrainingBar, training_bar
from app.interrupts import StopRequest
from app.outcome import Outcome, figure, table
from app.progress import error_console, progress_bar
from core.errors import Cancelled, RunError
from core.fit.config import choices_of
from core.fit.history import History
from core.fit.mirrored_lights import MIRRORED
from core.fit.outlier import Outlier, outliers_to_json
from core.fit.outliers import find_outliers
from core.fit.results import Figures
from core.fit.run_folder import SHEET_FILE, refresh_results, write_run
from core.fit.trainer import Trainer
from core.types import Progress


class TrainingRun:
    """A trainer on its way into its run folder."""

    def __init__(
        self, arguments: Train, trainer: Trainer, *, history: History, preset: str, setup_seconds: float, own: bool
    ) -> None:
        """``own`` says that the run folder holds an earlier state of this very run."""
        self._arguments = arguments
        self._out = arguments.out
        self._trainer = trainer
        self._history = history
        self._preset = preset
        self._setup_seconds = setup_seconds
        self._own = own
        self._tried_seconds = trainer.seconds
        """When it was last saved, or could not be."""
        self._saved_step = trainer.steps if own else None
        self._failing = False
        """Whether the last attempt to save on the way failed."""

    def go(self, stop: StopRequest) -> None:
        """Train to the planned end or until the user stops."""
        try:
            with training_bar(self._trainer) as bar:
                while not (self._trainer.finished or stop.made):
                    self._step(bar)
        except Exception:
            self._save_on_the_way()  # the trainer has gone back to its last good state
            raise

    def finish(self, stop: StopRequest) -> Outcome:
        """Save what was learnt, then write what can be made from it, unless the user has stopped."""
        try:
            self._save()
        except RunError as error:
            raise RunError(f"{error} {self._kept()}") from error
        if stop.made:
            return self._stopped(stop, f"Stopped after {self._trainer.steps:,} steps; saved to {self._out}.")
        began = perf_counter()
        with progress_bar("Writing the results") as bar:
            try:
                figures = refresh_results(self._trainer, self._out, progress=stoppable(bar, stop))
            except Cancelled:
                return self._stopped(stop, f"Saved to {self._out}, without results.")
            except RunError as error:
                raise RunError(f"{error} The run itself is saved in {self._out}.") from error
        seconds, found = perf_counter() - began, find_outliers(self._trainer)
        return Outcome(lines=self._lines(figures, seconds, found), data=self._data(figures, seconds, found))

    def _step(self, bar: TrainingBar) -> None:
        stats = self._trainer.step()
        self._history.observe(self._trainer, stats, last=self._trainer.finished)
        bar.show(self._trainer)
        if self._trainer.seconds - self._tried_seconds >= SAVE_EVERY_SECONDS:
            self._save_on_the_way()

    def _save_on_the_way(self) -> None:
        """Save; when that fails, say so once and go on: the disk may have room again next time."""
        self._tried_seconds = self._trainer.seconds
        try:
            self._save()
        except RunError as error:
            if not self._failing:
                text = f"Not saved: {error} {self._kept()}"
                error_console().print(text, style="yellow", soft_wrap=True, markup=False)
            self._failing = True
        else:
            self._failing = False

    def _kept(self) -> str:
        """What a failed save leaves."""
        if self._saved_step is None:
            return "Nothing of this run is saved."
        return f"What was saved at step {self._saved_step:,} stays."

    def _save(self) -> None:
        write_run(
            self._trainer,
            self._out,
            history=self._history,
            preset=self._preset,
            setup_seconds=self._setup_seconds,
            overwrite=self._arguments.overwrite,
            own=self._own,
            results=False,
        )
        self._own = True
        self._saved_step = self._trainer.steps

    def _stopped(self, stop: StopRequest, text: str) -> Outcome:
        advice = "Go on with --resume, or write its results with the export command."
        return Outcome(
            lines=[text, advice], data=self._data(None, 0.0, find_outliers(self._trainer)), exit_code=stop.exit_code
        )

    def _lines(self, figures: Figures, results_seconds: float, found: Sequence[Outlier]) -> list[str]:
        trainer = self._trainer
        rate = trainer.steps / max(trainer.seconds, 1e-9)
        measured = [
            ("PSNR, training", figures.training_psnr_db, "dB"),
            ("PSNR, kept out", figures.held_out_psnr_db, "dB"),
            ("Normal error, mean", figures.normal_error_deg, "°"),
            ("Light error, mean", figures.light_error_deg, "°"),
        ]
        return table(
            [
                *choices_of(trainer.config).described(),
                ("Set-up", f"{self._setup_seconds:.1f} s"),
                *([("Converged", f"after {trainer.seconds:.0f} s")] if trainer.converged and trainer.finished else []),
                ("Optimisation", f"{trainer.steps:,} steps in {trainer.seconds:.1f} s ({rate:.1f} steps/s)"),
                ("Writing the results", f"{results_seconds:.1f} s"),
                *([("Lights", MIRRORED)] if _mirrored(trainer) else []),
                *((name, figure(value, unit)) for name, value, unit in measured if value is not None),
                *((each.key.name, f"does not fit. {each.sentence}") for each in found),
                ("Run folder", str(self._out.absolute())),
                ("Contact sheet", str(self._out.absolute() / SHEET_FILE)),
            ]
        )

    def _data(self, figures: Figures | None, results_seconds: float, found: Sequence[Outlier]) -> dict[str, object]:
        trainer = self._trainer
        return {
            "run": str(self._out),
            "contact_sheet": str(self._out / SHEET_FILE) if figures is not None else None,
            "steps": trainer.steps,
            "seconds": trainer.seconds,
            "setup_seconds": self._setup_seconds,
            "results_seconds": results_seconds,
            "device": str(trainer.device),
            "choices": choices_of(trainer.config).to_json(),
            "converged": trainer.converged,
            "outliers": outliers_to_json(found),
            "mirrored_lights": None if trainer.mirrored_lights is None else trainer.mirrored_lights.to_json(),
            "psnr_db": trainer.psnr_db(),
            "figures": asdict(figures) if figures is not None else None,
        }


def _mirrored(trainer: Trainer) -> bool:
    return trainer.mirrored_lights is not None and trainer.mirrored_lights.taken


def stoppable(progress: Progress, stop: StopRequest) -> Progress:
    """``progress``, raising Cancelled once the user has asked to stop."""

    def report(text: str, fraction: float) -> None:
        stop.check()
        progress(text, fraction)

    return report
