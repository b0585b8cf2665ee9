"""From samples along rays to surfaces: NeuS opacity and the composited point, normal and features of each ray.

Letters: R rays, S sections a ray, F features. Section k of a ray spans [t_k, t_k+1] and is evaluated at its middle.
Opacity of a section (NeuS, Wang et al. 2021): alpha = max((Phi(f-) - Phi(f+)) / Phi(f-), 0) with Phi the logistic
function of the signed distance times the sharpness, and f-, f+ the distances extrapolated to the section's ends.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.fields.model import Model


@dataclass(frozen=True, kw_only=True)
class SurfaceHits:
    """What a ray sees, composited over its sections."""

    opacity: Tensor
    """[R] in [0, 1]."""
    distance: Tensor
    """[R] along the ray to the surface, scene units; no gradient."""
    normal: Tensor
    """[R, 3] unit, scene frame, leaving the surface."""
    features: Tensor
    """[R, F]"""
    gradient: Tensor
    """[R, S, 3] of the signed distance at every section, for the eikonal term."""
    points: Tensor
    """[R, 3] surface points, scene frame; no gradient."""


def first_rays(hits: SurfaceHits, count: int) -> SurfaceHits:
    """The first ``count`` rays of ``hits``."""
    return SurfaceHits(
        opacity=hits.opacity[:count],
        distance=hits.distance[:count],
        normal=hits.normal[:count],
        features=hits.features[:count],
        gradient=hits.gradient[:count],
        points=hits.points[:count],
    )


def sphere_span(origins: Tensor, directions: Tensor) -> tuple[Tensor, Tensor]:
    """Where unit-speed rays enter and leave the unit sphere, [R] each; a short span at the closest point if never."""
    along = -(origins * directions).sum(1)
    closest = (origins * origins).sum(1) - along * along
    half = (1.0 - closest).clamp_min(1e-4).sqrt()
    return (along - half).clamp_min(0.0), along + half


def trace(
    model: Model,
    origins: Tensor,
    directions: Tensor,
    *,
    sections: int,
    jitter: Tensor,
    straightness: float = 1.0,
) -> SurfaceHits:
    """Composite the surface along rays.

    ``straightness`` in [0, 1] is NeuS's annealing of the cosine: 0 pretends half of it, which helps at the start.
    """
    sharpness = model.sharpness()
    edges = _section_edges(model, origins, directions, jitter, sharpness=float(sharpness.detach()), count=sections)
    width = edges[:, 1:] - edges[:, :-1]
    middle = edges[:, :-1] + 0.5 * width
    points = origins[:, None] + middle[..., None] * directions[:, None]
    flat_distance, flat_features, flat_gradient = model.sdf(points.reshape(-1, 3))
    gradient = flat_gradient.view(*middle.shape, 3)
    falling = _falling((gradient * directions[:, None]).sum(-1), straightness)
    alpha = _section_opacity(flat_distance.view_as(middle), 0.5 * falling * width, sharpness)
    clear = torch.cumprod(torch.cat([torch.ones_like(alpha[:, :1]), 1.0 - alpha + 1e-7], 1), 1)
    weight = alpha * clear[:, :-1]
    opacity = weight.sum(1)
    features = torch.bmm(weight[:, None], flat_features.view(*middle.shape, flat_features.shape[1]))[:, 0]
    summed = torch.bmm(weight[:, None], gradient)[:, 0]
    distance = _surface_distance(weight.detach(), middle)
    return SurfaceHits(
        opacity=opacity,
        distance=distance,
        normal=torch.nn.functional.normalize(summed, dim=1, eps=1e-6),
        features=features / (opacity[:, None] + 1e-5),
        gradient=gradient,
        points=origins + distance[:, None] * directions,
    )


def _section_edges(
    model: Model, origins: Tensor, directions: Tensor, jitter: Tensor, *, sharpness: float, count: int
) -> Tensor:
    """[R, S + 1] distances along the rays between which the field is evaluated."""
    near, far = sphere_span(origins, directions)
    # Sampled with a wider density than it is composited with, so that the outermost sections reach where nothing is
    # absorbed any more; and never more finely than the cached grid can tell.
    sampling = min(0.4 * sharpness, 4.0 / model.cache.cell_size)
    return model.cache.sections(origins, directions, near, far, jitter, sharpness=sampling, count=count)


def _falling(slope: Tensor, straightness: float) -> Tensor:
    """[R, S] how fast the distance falls along the ray, >= 0, from its ``slope``; see ``trace``."""
    falling = torch.relu(-slope)
    if straightness < 1.0:
        falling = falling * straightness + torch.relu(0.5 - 0.5 * slope) * (1.0 - straightness)
    return falling


def _section_opacity(signed: Tensor, change: Tensor, sharpness: Tensor) -> Tensor:
    """[R, S] NeuS's alpha: the distances ``signed`` in the middle of each section, and their ``change`` to its ends."""
    # The line through a section's middle must not overshoot what the neighbouring sections saw: on a wide section
    # of a ray that only passes by, it would cross a surface that is not there.
    higher = torch.cat([signed[:, :1], torch.maximum(signed[:, 1:], signed[:, :-1])], 1)
    lower = torch.cat([torch.minimum(signed[:, 1:], signed[:, :-1]), signed[:, -1:]], 1)
    before = torch.sigmoid(torch.minimum(signed + change, higher) * sharpness)
    after = torch.sigmoid(torch.maximum(signed - change, lower) * sharpness)
    return ((before - after + 1e-5) / (before + 1e-5)).clamp(0.0, 1.0)


def _surface_distance(weight: Tensor, middle: Tensor) -> Tensor:
    """[R] along the ray to the surface: the mean of the sections near the heaviest one."""
    share = weight * _one_surface(weight, middle)
    return (share * middle).sum(1) / (share.sum(1) + 1e-6)


def _one_surface(weight: Tensor, middle: Tensor) -> Tensor:
    """[R, S] 1 for the sections near the heaviest one, else 0.

    A ray past an edge sees two surfaces; their mean would be a point in mid-air, from where shadows are wrong.
    """
    heaviest = middle.gather(1, weight.argmax(1, keepdim=True))
    return ((middle - heaviest).abs() <= 0.08).to(weight.dtype)
