"""Folders in the layout of IDR, NeuS and their kin, made of matrices and flat images."""

from pathlib import Path

import numpy as np

from core.capture.images import write_png8
from core.types import Camera, DoubleArray

COUNT = 3
CENTRE = (1.0, -2.0, 3.0)


def rotation(random: np.random.Generator) -> DoubleArray:
    matrix = np.linalg.qr(random.normal(size=(3, 3)))[0]
    return matrix * np.sign(np.linalg.det(matrix))


def some_camera(number: int) -> Camera:
    """A camera anywhere, with skew, that looks at the sphere of ``matrices``."""
    random = np.random.default_rng(number)
    pose = np.eye(4)
    pose[:3, :3] = rotation(random)
    pose[:3, 3] = np.array(CENTRE) - (8.0 + number) * pose[:3, 2]
    intrinsics = np.array([[50.0 + number, 0.3, 11.5], [0.0, 48.0, 9.25], [0.0, 0.0, 1.0]])
    return Camera(intrinsics=intrinsics, world_from_camera=pose, width=24, height=20)


def world_mat(camera: Camera) -> DoubleArray:
    projection = np.eye(4)
    projection[:3, :3] = camera.intrinsics
    return projection @ np.linalg.inv(camera.world_from_camera)


def scale_mat(radius: float, *centre: float) -> DoubleArray:
    matrix = np.diag([radius, radius, radius, 1.0])
    matrix[:3, 3] = centre
    return matrix


def matrices(count: int = COUNT, radius: float = 2.0) -> dict[str, DoubleArray]:
    named = {f"world_mat_{number}": world_mat(some_camera(number)) for number in range(count)}
    return named | {f"scale_mat_{number}": scale_mat(radius, *CENTRE) for number in range(count)}


def write_images(folder: Path, names: list[str], level: float = 0.5) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        write_png8(folder / name, np.full((20, 24, 3), level))


def write_masks(folder: Path, names: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    mask = np.zeros((20, 24, 1))
    mask[4:16, 5:19] = 1.0
    for name in names:
        write_png8(folder / name, mask)


def assert_same_camera(camera: Camera, expected: Camera) -> None:
    np.testing.assert_allclose(camera.intrinsics, expected.intrinsics, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(camera.world_from_camera, expected.world_from_camera, rtol=1e-9, atol=1e-9)
    assert (camera.width, camera.height) == (expected.width, expected.height)
