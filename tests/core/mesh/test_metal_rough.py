"""Base colour and metallic value against the surface of glTF they stand for."""

import numpy as np
import pytest

from core.color import LUMINANCE
from core.mesh.metal_rough import DIELECTRIC, base_colour_and_metallic, metallic_of, viewer_factor


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


GOLD = np.float32([1.0, 0.77, 0.34])


def _scaled(diffuse: np.ndarray, specular: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """The factor, and base colour and metallic value after it."""
    factor = viewer_factor(diffuse, specular)
    return factor, *base_colour_and_metallic(factor * diffuse, factor * specular)


def _coloured(count: int, low: float, high: float) -> np.ndarray:
    return np.random.default_rng(3).uniform(low, high, (count, 3)).astype(np.float32)


@pytest.mark.parametrize("exposure", [0.02, 0.05, 1.0, 3.0])
def test_a_metal_is_a_metal_however_it_was_exposed(exposure: float) -> None:
    shine = exposure * GOLD * _coloured(400, 0.85, 0.95)[:, :1]
    _, colour, metallic = _scaled(np.zeros_like(shine), shine)
    assert metallic.min() > 0.99
    np.testing.assert_allclose(colour / colour[:, :1], np.broadcast_to(GOLD, colour.shape), rtol=2e-3)
    assert (colour @ LUMINANCE).max() == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize(("low", "high"), [(0.1, 0.75), (0.3, 0.36)], ids=["painted", "porcelain, half as bright"])
def test_dielectrics_stay_dielectrics(low: float, high: float) -> None:
    diffuse = _coloured(2000, low, high)
    factor, colour, metallic = _scaled(diffuse, np.full_like(diffuse, DIELECTRIC))
    assert 1.0 < factor < 2.3
    assert np.mean(metallic) < 0.1
    np.testing.assert_allclose(0.96 * colour * (1 - metallic[:, None]), factor * diffuse, atol=0.05)


def test_black_plastic_stays_one_only_beside_something_bright() -> None:
    """Alone it sends back just what a metal under a twentieth of the light does; nothing tells which it is."""
    black, shine = np.full((500, 3), 0.002, np.float32), np.full((500, 3), DIELECTRIC, np.float32)
    white = np.full((20, 3), 0.76, np.float32)
    factor, _, metallic = _scaled(np.concatenate([black, white]), np.full((520, 3), DIELECTRIC, np.float32))
    assert factor == pytest.approx(1.0, abs=0.01)
    assert metallic.max() < 0.01
    assert _scaled(black, shine)[2].min() > 0.9


def test_the_exposure_of_the_photographs_changes_nothing() -> None:
    diffuse, specular = _coloured(300, 0.0, 0.5), _coloured(300, 0.0, 0.2)
    _, colour, metallic = _scaled(diffuse, specular)
    for exposure in (0.03, 7.0):
        _, again, still = _scaled(exposure * diffuse, exposure * specular)
        np.testing.assert_allclose(again, colour, atol=1e-4)
        np.testing.assert_allclose(still, metallic, atol=1e-4)


def test_saturated_colours_are_not_cut_off() -> None:
    blue = np.float32([[0.05, 0.05, 0.6]]).repeat(100, 0)
    factor = viewer_factor(blue, np.zeros_like(blue))
    assert factor == pytest.approx(1 / 0.6)


def test_nothing_and_black_have_no_scale() -> None:
    nothing, black = np.zeros((0, 3), np.float32), np.zeros((9, 3), np.float32)
    assert viewer_factor(nothing, nothing) == 1.0
    assert viewer_factor(black, black) == 1.0
