"""``train``: fit a capture without a window, and write the run folder."""

from dataclasses import asdict, replace
from pathlib import Path
from time import perf_counter

from app.arguments import Train
from app.commands.opening import open_capture
from app.commands.training_bar import TrainingBar, training_bar
from app.interrupts import StopRequest, stop_request
from app.outcome import Outcome, figure, table
from app.progress import error_console, progress_bar
from core.capture.capture import Capture
from core.capture.subset import check_subset, read_subset
from core.capture.synthetic import ensure_demo_capture
from core.device import default_threads, pick_device, set_threads
from core.errors import Cancelled, CaptureError, FitError, RunError
from core.fit.checkpoint import load_trainer
from core.fit.config import FitConfig, draft, final
from core.fit.history import History
from core.fit.holdout import without_holdout
from core.fit.results import Figures
from core.fit.run_folder import SHEET_FILE, check_run_folder, read_run, write_run
from core.fit.trainer import Trainer
from core.types import ImageKey, Progress

_SAVE_EVERY_SECONDS = 60.0
"""Of optimisation: as much is lost at worst when the machine goes down."""


def train(arguments: Train) -> Outcome:
    """Fit a capture (or go on with a run), then write the complete run folder."""
    _check(arguments)
    with stop_request() as stop:
        try:
            run = _resume(arguments, stop) if arguments.resume else _begin(arguments, stop)
        except Cancelled:
            return Outcome(lines=["Stopped before training began; nothing was written."], exit_code=stop.exit_code)
        run.go(stop)
        return run.finish(stop)


def _check(arguments: Train) -> None:
    """Find what is wrong with the arguments and the run folder before anything slow begins."""
    if (arguments.capture is None) != arguments.demo:
        raise CaptureError("Name either a capture folder to train on or --demo.")
    if arguments.seconds is not None and arguments.steps is not None:
        raise RunError("Give either --seconds or --steps, not both.")
    length = arguments.seconds if arguments.steps is None else arguments.steps
    if length is not None and not 0 < length < float("inf"):
        raise RunError(f"The length of the run must be positive, not {length:g}.")
    if not arguments.resume:
        check_run_folder(arguments.out, overwrite=arguments.overwrite)
        return
    fixed = {"preset": arguments.preset, "index": arguments.index, "holdout": arguments.holdout, "seed": arguments.seed}
    given = [f"--{name}" for name, value in fixed.items() if value is not None]
    if given or arguments.overwrite:
        names = ", ".join([*given, "--overwrite"] if arguments.overwrite else given)
        raise RunError(f"A resumed run keeps its settings; leave out {names}.")
    read_run(arguments.out)
    check_run_folder(arguments.out, overwrite=True)


def _begin(arguments: Train, stop: StopRequest) -> "_Run":
    began = perf_counter()
    with progress_bar("Setting up") as bar:
        progress = _stoppable(bar, stop)
        capture = open_capture(_capture_folder(arguments, progress), progress)
        preset, seed = arguments.preset or "draft", arguments.seed or 0
        included = _included(arguments, capture, seed)
        set_threads(default_threads(window_open=False))
        device = pick_device(arguments.device)
        trainer = Trainer(capture, _config(arguments), device=device, seed=seed, included=included, progress=progress)
    setup_seconds = perf_counter() - began
    _tell_problems(trainer)
    return _Run(arguments, trainer, history=History(), preset=preset, setup_seconds=setup_seconds, own=False)


def _resume(arguments: Train, stop: StopRequest) -> "_Run":
    began = perf_counter()
    before = read_run(arguments.out)
    with progress_bar("Setting up") as bar:
        progress = _stoppable(bar, stop)
        capture = open_capture(_capture_folder(arguments, progress), progress)
        set_threads(default_threads(window_open=False))
        device = pick_device(arguments.device)
        trainer = load_trainer(arguments.out, capture=capture, device=device, progress=progress)
    if arguments.seconds is not None or arguments.steps is not None:
        trainer.extend(seconds=arguments.seconds, steps=arguments.steps)
    if trainer.finished:
        raise RunError(f"The run in {arguments.out} has reached its planned end; say how much longer with --seconds.")
    history = History.from_json(before.get("metrics") or [], up_to_step=trainer.steps)
    preset, setup_seconds = str(before.get("preset") or "draft"), perf_counter() - began
    return _Run(arguments, trainer, history=history, preset=preset, setup_seconds=setup_seconds, own=True)


def _capture_folder(arguments: Train, progress: Progress) -> Path:
    """The folder to read; the demo capture is written first if it is not there yet."""
    return ensure_demo_capture(progress=progress) if arguments.capture is None else arguments.capture


def _config(arguments: Train) -> FitConfig:
    preset = final if arguments.preset == "final" else draft
    if arguments.steps is not None:
        return replace(preset(), seconds=None, steps=arguments.steps)
    return preset() if arguments.seconds is None else preset(seconds=arguments.seconds)


