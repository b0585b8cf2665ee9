"""Compositing against an analytic sphere."""

import torch

from core.render.composite import sphere_span, trace
from tests.core.render.analytic import OneSphere, model_of


def _rays(count: int = 400) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    directions = torch.nn.functional.normalize(torch.randn((count, 3), generator=generator), dim=1)
    return 0.4 * torch.randn((count, 3), generator=generator) - 3.0 * directions, directions


def test_the_span_is_where_rays_cross_the_unit_sphere() -> None:
    origins, directions = _rays()
    near, far = sphere_span(origins, directions)
    closest = (origins - (origins * directions).sum(1, keepdim=True) * directions).norm(dim=1)
    inside = closest < 0.9
    for t in (near, far):
        radius = (origins + t[:, None] * directions).norm(dim=1)
        torch.testing.assert_close(radius[inside], torch.ones(int(inside.sum())), atol=1e-4, rtol=0)
    assert (far > near).all()


def test_rays_see_the_sphere_where_it_is() -> None:
    origins, directions = _rays()
    model = model_of(OneSphere)
    hits = trace(model, origins, directions, sections=12, jitter=torch.full((len(origins),), 0.5))
    along = -(origins * directions).sum(1)
    closest = (origins + along[:, None] * directions).norm(dim=1)
    hit, miss = closest < 0.45, closest > 0.53
    entry = along - (0.25 - closest**2).clamp_min(0).sqrt()
    assert hits.opacity.max() <= 1.0 + 1e-5
    assert hits.opacity[hit].min() > 0.97
    assert hits.opacity[miss].max() < 0.03
    assert (hits.distance - entry)[hit].abs().max() < 0.01
    outward = torch.nn.functional.normalize(hits.points, dim=1)
    assert (outward * hits.normal).sum(1)[hit].min() > 0.999


def test_opacity_grows_with_sharpness_at_a_hit_and_fades_at_a_miss() -> None:
    origins = torch.tensor([[0.0, 0.0, -3.0], [0.56, 0.0, -3.0]])
    directions = torch.tensor([[0.0, 0.0, 1.0]]).expand(2, 3)
    jitter = torch.full((2,), 0.5)
    soft, sharp = (
        trace(model_of(OneSphere, sharpness=s), origins, directions, sections=48, jitter=jitter).opacity
        for s in (20.0, 400.0)
    )
    assert sharp[0] >= soft[0] - 1e-3
    assert sharp[1] < soft[1]
