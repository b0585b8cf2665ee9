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


def test_the_first_hit_equals_plain_and_geometry(cache: SdfCache) -> None:
    origins, directions, _, _ = _rays(600)
    origins = origins + 1.3 * directions  # inside the unit sphere, most of them outside the object
    outside = origins.norm(dim=1) > RADIUS
    origins, directions = origins[outside], directions[outside]
    # With rays that rise at once the height they are kept at makes no difference.
    found = cache.first_hit(origins, directions, directions, start=0.0, floor=0.0)
    plain = tracing_torch.first_hit(
        origins, directions, directions, cache.grid, start=0.0, floor=0.0, step_min=0.5 * cache.cell_size, steps=64
    )
    torch.testing.assert_close(found, plain, atol=1e-4, rtol=0)
    along = -(origins * directions).sum(1)
    closest = (origins + along[:, None] * directions).norm(dim=1)
    inside = (origins.norm(dim=1) < 1.0) & (along > 0)
    hit = inside & (closest < RADIUS - 0.02)
    entry = along - (RADIUS**2 - closest**2).clamp_min(0).sqrt()
    assert hit.sum() > 100
    assert (found - entry)[hit].abs().max() < 0.02
    assert (found[(closest > RADIUS + 0.02) | (along < 0)] == -1.0).all()


def test_rays_along_a_convex_surface_do_not_hit_it(cache: SdfCache) -> None:
    """However flat they leave it, since they are kept half a cell above the tangent plane; plain ones the same."""
    normals, directions, _, _ = _rays(2000)
    normals = torch.nn.functional.normalize(normals, dim=1)
    level = torch.nn.functional.normalize(directions - (directions * normals).sum(1, keepdim=True) * normals, dim=1)
    # Even a little below the horizon, as a normal that is somewhat wrong makes them.
    rays = (RADIUS * normals, normals, torch.nn.functional.normalize(level - 0.1 * normals, dim=1))
    floor = 0.5 * cache.cell_size
    found = cache.first_hit(*rays, start=cache.cell_size, floor=floor)
    assert (found == -1.0).all()
    assert found.equal(
        tracing_torch.first_hit(*rays, cache.grid, start=cache.cell_size, floor=floor, step_min=floor, steps=64)
    )
    assert (cache.first_hit(*rays, start=cache.cell_size, floor=-2.0) > 0.0).all()  # not kept at any height


@pytest.mark.parametrize("wide", [0.0, 0.2])
def test_the_narrowest_pass_equals_plain_and_the_closest_approach(cache: SdfCache, wide: float) -> None:
    generator = torch.Generator().manual_seed(6)
    normals = torch.nn.functional.normalize(torch.randn((400, 3), generator=generator), dim=1)
    directions = torch.nn.functional.normalize(torch.randn((400, 3), generator=generator), dim=1)
    origins, floor = 0.8 * normals, 0.5 * cache.cell_size
    spread = torch.full((400,), wide)
    least, where = cache.narrowest_pass(origins, normals, directions, spread, start=0.1, floor=floor)
    plain = tracing_torch.narrowest_pass(
        origins, normals, directions, spread, cache.grid,
        start=0.1, floor=floor, step_min=0.5 * cache.cell_size, steps=64,
    )  # fmt: skip
    torch.testing.assert_close(least, plain[0], atol=1e-3, rtol=1e-4)
    assert ((where - plain[1]).abs() < 1e-3).float().mean() > 0.99
    # Above its tangent plane a ray is not lifted: without a spread it is the closest approach in units of the floor.
    rising = (normals * directions).sum(1) * 0.1 > floor
    near, _ = cache.closest_approach(origins, directions, start=0.1)
    if wide == 0.0:
        clear = rising & (near > 0)
        torch.testing.assert_close(least[clear] * floor, near[clear], atol=1e-5, rtol=0)
    else:
        assert (least[rising & (near > 0)] * floor <= near[rising & (near > 0)] + 1e-5).all()
        assert (least[rising & (near < -floor)] < 0).all()
