"""Dots, lines and lettering land where they are asked for."""

import numpy as np
import pytest

from core.fit.canvas import Canvas, resized

BLACK, WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)


def lit(canvas: Canvas) -> tuple[float, float, float]:
    """(sum, mean x, mean y) of the lit pixels."""
    light = canvas.pixels[..., 0]
    rows, columns = np.mgrid[: light.shape[0], : light.shape[1]]
    return float(light.sum()), float((light * columns).sum() / light.sum()), float((light * rows).sum() / light.sum())


def test_disc_has_its_area_and_centre() -> None:
    canvas = Canvas(60, 50, BLACK)
    canvas.disc(30.3, 20.7, 9.0, WHITE)
    area, x, y = lit(canvas)
    assert area == pytest.approx(np.pi * 9.0**2, rel=0.01)
    assert (x, y) == pytest.approx((30.3, 20.7), abs=0.05)


def test_ring_has_its_length_and_leaves_the_inside() -> None:
    canvas = Canvas(80, 80, BLACK)
    canvas.ring(40.0, 40.0, 25.0, WHITE, thickness=2.0)
    area, _, _ = lit(canvas)
    assert area == pytest.approx(2.0 * np.pi * 25.0 * 2.0, rel=0.02)
    assert canvas.pixels[40, 40, 0] == 0.0


def test_line_ends_where_it_should() -> None:
    canvas = Canvas(60, 60, BLACK)
    canvas.line((10.0, 30.0), (50.0, 30.0), WHITE, thickness=2.0)
    _, x, y = lit(canvas)
    assert (x, y) == pytest.approx((30.0, 30.0), abs=0.01)
    assert canvas.pixels[:, :8].sum() == 0.0
    assert canvas.pixels[:, 53:].sum() == 0.0


def test_drawing_over_the_edge_is_cut_off() -> None:
    canvas = Canvas(20, 20, BLACK)
    canvas.disc(0.0, 0.0, 5.0, WHITE)
    canvas.line((-30.0, 10.0), (40.0, 10.0), WHITE)
    canvas.text(2, 5, "edge", WHITE)
    assert canvas.pixels.shape == (20, 20, 3)
    assert canvas.pixels[10].min() > 0.0


@pytest.mark.parametrize(("align", "low", "high"), [("left", 100, 200), ("center", 50, 150), ("right", 0, 101)])
def test_text_is_drawn_on_its_side_of_the_anchor(align: str, low: int, high: int) -> None:
    canvas = Canvas(200, 60, BLACK)
    canvas.text(100, 40, "Albedo °", WHITE, size=20, align=align)  # type: ignore[arg-type]
    columns = np.flatnonzero(canvas.pixels.sum(axis=(0, 2)) > 0.1)
    rows = np.flatnonzero(canvas.pixels.sum(axis=(1, 2)) > 0.1)
    assert len(columns) > 40
    assert columns.min() >= low
    assert columns.max() <= high
    assert rows.min() >= 20
    assert rows.max() <= 46


def test_resizing_keeps_constants_and_means() -> None:
    flat = np.full((20, 30, 3), 0.25, dtype=np.float32)
    assert np.allclose(resized(flat, 77, 41), 0.25, atol=1e-5)
    ramp = np.linspace(0.0, 1.0, 64, dtype=np.float32)[None, :, None].repeat(64, axis=0).repeat(3, axis=2)
    assert resized(ramp, 32, 32).mean() == pytest.approx(0.5, abs=1e-3)
