import math

import numpy as np
import pytest

from core.fit.light_dial import dial_place
from tests.widgets.gallery_data import lights
from widgets.hemisphere import ELEVATION_LEAST_DEG, Dial, Disc, angles_deg, lit_ball, orbited
from widgets.light_marks import hover_text, light_colours, mark_scale, nearest, row_texts, summary

DISC = Disc(centre=(120.0, 90.0), radius=80.0)
DIAL = Dial(centre=(120.0, 90.0), radius=80.0)
DIRECTIONS = [(0.0, 0.0, 1.0), (0.6, 0.0, 0.8), (-0.48, 0.6, 0.64), (0.0, -0.8, 0.6)]


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_a_direction_is_found_where_it_is_drawn(direction: tuple[float, float, float]) -> None:
    assert DISC.direction(DISC.place(direction)) == pytest.approx(direction)
    assert DISC.contains(DISC.place(direction))


@pytest.mark.parametrize("direction", [*DIRECTIONS, (0.3, 0.0, -0.9539392), (0.0, 0.0, -1.0), (0.0, 1.0, 0.0)])
def test_the_dial_is_the_one_of_the_contact_sheet_and_the_report(direction: tuple[float, float, float]) -> None:
    x, y = dial_place(np.array(direction, np.float32))
    assert DIAL.place(direction) == pytest.approx((120.0 + 80.0 * x, 90.0 - 80.0 * y), abs=1e-3)


@pytest.mark.parametrize("angle_deg", [0.0, 30.0, 60.0, 90.0])
def test_a_ring_of_the_dial_goes_through_the_lights_at_its_angle_from_the_camera(angle_deg: float) -> None:
    angle = math.radians(angle_deg)
    x, y = DIAL.place((0.6 * math.sin(angle), -0.8 * math.sin(angle), math.cos(angle)))
    assert math.hypot(x - 120.0, y - 90.0) == pytest.approx(DIAL.ring(angle_deg))


def test_up_is_up_and_right_is_right() -> None:
    x, y = DISC.place((0.0, 0.6, 0.8))
    assert (x, y) == pytest.approx((120.0, 90.0 - 48.0))
    assert DISC.place((0.6, 0.0, 0.8)) == pytest.approx((168.0, 90.0))


def test_a_drag_beside_the_ball_keeps_the_light_above_the_rim() -> None:
    direction = DISC.direction((900.0, 90.0))
    assert angles_deg(direction) == pytest.approx((0.0, ELEVATION_LEAST_DEG))
    assert math.hypot(*direction) == pytest.approx(1.0)


def test_directions_behind_the_camera_plane_lie_on_the_rim() -> None:
    x, y = DISC.place((0.3, 0.0, -0.95))
    assert math.hypot(x - 120.0, y - 90.0) == pytest.approx(80.0)


def test_orbiting_keeps_elevation_and_comes_round() -> None:
    turned = orbited(DIRECTIONS[2], 90.0)
    assert angles_deg(turned)[1] == pytest.approx(angles_deg(DIRECTIONS[2])[1])
    assert (angles_deg(turned)[0] - angles_deg(DIRECTIONS[2])[0]) % 360 == pytest.approx(90.0)
    assert orbited(turned, 270.0) == pytest.approx(DIRECTIONS[2])


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_the_ball_is_brightest_towards_the_light(direction: tuple[float, float, float]) -> None:
    ball = lit_ball(65, direction, (1.0, 1.0, 1.0))
    assert ball.dtype == np.float32
    assert ball[0, 0, 3] == 0.0
    assert ball[32, 32, 3] == 1.0
    row, column = np.unravel_index(np.argmax(ball[..., 0] * ball[..., 3]), (65, 65))
    toward = np.array([column - 32.0, 32.0 - row]) / 32.5
    assert np.linalg.norm(toward - np.array(direction[:2]) * np.linalg.norm(toward)) < 0.55


def test_the_nearest_light_is_picked_within_reach() -> None:
    directions = lights(12)["estimate"]
    x, y = DIAL.place(tuple(map(float, directions[7])))
    assert nearest(DIAL, directions, (x + 0.5, y), 12.0) == 7
    assert nearest(DIAL, directions, (5000.0, 0.0), 12.0) is None
    directions[7] = np.nan
    assert nearest(DIAL, directions, (x, y), 0.1) is None


def test_unknown_lights_read_as_dashes_and_are_grey() -> None:
    nan = np.full(3, np.nan, np.float32)
    assert [text.strip() for text in row_texts(4, nan, nan, None)] == ["L04", *["–"] * 8]
    known = np.array([[1.0, 0.5, 0.25], [np.nan] * 3], np.float32)
    bright, unknown = light_colours(known)
    assert bright[0] == 255 > bright[1] > bright[2]
    assert unknown[0] < 200


def test_columns_of_the_light_table_keep_their_width() -> None:
    tables = [
        row_texts(i, row, abs(row), error) for i, row in enumerate(lights(9)["estimate"]) for error in (None, 1.5, 90.0)
    ]
    assert len({tuple(map(len, row)) for row in tables}) == 1


def test_the_summary_names_count_and_mean_error() -> None:
    assert summary(0, None) == ""
    assert summary(1, None) == "1 light"
    assert summary(3, np.array([1.0, 2.0, np.nan], np.float32)) == "3 lights, now 1.50° off on average"


def test_marks_shrink_in_a_crowd() -> None:
    assert mark_scale(10) == 1.0 > mark_scale(60) > mark_scale(1000) > 0.5


def test_the_light_under_the_mouse_is_named_with_its_error() -> None:
    row = np.array([0.0, -0.001, 1.0], np.float32)
    assert hover_text(row_texts(7, row, row, 3.678)) == "L07  3.68° off"
    assert hover_text(row_texts(7, row, row, None)) == "L07"
    assert row_texts(7, row, row, None, 1.2345)[5].strip() == "1.23"
    assert "-0.00" not in row_texts(7, row, abs(row), None)
