"""The contact sheet shows what it is given, where it says so."""

from dataclasses import replace

import numpy as np
import pytest

from core.fit.canvas import Canvas
from core.fit.contact_sheet import SheetFacts, SheetLights, SheetRow, compose_sheet
from core.fit.curve_chart import ChartArea, Curve, draw_chart
from core.fit.history import Record
from core.fit.light_dial import draw_light_dial
from core.fit.traced import Rendered
from core.types import FloatArray, ImageKey

SIZE = 40
FACTS = SheetFacts(
    title="vase",
    images=12,
    steps=2400,
    seconds=60.0,
    training_psnr_db=30.0,
    held_out_psnr_db=None,
    normal_error_deg=None,
    light_error_deg=None,
    records=(),
)


def row(photograph: float, render: float) -> SheetRow:
    mask = np.zeros((SIZE, SIZE), dtype=bool)
    mask[10:30, 15:25] = True

    def flat(value: float) -> FloatArray:
        return np.where(mask[..., None], np.float32(value), np.float32(0.0)).repeat(3, axis=2)

    rendered = Rendered(key=ImageKey(3, 5), photograph=flat(photograph), render=flat(render), mask=mask, psnr_db=30.0)
    normals = np.where(mask[..., None], np.array([0.0, 0.0, 1.0], dtype=np.float32), np.float32(0.0))
    return SheetRow(rendered=rendered, normals_gl=normals, albedo=flat(0.5), specular=flat(0.04), held_out=False)


def lights(estimate: list[list[float]], truth: list[list[float]] | None = None) -> SheetLights:
    return SheetLights(
        light_ids=tuple(range(len(estimate))),
        estimate_gl=np.array(estimate, dtype=np.float32),
        intensities=np.ones((len(estimate), 3), dtype=np.float32),
        truth_gl=None if truth is None else np.array(truth, dtype=np.float32),
    )


ONE_LIGHT = lights([[0.0, 0.0, 1.0]])


def test_equal_pictures_show_no_error_and_different_ones_do() -> None:
    equal, different = (compose_sheet([row(0.5, render)], ONE_LIGHT, FACTS) for render in (0.5, 0.1))
    # The third column: everything that changed beside the render itself lies there or in the legend.
    changed = np.abs(equal - different).max(axis=2) > 0.1
    assert changed.any()
    columns = np.flatnonzero(changed.any(axis=0))
    photograph, albedo = slice(36, 300), slice(36 + 4 * 274, 300 + 4 * 274)
    assert not np.isin(columns, np.arange(photograph.start, photograph.stop)).any()
    assert not np.isin(columns, np.arange(albedo.start, albedo.stop)).any()


def test_the_albedo_of_a_metal_is_dark_beside_its_shine() -> None:
    dull = row(0.5, 0.5)
    metal = replace(dull, albedo=0.02 * dull.albedo, specular=dull.albedo)
    tiles = [compose_sheet([each], ONE_LIGHT, FACTS)[200:396, 36 + 4 * 274 : 300 + 4 * 274] for each in (dull, metal)]
    assert tiles[0].max() > 0.8
    assert tiles[1].max() < 0.3


def test_sheets_have_one_size_up_to_four_rows_and_grow_beyond() -> None:
    sizes = [compose_sheet([row(0.5, 0.4)] * count, ONE_LIGHT, FACTS).shape for count in (1, 4, 5)]
    assert sizes[0] == sizes[1]
    assert sizes[2][0] > sizes[1][0]


def test_values_are_display_values_whatever_the_input() -> None:
    wild = row(np.inf, np.nan)
    sheet = compose_sheet([wild], lights([[np.nan] * 3]), replace(FACTS, seconds=0.0, steps=0))
    assert np.isfinite(sheet).all()
    assert sheet.min() >= 0.0
    assert sheet.max() <= 1.0


@pytest.mark.parametrize(
    ("direction", "where"),
    [
        ((0.0, 0.0, 1.0), (100.0, 100.0)),
        ((1.0, 0.0, 0.0), (180.0, 100.0)),
        ((0.0, 1.0, 0.0), (100.0, 20.0)),
        ((-np.sqrt(0.5), 0.0, np.sqrt(0.5)), (60.0, 100.0)),
    ],
)
def test_a_light_is_drawn_at_its_angle(direction: tuple[float, float, float], where: tuple[float, float]) -> None:
    empty, drawn = Canvas(200, 240, (0.0, 0.0, 0.0)), Canvas(200, 240, (0.0, 0.0, 0.0))
    draw_light_dial(empty, 100, 100, 80, lights([[np.nan] * 3]))
    draw_light_dial(drawn, 100, 100, 80, lights([list(direction)]))
    rows, columns = np.nonzero(np.abs(drawn.pixels - empty.pixels).sum(axis=2))
    assert (columns.mean(), rows.mean()) == pytest.approx(where, abs=1.0)


def test_chart_curves_span_the_plot_and_rise_with_their_values() -> None:
    red = (1.0, 0.0, 0.0)
    canvas = Canvas(300, 200, (0.0, 0.0, 0.0))
    curve = Curve(name="PSNR", colour=red, points=[(0.0, 10.0), (30.0, 20.0), (60.0, 30.0)])
    draw_chart(canvas, ChartArea(x=10, y=50, width=280, height=100), [curve], unit=" dB", log=False)
    plot = canvas.pixels[50:151, 58:]
    rows, columns = np.nonzero((plot[..., 0] > 0.6) & (plot[..., 1] < 0.3))
    assert columns.max() - columns.min() > 225
    assert rows[columns == columns.min()].mean() > 90
    assert rows[columns == columns.max()].mean() < 10


@pytest.mark.parametrize("log", [True, False])
def test_charts_take_constant_and_extreme_values(log: bool) -> None:
    for values in ([5.0, 5.0], [1e-4, 90.0], [0.0, 0.0]):
        canvas = Canvas(300, 200, (0.0, 0.0, 0.0))
        curve = Curve(name="light", colour=(1.0, 0.0, 0.0), points=list(zip((0.0, 1.0), values, strict=True)))
        draw_chart(canvas, ChartArea(x=10, y=50, width=280, height=100), [curve], unit="°", log=log)
        assert np.isfinite(canvas.pixels).all()
        assert canvas.pixels[50:151, 58:, 0].max() == 1.0


def test_history_is_drawn_where_there_is_one() -> None:
    records = [
        Record(
            step=step,
            seconds=float(step),
            losses={},
            psnr_db=20.0 + step,
            held_out_psnr_db=None,
            normal_error_deg=10.0 / step,
            light_error_deg=None,
        )
        for step in (1, 2, 3)
    ]
    without, with_history = (
        compose_sheet([row(0.5, 0.4)], ONE_LIGHT, replace(FACTS, records=some)) for some in ((), records)
    )
    rows, columns = np.nonzero(np.abs(without - with_history).max(axis=2) > 0.1)
    assert len(rows) > 500
    assert columns.min() > 1400, "only the panel on the right changes"
