"""Checkpoints: a trainer on disk, exact to the last bit, without pickle.

``checkpoint.safetensors`` holds the tensors, ``checkpoint.json`` the numbers and what they belong to. Both carry one
random mark, so that files of two different saves are never mixed.
"""

import json
import secrets
import stat
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, get_args

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from core.capture.capture import Capture
from core.capture.import_options import ImportOptions
from core.capture.read import read_capture
from core.errors import CaptureError, RunError
from core.fields.model import ModelConfig
from core.fields.reflectance_kind import ReflectanceKind
from core.fields.sdf import SdfConfig
from core.fit.config import FitConfig, Rates, Weights
from core.fit.convergence import Convergence
from core.fit.fingerprint import capture_fingerprint
from core.fit.last_good import LastGood, live_tensors
from core.fit.schedule import Mark, Plan
from core.fit.trainer import SEARCH_AT, Trainer
from core.scene.light_model import LightModel
from core.types import ImageKey, Progress

FORMAT = 1
TENSOR_FILE = "checkpoint.safetensors"
NUMBER_FILE = "checkpoint.json"
_NEW_TENSORS = ("image_weight",)
"""What the first runs were saved without; they go on from its starting value."""
_MOVED_TENSORS = {
    f"model.reflectance.{name}": f"model.reflectance.network.{name}"
    for name in ("feature_w", "angle_w", "b1", "w2", "b2", "w3", "b3")
}
"""What the first runs called otherwise."""


