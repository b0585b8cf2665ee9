"""Masks of a known solid agree with its cameras; a camera that is turned, or a mask of something else, shows."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.capture.hull import carve, hull, outline_of
from core.capture.read import read_capture
from core.capture.silhouettes import Silhouette, agreement, silhouettes_of, sphere_around
from core.capture.synthetic import orbit_cameras
from core.types import BoolArray, Camera, DoubleArray

BALLS = ((0.0, 0.0, 0.0, 0.45), (0.35, 0.3, 0.1, 0.25), (-0.3, -0.35, 0.2, 0.3))
"""(centre, radius) of the balls whose union is the solid; world."""
OFFSET = np.array([12.0, -7.0, 30.0])
SIZE = 160


def rays(camera: Camera) -> DoubleArray:
    v, u = np.mgrid[: camera.height, : camera.width].astype(np.float64)
    directions = np.stack([u, v, np.ones_like(u)], -1) @ np.linalg.inv(camera.intrinsics).T @ camera.rotation.T
    return directions / np.linalg.norm(directions, axis=-1, keepdims=True)


def mask_of_balls(camera: Camera, balls: tuple[tuple[float, ...], ...] = BALLS) -> BoolArray:
    """Exactly the pixels whose rays meet one of the balls."""
    directions = rays(camera)
    mask = np.zeros((camera.height, camera.width), dtype=np.bool_)
    for *place, radius in balls:
        across = np.cross(directions, OFFSET + np.array(place) - camera.centre)
        mask |= np.linalg.norm(across, axis=-1) <= radius
    return mask


def moved(camera: Camera) -> Camera:
    pose = camera.world_from_camera.copy()
    pose[:3, 3] += OFFSET
    return replace(camera, world_from_camera=pose)


def turned(camera: Camera, degrees: float) -> Camera:
    angle = np.radians(degrees)
    turn = np.eye(4)
    turn[0, [0, 2]], turn[2, [0, 2]] = (np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))
    return replace(camera, world_from_camera=camera.world_from_camera @ turn)


def views(count: int, size: int = SIZE) -> list[Silhouette]:
    cameras = [moved(camera) for camera in orbit_cameras(count, size)]
    return [Silhouette(view=i, camera=camera, mask=mask_of_balls(camera)) for i, camera in enumerate(cameras)]


@pytest.mark.parametrize("count", [3, 6, 16])
def test_masks_of_a_solid_agree_with_their_cameras(count: int) -> None:
    found = agreement(views(count), OFFSET, 1.0)
    assert len(found.overlap) == count
    assert found.median > 0.97
    assert min(found.overlap.values()) > 0.95
    assert min(found.coverage.values()) > 0.97
    assert found.outliers == ()


@pytest.mark.parametrize(("count", "degrees"), [(6, 1.5), (6, 8.0), (16, 1.5), (16, 30.0)])
def test_a_turned_camera_is_named_and_clearly_apart(count: int, degrees: float) -> None:
    silhouettes = views(count)
    silhouettes[4] = replace(silhouettes[4], camera=turned(silhouettes[4].camera, degrees))
    found = agreement(silhouettes, OFFSET, 1.0)
    assert found.worst == 4
    assert found.outliers == (4,)
    others = [overlap for view, overlap in found.overlap.items() if view != 4]
    assert min(others) > 0.95
    assert found.overlap[4] < 0.85


def test_a_mask_of_something_else_is_named() -> None:
    silhouettes = views(8)
    other = mask_of_balls(silhouettes[2].camera, ((0.3, -0.4, 0.0, 0.4),))
    silhouettes[2] = replace(silhouettes[2], mask=other)
    assert agreement(silhouettes, OFFSET, 1.0).outliers == (2,)


def test_two_wrong_views_of_sixteen_are_named_worst_first() -> None:
    silhouettes = views(16)
    for view, degrees in ((3, 3.0), (11, 6.0)):
        silhouettes[view] = replace(silhouettes[view], camera=turned(silhouettes[view].camera, degrees))
    assert agreement(silhouettes, OFFSET, 1.0).outliers == (11, 3)


def test_a_view_with_two_cameras_gets_the_worse_of_them() -> None:
    silhouettes = views(8)
    wrong = replace(silhouettes[5], camera=turned(silhouettes[5].camera, 5.0))
    found = agreement([*silhouettes, wrong], OFFSET, 1.0)
    assert len(found.overlap) == 8
    assert found.worst == 5


def test_only_views_that_see_a_place_vote_on_it() -> None:
    """A view cut down to a corner of the picture says nothing about the rest of the solid."""
    silhouettes = views(8)
    whole = silhouettes[1]
    side = SIZE // 2
    corner = replace(whole.camera, width=side, height=side)
    silhouettes[1] = replace(whole, camera=corner, mask=np.ascontiguousarray(whole.mask[:side, :side]))
    found = agreement(silhouettes, OFFSET, 1.0)
    assert min(found.overlap.values()) > 0.93


def test_the_hulls_surface_is_where_the_ball_is() -> None:
    """Against the truth of one ball seen from all around: signed distances within a voxel or so."""
    ball = ((0.0, 0.0, 0.0, 0.5),)
    cameras = [moved(camera) for camera in orbit_cameras(24, SIZE)]
    outlines = [outline_of(mask_of_balls(camera, ball), camera, OFFSET, 1.0) for camera in cameras]
    voxels = carve(outlines, tolerated=0.0)
    equator = np.abs(voxels.centres[:, 1]) < 0.1
    truth = (0.5 - np.linalg.norm(voxels.centres, axis=1)) / voxels.spacing
    near = equator & (np.abs(truth) < 4.0)
    difference = hull(voxels, tolerated=0.0)[near] - truth[near]
    assert near.sum() > 1000
    assert np.median(np.abs(difference)) < 0.5
    assert np.quantile(np.abs(difference), 0.99) < 2.5


def test_tolerance_lets_a_place_miss_that_many_masks() -> None:
    cameras = [moved(camera) for camera in orbit_cameras(10, 64)]
    masks = [mask_of_balls(camera) for camera in cameras]
    masks[0] = np.zeros_like(masks[0])
    masks[0][0, 0] = True
    outlines = [outline_of(mask, camera, OFFSET, 1.0) for mask, camera in zip(masks, cameras, strict=True)]
    voxels = carve(outlines, tolerated=0.1)
    assert (hull(voxels, tolerated=0.1) > 0.0).any()
    assert not (hull(voxels, tolerated=0.0) > 0.0).any()
    without_first = np.arange(10) > 0
    strict = hull(voxels, tolerated=0.0, views=without_first) > 0.0
    assert (hull(voxels, tolerated=0.1) > 0.0)[strict].all()


def test_the_sphere_around_the_masks_holds_the_solid_and_little_else() -> None:
    silhouettes = views(12)
    silhouettes[3] = replace(silhouettes[3], camera=turned(silhouettes[3].camera, 25.0))
    found = sphere_around(silhouettes)
    assert found is not None
    centre, radius = found
    for *place, ball in BALLS:
        assert np.linalg.norm(OFFSET + np.array(place) - centre) + ball < 1.1 * radius
    assert radius < 1.2


def test_cameras_along_one_line_give_no_sphere() -> None:
    camera = moved(orbit_cameras(1, 64)[0])
    closer = camera.world_from_camera.copy()
    closer[:3, 3] += 0.5 * closer[:3, 2]
    lines = [camera, replace(camera, world_from_camera=closer)]
    assert sphere_around([Silhouette(view=i, camera=c, mask=centred(c)) for i, c in enumerate(lines)]) is None


def centred(camera: Camera) -> BoolArray:
    """A disc around the optical axis."""
    v, u = np.mgrid[: camera.height, : camera.width]
    return np.hypot(u - camera.intrinsics[0, 2], v - camera.intrinsics[1, 2]) < 10.0


@pytest.mark.parametrize("name", ["bunny", "horse_metal", "nefertiti_free", "spot_sparse"])
def test_real_captures_agree(shared_data: Path, name: str) -> None:
    silhouettes = silhouettes_of(read_capture(shared_data / "olat" / name))
    sphere = sphere_around(silhouettes)
    assert sphere is not None
    found = agreement(silhouettes, *sphere)
    assert found.median > 0.95
    assert found.outliers == ()
