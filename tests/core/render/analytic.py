"""A model whose shape is known exactly, for tests of rendering."""

from dataclasses import replace

import torch
from torch import Tensor

from core.fields.model import Model, ModelConfig
from core.fields.sdf import SdfConfig, SdfField

SMALL = ModelConfig(
    sdf=SdfConfig(levels=3, coarsest_cells=4, finest_cells=16, log2_rows=10, hidden=16, features=4),
    hidden=8,
    cache_cells=64,
)


class TwoSpheres(SdfField):
    """A sphere of radius 0.5 at the origin, and a small one of radius 0.15 at (0, 0, 0.75) between it and a light."""

    centres = ((0.0, 0.0, 0.0, 0.5), (0.0, 0.0, 0.75, 0.15))

    def quick_distance(self, points: Tensor) -> Tensor:
        return self._exact(points)[0]

    def distance(self, points: Tensor, *, chunk: int = 1 << 18) -> Tensor:
        return self._exact(points)[0]

    def forward(self, points: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        distance, gradient = self._exact(points)
        return distance, torch.ones((len(points), self.config.features)), gradient

    def _exact(self, points: Tensor) -> tuple[Tensor, Tensor]:
        offsets = torch.stack([points - torch.tensor(c[:3]) for c in self.centres])
        lengths = offsets.norm(dim=-1)
        each = lengths - torch.tensor([c[3] for c in self.centres])[:, None]
        distance, which = each.min(0)
        rows = torch.arange(len(points))
        return distance, (offsets / lengths.clamp_min(1e-9)[..., None])[which, rows]


class OneSphere(TwoSpheres):
    """The sphere of radius 0.5 alone."""

    centres = ((0.0, 0.0, 0.0, 0.5),)


def model_of(kind: type[SdfField], *, sharpness: float = 400.0, residual: bool = True) -> Model:
    """A model with the exact shape ``kind``."""
    generator = torch.Generator().manual_seed(0)
    config = replace(SMALL, reflectance="hybrid" if residual else "analytic")
    model = Model(config, lights=2, device=torch.device("cpu"), generator=generator)
    model.sdf = kind(SMALL.sdf, device=torch.device("cpu"), generator=generator)
    model.cache.refresh_all(model.sdf)
    with torch.no_grad():
        model.log_sharpness.fill_(float(torch.tensor(sharpness).log() / 10))
    return model
