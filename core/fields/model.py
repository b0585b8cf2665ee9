"""Everything the optimiser estimates, in one place: shape, reflectance, lights, and how sharp the surface is."""

import math
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor, nn

from core.fields.material_fit import fitted_material
from core.fields.reflectance import Material, Reflectance
from core.fields.reflectance_analytic import AnalyticReflectance
from core.fields.reflectance_hybrid import HybridReflectance
from core.fields.reflectance_kind import ReflectanceKind
from core.fields.reflectance_neural import NeuralReflectance
from core.fields.sdf import SdfConfig, SdfField
from core.fields.sdf_cache import SdfCache
from core.scene.light_model import LightModel
from core.scene.lights import LightStart, LightTable


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """Sizes of the model's parts."""

    sdf: SdfConfig = field(default_factory=SdfConfig)
    reflectance: ReflectanceKind = "hybrid"
    lights: LightModel = field(default_factory=LightModel)
    bounce: bool = False
    """Whether light that reaches a point by way of another part of the object is accounted for, once reflected."""
    mirror: bool = False
    """Whether that is more than what matte surfaces reflect: what shiny ones mirror, too."""
    soft_shadows: bool = False
    """Whether the lamps have a size, one angle for all, that is estimated too."""
    hidden: int = 64
    """Width of the network on features and angles in the hybrid and the neural reflectance."""
    cache_cells: int = 96
    """Cells a side of the cached distance grid."""


class Model(nn.Module):
    """Shape, reflectance and lights of one capture, in its scene frame."""

    def __init__(
        self,
        config: ModelConfig,
        *,
        lights: int,
        device: torch.device,
        generator: torch.Generator,
        light_start: LightStart | None = None,
    ) -> None:
        super().__init__()
        self.config = config
        self.sdf = SdfField(config.sdf, device=device, generator=generator)
        self.reflectance = _reflectance(config, device=device, generator=generator)
        self.lights = LightTable(lights, device=device, model=config.lights, start=light_start)
        self.log_sharpness = nn.Parameter(torch.tensor(0.3, device=device))
        self.log_lamp_radius = (
            nn.Parameter(torch.tensor(math.log(0.02), device=device)) if config.soft_shadows else None
        )
        self.cache = SdfCache(self.sdf, cells=config.cache_cells, device=device)
        self.exposure = 1.0
        """Model radiance = photograph radiance times this."""
        self.shadow_strength = 1.0
        """0 while shadows are still switched off at the start of a run, 1 later."""
        self.shadow_trust = 1.0
        """How far the photographs bear out cast shadows: 1 under small lamps, near 0 under a sky or in a lit room."""

    def mean_intensity(self) -> Tensor:
        """[3] mean of the lights that have been trained; the unit in which light intensities are shown."""
        lights = self.lights.intensity()
        return (lights[self.lights.trained] if bool(self.lights.trained.any()) else lights).mean(0)

    @torch.no_grad()
    def shown_material(self, features: Tensor) -> Material:
        """Material at features [points, F] in the shown convention: under the mean light, albedo 1 appears as 1.0."""
        material = fitted_material(self.reflectance, features)
        scale = self.mean_intensity() / (math.pi * self.exposure)
        return replace(material, albedo=material.albedo * scale, specular=material.specular * scale)

    def lamp_parameters(self) -> list[nn.Parameter]:
        """What is estimated about the size of the lamps: nothing where they have none."""
        return [] if self.log_lamp_radius is None else [self.log_lamp_radius]

    def lamp_radius(self) -> Tensor:
        """Angular radius of the lamps as seen from the object, radians; 0 where they have no size."""
        if self.log_lamp_radius is None:
            return torch.zeros((), device=self.log_sharpness.device)
        return self.log_lamp_radius.exp().clamp(1e-4, 0.3)

    def sharpness(self) -> Tensor:
        """Inverse width s of the logistic density, 1 / scene units (NeuS, Wang et al. 2021): exp(10 v)."""
        return (10.0 * self.log_sharpness).exp().clamp(1e-6, 1e6)


def _reflectance(config: ModelConfig, *, device: torch.device, generator: torch.Generator) -> Reflectance:
    features, hidden = config.sdf.features, config.hidden
    match config.reflectance:
        case "analytic":
            return AnalyticReflectance(features, device=device, generator=generator)
        case "hybrid":
            return HybridReflectance(features, hidden=hidden, device=device, generator=generator)
        case "neural":
            return NeuralReflectance(features, hidden=hidden, device=device, generator=generator)
