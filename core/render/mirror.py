"""Light mirrored once: what a shiny surface point mirrors of another part of the object.

On metals nearly all light that bounces goes this way, and in their hollows more of it arrives than comes straight from
the lamp. To ``core.render.bounce``, which takes both reflections as matte, is added

    mirrored radiance = 1 / M * sum_m f(x; w_m, eye) (n_x.w_m) / p(w_m) L(y_m),
    L(y) = (lobe of y toward x + albedo of y / pi) max(n_y.l, 0) visibility(y, l) intensity,

f the GGX lobe in the reflectance at x, and w_m the eye's direction mirrored at facets drawn as dense as that lobe has
them: p(w) = D(h) (n.h) / (4 (eye.h)) (Walter et al. 2007). Only points whose specular colour is a fair part of their
albedo are followed. Lobes narrower than ``_LEAST_ROUGHNESS`` are taken to be as wide as that, at both ends: the shape
is known roughly while a run goes on, and few directions would see single points of it. Light mirrored twice and more is
left out (on the dragon of ``docs/ablations.md``, made of chromium, a fifth of what is mirrored once), and so are
highlights that a network has learnt in place of the lobe, with a neural reflectance all.

L carries no gradients, nor do directions, their density and the cosine n_x.w_m. f carries them into roughness and
specular colour, through the features of these into the shape, and into the normal at x: where it turns, another part of
the object comes into the mirror, and photographs tell which.
"""

import math
from dataclasses import replace

import torch
from torch import Tensor

from core.fields.model import Model
from core.fields.reflectance import Cosines, Material, cosines, ggx_lobe
from core.render.composite import SurfaceHits
from core.render.hemisphere import ggx_normals
from core.render.second_hits import second_hits

LEAST_RAYS = 16
"""Directions a point: half as many tell too little of what a mirror of normal roughness shows."""
_SHINY = 0.3
"""Specular colour over albedo from which on a point is taken to mirror."""
_LEAST_ROUGHNESS = 0.28
_CHUNK = 4096
"""Points followed at once."""


@torch.no_grad()
def shiny(model: Model, features: Tensor) -> Tensor:
    """[R] which points with ``features`` [R, F] mirror: none where the reflectance has no lobe."""
    lobe = model.reflectance.lobe(features)
    if lobe is None:
        return torch.zeros(len(features), dtype=torch.bool, device=features.device)
    return lobe.specular.mean(1) > _SHINY * lobe.albedo.mean(1)


def mirrored_light(
    model: Model,
    hits: SurfaceHits,
    mirrors: Tensor,
    to_eye: Tensor,
    to_light: Tensor,
    intensity: Tensor,
    *,
    rays: int,
) -> Tensor:
    """Radiance [R, K, 3] that the ``hits`` among ``mirrors`` [R] send to the eye by their lobes, of what reaches them.

    ``to_eye`` [R, 3]; lights as for ``shade_hits``; ``rays`` directions a point.
    """
    mirrored = torch.zeros_like(to_light)
    followed = mirrors.nonzero()[:, 0]
    for rows in followed.split(_CHUNK) if len(followed) else ():
        part = _part(hits, rows)
        light = to_light[rows].detach(), intensity[rows].detach()
        mirrored = mirrored.index_add(0, rows, _mirrored(model, part, to_eye[rows], *light, rays))
    return mirrored


def _part(hits: SurfaceHits, rows: Tensor) -> SurfaceHits:
    """These rows of ``hits``, without what only compositing needs."""
    return replace(
        hits,
        opacity=hits.opacity[rows],
        distance=hits.distance[rows],
        normal=hits.normal[rows],
        features=hits.features[rows],
        gradient=hits.gradient[:0],
        points=hits.points[rows].detach(),
    )


def _mirrored(
    model: Model, hits: SurfaceHits, to_eye: Tensor, to_light: Tensor, intensity: Tensor, rays: int
) -> Tensor:
    """[R, K, 3] what all of ``hits`` mirror."""
    lobe, level = _wide_lobe(model, hits.features), hits.normal.detach()
    ways, density = _ways(hits.points, level, to_eye, lobe.roughness.detach(), rays)
    found = second_hits(model, hits.points, level, ways, to_light)
    row = found.row
    with torch.no_grad():
        cosine = (found.way * level[row]).sum(1)
        share = cosine / density.reshape(-1)[found.ray].clamp_min(1e-4) / rays
        far = _wide_lobe(model, found.features)
        sent = far.albedo[:, None] / math.pi + _lobe(far, cosines(found.normal, -found.way, to_light[row]))
        received = sent * (share[:, None] * found.lit)[..., None] * intensity[row]
    near = replace(lobe, albedo=lobe.albedo[row], specular=lobe.specular[row], roughness=lobe.roughness[row])
    mirror = _lobe(near, cosines(hits.normal[row], to_eye[row], found.way[:, None]))
    return torch.zeros_like(to_light).index_add(0, row, mirror * received)


def _wide_lobe(model: Model, features: Tensor) -> Material:
    """The lobe of points that were found to have one, no narrower than light is followed."""
    lobe = model.reflectance.lobe(features)
    assert lobe is not None
    return replace(lobe, roughness=lobe.roughness.clamp_min(_LEAST_ROUGHNESS))


def _lobe(material: Material, c: Cosines) -> Tensor:
    return ggx_lobe(material.roughness, material.specular, c)


def _ways(points: Tensor, normals: Tensor, to_eye: Tensor, roughness: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Directions [R, count, 3] in which eyes look by way of facets, and their density [R, count] over solid angle.

    Facets that turn away from the eye send it below the horizon, where nothing is met.
    """
    alpha = roughness * roughness
    facets = ggx_normals(points, normals, alpha, count)
    e_h = (facets * to_eye[:, None]).sum(-1)
    ways = 2.0 * e_h[..., None] * facets - to_eye[:, None]
    ways = torch.where(e_h[..., None] > 1e-3, ways, -normals[:, None])
    n_h = (facets * normals[:, None]).sum(-1)
    squared = (alpha * alpha)[:, None]
    d = squared / (math.pi * (n_h * n_h * (squared - 1.0) + 1.0) ** 2)
    return ways, d * n_h / (4.0 * e_h.clamp_min(1e-3))
