"""Checkpoints: a trainer on disk, exact to the last bit, without pickle.

``checkpoint.safetensors`` holds the tensors, ``checkpoint.json`` the numbers and what they belong to. Both carry one
random mark, so that files of two different saves are never mixed.
"""

import json
import re
import secrets
import stat
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError

from core.capture.capture import Capture
from core.capture.import_options import ImportOptions
from core.capture.read import read_capture
from core.errors import CaptureError, RunError, SubsetError
from core.fields.model import Model
from core.fit.course import Course
from core.fit.fingerprint import capture_fingerprint
from core.fit.last_good import LastGood
from core.fit.mirrored_lights import MirroredLights
from core.fit.saved_file import read_saved_file
from core.fit.saved_settings import saved_config, saved_convergence, saved_plan
from core.fit.saved_tensors import check_size, read_tensors, restore_tensors, write_tensors
from core.fit.saved_values import saved_count, saved_list, saved_number, saved_text
from core.fit.trainer import SEARCH_AT, Trainer
from core.types import ImageKey, Progress

FORMAT = 1
TENSOR_FILE = "checkpoint.safetensors"
NUMBER_FILE = "checkpoint.json"
_LARGEST_SEED = 2.0**62
_NEEDED = frozenset(
    {
        *("capture", "import", "fingerprint", "config", "seed", "included", "mark", "plan", "steps", "seconds"),
        *("grid_updates", "active_levels", "shadow_strength", "shadow_trust", "cache_turn", "cache_moved"),
    }
)
"""Entries that every run was saved with."""


def save_checkpoint(trainer: Trainer, folder: Path) -> None:
    """Write both files, each under a temporary name first. Raises RunError when they cannot be written."""
    mark = secrets.token_hex(8)
    numbers = _numbers(trainer) | {"mark": mark}
    try:
        partial = folder / (TENSOR_FILE + ".part")
        write_tensors(trainer, partial, mark)
        text = folder / (NUMBER_FILE + ".part")
        text.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8", newline="\n")
        # safetensors makes its file readable by its owner alone, whatever the user's umask says.
        partial.chmod(stat.S_IMODE(text.stat().st_mode))
        partial.replace(folder / TENSOR_FILE)
        text.replace(folder / NUMBER_FILE)
    except (OSError, SafetensorError) as error:
        raise RunError(
            f"Cannot write the checkpoint into {folder}: {_reason(error)}; free some space or choose another folder."
        ) from error


def _reason(error: OSError | SafetensorError) -> str:
    """The system's own word, which safetensors puts between what it was doing and a number."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    named = re.search(r"([^:]+) \(os error \d+\)", str(error))
    return named[1].strip() if named else str(error)


def load_trainer(
    folder: Path, *, capture: Capture | None = None, device: torch.device, progress: Progress | None = None
) -> Trainer:
    """A trainer exactly as saved. Reads the capture it was trained on unless given.

    Raises RunError for a missing, damaged or newer checkpoint, or one of another capture; CaptureError when the
    capture itself cannot be read.
    """
    numbers = _read_numbers(folder / NUMBER_FILE)
    read = _read_capture(numbers, folder, progress) if capture is None else capture
    if capture_fingerprint(read) != numbers["fingerprint"]:
        raise RunError(
            f"{folder} was trained on another capture ({numbers['capture']}) than {read.folder}; open that one."
        )
    try:
        return _restored(numbers, folder, read, device=device, progress=progress)
    except (ArithmeticError, SubsetError, TypeError, ValueError, RuntimeError) as error:
        raise _impossible(folder, error) from error


def _restored(
    numbers: dict[str, Any], folder: Path, capture: Capture, *, device: torch.device, progress: Progress | None
) -> Trainer:
    """The trainer where it was; small things are checked first, so that nothing large is made in vain."""
    config = saved_config(numbers["config"])
    check_size(folder / TENSOR_FILE, config.model)
    trainer = Trainer(
        capture,
        config,
        device=device,
        seed=saved_count("seed", numbers["seed"], most=_LARGEST_SEED),
        included=[ImageKey.parse(saved_text("included", name)) for name in saved_list("included", numbers["included"])],
        progress=progress,
    )
    restore_tensors(trainer, read_tensors(folder / TENSOR_FILE, str(numbers["mark"]), trainer))
    _restore_model(trainer.model, numbers)
    _restore_course(trainer.course, numbers)
    trainer.mirrored_lights = MirroredLights.from_json(numbers.get("mirrored_lights"))
    trainer.searches = saved_count("searches", numbers.get("searches", len(SEARCH_AT)))  # the first runs had none
    trainer.keep(LastGood(trainer))
    return trainer


def _read_capture(numbers: dict[str, Any], folder: Path, progress: Progress | None) -> Capture:
    place = Path(numbers["capture"])
    if not place.is_dir():
        text = f"The capture of {folder} is no longer in {place}; name the folder it is in now (--capture FOLDER)."
        raise CaptureError(text)
    return read_capture(place, options=_options(numbers, folder), progress=progress)


def saved_options(folder: Path) -> ImportOptions:
    """The choices that the run's capture was read with. Raises RunError for a missing, damaged or newer checkpoint."""
    return _options(_read_numbers(folder / NUMBER_FILE), folder)


