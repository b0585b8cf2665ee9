"""Light mirrored once against brute-force integration, and the laws it obeys."""

import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from core.fields.model import Model
from core.fields.reflectance import cosines, ggx_lobe
from core.fields.reflectance_neural import NeuralReflectance
from core.fields.sdf import SdfField
from core.render.bounce import bounced_light
from core.render.composite import SurfaceHits
from core.render.hemisphere import ggx_normals
from core.render.mirror import mirrored_light, shiny
from core.render.shade import shade_hits
from tests.core.render.analytic import OneSphere, model_of
from tests.core.render.solids import FLOOR_TOP, HALF_WIDTH, WALL_TOP, WALL_X, Corner, matte, metal

SPECULAR, ROUGHNESS = 0.7, 0.45
UP = torch.tensor([0.0, 0.0, 1.0])
OUT = torch.tensor([1.0, 0.0, 0.0])


def _model(kind: type[SdfField] = Corner, *, roughness: float = ROUGHNESS) -> Model:
    model = metal(model_of(kind, residual=False), SPECULAR, roughness)
    model.config = replace(model.config, bounce=True, mirror=True)
    return model


def _mirrored(
    model: Model, hits: SurfaceHits, to_eye: Tensor, to_light: Tensor, intensity: Tensor, *, rays: int
) -> Tensor:
    return mirrored_light(model, hits, shiny(model, hits.features), to_eye, to_light, intensity, rays=rays)


def _floor(distance: Tensor, normals: Tensor | None = None) -> SurfaceHits:
    """Points of the corner's floor in the plane y = 0, ``distance`` from the wall."""
    count = len(distance)
    return SurfaceHits(
        opacity=torch.ones(count),
        distance=torch.ones(count),
        normal=UP.expand(count, 3) if normals is None else normals,
        features=torch.ones((count, 4)),
        gradient=torch.zeros((count, 0, 3)),
        points=torch.stack([WALL_X + distance, torch.zeros(count), torch.full((count,), FLOOR_TOP)], 1),
    )


def _toward(x: float, z: float, count: int) -> Tensor:
    return torch.nn.functional.normalize(torch.tensor([x, 0.0, z]), dim=0).expand(count, 3)


def _from_the_wall(
    hits: SurfaceHits, to_eye: Tensor, light: Tensor, *, roughness: float = ROUGHNESS, cosine_to: Tensor | None = None
) -> Tensor:
    """Radiance [points] that floor points mirror of the wall under a lamp of intensity 1: the sum of its parts.

    ``cosine_to``: the normal that arriving light is weighed by, unless the one that the lobe stands on.
    """
    rough, specular = torch.full((1,), roughness), torch.full((1, 3), SPECULAR)
    y = (torch.arange(500) + 0.5) / 500 * 2 * HALF_WIDTH - HALF_WIDTH
    z = (torch.arange(500) + 0.5) / 500 * (WALL_TOP - FLOOR_TOP) + FLOOR_TOP
    part = float((y[1] - y[0]) * (z[1] - z[0]))
    places = torch.stack([torch.full((250_000,), WALL_X), y.repeat_interleave(500), z.repeat(500)], 1)
    sums: list[Tensor] = []
    for point, normal, eye in zip(hits.points, hits.normal, to_eye, strict=True):
        offset = places - point
        squared = (offset * offset).sum(1)
        way = offset / squared.sqrt()[:, None]
        solid_angle = part * -(way * OUT).sum(1) / squared
        near = ggx_lobe(rough, specular, cosines(normal[None], eye[None], way[None]))[0, :, 0]
        far = ggx_lobe(rough, specular, cosines(OUT.expand_as(way), -way, light.expand(len(way), 1, 3)))[:, 0, 0]
        lit = float((light * OUT).sum())
        cosine = (way * (normal if cosine_to is None else cosine_to)).sum(1)
        sums.append((near * cosine * far * lit * solid_angle).sum())
    return torch.stack(sums)


