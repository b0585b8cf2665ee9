"""Material of surface points from their reflectance: the diffuse term and the GGX lobe that explain it best.

A network knows no albedo and no roughness, and even an analytic model may share a nearly matte surface out between its
two terms in many ways. So every reflectance is asked for its BRDF f under a fixed set of directions, those in which
captures are made: half vectors up to 52 degrees off the normal, light and eye 24 degrees apart, by turns light or eye
the nearer to the normal (Rusinkiewicz 1998's half angle and difference angle; twice as many directions, or others among
them, gain nothing). For each roughness r of a grid the model

    f = albedo / pi + specular V_r,    V_r = D G / (4 n.l n.v)

is linear in albedo and specular colour: least squares with two unknowns a channel, neither negative. Errors are
relative, as in the loss that f was learnt by, and weighted by n.l. (Schlick's rise toward grazing, (1 - h.l)^5, is 5e-9
at these directions and left out.) The best r of the grid is refined by parabolas through its neighbours' errors, so
that maps of roughness have no steps.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from core.fields.reflectance import Cosines, Material, Reflectance, ggx_lobe

_HALF_DEG = (2.0, 5.0, 8.0, 12.0, 16.0, 21.0, 27.0, 34.0, 42.0, 52.0)
"""Closer together near the highlight; not at its very peak, which photographs hardly ever show."""
_DIFFERENCE_DEG = 12.0
_SHARPEST, _GRID = 0.1, 12
"""Least roughness and how many there are, in equal ratios up to one."""
_RIDGE = 3e-4
"""How much a lobe costs, in parts of the diffuse term's weight: a very rough lobe looks nearly diffuse."""
_SHARP = 3e-3
"""How much a sharp lobe costs, in parts of what a lobe has to explain: where there is no shine, roughness is high."""
_NOISE = 1e-3
"""Part of f squared that is not worth a lobe."""
_CLOSER = 0.4
"""Around the best of the grid three closer ones are tried, this part of the grid's ratio apart."""
_FLOOR = 0.1
"""Of f, in parts of its mean: added where errors are made relative."""
_CHUNK = 2048


@torch.no_grad()
def fitted_material(reflectance: Reflectance, features: Tensor) -> Material:
    """Material at features [points, F], without gradients."""
    c = capture_directions(features.device)
    parts = [fit_lobe(reflectance(part, c), c) for part in features.split(_CHUNK)]
    return Material(
        albedo=torch.cat([part.albedo for part in parts]),
        specular=torch.cat([part.specular for part in parts]),
        roughness=torch.cat([part.roughness for part in parts]),
    )


def capture_directions(device: torch.device) -> Cosines:
    """The directions f is sampled at, [1, samples]."""
    half = torch.deg2rad(torch.tensor(_HALF_DEG, device=device))[None]
    by_turns = 1.0 - 2.0 * (torch.arange(len(_HALF_DEG), device=device) % 2)
    difference = math.radians(_DIFFERENCE_DEG)
    level, lean = half.cos() * math.cos(difference), by_turns * half.sin() * math.sin(difference)
    h_l = torch.full_like(half, math.cos(difference))
    return Cosines(n_l=level - lean, n_h=half.cos(), h_l=h_l, n_v=level + lean)


def fit_lobe(values: Tensor, c: Cosines) -> Material:
    """The material nearest to BRDF ``values`` [points, samples, 3] at the directions ``c`` [1, samples]."""
    rows, weights = values.transpose(1, 2), _weights(values, c)
    ratio = _SHARPEST ** (-1.0 / (_GRID - 1))
    coarse = _SHARPEST * ratio ** torch.arange(_GRID, device=values.device)
    found = _best(_errors(_squares(rows, weights, _lobes(coarse, c)), rows, weights), coarse, ratio)
    fine = found[:, None] * ratio ** torch.tensor([-_CLOSER, 0.0, _CLOSER], device=values.device)
    lobes = _lobes(fine.flatten(), c).view(-1, 3, c.n_l.shape[1])
    found = _best(_errors(_squares(rows, weights, lobes), rows, weights), fine, ratio**_CLOSER)
    # Parabolas may lead beyond the grid. Both colours belong to the lobe that is told, so it is limited before them.
    found = found.clamp(max=1.0)
    albedo, specular = _squares(rows, weights, _lobes(found, c)[:, None]).solution()
    return Material(albedo=albedo[..., 0], specular=specular[..., 0], roughness=found)


