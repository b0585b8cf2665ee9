"""The materials of an object, a few of them: which there are, and how much of the surface each covers.

Points of the surface are compared by what they look like (cube roots of albedo and specular colour, which is close to
how differences are seen, and roughness). The first material is the one nearest to the mean; every further one is the
point that is least like all before (Gonzalez 1985, farthest-first). A material that covers next to nothing is a flaw
of the estimate rather than a material, and is left out. Nothing is random.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from core.fields.model import Model
from core.mesh.isosurface import isosurface
from core.mesh.triangles import largest_component
from core.types import DoubleArray, FloatArray

MOST = 12
_POINTS = 6000
_LEAST_SHARE = 0.005
_ALIKE = 0.02
"""Materials nearer than this look the same."""


@dataclass(frozen=True, kw_only=True)
class MaterialSample:
    """One material of an object."""

    features: FloatArray
    """[F] surface features of a place that has it."""
    share: float
    """Part of the surface that is more like this than like the others."""


@torch.no_grad()
def material_samples(model: Model, *, most: int = MOST) -> list[MaterialSample]:
    """At most ``most`` materials of the surface of the cached grid, the commonest first; none without a surface."""
    features = _surface_features(model)
    if len(features) == 0:
        return []
    looks = _looks(model, features)
    chosen = _farthest_first(looks, most)
    nearest = _nearest(looks, looks[chosen])
    share = np.bincount(nearest, minlength=len(chosen)) / len(looks)
    chosen = [place for place, part in zip(chosen, share, strict=True) if part >= _LEAST_SHARE]
    nearest = _nearest(looks, looks[chosen])
    samples: list[MaterialSample] = []
    for number in range(len(chosen)):
        members = np.nonzero(nearest == number)[0]
        typical = members[np.linalg.norm(looks[members] - looks[members].mean(0), axis=1).argmin()]
        samples.append(MaterialSample(features=features[typical].numpy(), share=len(members) / len(looks)))
    return sorted(samples, key=lambda sample: -sample.share)


def _surface_features(model: Model) -> torch.Tensor:
    """[N, F] of points evenly spread over the largest piece of the surface, on the CPU."""
    grid = model.cache.grid
    vertices, faces = isosurface(grid.cpu().numpy(), origin=(-1.0, -1.0, -1.0), spacing=model.cache.cell_size)
    vertices, _ = largest_component(vertices, faces)
    if len(vertices) == 0:
        return torch.zeros((0, model.config.sdf.features))
    places = np.unique(np.linspace(0, len(vertices) - 1, min(len(vertices), _POINTS)).round().astype(int))
    return model.sdf(torch.from_numpy(vertices[places]).to(grid.device))[1].cpu()


def _looks(model: Model, features: torch.Tensor) -> DoubleArray:
    """[N, 7] what materials are compared by."""
    material = model.shown_material(features.to(model.cache.grid.device))
    colours = torch.cat([material.albedo, material.specular], 1).clamp_min(0.0) ** (1.0 / 3.0)
    return torch.cat([colours, material.roughness[:, None]], 1).cpu().numpy().astype(np.float64)


def _farthest_first(looks: DoubleArray, most: int) -> list[int]:
    chosen = [int(np.linalg.norm(looks - looks.mean(0), axis=1).argmin())]
    away = np.linalg.norm(looks - looks[chosen[0]], axis=1)
    while len(chosen) < most and away.max() > _ALIKE:
        chosen.append(int(away.argmax()))
        away = np.minimum(away, np.linalg.norm(looks - looks[chosen[-1]], axis=1))
    return chosen


def _nearest(looks: DoubleArray, centres: DoubleArray) -> NDArray[np.intp]:
    return np.linalg.norm(looks[:, None] - centres[None], axis=2).argmin(1)
