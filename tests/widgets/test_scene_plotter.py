"""Draws with VTK off-screen, on a thread of its own as the studio does."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import pytest

from core.types import Camera
from tests.widgets.test_orbit import camera
from widgets.orbit import Orbit, camera_pose, pixel_of
from widgets.scene_plotter import SceneColours, ScenePlotter
from widgets.scene_shapes import ball as small_ball
from widgets.scene_shapes import circles, dome, frustum, frustum_depth, lamps, light_arrows, unique_cameras

Result = TypeVar("Result")
EYE = Orbit.looking_at(np.zeros(3), 1.0, towards=np.array([1.0, 0.5, 0.3]), up="z")


def drawn(work: Callable[[ScenePlotter], Result]) -> Result:
    def run() -> Result:
        plotter = ScenePlotter()
        try:
            return work(plotter)
        finally:
            plotter.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(run).result()


def ball(
    centre: tuple[float, float, float] = (0, 0, 0), radius: float = 0.7
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    turn, rise = np.meshgrid(np.linspace(0, 2 * np.pi, 25), np.linspace(0.01, np.pi - 0.01, 15))
    normals = np.stack([np.cos(turn) * np.sin(rise), np.sin(turn) * np.sin(rise), np.cos(rise)], -1).reshape(-1, 3)
    row, column = np.meshgrid(np.arange(14), np.arange(24), indexing="ij")
    a = (row * 25 + column).ravel()
    faces = np.concatenate([np.stack([a, a + 25, a + 1], 1), np.stack([a + 1, a + 25, a + 26], 1)])
    vertices = (np.asarray(centre) + radius * normals).astype(np.float32)
    return vertices, faces.astype(np.int32), normals.astype(np.float32)


def test_a_mesh_is_drawn_plainly_and_in_its_colours() -> None:
    def work(plotter: ScenePlotter) -> list[np.ndarray]:
        vertices, faces, normals = ball()
        red = np.tile(np.array([255, 0, 0], np.uint8), (len(vertices), 1))
        plotter.show_mesh(vertices, faces, normals, {"albedo": red})
        return [
            plotter.render(EYE.pose, width=120, height=90, colouring=name, smooth=False)
            for name in ("shaded", "albedo", "error")
        ]

    shaded, albedo, missing = drawn(work)
    assert shaded.shape == (90, 120, 4)
    assert albedo[45, 60, :3].tolist() == [255, 0, 0]
    assert shaded[45, 60].min() > 60
    assert np.array_equal(missing, shaded)


def test_a_new_mesh_takes_the_place_of_the_old_one_and_none_leaves_the_ground() -> None:
    def work(plotter: ScenePlotter) -> list[np.ndarray]:
        pictures = []
        for radius in (0.7, 0.3):
            plotter.show_mesh(*ball(radius=radius), {})
            pictures.append(plotter.render(EYE.pose, width=120, height=90, colouring="shaded", smooth=False))
        plotter.clear_mesh()
        pictures.append(plotter.render(EYE.pose, width=120, height=90, colouring="shaded", smooth=False))
        return pictures

    bright = [np.count_nonzero(picture[..., :3].min(-1) > 60) for picture in drawn(work)]
    assert bright[0] > 2 * bright[1] > 0
    assert bright[2] == 0


def test_a_point_is_drawn_where_the_photograph_has_it() -> None:
    view, place = camera(towards=(1, 0.7, 0.4)), (0.3, -0.2, 0.4)
    pose = camera_pose(view, target=np.zeros(3), aspect=400 / 300)

    def work(plotter: ScenePlotter) -> np.ndarray:
        plotter.show_mesh(*ball(place, 0.03), {})
        return plotter.render(pose, width=400, height=300, colouring="shaded", smooth=False)

    rows, columns = np.nonzero(drawn(work)[..., :3].min(-1) > 60)
    expected = pixel_of(np.array([place]), pose, width=400, height=300)[0]
    assert [columns.mean() + 0.5, rows.mean() + 0.5] == pytest.approx(expected, abs=1.5)


def test_surroundings_can_be_hidden_and_the_selected_camera_stands_out() -> None:
    colours = SceneColours()

    def work(plotter: ScenePlotter) -> list[np.ndarray]:
        cameras = [camera(towards=(0.2, 1, 0.3)), camera(towards=(1, -1, 0.3))]
        plotter.show_cameras(cameras, frustum_depth(tuple(cameras), np.zeros(3)))
        plotter.mark_cameras([1.0, 0.0], 0)
        plotter.show_sphere(np.zeros(3), 1.0)
        directions = np.array([[0.0, 0.0, 1.0], [np.nan] * 3])
        plotter.show_lights(
            directions, np.ones((2, 3), np.float32), centre=np.zeros(3), radius=1.0, axis=np.array([0, 0, 1.0]),
            selected=None,
        )  # fmt: skip
        far = EYE.zoomed(-12).pose
        pictures = [plotter.render(far, width=300, height=200, colouring="shaded", smooth=False)]
        plotter.show_only(frustums=False, lights=False, sphere=False)
        pictures.append(plotter.render(far, width=300, height=200, colouring="shaded", smooth=False))
        return pictures

    shown, hidden = drawn(work)
    selected = (np.array(colours.selected) * 255).round()
    assert np.any(np.abs(shown[..., :3] - selected).max(-1) < 12)
    assert not np.any(np.abs(hidden[..., :3] - selected).max(-1) < 12)
    assert np.ptp(hidden[100, :, :3].astype(int), axis=0).max() <= 1  # the ground's gradient is dithered


def test_smooth_edges_can_be_turned_on_and_off_again() -> None:
    def work(plotter: ScenePlotter) -> list[np.ndarray]:
        plotter.show_mesh(*ball(), {})
        return [
            plotter.render(EYE.pose, width=120, height=90, colouring="shaded", smooth=smooth)
            for smooth in (False, True, False)
        ]

    plain, smooth, again = drawn(work)
    assert np.array_equal(plain, again)
    assert 0 < np.count_nonzero(plain != smooth) < plain.size / 2


def test_cameras_of_one_pose_share_a_frustum() -> None:
    first, second = camera(towards=(1, 0, 0.2)), camera(towards=(0, 1, 0.2))
    assert unique_cameras((first, second, first)) == [[0, 2], [1]]


def test_a_frustum_opens_along_the_rays_of_the_image_corners() -> None:
    view: Camera = camera(towards=(1, 0.7, 0.4))
    corners = frustum(view, 0.5)
    assert corners[0] == pytest.approx(view.centre)
    inside = (corners[1:] - view.centre) @ view.rotation
    assert inside[:, 2] == pytest.approx(0.5)
    pixels = inside @ view.intrinsics.T / 0.5
    expected = [(-0.5, -0.5), (199.5, -0.5), (199.5, 159.5), (-0.5, 159.5)]
    assert pixels[:, :2] == pytest.approx(np.array(expected))


def test_outlines_lie_on_their_sphere_and_arrows_end_on_the_dome() -> None:
    centre = np.array([1.0, 2.0, 3.0])
    for points, lines in (circles(centre, 2.0), dome(centre, 2.0, np.array([0, 0, 1.0]))):
        assert np.linalg.norm(points - centre, axis=1) == pytest.approx(2.0)
        assert lines.max() == len(points) - 1
    directions = np.array([[0, 0, 1.0], [0, 0.6, 0.8]])
    points, triangles, rows = light_arrows(centre, 2.0, directions, 0.5)
    assert triangles.max() == len(points) - 1
    for row, direction in enumerate(directions):
        reach = (points[rows == row] - centre) @ direction
        assert reach.min() == pytest.approx(2.0)
        assert reach.max() == pytest.approx(2.5)


def test_lamps_stand_at_their_places_and_point_at_the_object() -> None:
    centre, places = np.array([1.0, 2.0, 3.0]), np.array([[4.0, 2.0, 3.0], [1.0, 0.0, 1.0]])
    points, triangles, rows = lamps(centre, places, 0.5)
    assert triangles.max() == len(points) - 1
    for row, place in enumerate(places):
        mine = points[rows == row] - place
        toward = (centre - place) / np.linalg.norm(centre - place)
        assert (mine @ toward).max() == pytest.approx(0.5)
        assert np.linalg.norm(mine, axis=1).max() == pytest.approx(0.5)


def test_a_ball_is_closed_and_round() -> None:
    points, triangles = small_ball(np.zeros(3), 2.0)
    assert np.linalg.norm(points, axis=1) == pytest.approx(2.0)
    a, b, c = (points[triangles[:, corner]] for corner in range(3))
    areas = 0.5 * np.linalg.norm(np.cross(b - a, c - a), axis=1)
    assert areas.sum() == pytest.approx(16.0 * np.pi, rel=0.25)


def test_near_lights_are_drawn_where_they_are() -> None:
    place = np.array([0.0, 0.4, 0.5])
    pose = EYE.pose

    def work(plotter: ScenePlotter) -> np.ndarray:
        plotter.show_lights(
            np.array([[0.0, 0.0, 1.0]]), np.array([[0.0, 1.0, 0.0]], np.float32), centre=np.zeros(3), radius=0.5,
            axis=np.array([0, 0, 1.0]), selected=None, places=place[None],
        )  # fmt: skip
        return plotter.render(pose, width=300, height=200, colouring="shaded", smooth=False)

    x, y = (round(value) for value in pixel_of(place[None], pose, width=300, height=200)[0])
    assert drawn(work)[y, x, :3].tolist() == [0, 255, 0]
