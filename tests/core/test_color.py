"""Colours for displays."""

import numpy as np
import pytest

from core.color import ERROR_COLOURS, error_colours, linear_from_srgb, normal_colours, srgb_from_linear


def test_srgb_known_values() -> None:
    linear = np.float32([0.0, 0.0031308, 0.2140411, 1.0])
    assert np.allclose(srgb_from_linear(linear), [0.0, 0.04045, 0.5, 1.0], atol=1e-5)


def test_srgb_and_back_is_the_identity() -> None:
    light = np.linspace(0.0, 1.0, 4001, dtype=np.float32)
    assert np.allclose(linear_from_srgb(srgb_from_linear(light)), light, atol=2e-6)
    assert srgb_from_linear(light).dtype == np.float32


def test_srgb_rises_everywhere() -> None:
    assert np.all(np.diff(srgb_from_linear(np.linspace(0.0, 1.0, 4001, dtype=np.float32))) > 0.0)


def test_light_outside_the_display_is_clipped() -> None:
    values = srgb_from_linear(np.float32([-1.0, 7.0, np.nan, np.inf]))
    assert np.allclose(values, [0.0, 1.0, 0.0, 1.0], atol=1e-6)
    assert values.max() <= 1.0


def test_normal_colours() -> None:
    normals = np.float32([[0, 0, 1], [1, 0, 0], [0, -1, 0], [0, 0, 0]])
    expected = np.float32([[0.5, 0.5, 1], [1, 0.5, 0.5], [0.5, 0, 0.5], [0, 0, 0]])
    assert np.array_equal(normal_colours(normals), expected)


def test_error_colours_span_the_table() -> None:
    error = np.float32([[0.0, 0.05, 0.1], [0.2, np.nan, -1.0]])
    colours = error_colours(error, 0.1)
    assert colours.shape == (2, 3, 3)
    assert np.array_equal(colours[0, 0], ERROR_COLOURS[0])
    assert np.array_equal(colours[0, 1], ERROR_COLOURS[128])
    for beyond in (colours[0, 2], colours[1, 0], colours[1, 1]):
        assert np.array_equal(beyond, ERROR_COLOURS[-1])
    assert np.array_equal(colours[1, 2], ERROR_COLOURS[0])


def test_error_colours_grow_lighter_evenly() -> None:
    luminance = linear_from_srgb(ERROR_COLOURS) @ np.float32([0.2126, 0.7152, 0.0722])
    lightness = np.cbrt(luminance)
    steps = np.diff(lightness)
    assert np.all(steps > 0.0)
    assert steps.max() < 3.0 * np.median(steps)
    assert lightness[-1] - lightness[0] > 0.8


@pytest.mark.parametrize("limit", [0.0, -1.0, float("nan")])
def test_a_limit_that_is_none(limit: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        error_colours(np.zeros((2, 2), dtype=np.float32), limit)


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        ERROR_COLOURS[0] = 1.0
