"""The light that arrives at surface points from lights at a finite distance.

Letters, all in one frame, scene units: x a surface point, p the light, c the reference point (where the object is), d
the unit vector from c to p, and kappa = 1 / |p - c| the light's nearness. With

    u(x) = d + kappa (c - x) = kappa (p - x)

the unit vector to the light is u / |u| and the inverse-square law gives the irradiance 1 / |u|^2, as a part of that at
c. kappa = 0 is a distant light exactly, so that nearness is estimated from there on without a seam.

A light that shines unevenly falls off with the cosine between its axis a and the direction it is seen in, to the power
m (m = 1: Lambert's law of a flat emitter; larger: a spot). Relative to c that is max(b·u / |u|, 0)^m with the beam
b = a / (a·d), which is written with a pointing back at the light, so that b·d = 1.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

NEAREST = 0.9
"""Largest nearness as seen from the object's centre, 1 / scene units: lights stay outside the object's sphere, so that
nothing lies behind them and a shadow ray that is followed out of the sphere has not passed its light."""
_LEAST = 1e-2
"""Smallest |u|^2 whose inverse is taken: a light at the edge of the sphere does not blind a point beside it."""
_EDGE = 100.0
"""Sharpness of the beam's edge, 1 / cosine: it is blurred by a hundredth, so that points just outside keep a gradient;
from a fifth on the cosine is exact."""
_BEHIND = -0.8
"""Cosine below which everything is equally dark: the soft cosine is 1e-37 there, the least that 32 bits hold."""


@dataclass(frozen=True, kw_only=True)
class Incident:
    """Light arriving at R points from K lights each."""

    to_light: Tensor
    """[R, K, 3] unit vectors to the lights, scene axes."""
    intensity: Tensor
    """[R, K, 3] linear RGB of the irradiance on a surface that faces the light."""


def arriving(direction: Tensor, nearness: Tensor, offset: Tensor) -> tuple[Tensor, Tensor]:
    """Unit vectors to the lights [..., 3] and irradiance [..., 1] as a part of that at the reference point.

    ``direction`` d [..., 3] unit, ``nearness`` kappa [..., 1], ``offset`` c - x [..., 3]; see the module. Nearer to
    the light than a tenth of its distance from c the irradiance no longer rises.
    """
    toward = direction + nearness * offset
    squared = toward.square().sum(-1, keepdim=True)
    return toward * squared.clamp_min(1e-12).rsqrt(), 1.0 / squared.clamp_min(_LEAST)


def beam_of(direction: Tensor, tilt: Tensor) -> Tensor:
    """The beam b [..., 3] of lights in ``direction`` d [..., 3] whose axes lean by ``tilt`` [..., 3] away from the
    object: b = d + t, t the part of the tilt at right angles to d, so that b·d = 1.
    """
    return direction + tilt - (tilt * direction).sum(-1, keepdim=True) * direction


def falloff(beam: Tensor, exponent: Tensor, to_light: Tensor) -> Tensor:
    """max(b·l, 0)^m [..., 1] for ``beam`` b [..., 3], ``exponent`` m [..., 1] and unit ``to_light`` l [..., 3].

    The maximum is softplus(100 b·l) / 100: a light whose axis has gone astray can find back to points that lie a few
    degrees outside its beam. Far outside, and the sooner the larger m, both value and gradient vanish.
    """
    cosine = (beam * to_light).sum(-1, keepdim=True)
    soft = torch.nn.functional.softplus(cosine.clamp_min(_BEHIND), beta=_EDGE)
    return torch.exp(exponent * soft.log())
