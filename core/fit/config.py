"""All numbers of a run, in frozen dataclasses; a preset is a function that returns one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from core.fields.model import ModelConfig


@dataclass(frozen=True, kw_only=True)
class Rates:
    """Learning rates of Adam, one a group of parameters."""

    grid: float = 1e-2
    sdf: float = 2e-3
    reflectance: float = 5e-3
    sharpness: float = 2e-2
    lights: float = 1e-2


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Weights of the loss terms."""

    mask: float = 0.5
    """At the start, when masks carve the shape out of a sphere."""
    mask_end: float = 0.08
    """Later: a mask counts a half-covered pixel as whole, and colours tell its edge better."""
    eikonal: float = 0.1
    colour_floor: float = 0.05
    """Added to the render below the relative colour error, so that black pixels do not rule."""


@dataclass(frozen=True, kw_only=True)
class FitConfig:
    """What a run does and for how long."""

    seconds: float | None = 60.0
    """Planned optimisation time; None when planned by steps."""
    steps: int | None = None
    """Planned number of steps; None when planned by time."""
    rays: int = 512
    """Object rays a step where a pose has many lights."""
    rays_one_light: int = 1024
    """Object rays a step where every pose has one light."""
    rays_beside: int = 128
    """Background rays a step."""
    lights_per_ray: int = 8
    """Lights a ray is shaded under, as far as its pose has them."""
    sections: int = 12
    """Field evaluations along a ray."""
    refresh_every: int = 16
    """Steps between refreshes of the cached distance grid."""
    rates: Rates = field(default_factory=Rates)
    weights: Weights = field(default_factory=Weights)
    model: ModelConfig = field(default_factory=ModelConfig)


def draft(seconds: float = 60.0) -> FitConfig:
    """Recognisable in ten seconds, good in a minute, on a laptop without a GPU."""
    return FitConfig(seconds=seconds)


def final(seconds: float = 600.0) -> FitConfig:
    """More rays, lights and sections a step, for a run of several minutes."""
    return FitConfig(seconds=seconds, rays=768, rays_one_light=1536, lights_per_ray=12, sections=16)


PRESETS: dict[Literal["draft", "final"], Callable[[float], FitConfig]] = {"draft": draft, "final": final}
"""By the names that the command line and the window show."""
