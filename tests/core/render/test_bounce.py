"""Light reflected once against brute-force integration, and the laws it obeys."""

import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from core.fields.model import Model
from core.fields.sdf import SdfField
from core.render.bounce import bounced_light, even_directions
from core.render.composite import SurfaceHits
from core.render.shade import shade_hits
from tests.core.render.analytic import OneSphere, model_of
from tests.core.render.solids import BOWL_RADIUS, FLOOR_TOP, HALF_WIDTH, WALL_TOP, WALL_X, Bowl, Corner, matte

ALBEDO = 0.6
UP = torch.tensor([0.0, 0.0, 1.0])


def _model(kind: type[SdfField], *, bounce: bool = True) -> Model:
    model = matte(model_of(kind, residual=False), ALBEDO)
    model.config = replace(model.config, bounce=bounce)
    return model


def _hits(points: Tensor, normals: Tensor) -> SurfaceHits:
    count = len(points)
    return SurfaceHits(
        opacity=torch.ones(count),
        distance=torch.ones(count),
        normal=normals,
        features=torch.ones((count, 4)),
        gradient=torch.zeros((count, 0, 3)),
        points=points,
    )


def _floor(distance: Tensor) -> SurfaceHits:
    """Points of the corner's floor in the plane y = 0, ``distance`` from the wall."""
    points = torch.stack([WALL_X + distance, torch.zeros_like(distance), torch.full_like(distance, FLOOR_TOP)], 1)
    return _hits(points, UP.expand_as(points))


def _inside_bowl(count: int = 300) -> SurfaceHits:
    inward = torch.randn((count, 3), generator=torch.Generator().manual_seed(3))
    inward[:, 2] = -inward[:, 2].abs() - 0.3
    outward = torch.nn.functional.normalize(inward, dim=1)
    return _hits(BOWL_RADIUS * outward, -outward)


def _light(direction: Tensor, count: int) -> Tensor:
    return torch.nn.functional.normalize(direction, dim=0).expand(count, 1, 3)


def _from_the_wall(distance: Tensor, falling: float) -> Tensor:
    """Irradiance [points] that a wall lit by ``falling`` sends to the floor: the sum of its parts."""
    y = (torch.arange(600) + 0.5) / 600 * 2 * HALF_WIDTH - HALF_WIDTH
    z = (torch.arange(600) + 0.5) / 600 * (WALL_TOP - FLOOR_TOP)
    part = (y[1] - y[0]) * (z[1] - z[0])
    squared = distance[:, None, None] ** 2 + y[None, :, None] ** 2 + z[None, None] ** 2
    cosines = distance[:, None, None] * z[None, None] / squared
    return ALBEDO / math.pi * falling * (cosines / squared).sum((1, 2)) * part


def test_a_corner_is_lit_by_its_wall_as_the_sum_over_the_wall_says() -> None:
    distance = torch.tensor([0.1, 0.15, 0.2, 0.3, 0.5, 0.7])
    found = bounced_light(
        _model(Corner),
        _floor(distance),
        _light(torch.tensor([1.0, 0.0, 1.0]), 6),
        torch.full((6, 1, 3), 2.0),
        rays=4096,
    )[:, 0, 0].detach()
    truth = ALBEDO / math.pi * _from_the_wall(distance, 2.0 * math.sqrt(0.5))
    torch.testing.assert_close(found, truth, rtol=0.04, atol=0)


def test_few_directions_are_right_on_average() -> None:
    """Eight directions, as in training, at many points that all see the same."""
    y = torch.linspace(-0.05, 0.05, 2000)
    points = torch.stack([torch.full_like(y, WALL_X + 0.2), y, torch.full_like(y, FLOOR_TOP)], 1)
    light = _light(torch.tensor([1.0, 0.0, 1.0]), 2000)
    found = bounced_light(_model(Corner), _hits(points, UP.expand_as(points)), light, torch.ones((2000, 1, 3)), rays=8)[
        :, 0, 0
    ].detach()
    truth = ALBEDO / math.pi * _from_the_wall(torch.tensor([0.2]), math.sqrt(0.5))
    assert found.mean() == pytest.approx(float(truth), rel=0.03)
    assert found.std() < 0.6 * truth


def test_a_wall_that_faces_away_from_the_light_sends_nothing() -> None:
    light = _light(torch.tensor([-1.0, 0.0, 1.0]), 1)
    found = bounced_light(_model(Corner), _floor(torch.tensor([0.2])), light, torch.ones((1, 1, 3)), rays=256)
    assert not found.any()


