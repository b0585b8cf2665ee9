"""Light reflected once against brute-force integration, and the laws it obeys."""

import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from core.fields.model import Model
from core.fields.sdf import SdfField
from core.render.bounce import bounced_light
from core.render.composite import SurfaceHits, trace
from core.render.hemisphere import even_directions
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


def test_it_is_linear_in_the_light_and_moves_the_albedo_not_the_lights() -> None:
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


def _coloured(model: Model) -> Model:
    """``model`` with a diffuse colour that depends on the features."""
    generator = torch.Generator().manual_seed(6)
    with torch.no_grad():
        for name, weight in model.reflectance.named_parameters():
            if name in ("material_w1", "material_w2"):
                weight.copy_(0.5 * torch.randn(weight.shape, generator=generator))
    return model


def test_gradients_reach_the_features_of_the_first_reflection_and_nothing_of_the_second() -> None:
    """Those into the features are finite differences; places, normals and lights are constants."""
    model, hits = _coloured(_model(Bowl)), _inside_bowl()
    features = torch.randn((300, 4), generator=torch.Generator().manual_seed(5)).requires_grad_()
    points, normals = hits.points.clone().requires_grad_(), hits.normal.clone().requires_grad_()
    light = _light(UP, 300).clone().requires_grad_()

    def total(features: Tensor) -> Tensor:
        seen = replace(hits, points=points, normal=normals, features=features)
        return bounced_light(model, seen, light, torch.ones((300, 1, 3)), rays=8).double().sum()

    total(features).backward()
    assert [leaf.grad for leaf in (points, normals, light)] == [None, None, None]
    assert features.grad is not None
    way = features.grad.sign()
    with torch.no_grad():
        slope = (total(features + 1e-3 * way) - total(features - 1e-3 * way)) / 2e-3
    assert float(slope) > 1.0
    assert float(features.grad.abs().sum()) == pytest.approx(float(slope), rel=0.01)


class _PaintedBowl(Bowl):
    """A bowl whose features are the place."""

    def forward(self, points: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        distance, ones, gradient = super().forward(points)
        return distance, torch.cat([20.0 * points, ones[:, 3:]], 1), gradient


@pytest.mark.parametrize(("kind", "moves"), [(_PaintedBowl, True), (Bowl, False)])
def test_where_features_vary_bounced_light_reaches_the_shape_through_their_weights(
    kind: type[SdfField], moves: bool
) -> None:
    """The sharpness stands for all that the weights of compositing depend on."""
    model = _coloured(_model(kind))
    aside = torch.linspace(-0.3, 0.3, 60)
    origins = torch.stack([aside, 0.1 + 0.5 * aside, torch.full_like(aside, -0.05)], 1)
    down = torch.nn.functional.normalize(torch.tensor([0.3, 0.2, 1.0]), dim=0).expand(60, 3)
    hits = trace(model, origins + 1.5 * down, -down, sections=16, jitter=torch.full((60,), 0.5))
    found = bounced_light(model, hits, _light(UP, 60), torch.ones((60, 1, 3)), rays=8)
    assert found.detach().any()
    found.sum().backward()
    slope = model.log_sharpness.grad
    assert slope is not None
    assert (abs(float(slope)) > 1e-5) is moves


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
