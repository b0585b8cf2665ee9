"""Reflectance obeys physics where it promises to."""

import math
from typing import get_args

import pytest
import torch

from core.fields.reflectance import Cosines, Reflectance, cosines, ggx_lobe
from core.fields.reflectance_analytic import AnalyticReflectance
from core.fields.reflectance_hybrid import HybridReflectance
from core.fields.reflectance_kind import ReflectanceKind
from core.fields.reflectance_neural import NeuralReflectance

CPU = torch.device("cpu")
FEATURES = 6


def _directions(count: int, seed: int) -> torch.Tensor:
    """Unit vectors of the upper hemisphere."""
    directions = torch.randn((count, 3), generator=torch.Generator().manual_seed(seed))
    directions[:, 2] = directions[:, 2].abs() + 0.05
    return torch.nn.functional.normalize(directions, dim=1)


def _up(count: int) -> torch.Tensor:
    return torch.tensor([0.0, 0.0, 1.0]).expand(count, 3)


def _reflectance(kind: ReflectanceKind) -> Reflectance:
    """A model whose weights are large enough that f varies with direction."""
    generator = torch.Generator().manual_seed(5)
    match kind:
        case "analytic":
            model = AnalyticReflectance(FEATURES, device=CPU, generator=generator)
        case "hybrid":
            model = HybridReflectance(FEATURES, hidden=16, device=CPU, generator=generator)
        case "neural":
            model = NeuralReflectance(FEATURES, hidden=16, device=CPU, generator=generator)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator), alpha=0.4)
    return model


def _features(count: int) -> torch.Tensor:
    return torch.randn((count, FEATURES), generator=torch.Generator().manual_seed(8))


def _mirror_of(roughness: float, tilt_deg: float, *, specular: float = 1.0) -> float:
    """Directional albedo of the lobe: the integral of f cos over all lights, by drawing GGX normals evenly."""
    u = (torch.arange(400, dtype=torch.float64) + 0.5) / 400
    turn = 2 * math.pi * (torch.arange(256, dtype=torch.float64) + 0.5) / 256
    u, turn = (grid.reshape(-1) for grid in torch.meshgrid(u, turn, indexing="ij"))
    squared = roughness**4
    n_h = ((1 - u) / (1 + (squared - 1) * u)).sqrt()
    side = (1 - n_h * n_h).clamp_min(0).sqrt()
    half = torch.stack([side * turn.cos(), side * turn.sin(), n_h], 1)
    tilt = math.radians(tilt_deg)
    eye = torch.tensor([[math.sin(tilt), 0.0, math.cos(tilt)]], dtype=torch.float64)
    h_v = half @ eye[0]
    lights = 2 * h_v[:, None] * half - eye
    density = squared / (math.pi * (n_h * n_h * (squared - 1) + 1) ** 2) * n_h / (4 * h_v.clamp_min(1e-9))
    rough = torch.tensor([roughness], dtype=torch.float64)
    c = cosines(_up(1).double(), eye, lights[None])
    lobe = ggx_lobe(rough, torch.full((1, 3), specular, dtype=torch.float64), c)[0, :, 0]
    lit = (lights[:, 2] > 0) & (h_v > 0)
    return float((lobe * lights[:, 2] / density)[lit].sum()) / len(half)


