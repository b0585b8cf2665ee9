"""A traced view: maps against an analytic sphere, and light that adds up."""

from dataclasses import replace

import numpy as np
import pytest

from core.render.view import SurfaceBuffer, shade, trace_view, trace_view_now
from core.scene.frame import SceneFrame
from core.scene.lamp import Lamp
from core.types import Camera
from tests.core.render.analytic import OneSphere, TwoSpheres, model_of

SIZE = 48
FRAME = SceneFrame(centre=np.array([10.0, -20.0, 5.0]), scale=4.0)


def _camera() -> Camera:
    """Looks along world -z at the sphere's centre from 16 world units away, upright in OpenCV terms."""
    pose = np.eye(4)
    pose[:3, :3] = np.diag([1.0, -1.0, -1.0])
    pose[:3, 3] = FRAME.centre + np.array([0.0, 0.0, 16.0])
    intrinsics = np.array([[150.0, 0, SIZE / 2 - 0.5], [0, 150.0, SIZE / 2 - 0.5], [0, 0, 1]])
    return Camera(intrinsics=intrinsics, world_from_camera=pose, width=SIZE, height=SIZE)


def _white(*to_light: float) -> Lamp:
    return Lamp(to_light=np.array(to_light, np.float32), intensity=np.ones(3, np.float32))


@pytest.fixture(scope="module")
def buffer() -> SurfaceBuffer:
    return trace_view_now(model_of(OneSphere), _camera(), FRAME)


def test_maps_of_a_sphere(buffer: SurfaceBuffer) -> None:
    maps = buffer.images()
    v, u = np.mgrid[:SIZE, :SIZE] - (SIZE / 2 - 0.5)
    # Tangent cone of a sphere of radius 2 at distance 16.
    edge = 150.0 * np.tan(np.arcsin(2.0 / 16.0))
    inside, outside = np.hypot(u, v) < edge - 1.5, np.hypot(u, v) > edge + 1.5
    assert maps.opacity[inside].min() > 0.95
    assert maps.opacity[outside].max() < 0.05
    middle = (SIZE // 2, SIZE // 2)
    assert maps.normals_gl[middle] @ [0, 0, 1] > 0.998
    assert maps.depth[middle] == pytest.approx(14.0, abs=0.05)
    right, top = maps.normals_gl[SIZE // 2, SIZE - 9], maps.normals_gl[8, SIZE // 2]
    assert right[0] > 0.5  # OpenGL: x to the right, y up
    assert top[1] > 0.5
    assert not maps.depth[outside].any()


def test_tiles_report_their_progress() -> None:
    fractions = list(trace_view(model_of(OneSphere), _camera(), FRAME))
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_light_adds_up(buffer: SurfaceBuffer) -> None:
    """Radiance is linear in the intensity, channel by channel."""
    model = model_of(OneSphere)
    to_light = np.array([0.3, -0.2, -0.93], np.float32)
    one = shade(model, buffer, Lamp(to_light=to_light, intensity=np.array([1, 1, 1], np.float32))).render
    other = shade(model, buffer, Lamp(to_light=to_light, intensity=np.array([2, 0.5, 0], np.float32))).render
    np.testing.assert_allclose(other, one * [2, 0.5, 0], atol=1e-5)
    assert one.max() > 0


def test_a_light_at_the_camera_casts_no_shadow_and_one_above_does() -> None:
    alone = model_of(OneSphere)
    frontal = shade(alone, trace_view_now(alone, _camera(), FRAME), _white(0.0, 0.0, -1.0))
    assert frontal.shadow.mean() > 0.99
    model = model_of(TwoSpheres)
    buffer = trace_view_now(model, _camera(), FRAME)
    slanted = _white(0.0, -0.5, -0.866)  # from above: the small sphere's shadow falls below it
    lit = shade(model, buffer, slanted)
    assert lit.shadow[SIZE // 2 : SIZE - 8, SIZE // 2].min() < 0.1
    without = shade(model, buffer, slanted, shadows=False)
    assert (without.shadow == 1.0).all()
    np.testing.assert_allclose(without.render, lit.unshadowed, atol=1e-6)


def test_a_camera_that_sees_nothing_gives_empty_maps() -> None:
    camera = _camera()
    pose = camera.world_from_camera.copy()
    pose[:3, 3] += [500.0, 0.0, 0.0]
    away = Camera(intrinsics=camera.intrinsics, world_from_camera=pose, width=SIZE, height=SIZE)
    model = model_of(OneSphere)
    buffer = trace_view_now(model, away, FRAME)
    assert not buffer.images().opacity.any()
    assert not shade(model, buffer, _white(0.0, 0.0, -1.0)).render.any()


def test_a_near_lamp_follows_the_inverse_square_law(buffer: SurfaceBuffer) -> None:
    """In front of the camera, two units from the sphere's centre: the nearest point is half a unit nearer to it."""
    model, middle = model_of(OneSphere), (SIZE // 2, SIZE // 2)
    far = _white(0.0, 0.0, -1.0)
    near = Lamp(to_light=far.to_light, intensity=far.intensity, nearness=0.5, centre=np.array([0, 0, 4], np.float32))
    assert near.position is not None
    np.testing.assert_allclose(near.position, [0.0, 0.0, 2.0])
    lit, bright = (shade(model, buffer, lamp, shadows=False).render[middle] for lamp in (far, near))
    np.testing.assert_allclose(bright, lit / (1.0 - 0.5 * 0.5) ** 2, rtol=0.01)
    dimmed = Lamp(to_light=far.to_light, intensity=far.intensity, exposure=0.5)
    np.testing.assert_allclose(shade(model, buffer, dimmed, shadows=False).render[middle], 0.5 * lit, rtol=1e-5)


def test_a_beam_lights_its_middle_more_than_its_edge(buffer: SurfaceBuffer) -> None:
    model = model_of(OneSphere)
    straight = np.array([0, 0, -1], np.float32)
    even = Lamp(
        to_light=straight, intensity=np.ones(3, np.float32), nearness=0.5, centre=np.array([0, 0, 4], np.float32)
    )
    spot = replace(even, beam=straight, exponent=20.0)
    ratio = shade(model, buffer, spot, shadows=False).render / shade(model, buffer, even, shadows=False).render.clip(
        1e-6
    )
    middle, aside = ratio[SIZE // 2, SIZE // 2, 0], ratio[SIZE // 2, SIZE // 2 + 12, 0]
    # Seen from the lamp, two units before the centre, 12 pixels aside are 12 / 150 * 3.59 across and 1.59 down.
    across = 12.5 / 150.0 * 3.6
    assert middle == pytest.approx(1.0, abs=0.01)
    assert aside == pytest.approx(np.cos(np.arctan2(across, 1.6)) ** 20.0, rel=0.05)
