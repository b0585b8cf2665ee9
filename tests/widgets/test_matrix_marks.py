import pytest

from widgets.matrix_marks import corner


@pytest.mark.parametrize(("near", "far"), [((0.0, 0.0), (26.0, 26.0)), ((30.0, 8.0), (56.0, 18.0))])
def test_a_mark_lies_in_its_cell_and_leaves_most_of_it(near: tuple[float, float], far: tuple[float, float]) -> None:
    points = corner(near, far)
    for x, y in points:
        assert near[0] <= x <= far[0]
        assert near[1] <= y <= far[1]
    (left, top), (right, _), (_, bottom) = points
    assert (right, top) == (far[0], near[1])
    assert 0.5 * (right - left) * (bottom - top) < 0.3 * (far[0] - near[0]) * (far[1] - near[1])
