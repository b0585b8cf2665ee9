"""The tensors of a run on disk: written whole, and read only where they are what the run's settings ask for."""

from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from core.errors import RunError
from core.fields.grid_layout import FEATURES_PER_LEVEL, grid_layout
from core.fields.model import ModelConfig
from core.fit.last_good import live_tensors
from core.fit.trainer import Trainer

_NEW_TENSORS = ("image_weight",)
"""What the first runs were saved without; they go on from its starting value."""
_MOVED_TENSORS = {
    f"model.reflectance.network.{name}": f"model.reflectance.{name}"
    for name in ("feature_w", "angle_w", "b1", "w2", "b2", "w3", "b3")
}
"""What the first runs called otherwise: by today's name."""
_ADAM = ("step", "exp_avg", "exp_avg_sq")


def write_tensors(trainer: Trainer, file: Path, mark: str) -> None:
    """Write ``file`` as a safetensors file that carries ``mark``. Raises OSError or SafetensorError."""
    save_file({k: v.contiguous() for k, v in _tensors(trainer).items()}, file, metadata={"mark": mark})


def least_bytes(config: ModelConfig) -> int:
    """What the grids of such a model take in a checkpoint: nearly all of it, known before there is a model."""
    sdf = config.sdf
    layout = grid_layout(
        levels=sdf.levels, coarsest=sdf.coarsest_cells, finest=sdf.finest_cells, log2_rows=sdf.log2_rows
    )
    # The table, its two running means, and the two grids of the cache.
    return 4 * (3 * layout.rows * FEATURES_PER_LEVEL + 2 * (config.cache_cells + 1) ** 3)


def check_size(file: Path, config: ModelConfig) -> None:
    """Raises RunError when ``file`` is missing or too small for the grids of such a model: before any is allocated."""
    needed = least_bytes(config)
    try:
        size = file.stat().st_size
    except OSError:
        raise RunError(f"{file} is missing; choose the folder a run was saved to.") from None
    if size < needed:
        raise RunError(
            f"{file} is damaged: it has {size:,} bytes where its settings ask for {needed:,} and more; use another "
            "save of the run."
        )


def read_tensors(file: Path, mark: str, trainer: Trainer) -> dict[str, Tensor]:
    """What ``file`` holds of a run like ``trainer``, by name.

    Raises RunError when the file is missing, damaged or of another save than ``mark``, ValueError when a tensor is not
    of the shape and type that the trainer has, or holds what is not a number; nothing else is read.
    """
    try:
        with safe_open(file, framework="pt") as opened:
            if (opened.metadata() or {}).get("mark") != mark:
                raise RunError(f"{file} and its numbers are from different saves; use another save of the run.")
            found = set(opened.keys())
            tensors: dict[str, Tensor] = {}
            for name, like in _expected(trainer).items():
                saved_as = name if name in found else _MOVED_TENSORS.get(name, name)
                if saved_as in found:
                    part = opened.get_slice(saved_as)
                    _check_shape(name, tuple(part.get_shape()), like)
                    tensors[name] = _checked(name, opened.get_tensor(saved_as), like)
                elif not name.startswith("adam.") and name not in _NEW_TENSORS:
                    raise ValueError(f"{name} is missing")
    except FileNotFoundError:
        raise RunError(f"{file} is missing; choose the folder a run was saved to.") from None
    except (OSError, SafetensorError) as error:
        raise RunError(f"{file} is damaged and cannot be read ({error}); use another save of the run.") from error
    return tensors


@torch.no_grad()
def restore_tensors(trainer: Trainer, tensors: dict[str, Tensor]) -> None:
    """Put what ``read_tensors`` gave into the trainer."""
    for name, tensor in live_tensors(trainer).items():
        if name in tensors:
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


def _tensors(trainer: Trainer) -> dict[str, Tensor]:
    tensors = {name: tensor.cpu() for name, tensor in live_tensors(trainer).items()}
    for index, state in trainer.optimiser.state_dict()["state"].items():
        for name, value in state.items():
            tensors[f"adam.{index}.{name}"] = value.cpu()
    tensors["generator"] = trainer.generator.get_state()
    tensors["errors.sum"], tensors["errors.count"] = trainer.errors.sums
    return tensors


def _expected(trainer: Trainer) -> dict[str, Tensor]:
    """Tensors of the shapes and types that a save of this trainer has, whether or not it has made a step."""
    expected = _tensors(trainer)
    numbered = (one for group in trainer.optimiser.param_groups for one in group["params"])
    for index, parameter in enumerate(numbered):
        for name in _ADAM:
            expected[f"adam.{index}.{name}"] = torch.zeros(()) if name == "step" else parameter.detach()
    return expected


def _check_shape(name: str, shape: tuple[int, ...], like: Tensor) -> None:
    if shape != tuple(like.shape):
        raise ValueError(f"{name} has the shape {list(shape)} instead of {list(like.shape)}")


def _checked(name: str, tensor: Tensor, like: Tensor) -> Tensor:
    if tensor.dtype != like.dtype:
        raise ValueError(f"{name} holds {tensor.dtype} instead of {like.dtype}")
    if not bool(tensor.isfinite().all()):
        raise ValueError(f"{name} holds what is not a number")
    return tensor