def test_a_bowl_fills_with_light_evenly() -> None:
    """Inside a sphere every part receives the same from every other: a quarter of albedo times intensity in all."""
    hits = _inside_bowl()
    found = bounced_light(_model(Bowl), hits, _light(UP, 300), torch.ones((300, 1, 3)), rays=256)[:, 0].detach()
    assert (found / (ALBEDO / math.pi * ALBEDO / 4)).mean() == pytest.approx(1.0, abs=0.04)
    assert found.std() < 0.1 * found.mean()


def test_bounced_light_is_less_than_what_was_reflected_first() -> None:
    hits, light = _inside_bowl(), _light(UP, 300)
    eye = -hits.normal
    direct = shade_hits(_model(Bowl, bounce=False), hits, eye, light, torch.ones((300, 1, 3)), shadows=1.0)
    both = shade_hits(_model(Bowl), hits, eye, light, torch.ones((300, 1, 3)), shadows=1.0)
    assert torch.equal(direct.unshadowed, both.unshadowed)
    gain = (both.radiance - direct.radiance).mean() / direct.radiance.mean()
    assert 0.05 < gain < ALBEDO


def test_a_convex_body_does_not_light_itself() -> None:
    normals = torch.nn.functional.normalize(torch.randn((500, 3), generator=torch.Generator().manual_seed(1)), dim=1)
    hits = _hits(0.5 * normals, normals)
    light = _light(torch.tensor([0.3, -0.2, 0.9]), 500)
    assert not bounced_light(_model(OneSphere), hits, light, torch.ones((500, 1, 3)), rays=64).any()


def test_it_is_linear_in_the_light_and_moves_the_albedo_alone() -> None:
    model, hits = _model(Bowl), _inside_bowl()
    light = _light(torch.tensor([0.3, 0.1, 1.0]), 300).clone().requires_grad_()
    intensity = torch.rand((300, 1, 3), generator=torch.Generator().manual_seed(2)).requires_grad_()
    found = bounced_light(model, hits, light, intensity, rays=8)
    torch.testing.assert_close(bounced_light(model, hits, light, 3.0 * intensity, rays=8), 3.0 * found)
    found.sum().backward()
    assert light.grad is None
    assert intensity.grad is None
    slopes = [weight.grad for name, weight in model.reflectance.named_parameters() if name == "material_b2"]
    assert slopes[0] is not None
    # By the first reflection: albedo a = sigmoid(b) scales it, so its slope by b is the value times 1 - a.
    torch.testing.assert_close(slopes[0][:3], (1.0 - ALBEDO) * found.detach().sum((0, 1)), rtol=1e-3, atol=0)


def test_it_is_the_same_every_time_whatever_is_asked_beside_it() -> None:
    model, hits = _model(Bowl), _inside_bowl(5000)
    light, intensity = _light(UP, 5000), torch.ones((5000, 1, 3))
    whole = bounced_light(model, hits, light, intensity, rays=4)
    assert torch.equal(whole, bounced_light(model, hits, light, intensity, rays=4))
    few = _hits(hits.points[4500:], hits.normal[4500:])
    torch.testing.assert_close(
        whole[4500:], bounced_light(model, few, light[4500:], intensity[4500:], rays=4), rtol=1e-4, atol=1e-6
    )


def test_nothing_seen_is_nothing_lit() -> None:
    none = _hits(torch.zeros((0, 3)), torch.zeros((0, 3)))
    found = bounced_light(_model(Bowl), none, torch.zeros((0, 2, 3)), torch.zeros((0, 2, 3)), rays=8)
    assert found.shape == (0, 2, 3)


def test_directions_are_as_dense_as_the_cosine() -> None:
    normals = torch.nn.functional.normalize(torch.randn((200, 3), generator=torch.Generator().manual_seed(4)), dim=1)
    ways = even_directions(0.5 * normals, normals, 64)
    torch.testing.assert_close(ways.norm(dim=2), torch.ones((200, 64)), atol=1e-4, rtol=0)
    cosine = (ways * normals[:, None]).sum(2)
    assert cosine.min() >= 0.0
    # Of a density n.w / pi the mean cosine is 2/3, that of its square 1/2; nothing leans to a side.
    assert cosine.mean() == pytest.approx(2 / 3, abs=0.005)
    assert (cosine**2).mean() == pytest.approx(1 / 2, abs=0.005)
    assert (ways - cosine[..., None] * normals[:, None]).mean((0, 1)).abs().max() < 0.01