def _options(numbers: dict[str, Any], folder: Path) -> ImportOptions:
    try:
        return ImportOptions.from_json(numbers["import"])
    except (AttributeError, TypeError, ValueError) as error:
        raise _impossible(folder, error) from error


def _impossible(folder: Path, error: Exception) -> RunError:
    return RunError(f"{folder / NUMBER_FILE} holds what no run can have ({error}); use another save of the run.")


def _numbers(trainer: Trainer) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "capture": str(trainer.capture.folder.absolute()),
        # As much reduced as it was, whatever memory is free when it is opened again.
        "import": replace(trainer.capture.options, reduce=trainer.capture.reduced).to_json(),
        "fingerprint": capture_fingerprint(trainer.capture),
        "config": asdict(trainer.config),
        "seed": trainer.seed,
        "included": [key.name for key in sorted(trainer.included)],
        "steps": trainer.steps,
        "seconds": trainer.seconds,
        "plan": asdict(trainer.course.plan),
        "grid_updates": trainer.model.sdf.grid.updates,
        "active_levels": trainer.model.sdf.active_levels,
        "shadow_strength": trainer.model.shadow_strength,
        "shadow_trust": trainer.model.shadow_trust,
        "cache_turn": trainer.model.cache.turn,
        "cache_moved": trainer.model.cache.moved,
        "convergence": asdict(trainer.course.convergence),
        "searches": trainer.searches,
        "mirrored_lights": None if trainer.mirrored_lights is None else trainer.mirrored_lights.to_json(),
    }


def _restore_model(model: Model, numbers: dict[str, Any]) -> None:
    """What the model knows beside its tensors. Raises ValueError for what no run can have."""
    model.sdf.grid.updates = saved_count("grid_updates", numbers["grid_updates"])
    model.sdf.active_levels = saved_count("active_levels", numbers["active_levels"], most=model.config.sdf.levels)
    model.shadow_strength = saved_number("shadow_strength", numbers["shadow_strength"], most=1.0)
    model.shadow_trust = saved_number("shadow_trust", numbers["shadow_trust"], most=1.0)
    model.cache.turn = saved_count("cache_turn", numbers["cache_turn"])
    model.cache.moved = saved_number("cache_moved", numbers["cache_moved"])


def _restore_course(course: Course, numbers: dict[str, Any]) -> None:
    """How far the run has come. Raises ValueError for what no run can have."""
    course.steps = saved_count("steps", numbers["steps"])
    course.seconds = saved_number("seconds", numbers["seconds"])
    course.plan = saved_plan(numbers["plan"])
    course.convergence = saved_convergence(numbers.get("convergence", {}))


def _read_numbers(file: Path) -> dict[str, Any]:
    numbers = read_saved_file(file, newest=FORMAT)
    missing = _NEEDED - numbers.keys()
    if missing:
        raise RunError(f"{file} is incomplete ({', '.join(sorted(missing))} missing); use another save of the run.")
    try:
        saved_text("capture", numbers["capture"])
    except ValueError as error:
        raise _impossible(file.parent, error) from error
    return numbers
