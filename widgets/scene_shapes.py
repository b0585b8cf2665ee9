"""Points and lines of what surrounds the mesh in 3D: camera frustums, light arrows, the scene sphere. NumPy only."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.types import Camera, DoubleArray

_CORNERS = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
_FRUSTUM_EDGES = np.array([(0, 1), (0, 2), (0, 3), (0, 4), (1, 2), (2, 3), (3, 4), (4, 1)])
_SIDES = 10


def unique_cameras(cameras: tuple[Camera, ...]) -> list[list[int]]:
    """Indices of ``cameras`` grouped by equal place and lens, in order of first appearance."""
    groups: dict[bytes, list[int]] = {}
    for index, camera in enumerate(cameras):
        groups.setdefault(camera.world_from_camera.tobytes() + camera.intrinsics.tobytes(), []).append(index)
    return list(groups.values())


def frustum(camera: Camera, depth: float) -> DoubleArray:
    """[5, 3] world points: the eye and the image's corners at ``depth`` world units before it."""
    pixels = np.array([(x * camera.width - 0.5, y * camera.height - 0.5, 1.0) for x, y in _CORNERS])
    rays = pixels @ np.linalg.inv(camera.intrinsics).T
    return np.vstack([camera.centre, camera.centre + depth * rays @ camera.rotation.T])


def frustum_lines(cameras: list[Camera], depth: float) -> tuple[DoubleArray, NDArray[np.int64]]:
    """World points [5 n, 3] and segments [8 n, 2] of ``n`` frustums."""
    points = np.concatenate([frustum(camera, depth) for camera in cameras])
    starts = 5 * np.arange(len(cameras))[:, None, None]
    return points, (starts + _FRUSTUM_EDGES).reshape(-1, 2)


def paint_frustums(mapper: Any, colours: DoubleArray) -> None:
    """Colour the frustums that a VTK mapper draws as the lines of ``frustum_lines``: RGB [n, 3] in [0, 1]."""
    painted = np.repeat((255.0 * colours).astype(np.uint8), len(_FRUSTUM_EDGES), axis=0)
    mapper.dataset.cell_data["colour"] = painted
    mapper.SetScalarModeToUseCellFieldData()
    mapper.SelectColorArray("colour")
    mapper.SetColorModeToDirectScalars()
    mapper.SetScalarVisibility(True)


def frustum_depth(cameras: tuple[Camera, ...], centre: DoubleArray) -> float:
    """A size for frustums, world units: a tenth of the usual distance of a camera from the object's centre."""
    return 0.1 * float(np.median([np.linalg.norm(camera.centre - centre) for camera in cameras]))


def circles(centre: DoubleArray, radius: float, count: int = 72) -> tuple[DoubleArray, NDArray[np.int64]]:
    """World points and segments of the three great circles of a sphere, around x, y and z."""
    angles = np.linspace(0.0, 2.0 * np.pi, count, endpoint=False)
    flat = np.stack([np.cos(angles), np.sin(angles), np.zeros(count)], axis=-1)
    points = np.concatenate([np.roll(flat, turn, axis=-1) for turn in range(3)])
    ring = np.stack([np.arange(count), (np.arange(count) + 1) % count], axis=-1)
    return centre + radius * points, np.concatenate([ring + turn * count for turn in range(3)])


