"""Sampling and shadow rays on a cached sphere: compiled equals plain, and both equal geometry."""

import pytest
import torch

from core.fields import tracing_torch
from core.fields.sdf import SdfConfig, SdfField
from core.fields.sdf_cache import SdfCache

RADIUS = 0.5


class _Sphere(SdfField):
    """The exact distance to a sphere, in place of a learnt field."""

    radius = RADIUS

    def quick_distance(self, points: torch.Tensor) -> torch.Tensor:
        return points.norm(dim=1) - self.radius


@pytest.fixture
def field() -> _Sphere:
    config = SdfConfig(levels=2, coarsest_cells=4, finest_cells=8, log2_rows=8, hidden=8, features=2)
    return _Sphere(config, device=torch.device("cpu"), generator=torch.Generator().manual_seed(0))


@pytest.fixture
def cache(field: _Sphere) -> SdfCache:
    return SdfCache(field, cells=64, device=torch.device("cpu"))


def _rays(count: int = 300) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    directions = torch.nn.functional.normalize(torch.randn((count, 3), generator=generator), dim=1)
    origins = 0.45 * torch.randn((count, 3), generator=generator) - 2.0 * directions
    along = -(origins * directions).sum(1)
    return origins, directions, along - 1.0, along + 1.0


def test_lookup_equals_plain_and_the_sphere(cache: SdfCache) -> None:
    points = torch.rand((500, 3), generator=torch.Generator().manual_seed(2)) * 2.2 - 1.1
    found = cache.lookup(points)
    torch.testing.assert_close(found, tracing_torch.lookup(points, cache.grid), atol=1e-5, rtol=0)
    inside = (points.abs() < 1).all(1) & (points.norm(dim=1) > 0.2)
    assert (found - (points.norm(dim=1) - RADIUS))[inside].abs().max() < 0.01


@pytest.mark.parametrize("sharpness", [20.0, 200.0])
def test_sections_equal_plain_and_are_ordered(cache: SdfCache, sharpness: float) -> None:
    origins, directions, near, far = _rays()
    jitter = torch.rand(len(near), generator=torch.Generator().manual_seed(3))
    edges = cache.sections(origins, directions, near, far, jitter, sharpness=sharpness, count=12)
    plain = tracing_torch.sample_sections(
        origins, directions, near, far, jitter, cache.grid,
        sharpness=sharpness, lookups=48, pieces=8, floor=0.05, sections=12,
    )  # fmt: skip
    assert (edges - plain).abs().median() < 1e-5
    assert ((edges - plain).abs() < 0.01).float().mean() > 0.99  # a quantile on a piece's end may fall either way
    assert (edges[:, 1:] >= edges[:, :-1]).all()
    assert (edges[:, 0] >= near - 1e-4).all()
    assert (edges[:, -1] <= far + 1e-4).all()


def test_sections_crowd_where_the_ray_meets_the_sphere(cache: SdfCache) -> None:
    origins, directions, near, far = _rays()
    edges = cache.sections(origins, directions, near, far, torch.full_like(near, 0.5), sharpness=200.0, count=12)
    along = -(origins * directions).sum(1)
    closest = (origins + along[:, None] * directions).norm(dim=1)
    hit = closest < 0.4
    entry = along - (RADIUS**2 - closest**2).clamp_min(0).sqrt()
    middle = edges[:, 6]
    assert hit.sum() > 30
    assert (middle - entry)[hit].abs().max() < 0.02


def test_closest_approach_equals_plain_and_geometry(cache: SdfCache) -> None:
    generator = torch.Generator().manual_seed(4)
    origins = torch.nn.functional.normalize(torch.randn((300, 3), generator=generator), dim=1) * 0.8
    directions = torch.nn.functional.normalize(torch.randn((300, 3), generator=generator), dim=1)
    least, where = cache.closest_approach(origins, directions, start=0.0)
    plain = tracing_torch.closest_approach(
        origins, directions, cache.grid, start=0.0, step_min=0.5 * cache.cell_size, steps=64
    )
    torch.testing.assert_close(least, plain[0], atol=1e-5, rtol=0)
    torch.testing.assert_close(where, plain[1], atol=1e-4, rtol=0)
    along = -(origins * directions).sum(1)
    closest = (origins + along[:, None] * directions).norm(dim=1)
    toward = along > 0
    blocked, clear = toward & (closest < 0.45), toward & (closest > 0.55)
    assert (least[blocked] < 0).all()
    assert (least[clear] > 0).all()
    assert (least[clear] - (closest[clear] - RADIUS)).abs().max() < 0.03


def test_the_cache_follows_a_surface_that_moves(field: _Sphere, cache: SdfCache) -> None:
    """A refresh evaluates few nodes, yet a surface that travels is never lost."""
    for turn in range(40):
        field.radius = RADIUS + 0.01 * turn
        cache.refresh(field, shares=48)
    for _ in range(4):
        cache.refresh(field, shares=48)
    points = torch.nn.functional.normalize(torch.randn((200, 3), generator=torch.Generator().manual_seed(5)), dim=1)
    assert cache.lookup(points * field.radius).abs().max() < 0.01
