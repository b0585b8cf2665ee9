"""Reflectance: how much of a light's energy a surface point sends to the eye.

All models share one interface, ``Reflectance``. Given surface features [rays, F] and the cosines of one or several
lights per ray they return the BRDF value f [rays, lights, 3]; radiance is f * cosine * visibility * intensity. Cosines
are between unit vectors that leave the surface: normal n, to-light l, to-eye v, and h = normalize(l + v).
"""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True, kw_only=True)
class Cosines:
    """Cosines between the directions at a surface point; all [rays, lights], ``n_v`` [rays, 1] where the eye is one.

    One row serves all rays where every ray is asked about the same directions.
    """

    n_l: Tensor
    n_h: Tensor
    h_l: Tensor
    n_v: Tensor


@dataclass(frozen=True, kw_only=True)
class Material:
    """What a surface point is made of: as fitted for display and export, or the lobe that is part of a reflectance."""

    albedo: Tensor
    """[points, 3] diffuse colour, linear."""
    specular: Tensor
    """[points, 3] reflectance at normal incidence, linear."""
    roughness: Tensor
    """[points] GGX roughness in [0, 1] (alpha is its square)."""


class Reflectance(nn.Module, ABC):
    """A BRDF that varies over the surface. Never negative; each model says what else it promises.

    What it is made of, in the terms of ``Material``, is found by ``core.fields.material_fit``.
    """

    @abstractmethod
    def forward(self, features: Tensor, c: Cosines) -> Tensor:
        """BRDF value [rays, lights, 3] at surface features [rays, F]."""

    @abstractmethod
    def lobe(self, features: Tensor) -> Material | None:
        """The diffuse term and GGX lobe that are part of it at features [points, F]; None where there is no such part.

        With gradients. Not what is shown as its material: that also stands for what a network adds.
        """


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
    Reciprocal: l and v enter alike. Below a roughness of 0.2 the 1e-7 in D caps the peak, so that D integrates to
    less than one.
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


def random_weights(
    rows: int, columns: int, *, gain: float = 2.0, device: torch.device, generator: torch.Generator
) -> nn.Parameter:
    """[rows, columns] normal with variance gain / columns (He et al. 2015 for gain 2)."""
    start = torch.randn((rows, columns), generator=generator) * math.sqrt(gain / columns)
    return nn.Parameter(start.to(device))