def dome(
    centre: DoubleArray, radius: float, axis: DoubleArray, count: int = 48
) -> tuple[DoubleArray, NDArray[np.int64]]:
    """World points and segments of a hemisphere's rim and four of its meridians around unit ``axis``."""
    first, second = perpendicular(axis)
    angles = np.linspace(0.0, 2.0 * np.pi, count, endpoint=False)
    rim = np.cos(angles)[:, None] * first + np.sin(angles)[:, None] * second
    ring = np.stack([np.arange(count), (np.arange(count) + 1) % count], axis=-1)
    points, lines = [rim], [ring]
    half = np.linspace(0.0, np.pi, count // 2)
    steps = np.stack([np.arange(len(half) - 1), np.arange(1, len(half))], axis=-1)
    for turn in np.linspace(0.0, np.pi, 4, endpoint=False):
        side = np.cos(turn) * first + np.sin(turn) * second
        lines.append(steps + sum(len(part) for part in points))
        points.append(np.cos(half)[:, None] * side + np.sin(half)[:, None] * axis)
    return centre + radius * np.concatenate(points), np.concatenate(lines)


def perpendicular(axis: DoubleArray) -> tuple[DoubleArray, DoubleArray]:
    """Two unit vectors that make a right-handed frame with unit ``axis`` as the third."""
    helper = np.eye(3)[int(np.argmin(np.abs(axis)))]
    first = np.cross(helper, axis)
    first /= np.linalg.norm(first)
    return first, np.cross(axis, first)


def arrow(tip: DoubleArray, direction: DoubleArray, length: float) -> tuple[DoubleArray, NDArray[np.int64]]:
    """World points and triangles of one arrow that ends in ``tip`` and points along unit ``direction``."""
    first, second = perpendicular(direction)
    angles = np.linspace(0.0, 2.0 * np.pi, _SIDES, endpoint=False)
    ring = np.cos(angles)[:, None] * first + np.sin(angles)[:, None] * second
    radii_and_places = ((0.03, -1.0), (0.03, -0.4), (0.1, -0.4))
    rings = [tip + length * (radius * ring + place * direction) for radius, place in radii_and_places]
    points = np.vstack([*rings, tip, tip - length * direction])
    here = np.arange(_SIDES)
    after = (here + 1) % _SIDES
    triangles: list[NDArray[np.int64]] = []
    for near in (0, _SIDES):
        far = near + _SIDES
        triangles.append(np.stack([near + here, near + after, far + here], axis=-1))
        triangles.append(np.stack([near + after, far + after, far + here], axis=-1))
    triangles.append(np.stack([2 * _SIDES + here, 2 * _SIDES + after, np.full(_SIDES, 3 * _SIDES)], axis=-1))
    triangles.append(np.stack([after, here, np.full(_SIDES, 3 * _SIDES + 1)], axis=-1))
    return points, np.concatenate(triangles)


def lamp(place: DoubleArray, to: DoubleArray, length: float) -> tuple[DoubleArray, NDArray[np.int64]]:
    """World points and triangles of a lamp at ``place``: a bulb, and an arrow of ``length`` from it toward ``to``."""
    toward = (to - place) / max(float(np.linalg.norm(to - place)), 1e-9)
    corners, faces = arrow(place + length * toward, toward, length)
    bulb, bulb_faces = ball(place, 0.22 * length)
    return np.concatenate([corners, bulb]), np.concatenate([faces, bulb_faces + len(corners)])


def ball(centre: DoubleArray, radius: float) -> tuple[DoubleArray, NDArray[np.int64]]:
    """World points and triangles of a small round thing: an octahedron, each face parted into four."""
    corners = np.concatenate([np.eye(3), -np.eye(3)])
    signs = [(x, y, z) for x in (0, 3) for y in (1, 4) for z in (2, 5)]
    points: list[DoubleArray] = []
    for a, b, c in (corners[list(sign)] for sign in signs):
        ab, bc, ca = a + b, b + c, c + a
        points += [a, ab, ca, ab, b, bc, ca, bc, c, ab, bc, ca]
    stacked = np.stack(points)
    stacked /= np.linalg.norm(stacked, axis=1, keepdims=True)
    return centre + radius * stacked, np.arange(len(stacked)).reshape(-1, 3)


def lamps(
    centre: DoubleArray, places: DoubleArray, length: float
) -> tuple[DoubleArray, NDArray[np.int64], NDArray[np.int64]]:
    """Lamps at ``places`` [n, 3] that shine at ``centre``; returns as ``light_arrows``."""
    return _joined([lamp(place, centre, length) for place in places])


def light_arrows(
    centre: DoubleArray, radius: float, directions: DoubleArray, length: float
) -> tuple[DoubleArray, NDArray[np.int64], NDArray[np.int64]]:
    """Arrows that come from unit ``directions`` [n, 3] and end on a dome of ``radius``.

    Returns world points, triangles, and for every point the row of its arrow.
    """
    return _joined([arrow(centre + radius * direction, -direction, length) for direction in directions])


def _joined(
    shapes: Sequence[tuple[DoubleArray, NDArray[np.int64]]],
) -> tuple[DoubleArray, NDArray[np.int64], NDArray[np.int64]]:
    """Points and triangles of all shapes, and for every point the row of its shape."""
    points: list[DoubleArray] = []
    triangles: list[NDArray[np.int64]] = []
    rows: list[NDArray[np.int64]] = []
    for row, (corners, faces) in enumerate(shapes):
        triangles.append(faces + sum(len(part) for part in points))
        points.append(corners)
        rows.append(np.full(len(corners), row))
    return np.concatenate(points), np.concatenate(triangles), np.concatenate(rows)
