"""Directions over the hemisphere of a surface point, spread evenly (spirals) and the same each time they are asked for.

They are turned and shifted by an amount that the point's own position decides and that looks random from one point to
the next. So a run keeps no random state for them, a picture is the same each time it is made, and the mean over steps
is right; evenly spread directions matter because the loss is an absolute one, which a noisy estimate biases.
"""

import math

import torch
from torch import Tensor

_GOLDEN = 0.5 * (math.sqrt(5.0) - 1.0)


def even_directions(points: Tensor, normals: Tensor, count: int) -> Tensor:
    """[R, count, 3] unit directions about unit ``normals`` [R, 3], as dense as the cosine (Malley's method)."""
    share, angle = _spiral(points, count)
    return _lifted(normals, (1.0 - share).clamp_min(0.0).sqrt(), angle)


def ggx_normals(points: Tensor, normals: Tensor, alpha: Tensor, count: int) -> Tensor:
    """[R, count, 3] normals of the facets of a GGX surface, as dense as D(h) (n.h) (Walter et al. 2007).

    ``alpha`` [R]: the width of the distribution at each point.
    """
    share, angle = _spiral(points, count)
    squared = (alpha * alpha)[:, None]
    return _lifted(normals, ((1.0 - share) / (1.0 + (squared - 1.0) * share)).clamp(0.0, 1.0).sqrt(), angle)


def _spiral(points: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """[R, count] even shares of the unit interval, and the angles that go with them, for ``points`` [R, 3]."""
    mix = torch.tensor([[129.898, 393.467], [782.331, 111.350], [377.190, 831.553]], device=points.device)
    shift, turn = ((points @ mix).sin() * 43758.5453).frac().abs().split(1, dim=1)
    index = torch.arange(count, device=points.device)
    return (index + shift) / count, 2.0 * math.pi * (index * _GOLDEN + turn)


def _lifted(normals: Tensor, height: Tensor, angle: Tensor) -> Tensor:
    """[R, count, 3] unit vectors with these cosines to unit ``normals`` [R, 3], at these angles around them."""
    radius = (1.0 - height * height).clamp_min(0.0).sqrt()
    first, second = _tangents(normals)
    level = (angle.cos() * radius)[..., None] * first[:, None] + (angle.sin() * radius)[..., None] * second[:, None]
    return level + height[..., None] * normals[:, None]


def _tangents(normals: Tensor) -> tuple[Tensor, Tensor]:
    """Two unit vectors [R, 3] at right angles to unit ``normals`` and to each other (Duff et al. 2017)."""
    x, y, z = normals.unbind(1)
    sign = torch.where(z < 0.0, -1.0, 1.0)
    a = -1.0 / (sign + z)
    b = x * y * a
    first = torch.stack([1.0 + sign * x * x * a, sign * b, -sign * x], 1)
    return first, torch.stack([b, sign + y * y * a, -y], 1)
