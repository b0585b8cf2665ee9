"""Normal maps beside photographs, as ground truth: images of each view in the camera's frame or the world's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.capture.capture import GroundTruth, Problem, full_range
from core.capture.images import colour_channels, image_size, read_image
from core.capture.light_files import truth_of_lights, unit_normals
from core.errors import CaptureError
from core.types import Camera, DoubleArray, FloatArray

_MAX_PIXELS = 200_000_000
"""Of all views together: 2.4 GB."""
Turn = Callable[[Camera], DoubleArray]
"""[3, 3] OpenGL camera frame from the frame of the normals, for the camera of their view."""


@dataclass(frozen=True, kw_only=True)
class NormalMaps:
    """Files and what frame they are in."""

    folder: Path
    """The capture's."""
    files: Mapping[int, Path]
    """By view id; known to lie inside the folder."""
    turn: Turn
    mesh: Path | None = None
    """A mesh in the world frame, known to lie inside the folder."""


def as_they_are(_camera: Camera) -> DoubleArray:
    """Normals in the OpenGL camera frame already."""
    return np.eye(3)


def out_of_the_world(camera: Camera) -> DoubleArray:
    """Normals in the world frame."""
    return np.diag([1.0, -1.0, -1.0]) @ camera.rotation.T


def read_normal_truth(
    maps: NormalMaps, cameras: Mapping[int, Camera], light_ids: tuple[int, ...]
) -> tuple[GroundTruth, tuple[Problem, ...]]:
    """The normals of these views in the OpenGL camera frame; maps that cannot be read are named and left out."""
    problems: list[Problem] = []
    normals: dict[int, FloatArray] = {}
    wanted = {view: camera for view, camera in cameras.items() if view in maps.files}
    if sum(camera.width * camera.height for camera in wanted.values()) > _MAX_PIXELS:
        first = maps.files[next(iter(wanted))].parent.name
        problems.append(Problem(file=first, text="Ground truth left out: too many pixels to hold in memory."))
        wanted = {}
    for view, camera in wanted.items():
        file = maps.files[view]
        try:
            normals[view] = _normal_map(file, camera, maps.turn)
        except CaptureError as error:
            name = file.relative_to(maps.folder).as_posix()
            problems.append(Problem(file=name, text=f"Ground truth left out: {error}"))
    return truth_of_lights({}, {}, light_ids, normals_gl=normals, mesh=maps.mesh), tuple(problems)


def _normal_map(file: Path, camera: Camera, turn: Turn) -> FloatArray:
    """[height, width, 3] unit normals, OpenGL camera frame, zero where unknown.

    Floats are the vectors themselves; integers are (n + 1) / 2 of their full range, where (0, 0, 0) is no normal.
    """
    width, height = image_size(file)
    if (width, height) != (camera.width, camera.height):
        expected = f"{camera.width} x {camera.height}"
        raise CaptureError(f"{file} is {width} x {height} pixels but its photographs are {expected}.")
    pixels = colour_channels(read_image(file))
    if pixels.dtype.kind == "f":
        vectors = pixels.astype(np.float32)
    else:
        full = np.float32(full_range(pixels))
        vectors = np.where(pixels.any(axis=-1, keepdims=True), pixels / full * 2.0 - 1.0, 0.0)
    with np.errstate(invalid="ignore"):  # vectors of infinite length are found unknown
        normals = unit_normals(vectors)
    return np.asarray(normals @ turn(camera).T.astype(np.float32), dtype=np.float32)