def test_cosines_are_those_of_the_vectors() -> None:
    eye, light = _directions(100, 0), _directions(100, 1)
    c = cosines(_up(100), eye, light[:, None])
    half = torch.nn.functional.normalize(eye + light, dim=1)
    torch.testing.assert_close(c.n_l[:, 0], light[:, 2])
    torch.testing.assert_close(c.n_v[:, 0], eye[:, 2])
    torch.testing.assert_close(c.n_h[:, 0], half[:, 2], atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(c.h_l[:, 0], (half * light).sum(1), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("roughness", [0.2, 0.5, 1.0])
def test_the_lobe_is_reciprocal_and_not_negative(roughness: float) -> None:
    eye, light = _directions(200, 2), _directions(200, 3)
    rough, specular = torch.full((200,), roughness), torch.full((200, 3), 0.3)
    there = ggx_lobe(rough, specular, cosines(_up(200), eye, light[:, None]))
    back = ggx_lobe(rough, specular, cosines(_up(200), light, eye[:, None]))
    torch.testing.assert_close(there, back, atol=1e-4, rtol=1e-3)
    assert (there >= 0).all()


@pytest.mark.parametrize("roughness", [0.08, 0.15, 0.2, 0.3, 0.5, 0.7, 1.0])
@pytest.mark.parametrize("tilt_deg", [0.0, 30.0, 60.0, 80.0, 89.0])
def test_the_lobe_reflects_no_more_than_arrives(roughness: float, tilt_deg: float) -> None:
    """White furnace: at most one for a perfect mirror colour, and less for a darker one."""
    white = _mirror_of(roughness, tilt_deg)
    assert 0.2 < white <= 1.0
    assert _mirror_of(roughness, tilt_deg, specular=0.04) < white


@pytest.mark.parametrize("roughness", [0.2, 0.3, 0.5, 0.7, 1.0])
def test_normals_of_the_lobe_are_normalised(roughness: float) -> None:
    """The GGX density times cosine integrates to one over the half vectors (Walter et al. 2007).

    A sharper lobe than these is capped, as ``ggx_lobe`` says.
    """
    edges = torch.linspace(0.0, math.pi / 2, 20001, dtype=torch.float64)
    angle, width = 0.5 * (edges[1:] + edges[:-1]), edges[1] - edges[0]
    one = torch.ones_like(angle)[None]
    c = Cosines(n_l=one, n_h=angle.cos()[None], h_l=one, n_v=one[:, :1])
    rough = torch.tensor([roughness], dtype=torch.float64)
    density = ggx_lobe(rough, torch.ones((1, 3), dtype=torch.float64), c)[0, :, 0] * 4.0  # n.l = n.v = 1: lobe = D / 4
    whole = float((density * angle.cos() * angle.sin()).sum() * width) * 2 * math.pi
    assert whole == pytest.approx(1.0, abs=0.02)


def test_schlicks_fresnel_term_goes_from_the_specular_colour_to_white() -> None:
    specular = torch.tensor([[0.04, 0.3, 0.9]])

    def lobe(h_l: float, colour: torch.Tensor) -> torch.Tensor:
        one = torch.tensor([[0.5]])
        c = Cosines(n_l=one, n_h=0.9 * one / 0.5, h_l=torch.tensor([[h_l]]), n_v=one)
        return ggx_lobe(torch.tensor([0.5]), colour, c)[0, 0]

    white = torch.ones((1, 3))
    torch.testing.assert_close(lobe(1.0, specular) / lobe(1.0, white), specular[0])
    torch.testing.assert_close(lobe(0.0, specular) / lobe(0.0, white), white[0])


@pytest.mark.parametrize("kind", get_args(ReflectanceKind))
def test_reflectance_is_not_negative(kind: ReflectanceKind) -> None:
    features = 4.0 * _features(50)
    lights = torch.randn((50, 30, 3), generator=torch.Generator().manual_seed(9))
    c = cosines(_up(50), _directions(50, 6), torch.nn.functional.normalize(lights, dim=-1))
    value = _reflectance(kind)(features, c)
    assert value.shape == (50, 30, 3)
    assert (value >= 0).all()
    assert value.std(dim=1).min() > 0


def test_light_and_eye_may_change_places_in_the_analytic_model() -> None:
    """Helmholtz reciprocity."""
    model, features = _reflectance("analytic"), _features(200)
    eye, light = _directions(200, 2), _directions(200, 3)
    there = model(features, cosines(_up(200), eye, light[:, None]))
    back = model(features, cosines(_up(200), light, eye[:, None]))
    torch.testing.assert_close(there, back, atol=1e-5, rtol=1e-3)


def test_the_analytic_model_sends_back_its_albedo_and_its_lobe() -> None:
    model, features = _reflectance("analytic"), _features(50)
    c = cosines(_up(50), _directions(50, 6), _directions(150, 7).view(50, 3, 3))
    assert isinstance(model, AnalyticReflectance)
    material = model.lobe(features)
    parts = material.albedo[:, None] / math.pi + ggx_lobe(material.roughness, material.specular, c)
    torch.testing.assert_close(model(features, c), parts)
    assert ((material.roughness > 0) & (material.roughness <= 1)).all()
    assert ((material.albedo >= 0) & (material.albedo <= 1)).all()  # with the lobe's bound of one: f sends back < 2


def test_the_hybrid_model_adds_its_network_to_the_analytic_model() -> None:
    model, features = _reflectance("hybrid"), _features(50)
    assert isinstance(model, HybridReflectance)
    c = cosines(_up(50), _directions(50, 6), _directions(150, 7).view(50, 3, 3))
    analytic = AnalyticReflectance.forward(model, features, c)
    rest = model.network(features, c)
    assert (rest >= 0).all()
    torch.testing.assert_close(model(features, c), analytic + rest)
