"""Shapes whose light transport is known by geometry: a corner, a bowl, and a ball over a slab."""

import math
from abc import ABC, abstractmethod

import torch
from torch import Tensor

from core.fields.model import Model
from core.fields.sdf import SdfField

BALL_RADIUS = 0.2
SLAB_TOP = -0.3
WALL_X = -0.4
"""The corner: a floor whose top is z = FLOOR_TOP, and a wall whose face is x = WALL_X up to z = WALL_TOP."""
FLOOR_TOP, WALL_TOP, HALF_WIDTH = -0.25, 0.35, 0.5
BOWL_RADIUS = 0.5


class Solid(SdfField, ABC):
    """A field of exact distances; its gradient is autograd's, its features are all one."""

    @abstractmethod
    def exact(self, points: Tensor) -> Tensor:
        """Signed distance [points]."""

    def quick_distance(self, points: Tensor) -> Tensor:
        return self.exact(points)

    def distance(self, points: Tensor, *, chunk: int = 1 << 18) -> Tensor:
        return self.exact(points)

    def forward(self, points: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        with torch.enable_grad():
            spots = points.detach().clone().requires_grad_()
            distance = self.exact(spots)
            (gradient,) = torch.autograd.grad(distance.sum(), spots)
        return distance.detach(), torch.ones((len(points), self.config.features)), gradient


def _box(points: Tensor, centre: tuple[float, float, float], half: tuple[float, float, float]) -> Tensor:
    beyond = (points - torch.tensor(centre)).abs() - torch.tensor(half)
    return beyond.clamp_min(0.0).norm(dim=1) + beyond.max(1).values.clamp(max=0.0)


class Corner(Solid):
    """A floor and a wall that stand at right angles."""

    def exact(self, points: Tensor) -> Tensor:
        floor = _box(points, (0.0, 0.0, FLOOR_TOP - 0.1), (0.5, HALF_WIDTH, 0.1))
        middle = 0.5 * (FLOOR_TOP + WALL_TOP)
        wall = _box(points, (WALL_X - 0.05, 0.0, middle), (0.05, HALF_WIDTH, WALL_TOP - middle))
        return torch.minimum(floor, wall)


class Bowl(Solid):
    """Half of a hollow ball, open toward z: its inside is a hemisphere of radius ``BOWL_RADIUS``."""

    def exact(self, points: Tensor) -> Tensor:
        length = points.norm(dim=1)
        return torch.stack([length - 0.8, BOWL_RADIUS - length, points[:, 2]]).max(0).values


class HoveringBall(Solid):
    """A ball above a slab, a tenth from it."""

    height = SLAB_TOP + BALL_RADIUS + 0.1
    """z of the ball's centre, on the z axis."""

    def exact(self, points: Tensor) -> Tensor:
        ball = (points - torch.tensor([0.0, 0.0, self.height])).norm(dim=1) - BALL_RADIUS
        return torch.minimum(ball, _box(points, (0.0, 0.0, SLAB_TOP - 0.1), (0.6, 0.6, 0.1)))


class StandingBall(HoveringBall):
    """A ball that stands on a slab and touches it at (0, 0, SLAB_TOP)."""

    height = SLAB_TOP + BALL_RADIUS


def matte(model: Model, albedo: float) -> Model:
    """``model`` (of analytic reflectance) with this diffuse colour everywhere; its lobe is as weak as it can be."""
    return _made_of(model, albedo=albedo, specular=None, roughness=None)


def metal(model: Model, specular: float, roughness: float) -> Model:
    """``model`` (of analytic reflectance) with this lobe everywhere and no diffuse colour."""
    return _made_of(model, albedo=None, specular=specular, roughness=roughness)


def _made_of(model: Model, *, albedo: float | None, specular: float | None, roughness: float | None) -> Model:
    """None: no colour; as rough as can be."""
    colours = [-20.0 if value is None else math.log(value / (1.0 - value)) for value in (albedo, specular)]
    rough = 20.0 if roughness is None else math.log((roughness - 0.08) / (1.0 - roughness))
    with torch.no_grad():
        for name, weight in model.reflectance.named_parameters():
            weight.zero_()
            if name == "material_b2":
                weight.copy_(torch.tensor([colours[0]] * 3 + [colours[1]] * 3 + [rough]))
    return model
