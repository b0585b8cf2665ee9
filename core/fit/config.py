"""All numbers of a run, in frozen dataclasses; a preset is a function that returns one."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from core.fields.model import ModelConfig
from core.fields.sdf import SdfConfig
from core.fit.choices import PRESET_SECONDS, FitChoices, PresetName


@dataclass(frozen=True, kw_only=True)
class Rates:
    """Learning rates of Adam, one a group of parameters."""

    grid: float = 1e-2
    sdf: float = 2e-3
    reflectance: float = 5e-3
    sharpness: float = 2e-2
    lights: float = 1e-2
    light_shapes: float = 4e-2
    """Distances and angular falloff of lights, where these are estimated; logarithms, but for the axes."""
    exposures: float = 1e-2
    """Logarithms of the photographs' exposures, where these are estimated."""


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Weights of the loss terms."""

    mask: float = 0.5
    """At the start, when masks carve the shape out of a sphere."""
    mask_end: float = 0.08
    """Later: a mask counts a half-covered pixel as whole, and colours tell its edge better."""
    clear: float = 4.0
    """Of mist in pixels clear of the object, all along: no half-covered pixel is among them, and however faint, it
    hides the object from other views."""
    solid: float = 0.05
    """Of rays that are neither let through nor stopped, where there are no masks: a thin mist under brighter lights
    explains a photograph on a dark ground as well as a body does."""
    edge: float = 0.2
    """Of colours at a mask's edge: such a pixel is half object, half background, and darkens what it is taken for."""
    eikonal: float = 0.1
    colour_floor: float = 0.05
    """Added to the render below the relative colour error, so that black pixels do not rule;"""
    least_floor: float = 0.025
    """as much less as most pixels are darker than the mean, down to this: much of what tells a metal's shape is dark,
    while of a matte object what is dark is noise."""

    def floor_at(self, evenness: float) -> float:
        """The floor where most pixels have ``evenness`` times the mean brightness."""
        return max(self.colour_floor * min(evenness, 1.0), min(self.least_floor, self.colour_floor))


@dataclass(frozen=True, kw_only=True)
class FitConfig:
    """What a run does and for how long."""

    seconds: float | None = 60.0
    """Planned optimisation time; None when planned by steps."""
    steps: int | None = None
    """Planned number of steps; None when planned by time."""
    opening_steps: int = 800
    """Steps in which everything finds its place at full learning rates, before it settles; at most 40 % of the plan."""
    until_converged: bool = False
    """Whether the run ends early where going on brings no more."""
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
    shadow_gradients_from: float | None = None
    """Stage of the run after which the edges of cast shadows move the shape that casts them; None: never. Without
    masks they never do: nothing would hold a shape that shrinks out of its own shadow."""
    mesh_cells: int = 256
    """Cells along the longest side of the mesh among a run's results."""
    rates: Rates = field(default_factory=Rates)
    weights: Weights = field(default_factory=Weights)
    model: ModelConfig = field(default_factory=ModelConfig)


def with_choices(config: FitConfig, choices: FitChoices) -> FitConfig:
    """``config`` with the user's choices in it."""
    model = replace(
        config.model,
        reflectance=choices.reflectance,
        lights=choices.lights,
        soft_shadows=choices.soft_shadows,
        bounce=choices.bounce,
        mirror=choices.bounce,
    )
    return replace(config, model=model)


def choices_of(config: FitConfig) -> FitChoices:
    """The choices that a run's configuration was made with."""
    model = config.model
    return FitChoices(
        reflectance=model.reflectance, lights=model.lights, soft_shadows=model.soft_shadows, bounce=model.bounce
    )


def draft(seconds: float = PRESET_SECONDS["draft"]) -> FitConfig:
    """Recognisable in ten seconds, good in a minute, on a laptop without a GPU."""
    return _preset(FitConfig(seconds=seconds))


def final(seconds: float = PRESET_SECONDS["final"]) -> FitConfig:
    """More rays, lights and sections a step, until it has converged."""
    return _preset(_finer(FitConfig(seconds=seconds)))


def ultra(seconds: float = PRESET_SECONDS["ultra"]) -> FitConfig:
    """As fine as the photographs: a grid of over a thousand cells a side, for large photographs and a long run."""
    fine = SdfConfig(levels=14, finest_cells=1024, log2_rows=19)
    config = replace(_finer(FitConfig(seconds=seconds)), rays=1024, rays_one_light=2048, mesh_cells=512)
    return _preset(replace(config, model=ModelConfig(sdf=fine, cache_cells=128)))


def _finer(config: FitConfig) -> FitConfig:
    return replace(config, until_converged=True, rays=768, rays_one_light=1536, lights_per_ray=12, sections=16)


def _preset(config: FitConfig) -> FitConfig:
    return with_choices(replace(config, shadow_gradients_from=0.5), FitChoices())


PRESETS: dict[PresetName, Callable[[float], FitConfig]] = {"draft": draft, "final": final, "ultra": ultra}
"""By the names that the command line and the window show."""
