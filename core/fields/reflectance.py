"""Reflectance: how much of a light's energy a surface point sends to the eye.

Both models share one interface. Given surface features [rays, F] and the cosines of one or several lights per ray
they return the BRDF value f [rays, lights, 3]; radiance is f * cosine * visibility * intensity. Cosines are between
unit vectors that leave the surface: normal n, to-light l, to-eye v, and h = normalize(l + v).
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True, kw_only=True)
class Cosines:
    """Cosines between the directions at a surface point; all [rays, lights] but ``n_v`` [rays, 1]."""

    n_l: Tensor
    n_h: Tensor
    h_l: Tensor
    n_v: Tensor


@dataclass(frozen=True, kw_only=True)
class Material:
    """What a surface point is made of, for display and export."""

    albedo: Tensor
    """[points, 3] diffuse colour, linear."""
    specular: Tensor
    """[points, 3] reflectance at normal incidence, linear."""
    roughness: Tensor
    """[points] GGX roughness in [0, 1] (alpha is its square)."""


def cosines(normal: Tensor, to_eye: Tensor, to_light: Tensor) -> Cosines:
    """Cosines for unit ``normal`` [rays, 3], ``to_eye`` [rays, 3], ``to_light`` [rays, lights, 3]."""
    n_v = (normal * to_eye).sum(-1, keepdim=True)
    n_l = (to_light * normal[:, None]).sum(-1)
    v_l = (to_light * to_eye[:, None]).sum(-1)
    # |l + v|^2 = 2 + 2 l.v for unit vectors, so the half vector itself is never built.
    length = (2.0 + 2.0 * v_l).clamp_min(1e-6).sqrt()
    return Cosines(n_l=n_l, n_h=(n_l + n_v) / length, h_l=length * 0.5, n_v=n_v)


def ggx_lobe(roughness: Tensor, specular: Tensor, c: Cosines) -> Tensor:
    """Cook-Torrance lobe [rays, lights, 3] with GGX normals (Walter et al. 2007) and Schlick's Fresnel term.

    D G F / (4 n.l n.v) with the Smith term folded in as 1 / (n.l (1-k) + k) / (n.v (1-k) + k) / 4, k = alpha / 2.
    """
    alpha = (roughness * roughness)[:, None]
    n_h = c.n_h.clamp(0.0, 1.0)
    squared = alpha * alpha
    bottom = n_h * n_h * (squared - 1.0) + 1.0
    normals = squared / (math.pi * bottom * bottom + 1e-7)
    k = 0.5 * alpha
    visible = 0.25 / ((c.n_l.clamp_min(0.0) * (1 - k) + k) * (c.n_v.clamp_min(0.0) * (1 - k) + k))
    fresnel = specular[:, None] + (1.0 - specular[:, None]) * ((1.0 - c.h_l.clamp(0.0, 1.0)) ** 5)[..., None]
    return (normals * visible)[..., None] * fresnel


class Reflectance(nn.Module):
    """A diffuse term, one GGX lobe, and a small network that adds what these two cannot express."""

    def __init__(
        self, features: int, *, hidden: int, residual: bool, device: torch.device, generator: torch.Generator
    ) -> None:
        super().__init__()

        def layer(rows: int, columns: int, gain: float = 2.0) -> nn.Parameter:
            start = torch.randn((rows, columns), generator=generator) * math.sqrt(gain / columns)
            return nn.Parameter(start.to(device))

        self.residual = residual
        self.material_w1 = layer(32, features)
        self.material_b1 = nn.Parameter(torch.zeros(32, device=device))
        self.material_w2 = layer(7, 32, gain=0.1)
        # Starts as a grey, rather rough dielectric.
        self.material_b2 = nn.Parameter(torch.tensor([0.0, 0.0, 0.0, -3.0, -3.0, -3.0, 0.0], device=device))
        if residual:
            self.feature_w = layer(hidden, features)
            self.angle_w = layer(hidden, 6)
            self.b1 = nn.Parameter(torch.zeros(hidden, device=device))
            self.w2 = layer(hidden, hidden)
            self.b2 = nn.Parameter(torch.zeros(hidden, device=device))
            self.w3 = layer(3, hidden, gain=0.1)
            self.b3 = nn.Parameter(torch.full((3,), -3.0, device=device))

    def material(self, features: Tensor) -> Material:
        """Material at points with these surface features [points, F]."""
        hidden = torch.relu(torch.addmm(self.material_b1, features, self.material_w1.T))
        out = torch.sigmoid(torch.addmm(self.material_b2, hidden, self.material_w2.T))
        return Material(albedo=out[:, :3], specular=out[:, 3:6], roughness=0.08 + 0.92 * out[:, 6])

    def forward(self, features: Tensor, c: Cosines) -> Tensor:
        """BRDF value [rays, lights, 3]."""
        material = self.material(features)
        value = material.albedo[:, None] / math.pi + ggx_lobe(material.roughness, material.specular, c)
        return value + self.rest(features, c) if self.residual else value

    def rest(self, features: Tensor, c: Cosines) -> Tensor:
        """What the network adds, [rays, lights, 3], not negative."""
        n_h = c.n_h.clamp(0.0, 1.0)
        angles = torch.stack([c.n_h, c.n_l, c.h_l, c.n_v.expand_as(c.n_l), n_h**10, n_h**60], -1)
        # The first layer is split: features are shared by all lights of a ray.
        hidden = torch.relu((features @ self.feature_w.T)[:, None] + angles @ self.angle_w.T + self.b1)
        hidden = torch.relu(hidden @ self.w2.T + self.b2)
        return nn.functional.softplus(hidden @ self.w3.T + self.b3)
