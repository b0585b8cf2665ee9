"""Light mirrored once: what a shiny surface point mirrors of another part of the object.

On metals nearly all light that bounces goes this way, and in their hollows more of it arrives than comes straight from
the lamp. To ``core.render.bounce``, which takes both reflections as matte, is added

    mirrored radiance = 1 / M * sum_m f(x; w_m, eye) (n_x.w_m) / p(w_m) L(y_m),
    L(y) = (lobe of y toward x + albedo of y / pi) max(n_y.l, 0) visibility(y, l) intensity,

f the GGX lobe in the reflectance at x, and w_m the eye's direction mirrored at facets drawn as dense as that lobe has
them: p(w) = D(h) (n.h) / (4 (eye.h)) (Walter et al. 2007). Only points whose specular colour is a fair part of their
albedo are followed; on a matte object none, at no cost. What the matte part already holds of a rough lobe is counted
twice, which is little: a tenth of it for a roughness of 0.6. Light mirrored twice and more is left out (on the dragon
of ``docs/ablations.md``, made of chromium, a fifth of what is mirrored once).

L carries no gradients. f carries them into roughness and specular colour, and into the normal at x: where the normal
turns, another part of the object comes into the mirror, and photographs tell which. Directions and their density do
not.
"""

import math

import torch
from torch import Tensor

from core.fields.model import Model
from core.fields.reflectance import Material, cosines, ggx_lobe
from core.render.composite import SurfaceHits
from core.render.hemisphere import ggx_normals
from core.render.second_hits import second_hits

LEAST_RAYS = 16
"""Directions a point: half as many tell too little of what a mirror of normal roughness shows."""
SHINY = 0.3
"""Specular colour over albedo from which on a point is taken to mirror."""
_LEAST_ALPHA = 0.08
"""Facets are drawn at least this widely: narrower mirrors would see single points of a surface known roughly."""
_CHUNK = 4096
"""Points followed at once."""


def mirrored_light(
    model: Model, hits: SurfaceHits, to_eye: Tensor, to_light: Tensor, intensity: Tensor, *, rays: int
) -> Tensor:
    """Radiance [R, K, 3] shiny ``hits`` mirror of each other toward ``to_eye`` [R, 3], by ``rays`` directions each.

    Lights as for ``shade_hits``. Zero for reflectances without a lobe of their own.
    """
    mirrored = torch.zeros_like(to_light)
    lobe = model.reflectance.lobe(hits.features)
    if lobe is None:
        return mirrored
    shiny = lobe.specular.detach().mean(1) > SHINY * lobe.albedo.detach().mean(1)
    for rows in shiny.nonzero()[:, 0].split(_CHUNK):
        part = _mirrored_by(model, hits, lobe, rows, to_eye[rows], to_light[rows].detach(), intensity[rows], rays)
        mirrored = mirrored.index_add(0, rows, part)
    return mirrored


def _mirrored_by(
    model: Model,
    hits: SurfaceHits,
    lobe: Material,
    rows: Tensor,
    to_eye: Tensor,
    to_light: Tensor,
    intensity: Tensor,
    rays: int,
) -> Tensor:
    """[len(rows), K, 3] what the ``rows`` of ``hits`` mirror; the rest is of these rows alone."""
    points, normals = hits.points[rows].detach(), hits.normal[rows]
    ways, density = _ways(points, normals.detach(), to_eye, lobe.roughness[rows].detach(), rays)
    found = second_hits(model, points, normals.detach(), ways, to_light)
    row = found.row
    with torch.no_grad():
        far = model.reflectance.lobe(found.features)
        assert far is not None  # as at the first points
        cosine = (found.way * normals[row]).sum(1)
        share = cosine / density.reshape(-1)[found.ray].clamp_min(1e-4) / rays
        received = _sent(far, found.normal, -found.way, to_light[row])
        received = received * (share[:, None] * found.lit)[..., None] * intensity[row].detach()
    at = rows[row]
    mirror = ggx_lobe(lobe.roughness[at], lobe.specular[at], cosines(normals[row], to_eye[row], found.way[:, None]))
    return torch.zeros_like(to_light).index_add(0, row, mirror * received)


def _ways(points: Tensor, normals: Tensor, to_eye: Tensor, roughness: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Directions [R, count, 3] in which eyes look by way of facets, and their density [R, count] over solid angle.

    Facets that turn away from the eye send it below the horizon, where nothing is met.
    """
    alpha = (roughness * roughness).clamp_min(_LEAST_ALPHA)
    facets = ggx_normals(points, normals, alpha, count)
    e_h = (facets * to_eye[:, None]).sum(-1)
    ways = 2.0 * e_h[..., None] * facets - to_eye[:, None]
    ways = torch.where(e_h[..., None] > 1e-3, ways, -normals[:, None])
    n_h = (facets * normals[:, None]).sum(-1)
    squared = (alpha * alpha)[:, None]
    d = squared / (math.pi * (n_h * n_h * (squared - 1.0) + 1.0) ** 2)
    return ways, d * n_h / (4.0 * e_h.clamp_min(1e-3))


def _sent(far: Material, normals: Tensor, to_first: Tensor, to_light: Tensor) -> Tensor:
    """BRDF [H, K, 3] of second points toward the first ones, ``to_first`` [H, 3]: lobe and diffuse part."""
    return far.albedo[:, None] / math.pi + ggx_lobe(far.roughness, far.specular, cosines(normals, to_first, to_light))
