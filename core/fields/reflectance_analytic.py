"""A diffuse term and one GGX lobe: the reflectance that an albedo, a specular colour and a roughness describe."""

import math

import torch
from torch import Tensor, nn

from core.fields.reflectance import Cosines, Material, Reflectance, ggx_lobe, random_weights

_HIDDEN = 32


class AnalyticReflectance(Reflectance):
    """f = albedo / pi + D G F / (4 n.l n.v), its seven numbers from the features by a small network.

    Reciprocal, because both terms are. Energy: the lobe alone sends back at most what arrives, whatever its roughness
    and specular colour, and the diffuse term its albedo; their sum stays below one where albedo and lobe together do,
    which is not enforced (the scale of albedo and light is common to both and unknown).
    """

    def __init__(self, features: int, *, device: torch.device, generator: torch.Generator) -> None:
        super().__init__()
        self.material_w1 = random_weights(_HIDDEN, features, device=device, generator=generator)
        self.material_b1 = nn.Parameter(torch.zeros(_HIDDEN, device=device))
        self.material_w2 = random_weights(7, _HIDDEN, gain=0.1, device=device, generator=generator)
        # Starts as a grey, rather rough dielectric.
        self.material_b2 = nn.Parameter(torch.tensor([0.0, 0.0, 0.0, -3.0, -3.0, -3.0, 0.0], device=device))

    def lobe(self, features: Tensor) -> Material:
        """What the diffuse term and the lobe are made of at features [points, F]."""
        hidden = torch.relu(torch.addmm(self.material_b1, features, self.material_w1.T))
        out = torch.sigmoid(torch.addmm(self.material_b2, hidden, self.material_w2.T))
        return Material(albedo=out[:, :3], specular=out[:, 3:6], roughness=0.08 + 0.92 * out[:, 6])

    def forward(self, features: Tensor, c: Cosines) -> Tensor:
        """BRDF value [rays, lights, 3] at surface features [rays, F]."""
        lobe = self.lobe(features)
        return lobe.albedo[:, None] / math.pi + ggx_lobe(lobe.roughness, lobe.specular, c)
