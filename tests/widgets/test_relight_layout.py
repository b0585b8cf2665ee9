import pytest

from widgets.relight_layout import BALL_HEAD, arranged


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("size", [(450, 550), (480, 380), (560, 800), (600, 560), (1200, 900)])
def test_the_picture_gets_at_least_half_of_the_panel_and_nothing_leaves_it(size: tuple[int, int], scale: float) -> None:
    places = arranged(size, scale)
    x, y, width, height = places.image
    assert width * height >= 0.5 * size[0] * size[1]
    for left, top, wide, high in (places.ball, places.side, places.image):
        assert left >= 0
        assert top >= 0
        assert left + wide <= size[0]
        assert top + high <= size[1]
    for left, top, wide, high in (places.ball, places.side):
        beside = left >= x + width or left + wide <= x
        assert beside or top >= y + height or top + high <= y


def test_the_ball_is_as_large_as_its_place() -> None:
    assert arranged((1200, 900), 1.0).ball == (0, 0, 224, 224 + BALL_HEAD)
