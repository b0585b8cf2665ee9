"""Reflectance obeys physics where it promises to."""

import math

import pytest
import torch

from core.fields.reflectance import Cosines, Reflectance, cosines, ggx_lobe


def _directions(count: int, seed: int) -> torch.Tensor:
    """Unit vectors of the upper hemisphere."""
    directions = torch.randn((count, 3), generator=torch.Generator().manual_seed(seed))
    directions[:, 2] = directions[:, 2].abs() + 0.05
    return torch.nn.functional.normalize(directions, dim=1)


def _up(count: int) -> torch.Tensor:
    return torch.tensor([0.0, 0.0, 1.0]).expand(count, 3)


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


@pytest.mark.parametrize("roughness", [0.3, 0.6, 1.0])
@pytest.mark.parametrize("tilt_deg", [0.0, 45.0, 70.0])
def test_the_lobe_reflects_no_more_than_arrives(roughness: float, tilt_deg: float) -> None:
    """White furnace: the integral of f cos over all lights is at most one for a perfect mirror colour."""
    count = 200_000
    generator = torch.Generator().manual_seed(4)
    z = torch.rand(count, generator=generator)
    angle = 2 * math.pi * torch.rand(count, generator=generator)
    ring = (1 - z * z).sqrt()
    lights = torch.stack([ring * angle.cos(), ring * angle.sin(), z], 1)
    tilt = math.radians(tilt_deg)
    eye = torch.tensor([[math.sin(tilt), 0.0, math.cos(tilt)]])
    c = cosines(_up(1), eye, lights[None])
    lobe = ggx_lobe(torch.tensor([roughness]), torch.ones((1, 3)), c)[0, :, 0]
    reflected = float((lobe * z).mean()) * 2 * math.pi
    assert 0.3 < reflected < 1.05  # Schlick-style masking may exceed one by the sampling error


def test_normals_of_the_lobe_are_normalised() -> None:
    """The GGX density times cosine integrates to one over the half vectors (Walter et al. 2007)."""
    n_h = torch.linspace(0.0005, 0.9995, 1000)[None]
    c = Cosines(n_l=torch.ones_like(n_h), n_h=n_h, h_l=torch.ones_like(n_h), n_v=torch.ones((1, 1)))
    lobe = ggx_lobe(torch.tensor([0.7]), torch.ones((1, 3)), c)[0, :, 0] * 4.0  # n.l = n.v = 1: lobe = D / 4
    assert float((lobe * n_h[0]).mean()) * 2 * math.pi == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("residual", [True, False])
def test_reflectance_is_not_negative_and_a_sum_of_its_parts(residual: bool) -> None:
    generator = torch.Generator().manual_seed(5)
    model = Reflectance(6, hidden=16, residual=residual, device=torch.device("cpu"), generator=generator)
    features = torch.randn((50, 6), generator=generator)
    c = cosines(_up(50), _directions(50, 6), _directions(150, 7).view(50, 3, 3))
    value = model(features, c)
    material = model.material(features)
    parts = material.albedo[:, None] / math.pi + ggx_lobe(material.roughness, material.specular, c)
    if residual:
        parts = parts + model.rest(features, c)
    assert value.shape == (50, 3, 3)
    assert (value >= 0).all()
    torch.testing.assert_close(value, parts)
    assert ((material.roughness > 0) & (material.roughness <= 1)).all()
