"""A copy of everything a step changes, to go back to when a step goes wrong."""

import copy
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

if TYPE_CHECKING:
    from core.fit.trainer import Trainer


def live_tensors(trainer: "Trainer") -> dict[str, Tensor]:
    """Every tensor that a step changes in place, by name; the optimiser's own are apart."""
    model = trainer.model
    grid = model.sdf.grid
    named = {f"model.{name}": parameter.detach() for name, parameter in model.named_parameters()}
    if model.config.lights.exposure:
        named["lights.exposed"] = model.lights.exposed
    return named | {
        "grid.table": grid.table,
        "grid.mean": grid.mean,
        "grid.square": grid.square,
        "cache.grid": model.cache.grid,
        "cache.moved_before": model.cache.moved_before,
        "lights.trained": model.lights.trained,
        "image_error": trainer.images.sums,
        "image_weight": trainer.images.weight,
    }


class LastGood:
    """The state of a trainer at one moment."""

    def __init__(self, trainer: "Trainer") -> None:
        self._tensors = {name: tensor.clone() for name, tensor in live_tensors(trainer).items()}
        self._optimiser: dict[str, Any] = copy.deepcopy(trainer.optimiser.state_dict())
        self._updates = trainer.model.sdf.grid.updates
        self._shadow_trust = trainer.model.shadow_trust
        self._cache = (trainer.model.cache.turn, trainer.model.cache.moved)
        self._searches = trainer.searches
        self._convergence = copy.deepcopy(trainer.course.convergence)
        self.steps = trainer.steps

    @property
    def sound(self) -> bool:
        """Whether every number of it is one."""
        return all(bool(tensor.isfinite().all()) for tensor in self._tensors.values())

    @torch.no_grad()
    def restore(self, trainer: "Trainer") -> None:
        """Put the trainer back to this moment; its random numbers go on, so that it does not stumble again."""
        for name, tensor in live_tensors(trainer).items():
            tensor.copy_(self._tensors[name])
        trainer.optimiser.load_state_dict(copy.deepcopy(self._optimiser))
        trainer.model.sdf.grid.updates = self._updates
        trainer.model.sdf.grid.gradient.zero_()
        trainer.model.shadow_trust = self._shadow_trust
        trainer.model.cache.turn, trainer.model.cache.moved = self._cache
        trainer.searches = self._searches
        trainer.course.convergence = copy.deepcopy(self._convergence)
        trainer.course.steps = self.steps
        # Photographs may have been ticked since.
        trainer.include(trainer.included)