def _included(arguments: Train, capture: Capture, seed: int) -> frozenset[ImageKey]:
    keys = frozenset(capture.keys) if arguments.index is None else read_subset(arguments.index, capture.keys)
    included = without_holdout(keys, arguments.holdout or 0.0, seed=seed)
    check_subset(included)
    return included


def _stoppable(progress: Progress, stop: StopRequest) -> Progress:
    def report(text: str, fraction: float) -> None:
        stop.check()
        progress(text, fraction)

    return report


def _tell_problems(trainer: Trainer) -> None:
    """What is worth knowing about the capture although it can be used."""
    frame = trainer.frame.problem
    for problem in (*trainer.capture.problems, *([frame] if frame else ())):
        error_console().print(f"Note, {problem.file}: {problem.text}", style="yellow", soft_wrap=True, markup=False)


class _Run:
    """A trainer on its way into its run folder."""

    def __init__(
        self, arguments: Train, trainer: Trainer, *, history: History, preset: str, setup_seconds: float, own: bool
    ) -> None:
        self._arguments = arguments
        self._trainer = trainer
        self._history = history
        self._preset = preset
        self._setup_seconds = setup_seconds
        self._own = own
        self._saved_seconds = trainer.seconds

    def go(self, stop: StopRequest) -> None:
        """Train to the planned end or until the user stops; saves now and then."""
        try:
            with training_bar(self._trainer) as bar:
                while not (self._trainer.finished or stop.made):
                    self._step(bar)
        except FitError:
            self._save(results=False)
            raise

    def finish(self, stop: StopRequest) -> Outcome:
        """Write everything; after the user has stopped only what cannot be made again."""
        self._save(results=False)
        if stop.made:
            text = f"Stopped after {self._trainer.steps:,} steps; saved to {self._arguments.out}."
            return Outcome(
                lines=[text, "Go on with --resume, or write its results with the export command."],
                data=self._data(None),
                exit_code=stop.exit_code,
            )
        began = perf_counter()
        with progress_bar("Writing the results") as bar:
            try:
                figures = self._save(results=True, progress=_stoppable(bar, stop))
            except Cancelled:
                text = f"Saved to {self._arguments.out}; write its results with the export command."
                return Outcome(lines=[text], data=self._data(None), exit_code=stop.exit_code)
        return Outcome(lines=self._lines(figures, perf_counter() - began), data=self._data(figures))

    def _step(self, bar: TrainingBar) -> None:
        stats = self._trainer.step()
        self._history.observe(self._trainer, stats, last=self._trainer.finished)
        bar.show(self._trainer)
        if self._trainer.seconds - self._saved_seconds >= _SAVE_EVERY_SECONDS:
            self._save(results=False)

    def _save(self, *, results: bool, progress: Progress | None = None) -> Figures | None:
        figures = write_run(
            self._trainer,
            self._arguments.out,
            history=self._history,
            preset=self._preset,
            setup_seconds=self._setup_seconds,
            overwrite=self._arguments.overwrite,
            own=self._own,
            results=results,
            progress=progress,
        )
        self._own = True
        self._saved_seconds = self._trainer.seconds
        return figures

    def _lines(self, figures: Figures | None, results_seconds: float) -> list[str]:
        trainer, out = self._trainer, self._arguments.out
        rate = trainer.steps / max(trainer.seconds, 1e-9)
        rows = [
            ("Set-up", f"{self._setup_seconds:.1f} s"),
            ("Optimisation", f"{trainer.steps:,} steps in {trainer.seconds:.1f} s ({rate:.1f} steps/s)"),
            ("Writing the results", f"{results_seconds:.1f} s"),
            ("PSNR, training", figure(trainer.psnr_db(), "dB")),
        ]
        if figures is not None:
            measured = [
                ("PSNR, kept out", figures.held_out_psnr_db, "dB"),
                ("Normal error, mean", figures.normal_error_deg, "°"),
                ("Light error, mean", figures.light_error_deg, "°"),
            ]
            rows += [(name, figure(value, unit)) for name, value, unit in measured if value is not None]
        rows += [("Run folder", str(out)), ("Contact sheet", str(out / SHEET_FILE))]
        return table(rows)

    def _data(self, figures: Figures | None) -> dict[str, object]:
        trainer, out = self._trainer, self._arguments.out
        return {
            "run": str(out),
            "contact_sheet": str(out / SHEET_FILE) if figures is not None else None,
            "steps": trainer.steps,
            "seconds": trainer.seconds,
            "setup_seconds": self._setup_seconds,
            "device": str(trainer.device),
            "psnr_db": trainer.psnr_db(),
            "figures": asdict(figures) if figures is not None else None,
        }