def save_checkpoint(trainer: Trainer, folder: Path) -> None:
    """Write both files, each under a temporary name first. Raises RunError when they cannot be written."""
    mark = secrets.token_hex(8)
    numbers = _numbers(trainer) | {"mark": mark}
    try:
        partial = folder / (TENSOR_FILE + ".part")
        save_file({k: v.contiguous() for k, v in _tensors(trainer).items()}, partial, metadata={"mark": mark})
        text = folder / (NUMBER_FILE + ".part")
        text.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8", newline="\n")
        # safetensors makes its file readable by its owner alone, whatever the user's umask says.
        partial.chmod(stat.S_IMODE(text.stat().st_mode))
        partial.replace(folder / TENSOR_FILE)
        text.replace(folder / NUMBER_FILE)
    except (OSError, SafetensorError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RunError(
            f"Cannot write the checkpoint into {folder}: {reason}; free some space or choose another folder."
        ) from error


def load_trainer(
    folder: Path, *, capture: Capture | None = None, device: torch.device, progress: Progress | None = None
) -> Trainer:
    """A trainer exactly as saved. Reads the capture it was trained on unless given.

    Raises RunError for a missing, damaged or newer checkpoint, or one of another capture; CaptureError when the
    capture itself cannot be read.
    """
    numbers = _read_numbers(folder / NUMBER_FILE)
    if capture is None:
        place = Path(str(numbers["capture"]))
        if not place.is_dir():
            text = f"The capture of {folder} is no longer in {place}; name the folder it is in now (--capture FOLDER)."
            raise CaptureError(text)
        capture = read_capture(place, options=_options(numbers, folder), progress=progress)
    if capture_fingerprint(capture) != numbers["fingerprint"]:
        raise RunError(
            f"{folder} was trained on another capture ({numbers['capture']}) than {capture.folder}; open that one."
        )
    tensors = _read_tensors(folder / TENSOR_FILE, str(numbers["mark"]))
    try:
        trainer = Trainer(
            capture,
            _config(numbers["config"]),
            device=device,
            seed=int(numbers["seed"]),
            included=[ImageKey.parse(name) for name in numbers["included"]],
            progress=progress,
        )
        _restore(trainer, numbers, tensors)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise RunError(
            f"{folder / NUMBER_FILE} does not fit its tensors ({error}); the run cannot be resumed."
        ) from error
    return trainer


def saved_options(folder: Path) -> ImportOptions:
    """The choices that the run's capture was read with. Raises RunError for a missing, damaged or newer checkpoint."""
    return _options(_read_numbers(folder / NUMBER_FILE), folder)


def _options(numbers: dict[str, Any], folder: Path) -> ImportOptions:
    try:
        return ImportOptions.from_json(numbers["import"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise RunError(f"{folder / NUMBER_FILE} is damaged and cannot be read; restore it or train again.") from None


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
        "plan": asdict(trainer.plan),
        "grid_updates": trainer.model.sdf.grid.updates,
        "active_levels": trainer.model.sdf.active_levels,
        "shadow_strength": trainer.model.shadow_strength,
        "shadow_trust": trainer.model.shadow_trust,
        "cache_turn": trainer.model.cache.turn,
        "cache_moved": trainer.model.cache.moved,
        "convergence": asdict(trainer.convergence),
        "searches": trainer.searches,
    }


def _tensors(trainer: Trainer) -> dict[str, Tensor]:
    tensors = {name: tensor.cpu() for name, tensor in live_tensors(trainer).items()}
    for index, state in trainer.optimiser.state_dict()["state"].items():
        for name, value in state.items():
            tensors[f"adam.{index}.{name}"] = value.cpu()
    tensors["generator"] = trainer.generator.get_state()
    tensors["errors.sum"], tensors["errors.count"] = trainer.errors.sums
    return tensors


def _restore(trainer: Trainer, numbers: dict[str, Any], tensors: dict[str, Tensor]) -> None:
    with torch.no_grad():
        for name, tensor in live_tensors(trainer).items():
            if name in tensors or name not in _NEW_TENSORS:
                tensor.copy_(tensors[name])
        for live, name in zip(trainer.errors.sums, ("errors.sum", "errors.count"), strict=True):
            live.copy_(tensors[name])
    state = trainer.optimiser.state_dict()
    for key, value in tensors.items():
        if key.startswith("adam."):
            _, index, name = key.split(".")
            state["state"].setdefault(int(index), {})[name] = value.to(trainer.device) if value.dim() else value
    trainer.optimiser.load_state_dict(state)
    trainer.generator.set_state(tensors["generator"])
    trainer.steps, trainer.seconds = int(numbers["steps"]), float(numbers["seconds"])
    trainer.plan = _plan(numbers["plan"])
    trainer.model.sdf.grid.updates = int(numbers["grid_updates"])
    trainer.model.sdf.active_levels = int(numbers["active_levels"])
    trainer.model.shadow_strength = float(numbers["shadow_strength"])
    trainer.model.shadow_trust = float(numbers["shadow_trust"])
    trainer.model.cache.turn = int(numbers["cache_turn"])
    trainer.model.cache.moved = float(numbers["cache_moved"])
    trainer.convergence = Convergence(**numbers.get("convergence", {}))
    trainer.searches = int(numbers.get("searches", len(SEARCH_AT)))  # the first runs were saved without
    trainer.keep(LastGood(trainer))


def _plan(values: dict[str, Any]) -> Plan:
    mark: dict[str, Any] | None = values.get("settling")
    plan = Plan(**{name: value for name, value in values.items() if name != "settling"})
    return plan if mark is None else replace(plan, settling=Mark(**mark))


def _config(values: dict[str, Any]) -> FitConfig:
    rest = {key: value for key, value in values.items() if key not in {"rates", "weights", "model"}}
    model = dict(values["model"])
    sdf = SdfConfig(**{"feature_gain": 1.0} | model.pop("sdf"))  # the first runs were saved without
    lights = LightModel(**model.pop("lights", {}))
    if "residual" in model:  # as runs were saved before the reflectance could be chosen
        model["reflectance"] = "hybrid" if model.pop("residual") else "analytic"
    if model.get("reflectance", "hybrid") not in get_args(ReflectanceKind) or rest.get("opening_steps", 1) < 1:
        raise ValueError("settings that no run can have")
    return FitConfig(
        rates=Rates(**values["rates"]),
        weights=Weights(**{"clear": 0.0} | values["weights"]),
        model=ModelConfig(sdf=sdf, lights=lights, **model),
        **rest,
    )


def _read_numbers(file: Path) -> dict[str, Any]:
    try:
        numbers = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunError(f"{file} is missing; choose the folder a run was saved to.") from None
    except OSError as error:
        raise RunError(f"Cannot read {file}: {error.strerror or error}; check its permissions.") from error
    except ValueError:
        raise RunError(f"{file} is damaged and cannot be read; use another save of the run.") from None
    if not isinstance(numbers, dict) or not isinstance(numbers.get("format"), int):
        raise RunError(f"{file} was not written by Chiaro; choose the folder a run was saved to.")
    if numbers["format"] > FORMAT:
        raise RunError(f"{file} was written by a newer Chiaro (format {numbers['format']}); update Chiaro to open it.")
    missing = {"capture", "import", "fingerprint", "config", "seed", "included", "mark", "plan"} - numbers.keys()
    if missing:
        raise RunError(f"{file} is incomplete ({', '.join(sorted(missing))} missing); use another save of the run.")
    return numbers


def _read_tensors(file: Path, mark: str) -> dict[str, Tensor]:
    try:
        with safe_open(file, framework="pt") as opened:
            found = (opened.metadata() or {}).get("mark")
            names: list[str] = list(opened.keys())
            tensors = {_MOVED_TENSORS.get(name, name): opened.get_tensor(name) for name in names}
    except FileNotFoundError:
        raise RunError(f"{file} is missing; choose the folder a run was saved to.") from None
    except (OSError, SafetensorError) as error:
        raise RunError(f"{file} is damaged and cannot be read ({error}); use another save of the run.") from error
    if found != mark:
        raise RunError(f"{file} and {NUMBER_FILE} are from different saves; use another save of the run.")
    return tensors
