"""Deferred shading: each ray's surface is lit by one or many lights after its geometry has been composited once.

Light that arrives by way of another part of the object is added where ``ModelConfig.bounce`` asks for it.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.fields.model import Model
from core.fields.reflectance import cosines
from core.render.bounce import TRAINING_RAYS, bounced_light
from core.render.composite import SurfaceHits
from core.render.mirror import LEAST_RAYS, mirrored_light, shiny
from core.render.shadow import visibility


@dataclass(frozen=True, kw_only=True)
class Shaded:
    """Light leaving the surface toward the eye; model radiance (photograph times exposure)."""

    radiance: Tensor
    """[R, K, 3] with cast shadows, and with light reflected by the object onto itself where that is accounted for."""
    unshadowed: Tensor
    """[R, K, 3] without either."""
    visibility: Tensor
    """[R, K] in [0, 1]."""


def soft_cosine(cosine: Tensor) -> Tensor:
    """softplus(100 c) / 100: the cosine, with a gradient left where a wrong guess faces away from the light.

    A softer one (30) brightens grazing light enough to turn the estimated lights outward by a degree.
    """
    return torch.nn.functional.softplus(cosine, beta=100.0)


def shade_hits(
    model: Model,
    hits: SurfaceHits,
    directions: Tensor,
    to_light: Tensor,
    intensity: Tensor,
    *,
    shadows: float,
    learn_shadows: bool = False,
    bounce_rays: int = TRAINING_RAYS,
) -> Shaded:
    """Shade ``hits`` seen along ``directions`` [R, 3] under ``to_light`` [R, K, 3] of ``intensity`` [R, K, 3].

    ``shadows``: how dark cast shadows are, 0 (there are none) to 1; bounced light counts as much as they do, since it
    rests on the same shape and lamps. ``bounce_rays``: directions a point in which bounced light is looked
    for, 0 to leave it out; of shiny points at least ``LEAST_RAYS``.
    """
    c = cosines(hits.normal, -directions, to_light)
    reflected = model.reflectance(hits.features, c) * soft_cosine(c.n_l)[..., None] * intensity
    if shadows == 0.0:
        return Shaded(radiance=reflected, unshadowed=reflected, visibility=torch.ones_like(c.n_l))
    seen = visibility(model, hits.points, hits.normal, to_light, learn=learn_shadows)
    seen = 1.0 - shadows * (1.0 - seen)
    radiance = reflected * seen[..., None]
    if model.config.bounce and bounce_rays > 0:
        radiance = radiance + shadows * _reflected_again(model, hits, -directions, to_light, intensity, bounce_rays)
    return Shaded(radiance=radiance, unshadowed=reflected, visibility=seen)


def _reflected_again(
    model: Model, hits: SurfaceHits, to_eye: Tensor, to_light: Tensor, intensity: Tensor, rays: int
) -> Tensor:
    """[R, K, 3] what arrives by way of another part of the object."""
    mirrors = shiny(model, hits.features) if model.config.mirror else None
    bounced = bounced_light(model, hits, to_light, intensity, rays=rays, without_lobe=mirrors)
    if mirrors is None:
        return bounced
    rays = max(rays, LEAST_RAYS)
    return bounced + mirrored_light(model, hits, mirrors, to_eye, to_light, intensity, rays=rays)
