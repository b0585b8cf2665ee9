"""Draws the check view's scene with VTK off-screen, on a thread of its own as the studio does."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from tests.widgets.test_orbit import camera
from widgets.check_data import CheckedView, Sphere
from widgets.check_plotter import CheckPlotter
from widgets.orbit import Orbit, pixel_of
from widgets.scene_shapes import frustum

Result = TypeVar("Result")
EYE = Orbit.looking_at(np.zeros(3), 5.0, towards=np.array([0.2, -1.0, 0.4]), up="z")
SIZE = {"width": 320, "height": 240}
RED, GREEN = (220, 20, 20), (20, 220, 20)


def drawn(work: Callable[[CheckPlotter], Result]) -> Result:
    def run() -> Result:
        plotter = CheckPlotter()
        try:
            return work(plotter)
        finally:
            plotter.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(run).result()


def view(towards: tuple[float, float, float]) -> CheckedView:
    """A camera whose picture is red above and green below."""
    picture = np.zeros((16, 20, 3), np.uint8)
    picture[:8], picture[8:] = RED, GREEN
    return CheckedView(camera=camera(towards=towards), picture=picture, mask=None, photographs=1)


def picture(plotter: CheckPlotter) -> np.ndarray:
    return plotter.render(EYE.pose, **SIZE, smooth=False)[..., :3].astype(int)


def upper_and_lower(each: CheckedView) -> np.ndarray:
    """[2, 2] pixels within the upper and the lower half of a view's picture."""
    corners = frustum(each.camera, 1.5)[1:]
    upper = (0.35 * corners[[0, 1]] + 0.15 * corners[[2, 3]]).sum(axis=0)
    lower = (0.15 * corners[[0, 1]] + 0.35 * corners[[2, 3]]).sum(axis=0)
    return pixel_of(np.array([upper, lower]), EYE.pose, **SIZE).round().astype(int)


def around(seen: np.ndarray, u: int, v: int) -> np.ndarray:
    """[3] the usual colour about a pixel: lines of frustums may cross it."""
    return np.median(seen[v - 4 : v + 5, u - 4 : u + 5].reshape(-1, 3), axis=0)


def test_photographs_hang_upright_on_their_cameras() -> None:
    views = [view((0.7, -1.0, 0.3)), view((-0.5, -0.9, 0.2))]

    def work(plotter: CheckPlotter) -> np.ndarray:
        plotter.show(views, 1.5, None)
        return picture(plotter)

    seen = drawn(work)
    for each in views:
        (u, v), (x, y) = upper_and_lower(each)
        assert np.abs(around(seen, u, v) - RED).max() < 40
        assert np.abs(around(seen, x, y) - GREEN).max() < 40


def test_a_view_that_is_left_out_is_dark_and_used_again_as_before() -> None:
    views = [view((0.7, -1.0, 0.3)), view((-0.5, -0.9, 0.2))]

    def work(plotter: CheckPlotter) -> list[np.ndarray]:
        plotter.show(views, 1.5, None)
        pictures = [picture(plotter)]
        for left_out in ([1], []):
            plotter.fade(left_out)
            pictures.append(picture(plotter))
        return pictures

    used, faded, again = drawn(work)
    assert np.array_equal(used, again)
    for place in upper_and_lower(views[0]):
        assert np.array_equal(around(faded, *place), around(used, *place))
    for place in upper_and_lower(views[1]):
        assert around(faded, *place).sum() < 0.5 * around(used, *place).sum()


def test_the_sphere_is_where_it_is_placed_and_goes_away() -> None:
    places = (Sphere(centre=(1.0, 0.0, 0.5), radius=0.8), Sphere(centre=(-1.5, 0.0, 0.0), radius=0.4))

    def work(plotter: CheckPlotter) -> list[np.ndarray]:
        plotter.show([], 1.0, None)
        pictures = [picture(plotter)]
        for sphere in (*places, None):
            plotter.place(sphere)
            pictures.append(picture(plotter))
        return pictures

    empty, first, second, gone = drawn(work)
    assert np.array_equal(empty, gone)
    for seen, sphere in zip((first, second), places, strict=True):
        rows, columns = np.nonzero(np.abs(seen - empty).max(axis=-1) > 3)
        u, v = pixel_of(sphere.middle[None], EYE.pose, **SIZE)[0]
        assert abs(columns.mean() - u) < 3
        assert abs(rows.mean() - v) < 3


def test_points_ground_and_the_chosen_camera_are_drawn() -> None:
    def work(plotter: CheckPlotter) -> list[np.ndarray]:
        plotter.show([view((1.0, -0.6, 0.1))], 1.5, np.zeros((1, 3), np.float32))
        pictures = [picture(plotter)]
        plotter.mark(0)
        pictures.append(picture(plotter))
        plotter.mark(None)
        pictures.append(picture(plotter))
        plotter.stand(Sphere(centre=(0, 0, 0), radius=1.0), "z")
        return [*pictures, picture(plotter)]

    plain, marked, unmarked, standing = drawn(work)
    u, v = pixel_of(np.zeros((1, 3)), EYE.pose, **SIZE)[0].round().astype(int)
    assert plain[v - 1 : v + 2, u - 1 : u + 2].max() > 150
    assert not np.array_equal(plain, marked)
    assert np.array_equal(plain, unmarked)
    assert (np.abs(standing - plain).max(axis=-1) > 3).sum() > 200
