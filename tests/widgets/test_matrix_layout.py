import pytest

from core.types import ImageKey
from tests.widgets.gallery_data import keys
from widgets.matrix_colours import ink, loss_colour
from widgets.matrix_layout import (
    cell_size,
    is_diagonal,
    label_stride,
    lay_out,
    nearest_key,
    toggled,
)

ROOM = (230.0, 300.0)


@pytest.mark.parametrize(("views", "lights"), [(8, 10), (20, 8), (5, 5), (1, 4)])
def test_views_are_rows_and_lights_are_columns_whatever_their_numbers(views: int, lights: int) -> None:
    layout = lay_out(keys(views, lights), wrap=7)
    assert (layout.down, layout.across) == ("view", "light")
    assert (layout.rows, layout.columns) == (views, lights)


@pytest.mark.parametrize("images", [keys(8, 10), keys(20, 96), keys(96, 96, diagonal=True), keys(3, 4)[:7]])
@pytest.mark.parametrize("scale", [0.75, 1.0, 2.0])
def test_every_image_has_a_cell_of_its_own_and_is_found_in_it(images: tuple[ImageKey, ...], scale: float) -> None:
    layout = lay_out(images, wrap=6)
    cells = cell_size(layout, ROOM, scale)
    for key, place in layout.places.items():
        near, far = cells.near(place), cells.far(place)
        assert far[0] > near[0]
        assert far[1] > near[1]
        found = cells.at(((near[0] + far[0]) / 2, (near[1] + far[1]) / 2), layout)
        assert found is not None
        assert layout.keys_by_place[found] == key
    assert len(layout.keys_by_place) == len(images)


def test_a_capture_without_common_views_or_lights_is_wrapped() -> None:
    layout = lay_out(keys(96, 96, diagonal=True), wrap=7)
    assert layout.down is None
    assert (layout.columns, layout.rows) == (7, 14)
    assert is_diagonal(keys(2, 2, diagonal=True))
    assert not is_diagonal(keys(2, 2))
    assert not is_diagonal(keys(1, 1))


def test_a_drag_covers_a_rectangle_or_a_run() -> None:
    layout = lay_out(keys(4, 6), wrap=1)
    assert {key.name for key in layout.between((3, 2), (2, 1))} == {"V02L01", "V02L02", "V03L01", "V03L02"}
    wrapped = lay_out(keys(10, 10, diagonal=True), wrap=4)
    assert [key.view for key in sorted(wrapped.between((0, 2), (1, 1)))] == [2, 3, 4, 5]


def test_rows_and_columns_are_views_and_lights() -> None:
    layout = lay_out(keys(4, 6), wrap=1)
    assert {key.view for key in layout.row_keys(3)} == {3}
    assert {key.light for key in layout.column_keys(5)} == {5}


def test_switching_a_group_twice_is_nothing() -> None:
    every, group = frozenset(keys(4, 6)), lay_out(keys(4, 6), wrap=1).row_keys(2)
    assert toggled(every, group) == every - group
    assert toggled(toggled(every, group), group) == every
    assert toggled(every - frozenset([ImageKey(2, 1)]), group) == every


def test_cells_grow_with_the_room_within_bounds() -> None:
    layout = lay_out(keys(8, 10), wrap=1)
    sizes = [cell_size(layout, (width, 1000.0), 1.0).width for width in (50, 100, 150, 200, 400)]
    assert sizes == sorted(sizes)
    assert (sizes[0], sizes[-1]) == (10, 26)


def test_labels_do_not_touch() -> None:
    for cell in (10.0, 13.0, 26.0):
        assert label_stride(cell, 22.0) * cell >= 22.0


def test_a_higher_loss_is_lighter_and_its_name_stays_legible() -> None:
    light = [sum(loss_colour(loss, 1.0)[:3]) for loss in (0.0, 0.3, 0.6, 1.0)]
    assert light == sorted(light)
    assert loss_colour(5.0, 1.0) == loss_colour(1.0, 1.0)
    assert sum(ink(loss_colour(1.0, 1.0))[:3]) < 200 < sum(ink(loss_colour(0.0, 1.0))[:3])


def test_the_nearest_image_of_a_view_or_light() -> None:
    images = [ImageKey(0, 0), ImageKey(0, 5), ImageKey(2, 1)]
    assert nearest_key(images, ImageKey(0, 4), hold="view") == ImageKey(0, 5)
    assert nearest_key(images, ImageKey(7, 1), hold="light") == ImageKey(2, 1)
    assert nearest_key(images, ImageKey(9, 9), hold="view") is None
