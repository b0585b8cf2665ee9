"""Base colour and metallic value against the surface of glTF they stand for."""

import numpy as np
import pytest

from core.mesh.metal_rough import DIELECTRIC, base_colour_and_metallic, metallic_of


def _surface(colour: np.ndarray, metallic: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Diffuse and specular colour of glTF's surface."""
    m = metallic[:, None]
    return colour * (1 - m) * (1 - DIELECTRIC), DIELECTRIC * (1 - m) + colour * m


@pytest.mark.parametrize("metallic", [0.0, 0.2, 0.5, 0.8, 1.0])
def test_grey_surfaces_come_back(metallic: float) -> None:
    grey = np.linspace(0.1, 0.95, 18)[:, None].repeat(3, 1).astype(np.float32)
    diffuse, specular = _surface(grey, np.full(len(grey), metallic))
    colour, found = base_colour_and_metallic(diffuse, specular)
    np.testing.assert_allclose(found, metallic, atol=1e-3)
    np.testing.assert_allclose(colour, grey, atol=2e-3)


@pytest.mark.parametrize("metallic", [0.0, 1.0])
def test_coloured_dielectrics_and_metals_come_back(metallic: float) -> None:
    colours = np.random.default_rng(0).uniform(0.1, 0.9, (50, 3)).astype(np.float32)
    diffuse, specular = _surface(colours, np.full(50, metallic))
    colour, found = base_colour_and_metallic(diffuse, specular)
    np.testing.assert_allclose(found, metallic, atol=1e-3)
    np.testing.assert_allclose(colour, colours, atol=2e-3)


def test_everything_stays_in_range() -> None:
    random = np.random.default_rng(1)
    diffuse, specular = random.uniform(-0.1, 3.0, (2, 500, 3)).astype(np.float32)
    colour, metallic = base_colour_and_metallic(diffuse, specular)
    for values in (colour, metallic):
        assert values.dtype == np.float32
        assert values.min() >= 0.0
        assert values.max() <= 1.0


def test_more_shine_is_more_metal_and_more_diffuse_less() -> None:
    rising = np.linspace(0.0, 1.0, 40, dtype=np.float32)
    same = np.full(40, 0.3, np.float32)
    assert np.all(np.diff(metallic_of(same, rising)) >= 0)
    assert np.all(np.diff(metallic_of(rising, same)) <= 0)
    assert metallic_of(np.float32([0.2]), np.float32([0.02]))[0] == 0.0
