"""Camera matrices from files, checked: intrinsics in pixels, rigid poses, and both out of one projection matrix."""

import numpy as np
from scipy import linalg

from core.errors import CaptureError
from core.types import DoubleArray

_ROTATION_TOLERANCE = 1e-3
"""Largest entry of R Rᵀ - I: files with six decimals pass, a scaled or sheared axis does not."""
_AXIS_FIX = "write a rigid camera-to-world matrix with a right-handed rotation"
_EMPTY = np.zeros((0, 0))
_GL_FROM_CV = np.diag([1.0, -1.0, -1.0, 1.0])


def checked_intrinsics(given: DoubleArray | None, what: str) -> DoubleArray:
    """[3, 3] with last row (0, 0, 1). Raises CaptureError for None and for what is no camera; ``what`` names it."""
    matrix = _EMPTY if given is None else given
    if matrix.shape != (3, 3) or not np.isfinite(matrix).all():
        raise CaptureError(f"{what} is not a 3 x 3 matrix of finite numbers; write the intrinsics in pixels.")
    below = (matrix[1, 0], matrix[2, 0], matrix[2, 1])
    if matrix[2, 2] == 0.0 or any(entry != 0.0 for entry in below):
        raise CaptureError(f"{what} is singular or not upper triangular; write fx, s, cx; 0, fy, cy; 0, 0, 1.")
    matrix = matrix / matrix[2, 2]
    if not (matrix[0, 0] > 0.0 and matrix[1, 1] > 0.0):
        raise CaptureError(f"{what} has a focal length that is not positive, so it is singular; write it in pixels.")
    return matrix


def pinhole(fx: float, fy: float, cx: float, cy: float, what: str) -> DoubleArray:
    """[3, 3] intrinsics of a camera without skew. Raises CaptureError as ``checked_intrinsics``."""
    return checked_intrinsics(np.array([[fx, 0.0, cx], [0.0, fy, cy], [0.0, 0.0, 1.0]]), what)


def checked_pose(matrix: DoubleArray | None, what: str) -> DoubleArray:
    """[4, 4] rigid. Raises CaptureError for None and for anything but a rotation and a position."""
    if matrix is None or matrix.shape != (4, 4) or not np.isfinite(matrix).all():
        raise CaptureError(f"{what} is not a 4 x 4 matrix of finite numbers; {_AXIS_FIX}.")
    rotation = matrix[:3, :3]
    with np.errstate(all="ignore"):  # what overflows is no rotation
        orthonormal = np.abs(rotation @ rotation.T - np.eye(3)).max() <= _ROTATION_TOLERANCE
        last_row = np.abs(matrix[3] - np.array([0.0, 0.0, 0.0, 1.0])).max() <= _ROTATION_TOLERANCE
        right_handed = np.linalg.det(rotation) > 0.0
    if not (orthonormal and last_row and right_handed):
        raise CaptureError(f"{what} is no rotation and position; {_AXIS_FIX}.")
    return matrix


def pose_of(rotation: DoubleArray, translation: DoubleArray, what: str) -> DoubleArray:
    """[4, 4] world from camera out of R [3, 3] and t [3] with x_camera = R x_world + t. Raises CaptureError."""
    camera_from_world = np.eye(4)
    camera_from_world[:3, :3], camera_from_world[:3, 3] = rotation, translation
    checked = checked_pose(camera_from_world, what)
    world_from_camera = np.eye(4)
    world_from_camera[:3, :3] = checked[:3, :3].T
    world_from_camera[:3, 3] = -checked[:3, :3].T @ checked[:3, 3]
    return world_from_camera


def camera_of_gl(world_from_gl: DoubleArray) -> DoubleArray:
    """[4, 4] world from camera (OpenCV) of a matrix for OpenGL axes, and the other way round."""
    return world_from_gl @ _GL_FROM_CV


def decomposed(projection: DoubleArray, what: str) -> tuple[DoubleArray, DoubleArray]:
    """(K [3, 3], world from camera [4, 4]) of P [3, 4] = K [R | t] up to scale and sign.

    RQ decomposition with a positive diagonal (Hartley and Zisserman, Multiple View Geometry, section 6.2.4). The
    intrinsics and the pose are in the frame that P takes its points from; when that is a scaled one, so is the centre.
    Raises CaptureError, naming ``what``, when P is no camera.
    """
    if projection.shape != (3, 4) or not np.isfinite(projection).all():
        raise CaptureError(f"{what} is not a 3 x 4 matrix of finite numbers; write K [R | t].")
    left = projection[:, :3]
    size = float(np.abs(left).max())
    if size == 0.0 or abs(np.linalg.det(left / size)) < _SINGULAR:
        raise CaptureError(f"{what} is singular, so it is no camera; write K [R | t].")
    upper, rotation = linalg.rq(left / size)
    signs = np.diag(np.where(np.diag(upper) < 0.0, -1.0, 1.0))
    upper, rotation = upper @ signs, signs @ rotation
    if np.linalg.det(rotation) < 0.0:  # P is only known up to its sign
        rotation = -rotation
    centre = -np.linalg.solve(left, projection[:, 3])
    world_from_camera = np.eye(4)
    world_from_camera[:3, :3], world_from_camera[:3, 3] = rotation.T, centre
    intrinsics = np.triu(upper / upper[2, 2])
    return checked_intrinsics(intrinsics, what), checked_pose(world_from_camera, what)


_SINGULAR = 1e-14
"""Determinant of the left 3 x 3 block of P, its largest entry 1: focal lengths of a million pixels pass."""
