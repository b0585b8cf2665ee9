"""A capture in another world frame: turned so that another axis points up."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from core.capture.capture import Capture, GroundTruth
from core.capture.import_options import Axis
from core.errors import CaptureError
from core.types import Camera, DoubleArray

_AXES: Mapping[str, tuple[float, float, float]] = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}


def axis_vector(axis: Axis) -> DoubleArray:
    """[3] unit vector, world."""
    return np.array(_AXES[axis[1]]) * (1.0 if axis[0] == "+" else -1.0)


def turn_between(up: Axis, new_up: Axis) -> DoubleArray:
    """[3, 3] the smallest rotation that takes one axis to another; exact: all entries are 0, 1 or -1.

    By a quarter turn around what is perpendicular to both, by a half turn around x (around y when x is up).
    """
    old, new = axis_vector(up), axis_vector(new_up)
    cosine = float(old @ new)
    if cosine == 1.0:
        return np.eye(3)
    if cosine == -1.0:
        still = np.array(_AXES["y" if up[1] == "x" else "x"])
        return 2.0 * np.outer(still, still) - np.eye(3)
    around = np.cross(old, new)
    cross = np.array([[0.0, -around[2], around[1]], [around[2], 0.0, -around[0]], [-around[1], around[0], 0.0]])
    return np.eye(3) + cross + cross @ cross


def with_up(capture: Capture, up: Axis) -> Capture:
    """The same capture in a world whose ``up`` axis points up. Raises CaptureError when its own is not known."""
    if capture.up is None:
        raise CaptureError(
            f"The up axis of {capture.folder} is not known, so it cannot be turned; say which one it is (--from-up)."
        )
    return replace(turned(capture, turn_between(capture.up, up)), up=up)


def turned(capture: Capture, rotation: DoubleArray) -> Capture:
    """The same capture in a world turned by ``rotation`` [3, 3]: x_new = rotation x_old.

    Cameras, sparse points, the sphere and true directions of lights that stand in the room turn; what is in camera
    frames (normals, other lights) stays. A ground truth mesh is left out, because it stays where it is on disk.
    """
    if np.array_equal(rotation, np.eye(3)):
        return capture
    frame = capture.file_frame
    return replace(
        capture,
        cameras=tuple(map(partial(_turned_camera, rotation), capture.cameras)),
        points=None if capture.points is None else (capture.points @ rotation.T).astype(np.float32),
        file_frame=None if frame is None else (_turned_point(rotation, frame[0]), frame[1]),
        truth=_turned_truth(rotation, capture.truth),
        up=None,
    )


def _turned_camera(rotation: DoubleArray, camera: Camera) -> Camera:
    pose = camera.world_from_camera.copy()
    pose[:3] = rotation @ pose[:3]
    return replace(camera, world_from_camera=pose)


def _turned_point(rotation: DoubleArray, point: tuple[float, float, float]) -> tuple[float, float, float]:
    x, y, z = (rotation @ np.array(point)).tolist()
    return x, y, z


def _turned_truth(rotation: DoubleArray, truth: GroundTruth) -> GroundTruth:
    standing = truth.light_directions_world
    return replace(
        truth,
        mesh=None,
        light_directions_world=None if standing is None else (standing @ rotation.T).astype(np.float32),
    )
