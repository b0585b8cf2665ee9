"""Cast shadows against geometry, and against brute-force ray casting."""

import math
from dataclasses import replace

import pytest
import torch

from core.fields.model import Model
from core.fields.sdf import SdfField
from core.fields.sdf_cache import SdfCache
from core.render.shadow import visibility
from tests.core.render.analytic import OneSphere, TwoSpheres, model_of
from tests.core.render.solids import BALL_RADIUS, SLAB_TOP, HoveringBall, StandingBall

UP = torch.tensor([0.0, 0.0, 1.0])


def _cap(count: int = 400) -> torch.Tensor:
    """Points on the upper part of the big sphere."""
    points = torch.randn((count, 3), generator=torch.Generator().manual_seed(1))
    points[:, 2] = points[:, 2].abs() + 0.6
    return 0.5 * torch.nn.functional.normalize(points, dim=1)


def test_a_convex_body_casts_no_shadow_on_its_lit_side() -> None:
    points = _cap()
    normals = points / 0.5
    seen = visibility(model_of(OneSphere), points, normals, UP.expand(len(points), 1, 3))
    assert seen.min() > 0.9


def test_a_sphere_in_the_light_casts_a_round_shadow() -> None:
    points = _cap()
    normals = points / 0.5
    seen = visibility(model_of(TwoSpheres), points, normals, UP.expand(len(points), 1, 3))[:, 0]
    from_axis = points[:, :2].norm(dim=1)
    assert seen[from_axis < 0.12].max() < 0.05
    assert seen[from_axis > 0.18].min() > 0.95
    assert ((from_axis > 0.12) & (from_axis < 0.18)).any()


def test_a_light_from_behind_is_left_to_the_cosine() -> None:
    points = _cap(20)
    seen = visibility(model_of(TwoSpheres), points, points / 0.5, -UP.expand(20, 1, 3))
    assert torch.equal(seen, torch.ones((20, 1)))


def test_learnt_shadows_have_the_same_values_and_move_the_shape() -> None:
    """Against the field that casts them: a real one, so that there are weights to receive a gradient."""
    model = model_of(SdfField)
    points = 0.5 * torch.nn.functional.normalize(
        torch.randn((300, 3), generator=torch.Generator().manual_seed(2)), dim=1
    )
    normals = points / 0.5
    to_light = torch.nn.functional.normalize(torch.tensor([1.0, 0.2, 0.1]), dim=0).expand(300, 1, 3)
    plain = visibility(model, points, normals, to_light)
    learnt = visibility(model, points, normals, to_light, learn=True)
    assert (plain - learnt).abs().mean() < 0.02
    learnt.sum().backward()
    assert model.sdf.w2.grad is not None
    assert model.sdf.w2.grad.abs().sum() > 0


# ---- lamps that have a size -------------------------------------------------------------------------------------


def _soft(kind: type[SdfField], radius_deg: float, *, cells: int = 96) -> Model:
    """A model with soft shadows from lamps of this angular radius."""
    model = model_of(kind)
    model.config = replace(model.config, soft_shadows=True)
    model.log_lamp_radius = torch.nn.Parameter(torch.tensor(math.log(max(math.radians(radius_deg), 1e-6))))
    model.cache = SdfCache(model.sdf, cells=cells, device=torch.device("cpu"))
    return model


def _hard(kind: type[SdfField], *, cells: int = 96) -> Model:
    model = model_of(kind)
    model.cache = SdfCache(model.sdf, cells=cells, device=torch.device("cpu"))
    return model


def _lamp(elevation_deg: float) -> torch.Tensor:
    elevation = math.radians(elevation_deg)
    return torch.tensor([math.cos(elevation), 0.0, math.sin(elevation)])


def _slab(count: int = 6000) -> torch.Tensor:
    """Points on the top of the slab that the ball is over."""
    points = torch.rand((count, 3), generator=torch.Generator().manual_seed(5)) * 1.1 - 0.55
    points[:, 2] = SLAB_TOP
    return points


def _cast(points: torch.Tensor, lamp: torch.Tensor, radius_deg: float, height: float, rays: int = 1024) -> torch.Tensor:
    """Visibility [points] of a disc past the ball, by so many rays to parts of it, each cut with the exact ball."""
    index = torch.arange(rays) + 0.5
    radius, angle = (index / rays).sqrt() * math.tan(math.radians(radius_deg)), index * 2.399963
    across = torch.tensor([0.0, 1.0, 0.0])
    along = torch.linalg.cross(lamp, across)
    offset = (radius * angle.cos())[:, None] * along + (radius * angle.sin())[:, None] * across
    ways = torch.nn.functional.normalize(lamp + offset, dim=1)
    origin = points - torch.tensor([0.0, 0.0, height])
    middle = origin @ ways.T
    inside = middle**2 - (origin**2).sum(1, keepdim=True) + BALL_RADIUS**2
    ahead = inside.clamp_min(0.0).sqrt() - middle > 1e-4
    return 1.0 - ((inside > 0.0) & ahead).float().mean(1)


