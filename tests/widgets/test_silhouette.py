import numpy as np
import pytest

from core.types import Camera
from tests.widgets.test_orbit import camera as seen_from
from widgets.check_data import CheckedView, Sphere
from widgets.orbit import Orbit, camera_pose, pixel_of, point_at
from widgets.silhouette import cover, inside_sphere, pixel_rays


def camera(number: int) -> Camera:
    return seen_from(towards=((1.0, 0.2, 0.3), (-0.4, 1.0, 0.1), (0.3, -0.7, 0.9))[number % 3])


def meets(view: Camera, sphere: Sphere) -> np.ndarray:
    """[height, width] by brute force: the nearest point of each pixel's ray lies in the sphere, before the camera."""
    found = np.zeros((view.height, view.width), bool)
    inverse = np.linalg.inv(view.intrinsics)
    for row in range(view.height):
        for column in range(view.width):
            ray = view.rotation @ inverse @ np.array([column, row, 1.0])
            ray /= np.linalg.norm(ray)
            along = max(float((sphere.middle - view.centre) @ ray), 0.0)
            found[row, column] = np.linalg.norm(view.centre + along * ray - sphere.middle) <= sphere.radius
    return found


@pytest.mark.parametrize("seed", range(6))
def test_the_outline_is_what_every_ray_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    view = camera(seed).resized(31, 23)
    sphere = Sphere.of(0.8 * rng.normal(size=3), float(rng.uniform(0.2, 1.5)))
    assert np.mean(inside_sphere(pixel_rays(view), view, sphere) != meets(view, sphere)) < 0.005  # single precision


def test_from_inside_the_sphere_everything_is_in_it_and_behind_the_camera_nothing() -> None:
    view = camera(1).resized(16, 12)
    rays = pixel_rays(view)
    around = Sphere.of(view.centre, 0.5)
    behind = Sphere.of(view.centre - 4.0 * view.rotation[:, 2], 1.0)
    assert inside_sphere(rays, view, around).all()
    assert not inside_sphere(rays, view, behind).any()


def test_grey_is_in_the_sphere_but_not_the_object_and_red_the_other_way() -> None:
    view = camera(0).resized(40, 40)
    inside = inside_sphere(pixel_rays(view), view, sphere := Sphere.of(np.zeros(3), 0.5))
    mask = np.zeros((40, 40), bool)
    mask[:, :20] = True
    checked = CheckedView(camera=view, picture=np.full((40, 40, 3), 128, np.uint8), mask=mask, photographs=3)
    covered = cover(checked, pixel_rays(view), sphere)
    red, green = covered.picture[..., 0], covered.picture[..., 1]
    assert np.allclose(covered.picture[mask & inside], 128 / 255)
    assert np.array_equal(red > 1.5 * green, mask & ~inside)
    assert np.ptp(covered.picture[inside & ~mask]) < 1e-6
    assert covered.held == pytest.approx((mask & inside).sum() / mask.sum())
    assert covered.times == pytest.approx(inside.sum() / mask.sum())


def test_without_a_mask_only_the_sphere_is_shown() -> None:
    view = camera(0).resized(40, 40)
    checked = CheckedView(camera=view, picture=np.full((40, 40, 3), 200, np.uint8), mask=None, photographs=1)
    covered = cover(checked, pixel_rays(view), Sphere.of(np.zeros(3), 0.5))
    assert covered.held is None
    assert len(np.unique(covered.picture)) == 2


@pytest.mark.parametrize("through", [False, True])
def test_a_point_under_a_pixel_is_seen_there(through: bool) -> None:
    orbit = Orbit.looking_at(np.array([0.1, -0.2, 0.3]), 1.0, towards=np.array([1.0, 0.5, 0.3]), up="z")
    pose = camera_pose(camera(2), target=np.zeros(3), aspect=4 / 3) if through else orbit.pose
    like = np.array([0.2, 0.1, -0.1])
    point = point_at((123.0, 45.0), pose, like=like, width=400, height=300)
    assert pixel_of(point[None], pose, width=400, height=300)[0] == pytest.approx([123.0, 45.0])
    forward = pose.focal - pose.position
    assert (point - like) @ forward == pytest.approx(0.0, abs=1e-9)
