"""A white, diffuse ball under near lights that turn with the camera: photographs in closed form."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.capture.capture import Capture, GroundTruth
from core.capture.synthetic import orbit_cameras
from core.types import Camera, ImageKey, gl_from_camera

RADIUS = 0.45
DISTANCE = 4.5
"""Of the cameras from the ball's centre, the world's origin."""


def ball_capture(lights_in_rig: NDArray[np.floating], *, views: int, size: int) -> Capture:
    """Photographs of the ball under each light position [lights, 3] (OpenCV camera frame, world units).

    Every light arrives with the irradiance 1 at the ball's centre.
    """
    cameras = orbit_cameras(views, size)
    keys = [ImageKey(view, light) for view in range(views) for light in range(len(lights_in_rig))]
    points = [_points(camera) for camera in cameras]
    middle = np.array([0.0, 0.0, DISTANCE])
    directions = lights_in_rig - middle
    directions = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    photographs = [_photograph(cameras[key.view], points[key.view], lights_in_rig[key.light]) for key in keys]
    return Capture(
        folder=Path("ball"),
        keys=tuple(keys),
        photographs=photographs,
        cameras=tuple(cameras[key.view] for key in keys),
        masks={view: np.isfinite(found[..., 0]) for view, found in enumerate(points)},
        light_ids=tuple(range(len(lights_in_rig))),
        file_frame=((0.0, 0.0, 0.0), 1.0),
        truth=GroundTruth(
            normals_gl={},
            light_directions_gl=gl_from_camera(directions).astype(np.float32),
            light_intensities=np.ones_like(directions, dtype=np.float32),
            mesh=None,
        ),
        problems=(),
    )


def _points(camera: Camera) -> NDArray[np.floating]:
    """[height, width, 3] where each pixel's ray meets the ball, world; nan where it does not."""
    v, u = np.mgrid[: camera.height, : camera.width].astype(np.float64)
    rays = np.stack([u, v, np.ones_like(u)], -1) @ (camera.rotation @ np.linalg.inv(camera.intrinsics)).T
    rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
    along = rays @ camera.centre
    inside = along**2 - camera.centre @ camera.centre + RADIUS**2
    with np.errstate(invalid="ignore"):
        return camera.centre + (-along - np.sqrt(np.where(inside > 0.0, inside, np.nan)))[..., None] * rays


def _photograph(camera: Camera, points: NDArray[np.floating], light: NDArray[np.floating]) -> NDArray[np.float32]:
    """[height, width, 3] radiance / (albedo / pi): cosine over squared distance, 1 at the ball's centre facing it."""
    at = camera.rotation @ light + camera.centre
    away = at - points
    squared = (away**2).sum(-1)
    cosine = (away * points).sum(-1) / (RADIUS * np.sqrt(squared))
    lit = np.clip(np.nan_to_num(cosine), 0.0, None) * (at @ at) / np.nan_to_num(squared, nan=1.0)
    return np.repeat(lit[..., None], 3, axis=-1).astype(np.float32)
