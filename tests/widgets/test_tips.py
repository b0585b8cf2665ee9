"""Where the explanation of what the mouse rests on is put."""

import pytest

from widgets.tips import tip_place

WINDOW = (1280, 720)


@pytest.mark.parametrize("item", [(10.0, 100.0, 80.0, 28.0), (1200.0, 640.0, 70.0, 28.0), (0.0, 300.0, 400.0, 10.0)])
def test_a_tip_lies_above_its_item_and_inside_the_window(item: tuple[float, float, float, float]) -> None:
    x, y = tip_place(item, (200.0, 50.0), WINDOW)
    assert y + 50.0 < item[1]
    assert x >= 0.0
    assert y >= 0.0
    assert x + 200.0 <= WINDOW[0]


def test_a_tip_of_the_uppermost_row_lies_below_it() -> None:
    _, y = tip_place((10.0, 12.0, 80.0, 28.0), (200.0, 50.0), WINDOW)
    assert y > 40.0
