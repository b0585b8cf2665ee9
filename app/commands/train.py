"""``train``: fit a capture without a window, and write the run folder."""

from dataclasses import replace
from pathlib import Path
from time import perf_counter

from app.arguments import Train
from app.commands.opening import open_capture
from app.commands.training_run import TrainingRun, stoppable
from app.import_arguments import ImportArguments
from app.interrupts import StopRequest, stop_request
from app.outcome import Outcome
from app.progress import error_console, progress_bar
from core.capture.capture import Capture
from core.capture.subset import check_subset, read_subset
from core.capture.synthetic import ensure_demo_capture
from core.device import default_threads, pick_device, set_threads
from core.errors import Cancelled, CaptureError, RunError
from core.fit.checkpoint import load_trainer, saved_options
from core.fit.choices import PRESET_SECONDS
from core.fit.config import PRESETS, FitConfig, with_choices
from core.fit.history import History
from core.fit.holdout import without_holdout
from core.fit.room import check_room, saved_bytes
from core.fit.run_folder import check_run_folder, read_run
from core.fit.saved_tensors import least_bytes
from core.fit.trainer import Trainer
from core.types import ImageKey, Progress


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
    named = arguments.capture is not None
    if (named and arguments.demo) or not (named or arguments.demo or arguments.resume):
        raise CaptureError("Name either a capture folder to train on or --demo.")
    if arguments.seconds is not None and arguments.steps is not None:
        raise RunError("Give either --seconds or --steps, not both.")
    length = arguments.seconds if arguments.steps is None else arguments.steps
    if length is not None and not 0 < length < float("inf"):
        raise RunError(f"The length of the run must be positive, not {length:g}.")
    if not arguments.resume:
        check_run_folder(arguments.out, overwrite=arguments.overwrite)
        check_room(arguments.out, least_bytes(_config(arguments).model))
        return
    fixed = {"preset": arguments.preset, "index": arguments.index, "holdout": arguments.holdout, "seed": arguments.seed}
    given = [f"--{name}" for name, value in fixed.items() if value is not None]
    given += arguments.model.given()
    if arguments.importing != ImportArguments():
        given.append("how to read the capture")
    if given or arguments.overwrite:
        names = ", ".join([*given, "--overwrite"] if arguments.overwrite else given)
        raise RunError(f"A resumed run keeps its settings; leave out {names}.")
    read_run(arguments.out)
    check_run_folder(arguments.out, overwrite=True)
    check_room(arguments.out, saved_bytes(arguments.out))


def _begin(arguments: Train, stop: StopRequest) -> TrainingRun:
    began = perf_counter()
    with progress_bar("Setting up") as bar:
        progress = stoppable(bar, stop)
        capture = _capture(arguments, progress)
        preset, seed = arguments.preset or "draft", arguments.seed or 0
        included = _included(arguments, capture, seed)
        set_threads(default_threads(window_open=False))
        device = pick_device(arguments.device)
        trainer = Trainer(capture, _config(arguments), device=device, seed=seed, included=included, progress=progress)
    setup_seconds = perf_counter() - began
    _tell_problems(trainer)
    return TrainingRun(arguments, trainer, history=History(), preset=preset, setup_seconds=setup_seconds, own=False)


def _resume(arguments: Train, stop: StopRequest) -> TrainingRun:
    began = perf_counter()
    before = read_run(arguments.out)
    with progress_bar("Setting up") as bar:
        progress = stoppable(bar, stop)
        capture = _capture(arguments, progress)
        set_threads(default_threads(window_open=False))
        device = pick_device(arguments.device)
        trainer = load_trainer(arguments.out, capture=capture, device=device, progress=progress)
    if arguments.seconds is not None or arguments.steps is not None:
        trainer.extend(seconds=arguments.seconds, steps=arguments.steps)
    if trainer.finished:
        raise RunError(f"The run in {arguments.out} has reached its planned end; say how much longer with --seconds.")
    error_console().print(_to_go(trainer), markup=False)
    history = History.from_json(before.get("metrics") or [], up_to_step=trainer.steps)
    preset, setup_seconds = str(before.get("preset") or "draft"), perf_counter() - began
    return TrainingRun(arguments, trainer, history=history, preset=preset, setup_seconds=setup_seconds, own=True)


def _to_go(trainer: Trainer) -> str:
    """Where a resumed run stands, and how much of its plan is left."""
    if trainer.planned_steps is not None:
        left = f"{trainer.planned_steps - trainer.steps:,} steps to go"
    else:
        left = f"{(trainer.planned_seconds or 0.0) - trainer.seconds:.0f} s to go"
    return f"Going on from step {trainer.steps:,}: {left}."


def _capture(arguments: Train, progress: Progress) -> Capture:
    """What is trained on, read as the run that is resumed had it; the demo capture is written first if need be."""
    folder = arguments.capture or _folder_before(arguments)
    if folder is None:
        folder = ensure_demo_capture(progress=progress)
    if arguments.resume and not folder.is_dir():
        raise CaptureError(f"There is no folder {folder}; if the capture has moved, name the folder it is in now.")
    options = saved_options(arguments.out) if arguments.resume else arguments.importing.chosen(folder)
    return open_capture(folder, progress, options=options)


def _folder_before(arguments: Train) -> Path | None:
    """Where the capture of the run that is resumed was; None for the demo and for a new run."""
    if arguments.demo or not arguments.resume:
        return None
    capture = read_run(arguments.out).get("capture")
    folder = capture.get("folder") if isinstance(capture, dict) else None
    if not isinstance(folder, str):
        raise CaptureError(f"{arguments.out} does not tell its capture; name the folder that it was trained on.")
    return Path(folder)


def _config(arguments: Train) -> FitConfig:
    preset = arguments.preset or "draft"
    config = PRESETS[preset](arguments.seconds or PRESET_SECONDS[preset])
    if arguments.steps is not None:
        config = replace(config, seconds=None, steps=arguments.steps)
    return with_choices(config, arguments.model.chosen())


def _included(arguments: Train, capture: Capture, seed: int) -> frozenset[ImageKey]:
    keys = frozenset(capture.keys) if arguments.index is None else read_subset(arguments.index, capture.keys)
    included = without_holdout(keys, arguments.holdout or 0.0, seed=seed)
    check_subset(included)
    return included


def _tell_problems(trainer: Trainer) -> None:
    """What is worth knowing about the capture although it can be used."""
    frame = trainer.frame.problem
    for problem in (*trainer.capture.problems, *([frame] if frame else ())):
        error_console().print(f"Note, {problem.file}: {problem.text}", style="yellow", soft_wrap=True, markup=False)
