"""A diffuse term, one GGX lobe, and a small network that adds what these two cannot express."""

import torch
from torch import Tensor

from core.fields.reflectance import Cosines
from core.fields.reflectance_analytic import AnalyticReflectance
from core.fields.reflectance_neural import AngleNetwork

_START = -3.0
"""Of the last bias: the network starts by adding next to nothing."""


class HybridReflectance(AnalyticReflectance):
    """The analytic model plus a network on the features and the angles.

    Never negative. Promises neither reciprocity nor energy conservation: what the network adds obeys neither.
    """

    def __init__(self, features: int, *, hidden: int, device: torch.device, generator: torch.Generator) -> None:
        super().__init__(features, device=device, generator=generator)
        self.network = AngleNetwork(features, hidden=hidden, start=_START, device=device, generator=generator)

    def forward(self, features: Tensor, c: Cosines) -> Tensor:
        """BRDF value [rays, lights, 3] at surface features [rays, F]."""
        return super().forward(features, c) + self.network(features, c)