@pytest.mark.parametrize("roughness", [0.3, 0.45, 0.7])
def test_a_corner_of_metal_shows_its_wall_as_the_sum_over_the_wall_says(roughness: float) -> None:
    """All of it, with what is reflected as by matte surfaces: of rough lobes, too, nothing is counted twice."""
    hits, light = _floor(torch.tensor([0.1, 0.2, 0.3, 0.5])), _toward(1.0, 0.35, 1)
    to_eye, lamps, one = _toward(1.0, 0.9, 4), light.expand(4, 1, 3), torch.ones((4, 1, 3))
    model = _model(roughness=roughness)
    both = shade_hits(model, hits, -to_eye, lamps, one, shadows=1.0, bounce_rays=4096).radiance
    direct = shade_hits(model, hits, -to_eye, lamps, one, shadows=1.0, bounce_rays=0).radiance
    truth = _from_the_wall(hits, to_eye, light, roughness=roughness)
    assert truth.min() > 0.02
    torch.testing.assert_close((both - direct)[:, 0, 0].detach(), truth, rtol=0.05, atol=0)


@pytest.mark.parametrize("roughness", [0.3, 0.45])
def test_sixteen_directions_are_right_on_average(roughness: float) -> None:
    """As in training, at many points that all see nearly the same."""
    distance = torch.linspace(0.195, 0.205, 1500)
    hits, light, to_eye = _floor(distance), _toward(1.0, 0.35, 1500)[:, None], _toward(1.0, 0.9, 1500)
    found = _mirrored(_model(roughness=roughness), hits, to_eye, light, torch.ones((1500, 1, 3)), rays=16)[
        :, 0, 0
    ].detach()
    truth = _from_the_wall(_floor(torch.tensor([0.2])), to_eye[:1], light[0], roughness=roughness)
    assert found.mean() == pytest.approx(float(truth), rel=0.05)
    assert found.std() < 0.6 * truth


def test_a_convex_body_mirrors_nothing_of_itself() -> None:
    normals = torch.nn.functional.normalize(torch.randn((500, 3), generator=torch.Generator().manual_seed(1)), dim=1)
    hits = replace(_floor(torch.zeros(500), normals), points=0.5 * normals)
    light = _toward(0.3, 0.9, 500)[:, None]
    assert not _mirrored(_model(OneSphere), hits, normals, light, torch.ones((500, 1, 3)), rays=64).any()


@pytest.mark.parametrize("kind", ["matte", "network"])
def test_what_is_matte_or_has_no_lobe_mirrors_nothing(kind: str) -> None:
    model = _model()
    if kind == "matte":
        matte(model, 0.6)
    else:
        generator = torch.Generator().manual_seed(0)
        model.reflectance = NeuralReflectance(4, hidden=8, device=torch.device("cpu"), generator=generator)
    hits, light = _floor(torch.tensor([0.1, 0.2])), _toward(1.0, 0.35, 2)[:, None]
    assert not _mirrored(model, hits, _toward(1.0, 0.9, 2), light, torch.ones((2, 1, 3)), rays=64).any()


def test_it_is_linear_in_the_light_the_same_every_time_and_leaves_the_lights_alone() -> None:
    model, hits, to_eye = _model(), _floor(torch.linspace(0.1, 0.5, 40)), _toward(1.0, 0.9, 40)
    light = _toward(1.0, 0.35, 40)[:, None].clone().requires_grad_()
    intensity = torch.rand((40, 1, 3), generator=torch.Generator().manual_seed(2)).requires_grad_()
    found = _mirrored(model, hits, to_eye, light, intensity, rays=16)
    assert torch.equal(found, _mirrored(model, hits, to_eye, light, intensity, rays=16))
    torch.testing.assert_close(_mirrored(model, hits, to_eye, light, 3.0 * intensity, rays=16), 3.0 * found)
    found.sum().backward()
    assert light.grad is None
    assert intensity.grad is None
    assert any(weight.grad is not None and weight.grad.any() for weight in model.reflectance.parameters())


def test_gradients_turn_the_normal_as_the_sum_over_the_wall_says() -> None:
    """Against its differences; what arrives, its cosine included, stays as it is."""
    distance, light = torch.tensor([0.2]), _toward(1.0, 0.35, 1)
    to_eye = _toward(1.0, 0.6, 1)
    normal = UP[None].clone().requires_grad_()
    _mirrored(_model(), _floor(distance, normal), to_eye, light[None], torch.ones((1, 1, 3)), rays=8192)[
        ..., 0
    ].sum().backward()
    assert normal.grad is not None

    def turned(angle: float) -> float:
        tilted = _floor(distance, torch.tensor([[math.sin(angle), 0.0, math.cos(angle)]]))
        return float(_from_the_wall(tilted, to_eye, light, cosine_to=UP))

    assert float(normal.grad[0, 0]) == pytest.approx((turned(0.02) - turned(-0.02)) / 0.04, rel=0.1)


