"""What a saved run says of its settings, read as something a stranger may have written.

Every number has a range, and what would ask for memory or endless work has one that no run needs more of, so that
nothing is allocated, and no step taken, on the word of a file.
"""

from dataclasses import MISSING, fields, replace
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from core.fields.model import ModelConfig
from core.fields.sdf import SdfConfig
from core.fit.config import FitConfig, Rates, Weights
from core.fit.convergence import Convergence
from core.fit.saved_values import MOST, is_number, saved_entries, shown
from core.fit.schedule import Mark, Plan
from core.scene.light_model import LightModel

_RANGES: dict[str, tuple[float, float]] = {
    "levels": (1, 24),
    "coarsest_cells": (2, 512),
    "finest_cells": (2, 8192),
    "log2_rows": (6, 22),
    "hidden": (1, 256),
    "features": (1, 128),
    "start_radius": (0.01, 1.0),
    "cache_cells": (8, 256),
    "mesh_cells": (8, 1024),
    "rays": (1, 65_536),
    "rays_one_light": (1, 65_536),
    "rays_beside": (0, 65_536),
    "lights_per_ray": (1, 256),
    "sections": (2, 256),
    "refresh_every": (1, MOST),
    "opening_steps": (1, MOST),
    "mask": (1e-6, MOST),
    "mask_end": (1e-6, MOST),
    "colour_floor": (1e-6, MOST),
    "least_floor": (1e-6, MOST),
    "shadow_gradients_from": (0.0, 1.0),
    "stage": (0.0, 1.0),
}
"""Smallest and largest value by field, where 0 to ``MOST`` is not right."""
_MOST_SAMPLES = 2**18
"""Of rays a step, times sections or lights: eight times as many as the finest preset has."""

_Settings = TypeVar("_Settings", FitConfig, Rates, Weights, SdfConfig, LightModel, ModelConfig, Plan, Mark, Convergence)


def saved_config(values: object) -> FitConfig:
    """The configuration of a run. Raises ValueError naming what no run can have."""
    given = saved_entries("config", values)
    model = saved_entries("model", given.pop("model", None))
    if "residual" in model:  # as runs were saved before the reflectance could be chosen
        model["reflectance"] = "hybrid" if model.pop("residual") else "analytic"
    # The first runs were saved without some settings; they go on as they began.
    sdf = _settings(SdfConfig, {"feature_gain": 1.0} | saved_entries("sdf", model.pop("sdf", None)))
    lights = _settings(LightModel, saved_entries("lights", model.pop("lights", {})))
    weights = saved_entries("weights", given.pop("weights", None))
    weights = {"clear": 0.0, "solid": 0.0, "least_floor": weights.get("colour_floor", 0.0)} | weights
    weights = _settings(Weights, weights)
    rates = _settings(Rates, saved_entries("rates", given.pop("rates", None)))
    whole = replace(_settings(ModelConfig, model), sdf=sdf, lights=lights)
    return _modest(replace(_settings(FitConfig, given), rates=rates, weights=weights, model=whole))


def _modest(config: FitConfig) -> FitConfig:
    """``config``, one step of which takes no more memory than there is. Raises ValueError for another."""
    rays = max(config.rays, config.rays_one_light) + config.rays_beside
    samples = max(rays * config.sections, config.rays * config.lights_per_ray)
    if samples > _MOST_SAMPLES:
        raise ValueError(f"its settings ask for {samples:,} samples a step")
    return config


def saved_plan(values: object) -> Plan:
    """The plan of a run. Raises ValueError naming what no run can have."""
    given = saved_entries("plan", values)
    mark = given.pop("settling", None)
    plan = _settings(Plan, given)
    if plan.last_step is None and plan.last_second is None:
        raise ValueError("the plan has no end")
    return plan if mark is None else replace(plan, settling=_settings(Mark, saved_entries("settling", mark)))


def saved_convergence(values: object) -> Convergence:
    """How far a run has converged. Raises ValueError naming what no run can have."""
    return _settings(Convergence, saved_entries("convergence", values))


def _settings(kind: type[_Settings], values: dict[str, Any]) -> _Settings:
    """A dataclass from its entries, each of the right type and in its range."""
    hints = get_type_hints(kind)
    stranger = next((name for name in values if name not in hints), None)
    if stranger is not None:
        raise ValueError(f"{shown(stranger)} is no setting")
    for entry in fields(kind):
        if entry.name in values:
            _check(entry.name, values[entry.name], hints[entry.name])
        elif entry.default is MISSING and entry.default_factory is MISSING:
            raise ValueError(f"{entry.name} is missing")
    return kind(**values)


def _check(name: str, value: object, hint: Any) -> None:
    """Raises ValueError when ``value`` is none that an entry of type ``hint`` can have."""
    kinds = get_args(hint) or (hint,)
    if get_origin(hint) is Literal:
        right = value in kinds
    elif get_origin(hint) is list:
        right = isinstance(value, list) and all(is_number(each, 0.0, MOST) for each in value)
    elif isinstance(value, bool) or value is None:
        right = type(value) in kinds
    elif isinstance(value, int | float):
        low, high = _RANGES.get(name, (0.0, MOST))
        right = low <= value <= high and (float in kinds or (int in kinds and isinstance(value, int)))
    else:
        right = False
    if not right:
        raise ValueError(f"{name} is {shown(value)}")
