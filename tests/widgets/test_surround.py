import numpy as np
import pytest

from widgets.surround import strips

SIZE = (40.0, 30.0)


def covered(picture: tuple[tuple[float, float], tuple[float, float]] | None) -> np.ndarray:
    """How often each pixel of the canvas is filled."""
    count = np.zeros((30, 40), int)
    for (x0, y0), (x1, y1) in strips(SIZE, picture):
        count[int(y0) : max(int(y1), int(y0)), int(x0) : max(int(x1), int(x0))] += 1
    return count


def test_without_a_picture_all_is_filled_once() -> None:
    assert (covered(None) == 1).all()


@pytest.mark.parametrize(
    "picture", [((5.0, 0.0), (35.0, 30.0)), ((5.4, 3.6), (20.2, 11.9)), ((-8.0, 4.5), (60.0, 20.5))]
)
def test_only_what_the_picture_leaves_is_filled_and_nothing_twice(
    picture: tuple[tuple[float, float], tuple[float, float]],
) -> None:
    (x0, y0), (x1, y1) = picture
    count = covered(picture)
    ys, xs = np.mgrid[:30, :40]
    outside = (xs + 1 <= x0) | (xs >= x1) | (ys + 1 <= y0) | (ys >= y1)
    inside = (xs >= np.ceil(x0)) & (xs + 1 <= np.floor(x1)) & (ys >= np.ceil(y0)) & (ys + 1 <= np.floor(y1))
    assert (count[outside] == 1).all()
    assert (count[inside] == 0).all()
    assert count.max() <= 1


def test_a_picture_larger_than_the_canvas_leaves_nothing() -> None:
    assert not covered(((-10.0, -5.0), (70.0, 90.0))).any()
