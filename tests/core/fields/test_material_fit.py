"""Material fitted to a reflectance is the material it was made of, and changes as smoothly."""

import math

import pytest
import torch
from torch import Tensor

from core.fields.material_fit import capture_directions, fit_lobe, fitted_material
from core.fields.reflectance import Cosines, Material, Reflectance, ggx_lobe

C = capture_directions(torch.device("cpu"))


def _brdf(albedo: Tensor, specular: Tensor, roughness: Tensor, c: Cosines = C) -> Tensor:
    return albedo[:, None] / math.pi + ggx_lobe(roughness, specular, c)


class _Made(Reflectance):
    """Features are albedo, specular colour (three channels each) and roughness themselves."""

    def forward(self, features: Tensor, c: Cosines) -> Tensor:
        return _brdf(features[:, :3], features[:, 3:6], features[:, 6], c)

    def lobe(self, features: Tensor) -> Material:
        return Material(albedo=features[:, :3], specular=features[:, 3:6], roughness=features[:, 6])


def _materials(count: int) -> Tensor:
    """[count, 7] coloured materials with a shine that can be told from their colour."""
    generator = torch.Generator().manual_seed(0)
    drawn = torch.rand((count, 7), generator=generator)
    return torch.cat([0.9 * drawn[:, :3], 0.05 + 0.6 * drawn[:, 3:6], 0.15 + 0.55 * drawn[:, 6:]], 1)


def test_a_diffuse_term_and_a_lobe_are_found_again() -> None:
    made = _materials(3000)
    found = fitted_material(_Made(), made)
    torch.testing.assert_close(found.roughness, made[:, 6], atol=0.02, rtol=0.0)
    torch.testing.assert_close(found.albedo, made[:, :3], atol=0.035, rtol=0.0)
    torch.testing.assert_close(found.specular, made[:, 3:6], atol=0.02, rtol=0.1)


def test_a_metal_has_no_albedo_and_keeps_its_colour() -> None:
    gold = torch.tensor([[1.0, 0.77, 0.34]])
    found = fit_lobe(_brdf(torch.zeros((1, 3)), gold, torch.tensor([0.35])), C)
    assert float(found.albedo.max()) < 0.03
    torch.testing.assert_close(found.specular, gold, atol=0.0, rtol=0.05)


def test_a_matte_surface_has_its_albedo_no_shine_and_no_sharp_lobe() -> None:
    """Noise of one percent is not taken for a highlight."""
    noise = 1.0 + 0.01 * torch.randn((500, C.n_l.shape[1], 1), generator=torch.Generator().manual_seed(1))
    found = fit_lobe((0.3 / math.pi * noise).expand(-1, -1, 3), C)
    torch.testing.assert_close(found.albedo, torch.full((500, 3), 0.3), atol=0.02, rtol=0.0)
    assert float(found.specular.mean()) < 0.02
    assert float(found.roughness.mean()) > 0.7


def test_roughness_has_no_steps() -> None:
    """A ramp of roughness comes back as a ramp: no value of the grid is preferred."""
    ramp = torch.linspace(0.2, 0.8, 601)
    found = fit_lobe(_brdf(torch.full((601, 3), 0.3), torch.full((601, 3), 0.1), ramp), C).roughness
    steps = found.diff()
    assert float(steps.min()) > -0.002
    assert float(steps.max()) < 0.006  # the ramp's own are 0.001


def test_what_is_rougher_than_the_roughest_is_explained_by_the_roughest() -> None:
    """Roughness ends at one; the colours told beside it are those of that lobe, not of the one that was cut off."""
    beyond = torch.linspace(1.0, 1.6, 25)
    values = _brdf(torch.full((25, 3), 0.3), torch.full((25, 3), 0.5), beyond)
    found = fit_lobe(values, C)
    torch.testing.assert_close(found.roughness, torch.ones(25))
    error = _brdf(found.albedo, found.specular, found.roughness) / values - 1.0
    # Least squares of relative errors: on the whole neither too bright nor too dark.
    assert float(error.abs().max()) < 0.045
    assert float(((C.n_l[..., None] * error).sum(1) / C.n_l.sum()).abs().max()) < 2e-3


@pytest.mark.parametrize("scale", [0.01, 100.0])
def test_albedo_and_specular_colour_scale_with_the_reflectance(scale: float) -> None:
    """Photographs fix reflectance up to a factor that light takes up: nothing else may depend on it."""
    made = _materials(200)
    values = _Made()(made, C)
    one, other = fit_lobe(values, C), fit_lobe(scale * values, C)
    torch.testing.assert_close(other.albedo, scale * one.albedo, rtol=1e-3, atol=1e-4 * scale)
    torch.testing.assert_close(other.specular, scale * one.specular, rtol=1e-3, atol=1e-4 * scale)
    torch.testing.assert_close(other.roughness, one.roughness, rtol=1e-3, atol=1e-4)


def test_nothing_is_fitted_to_no_points_and_no_light() -> None:
    assert fitted_material(_Made(), torch.zeros((0, 7))).albedo.shape == (0, 3)
    black = fit_lobe(torch.zeros((2, C.n_l.shape[1], 3)), C)
    assert not black.albedo.any()
    assert not black.specular.any()
    assert torch.isfinite(black.roughness).all()


def test_directions_are_those_of_unit_vectors_above_the_surface() -> None:
    """n, l and v in one plane: the angles from the normal to l and to v differ by twice the difference angle."""
    light, eye, half = (torch.rad2deg(torch.acos(cosine.clamp(-1.0, 1.0))) for cosine in (C.n_l, C.n_v, C.n_h))
    difference = torch.rad2deg(torch.acos(C.h_l))
    assert (C.n_l > 0).all()
    assert (C.n_v > 0).all()
    low, high = torch.minimum(light, eye), torch.maximum(light, eye)
    torch.testing.assert_close(high, half + difference, atol=0.02, rtol=0.0)
    torch.testing.assert_close(low, (half - difference).abs(), atol=0.05, rtol=0.0)
