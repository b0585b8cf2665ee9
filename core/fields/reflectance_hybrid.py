"""A diffuse term, one GGX lobe, and a small network that adds what these two cannot express."""

import torch
from torch import Tensor, nn

from core.fields.material_fit import fitted_material
from core.fields.reflectance import Cosines, Material, random_weights
from core.fields.reflectance_analytic import AnalyticReflectance

_ANGLES = 6


class HybridReflectance(AnalyticReflectance):
    """The analytic model plus a network on the features and on n.h, n.l, h.l, n.v, (n.h)^10 and (n.h)^60.

    Never negative. Promises neither reciprocity nor energy conservation: what the network adds obeys neither.
    """

    def __init__(self, features: int, *, hidden: int, device: torch.device, generator: torch.Generator) -> None:
        super().__init__(features, device=device, generator=generator)
        self.feature_w = random_weights(hidden, features, device=device, generator=generator)
        self.angle_w = random_weights(hidden, _ANGLES, device=device, generator=generator)
        self.b1 = nn.Parameter(torch.zeros(hidden, device=device))
        self.w2 = random_weights(hidden, hidden, device=device, generator=generator)
        self.b2 = nn.Parameter(torch.zeros(hidden, device=device))
        self.w3 = random_weights(3, hidden, gain=0.1, device=device, generator=generator)
        self.b3 = nn.Parameter(torch.full((3,), -3.0, device=device))

    def material(self, features: Tensor) -> Material:
        """What explains the whole BRDF best, fitted at each point; no gradients."""
        return fitted_material(self, features)

    def forward(self, features: Tensor, c: Cosines) -> Tensor:
        """BRDF value [rays, lights, 3] at surface features [rays, F]."""
        return super().forward(features, c) + self.rest(features, c)

    def rest(self, features: Tensor, c: Cosines) -> Tensor:
        """What the network adds, [rays, lights, 3], not negative."""
        n_h = c.n_h.clamp(0.0, 1.0)
        angles = torch.stack([c.n_h, c.n_l, c.h_l, c.n_v.expand_as(c.n_l), n_h**10, n_h**60], -1)
        # The first layer is split: features are shared by all lights of a ray.
        hidden = torch.relu((features @ self.feature_w.T)[:, None] + angles @ self.angle_w.T + self.b1)
        hidden = torch.relu(hidden @ self.w2.T + self.b2)
        return nn.functional.softplus(hidden @ self.w3.T + self.b3)
