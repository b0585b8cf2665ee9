import itertools

import pytest

from widgets.zoom import Frame, View, kept_in

FRAMES = [
    Frame(picture=(320.0, 200.0), pane=(500.0, 400.0), view=kept_in(View(zoom=zoom, centre=centre)))
    for zoom, centre in itertools.product((1.0, 2.5, 12.0), ((0.5, 0.5), (0.3, 0.62)))
]


def test_an_unzoomed_picture_touches_two_sides_and_is_centred() -> None:
    frame = FRAMES[0]
    assert frame.near == pytest.approx((0.0, 400 / 2 - 500 * 200 / 320 / 2))
    assert frame.far == pytest.approx((500.0, 400 / 2 + 500 * 200 / 320 / 2))


@pytest.mark.parametrize("frame", FRAMES)
def test_position_and_fraction_are_inverse(frame: Frame) -> None:
    assert frame.fraction_at(frame.position_of((0.2, 0.7))) == pytest.approx((0.2, 0.7))


@pytest.mark.parametrize("frame", FRAMES)
def test_zooming_keeps_the_point_under_the_mouse(frame: Frame) -> None:
    at = (260.0, 210.0)
    view = frame.zoomed(1.3, at)
    after = Frame(picture=frame.picture, pane=frame.pane, view=view)
    assert view.zoom == pytest.approx(frame.view.zoom * 1.3)
    assert after.fraction_at(at) == pytest.approx(frame.fraction_at(at), abs=0.02 if frame.view.zoom == 1.0 else 1e-9)


def test_panning_moves_the_picture_with_the_mouse() -> None:
    frame = FRAMES[4]
    after = Frame(picture=frame.picture, pane=frame.pane, view=frame.panned((10.0, -5.0)))
    assert after.near == pytest.approx((frame.near[0] + 10.0, frame.near[1] - 5.0))


def test_a_view_never_leaves_the_picture() -> None:
    assert kept_in(View(zoom=1.0, centre=(0.1, 0.9))).centre == (0.5, 0.5)
    assert kept_in(View(zoom=4.0, centre=(-3.0, 3.0))).centre == (0.125, 0.875)
    assert FRAMES[0].zoomed(0.1, (10.0, 10.0)).zoom == 1.0


def test_pixels_are_read_where_they_are_drawn() -> None:
    frame = FRAMES[3]
    assert frame.pixel_at(frame.position_of((3.5 / 320, 190.5 / 200))) == (3, 190)
    assert FRAMES[0].pixel_at((250.0, 5.0)) is None