def _seen(model: Model, points: torch.Tensor, lamp: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return visibility(model, points, UP.expand_as(points), lamp.expand(len(points), 1, 3))[:, 0]


@pytest.mark.parametrize("elevation_deg", [70.0, 35.0])
@pytest.mark.parametrize("kind", [HoveringBall, StandingBall])
@pytest.mark.parametrize(("radius_deg", "limit"), [(3.0, 0.05), (8.0, 0.03)])
def test_penumbrae_are_those_of_a_disc(
    kind: type[HoveringBall], radius_deg: float, limit: float, elevation_deg: float
) -> None:
    """Mean error over the penumbra; where a lamp without a size errs several times as much."""
    points, lamp = _slab(), _lamp(elevation_deg)
    truth = _cast(points, lamp, radius_deg, kind.height)
    band = (truth > 0.0) & (truth < 1.0)
    error = (_seen(_soft(kind, radius_deg), points, lamp) - truth).abs()
    assert band.sum() > 50
    assert error[band].mean() < limit
    assert error.mean() < 0.005
    assert error[band].mean() < 0.4 * (_seen(_hard(kind), points, lamp) - truth).abs()[band].mean()


@pytest.mark.parametrize("elevation_deg", [70.0, 35.0])
def test_a_lamp_without_a_size_casts_the_shadow_of_exact_rays(elevation_deg: float) -> None:
    """Wrong within a cell of the shadow's edge only, and unbiased: as much too dark as too bright."""
    points, lamp = _slab(), _lamp(elevation_deg)
    truth = _cast(points, lamp, 0.0, HoveringBall.height, rays=1)
    model = _soft(HoveringBall, 0.0)
    seen = _seen(model, points, lamp)
    wrong = (seen - truth).abs()
    assert wrong.mean() < 0.006
    assert abs(float(seen.mean() - truth.mean())) < 0.001
    assert abs(float(_seen(_hard(HoveringBall), points, lamp).mean() - truth.mean())) < 0.006
    cell = model.cache.cell_size
    shift = torch.tensor([[cell / math.sin(math.radians(elevation_deg)), 0.0, 0.0], [0.0, cell, 0.0]])
    near_edge = torch.zeros(len(points), dtype=torch.bool)
    for step in (*shift, *-shift):
        near_edge |= _cast(points + step, lamp, 0.0, HoveringBall.height, rays=1) != truth
    assert wrong[~near_edge].max() < 0.05


def test_shadows_hold_up_to_a_contact() -> None:
    """A ball that stands on a slab: error by the distance to where they touch, in cells of the grid."""
    points, lamp = _slab(40000) * torch.tensor([0.3, 0.3, 1.0]), _lamp(35.0)
    truth = _cast(points, lamp, 0.0, StandingBall.height, rays=1)
    errors = {
        name: (_seen(model, points, lamp) - truth).abs()
        for name, model in (("hard", _hard(StandingBall)), ("soft", _soft(StandingBall, 0.0)))
    }
    cells = points[:, :2].norm(dim=1) / (2.0 / 96)
    rings = [(cells >= low) & (cells < high) for low, high in ((0, 2), (2, 4), (4, 6), (6, 8))]
    hard, soft = ([float(errors[name][ring].mean()) for ring in rings] for name in ("hard", "soft"))
    assert soft[0] < 0.01  # beneath the ball all is dark
    assert max(soft) < 0.12
    assert sum(soft) < 0.75 * sum(hard)


@pytest.mark.parametrize("radius_deg", [0.0, 8.0])
def test_a_lamp_of_any_size_leaves_a_convex_body_lit(radius_deg: float) -> None:
    points = 0.5 * torch.nn.functional.normalize(
        torch.randn((3000, 3), generator=torch.Generator().manual_seed(7)), dim=1
    )
    seen = visibility(_soft(OneSphere, radius_deg), points, points / 0.5, UP.expand(len(points), 1, 3))
    assert (seen == 1.0).all()


def test_the_size_of_the_lamps_is_learnt_from_a_penumbra() -> None:
    """Started at a third of the truth, by the photographs' own criterion: the absolute difference."""
    points, lamp = _slab(2000), _lamp(60.0)
    truth = _cast(points, lamp, 6.0, HoveringBall.height)
    model = _soft(HoveringBall, 2.0)
    assert model.log_lamp_radius is not None
    optimiser = torch.optim.Adam([model.log_lamp_radius], lr=0.05)
    for _ in range(80):
        optimiser.zero_grad()
        seen = visibility(model, points, UP.expand_as(points), lamp.expand(len(points), 1, 3))[:, 0]
        (seen - truth).abs().mean().backward()
        optimiser.step()
    assert math.degrees(float(model.lamp_radius().detach())) == pytest.approx(6.0, rel=0.1)


def test_the_slope_by_the_size_of_the_lamps_is_that_of_finite_differences() -> None:
    points, lamp = _slab(3000), _lamp(60.0)
    lights = lamp.expand(len(points), 1, 3)
    model = _soft(HoveringBall, 5.0)
    parameter = model.log_lamp_radius
    assert parameter is not None
    visibility(model, points, UP.expand_as(points), lights).square().sum().backward()

    def at(value: float) -> float:
        with torch.no_grad():
            parameter.fill_(value)
            return float(visibility(model, points, UP.expand_as(points), lights).double().square().sum())

    start = math.log(math.radians(5.0))
    slope = (at(start + 0.02) - at(start - 0.02)) / 0.04
    assert parameter.grad is not None
    assert float(parameter.grad) == pytest.approx(slope, rel=0.05)


def test_learnt_soft_shadows_move_the_shape_and_never_break() -> None:
    model = _soft(SdfField, 5.0)
    points = 0.5 * torch.nn.functional.normalize(
        torch.randn((300, 3), generator=torch.Generator().manual_seed(2)), dim=1
    )
    to_light = torch.nn.functional.normalize(torch.tensor([1.0, 0.2, 0.1]), dim=0).expand(300, 1, 3)
    plain = visibility(model, points, points / 0.5, to_light)
    learnt = visibility(model, points, points / 0.5, to_light, learn=True)
    assert (plain - learnt).abs().mean() < 0.02
    learnt.sum().backward()
    assert model.sdf.w2.grad is not None
    assert model.sdf.w2.grad.isfinite().all()
    assert model.sdf.w2.grad.abs().sum() > 0
