"""What moves the parameters: Adam with a learning rate a group; the hash grid has its own (``HashGrid.adam``)."""

import torch

from core.fields.model import Model
from core.fit.config import Rates

_BETAS = (0.9, 0.99)
_LIGHTS = "lights"


def make_optimiser(model: Model, rates: Rates) -> torch.optim.Adam:
    """Adam over everything but the hash grid."""
    sdf, lights = model.sdf, model.lights
    groups = [
        _group("sdf", [sdf.w1, sdf.b1, sdf.w2, sdf.b2], rates.sdf),
        _group("reflectance", [*model.reflectance.parameters(), *model.lamp_parameters()], rates.reflectance),
        _group("sharpness", [model.log_sharpness], rates.sharpness),
        _group(_LIGHTS, [lights.direction, lights.log_intensity], rates.lights),
    ]
    if shapes := lights.shape_parameters():
        groups.append(_group("light shapes", shapes, rates.light_shapes))
    if model.config.lights.exposure:
        groups.append(_group("exposures", [lights.log_exposure], rates.exposures))
    return torch.optim.Adam(groups, lr=1e-3, betas=_BETAS, eps=1e-15, fused=True)


def move_parameters(
    model: Model, optimiser: torch.optim.Adam, *, grid_rate: float, factor: float, lights: float
) -> None:
    """Move every parameter by its gradient, at ``factor`` times the rate it starts with; the lights at ``lights``
    times as much again.
    """
    _set_rates(optimiser, factor=factor, lights=lights)
    optimiser.step()
    model.sdf.grid.adam(rate=grid_rate * factor, betas=_BETAS, levels=model.sdf.active_levels)


def _set_rates(optimiser: torch.optim.Adam, *, factor: float, lights: float) -> None:
    for group in optimiser.param_groups:
        group["lr"] = group["start"] * factor * (lights if group["name"] == _LIGHTS else 1.0)


def _group(name: str, parameters: list[torch.nn.Parameter], start: float) -> dict[str, object]:
    return {"name": name, "params": parameters, "start": start}