def _half_shiny(model: Model) -> Model:
    """``model`` with its lobe where the first feature is 1, and none where it is 0; nearly black otherwise."""
    with torch.no_grad():
        for name, weight in model.reflectance.named_parameters():
            if name == "material_w1":
                weight[0, 0] = 1.0
            if name == "material_w2":
                weight[3:6, 0] = 20.0
            if name == "material_b2":
                weight[3:6] -= 20.0
                weight[:3] = -5.0
    return model


def test_points_and_lights_do_not_get_mixed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shiny points among matte ones under three lights each, in small parts: as each alone."""
    monkeypatch.setattr("core.render.mirror._CHUNK", 7)
    model, hits = _half_shiny(_model()), _floor(torch.linspace(0.1, 0.5, 30))
    hits.features[1::3, 0] = 0.0
    generator = torch.Generator().manual_seed(7)
    to_eye = torch.nn.functional.normalize(
        torch.tensor([1.0, 0.0, 0.8]) + 0.2 * torch.randn((30, 3), generator=generator), dim=1
    )
    light = torch.nn.functional.normalize(
        torch.tensor([1.0, 0.0, 0.4]) + 0.3 * torch.randn((30, 3, 3), generator=generator), dim=2
    )
    intensity = torch.rand((30, 3, 3), generator=generator)
    found = _mirrored(model, hits, to_eye, light, intensity, rays=16)
    assert not found[1::3].any()
    assert (found[0::3].sum((1, 2)) > 0.0).all()
    for at in range(30):
        point = replace(_floor(torch.linspace(0.1, 0.5, 30)[at : at + 1]), features=hits.features[at : at + 1])
        alone = _mirrored(model, point, *(values[at : at + 1] for values in (to_eye, light, intensity)), rays=16)
        torch.testing.assert_close(found[at : at + 1], alone, rtol=1e-3, atol=1e-6)


def test_shading_adds_it_as_far_as_shadows_are_believed_and_where_it_is_asked_for() -> None:
    model, hits = _model(), _floor(torch.tensor([0.1, 0.2]))
    to_eye, light, one = _toward(1.0, 0.9, 2), _toward(1.0, 0.35, 2)[:, None], torch.ones((2, 1, 3))

    def shaded(rays: int) -> Tensor:
        return shade_hits(model, hits, -to_eye, light, one, shadows=0.5, bounce_rays=rays).radiance

    mirrors = shiny(model, hits.features)
    again = mirrored_light(model, hits, mirrors, to_eye, light, one, rays=32)
    matt = bounced_light(model, hits, light, one, rays=32, without_lobe=mirrors)
    assert again.min() > 0.0
    torch.testing.assert_close(shaded(32) - shaded(0), 0.5 * (again + matt))
    model.config = replace(model.config, mirror=False)
    torch.testing.assert_close(shaded(32) - shaded(0), 0.5 * bounced_light(model, hits, light, one, rays=32))


def test_facets_are_as_dense_as_their_distribution_says() -> None:
    """Of facets with density D(h) (n.h), the share within an angle t is (1 - c^2) / (1 + (a^2 - 1) c^2), c = cos t."""
    normals = torch.nn.functional.normalize(torch.randn((400, 3), generator=torch.Generator().manual_seed(4)), dim=1)
    alpha = 0.25
    facets = ggx_normals(0.5 * normals, normals, torch.full((400,), alpha), 64)
    torch.testing.assert_close(facets.norm(dim=2), torch.ones((400, 64)), atol=1e-4, rtol=0)
    cosine = (facets * normals[:, None]).sum(2)
    for c in (0.99, 0.95, 0.8):
        share = (1.0 - c * c) / (1.0 + (alpha * alpha - 1.0) * c * c)
        assert float((cosine > c).float().mean()) == pytest.approx(share, abs=0.01)
    assert (facets - cosine[..., None] * normals[:, None]).mean((0, 1)).abs().max() < 0.01