@dataclass(frozen=True, kw_only=True)
class _Squares:
    """Normal equations of min |f - albedo / pi - specular * lobe|^2, weighted. All broadcast to [points, 3, lobes]."""

    plain: Tensor
    """Diffuse term times itself."""
    mixed: Tensor
    """Diffuse term times lobe."""
    shiny: Tensor
    """Lobe times itself, and what a lobe costs."""
    plain_f: Tensor
    """Diffuse term times f."""
    shiny_f: Tensor
    """Lobe times f."""

    def solution(self) -> tuple[Tensor, Tensor]:
        """Albedo and specular colour, neither negative."""
        bottom = (self.plain * self.shiny - self.mixed * self.mixed).clamp_min(1e-12)
        albedo = (self.plain_f * self.shiny - self.shiny_f * self.mixed) / bottom
        specular = (self.shiny_f * self.plain - self.plain_f * self.mixed) / bottom
        # Where the best pair has a negative one, that one is zero and the other the best alone: the error is convex.
        dull, dark = specular < 0.0, albedo < 0.0
        return (
            torch.where(dark, 0.0, torch.where(dull, self.plain_f / self.plain, albedo)).clamp_min(0.0),
            torch.where(dull, 0.0, torch.where(dark, self.shiny_f / self.shiny, specular)).clamp_min(0.0),
        )

    def gain(self) -> Tensor:
        """By how much the solution's squared error, its cost included, lies below that of no material at all."""
        albedo, specular = self.solution()
        cross = albedo * self.plain_f + specular * self.shiny_f
        return 2.0 * (cross - albedo * specular * self.mixed) - albedo**2 * self.plain - specular**2 * self.shiny


def _weights(values: Tensor, c: Cosines) -> Tensor:
    """[points, 1, samples] weights of the squared errors."""
    level = values.mean(2)
    weights = c.n_l / (level + _FLOOR * level.mean(1, keepdim=True)).clamp_min(1e-12) ** 2
    return (weights / weights.sum(1, keepdim=True))[:, None]


def _squares(rows: Tensor, weights: Tensor, lobes: Tensor) -> _Squares:
    """For f as ``rows`` [points, 3, samples] and ``lobes`` [(points,) lobes, samples]."""
    weighted = lobes * weights
    plain = weights.sum(-1, keepdim=True) / math.pi**2
    return _Squares(
        plain=plain,
        mixed=weighted.sum(-1).unsqueeze(-2) / math.pi,
        shiny=(weighted * lobes).sum(-1).unsqueeze(-2) + _RIDGE * plain,
        plain_f=(rows * weights).sum(-1, keepdim=True) / math.pi,
        shiny_f=rows @ weighted.transpose(-1, -2),
    )


def _errors(squares: _Squares, rows: Tensor, weights: Tensor) -> Tensor:
    """[points, lobes] squared error over all channels, in parts of what is left to explain for a lobe."""
    whole = (rows * rows * weights).sum((1, 2))[:, None]
    left = whole - (squares.plain_f**2 / squares.plain).sum(1)
    return (whole - squares.gain().sum(1)) / (left + _NOISE * whole).clamp_min(1e-12)


def _best(error: Tensor, roughness: Tensor, ratio: float) -> Tensor:
    """[points] roughness of the least ``error`` [points, lobes], between those tried, which rise by ``ratio``."""
    error = error + _SHARP * (1.0 - roughness) ** 2
    middle = error.argmin(1, keepdim=True).clamp(1, error.shape[1] - 2)
    before, here, after = (error.gather(1, middle + step)[:, 0] for step in (-1, 0, 1))
    bend = (before - 2.0 * here + after).clamp_min(1e-12)
    steps = (0.5 * (before - after) / bend).clamp(-1.0, 1.0)
    return roughness.expand_as(error).gather(1, middle)[:, 0] * ratio**steps


def _lobes(roughness: Tensor, c: Cosines) -> Tensor:
    """[lobes, samples] V of lobes of these roughnesses [lobes]: a lobe of specular colour one, where F is one."""
    return ggx_lobe(roughness, torch.ones((1, 1), device=roughness.device), c)[..., 0]
