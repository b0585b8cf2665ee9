"""A network alone: reflectance without a formula, from the surface features and the half-vector angles."""

import torch
from torch import Tensor, nn

from core.fields.reflectance import Cosines, Material, Reflectance, random_weights

_ANGLES = 6
_START = -1.75
"""Of the last bias: f starts at 0.16 everywhere, a grey matte surface, as the other models do."""


class AngleNetwork(nn.Module):
    """softplus of two hidden layers on the features and on n.h, n.l, h.l, n.v, (n.h)^10 and (n.h)^60."""

    def __init__(
        self, features: int, *, hidden: int, start: float, device: torch.device, generator: torch.Generator
    ) -> None:
        """``start``: the last bias."""
        super().__init__()
        self.feature_w = random_weights(hidden, features, device=device, generator=generator)
        self.angle_w = random_weights(hidden, _ANGLES, device=device, generator=generator)
        self.b1 = nn.Parameter(torch.zeros(hidden, device=device))
        self.w2 = random_weights(hidden, hidden, device=device, generator=generator)
        self.b2 = nn.Parameter(torch.zeros(hidden, device=device))
        self.w3 = random_weights(3, hidden, gain=0.1, device=device, generator=generator)
        self.b3 = nn.Parameter(torch.full((3,), start, device=device))

    def forward(self, features: Tensor, c: Cosines) -> Tensor:
        """[rays, lights, 3], not negative, at surface features [rays, F]."""
        n_h = c.n_h.clamp(0.0, 1.0)
        angles = torch.stack([c.n_h, c.n_l, c.h_l, c.n_v.expand_as(c.n_l), n_h**10, n_h**60], -1)
        # The first layer is split: features are shared by all lights of a ray.
        hidden = torch.relu((features @ self.feature_w.T)[:, None] + angles @ self.angle_w.T + self.b1)
        hidden = torch.relu(hidden @ self.w2.T + self.b2)
        return nn.functional.softplus(hidden @ self.w3.T + self.b3)


class NeuralReflectance(Reflectance):
    """f = a network on the inputs of MVSCPS (Cao et al. 2025) and one higher power, for sharper highlights.

    Never negative. Promises neither reciprocity nor energy conservation. With n.l + n.v and n.l n.v in place of n.l and
    n.v it would be reciprocal by construction; but then a diffuse object's lights come out twice as far off, a metal's
    no better, and normals as they are.
    """

    def __init__(self, features: int, *, hidden: int, device: torch.device, generator: torch.Generator) -> None:
        super().__init__()
        self.network = AngleNetwork(features, hidden=hidden, start=_START, device=device, generator=generator)

    def forward(self, features: Tensor, c: Cosines) -> Tensor:
        """BRDF value [rays, lights, 3] at surface features [rays, F]."""
        return self.network(features, c)

    def lobe(self, features: Tensor) -> Material | None:
        """None: nothing in the network is a lobe."""
        del features
        return None
