"""Ground truth beside a capture, for judging a result: normals, lights, mesh. All of it is optional.

Nothing here stops a capture from being used: what cannot be read is left out, with a word about it.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from core.capture.capture import GroundTruth, Problem
from core.capture.file_names import DIRECTIONS, DIRECTIONS_WORLD, INTENSITIES, MESH, NORMALS
from core.capture.folder import inside
from core.capture.images import colour_channels, image_size, read_image
from core.capture.light_files import read_rows, unit_normals
from core.errors import CaptureError
from core.types import Camera, FloatArray

MAX_NORMAL_PIXELS = 200_000_000
"""Of all views together: 2.4 GB."""


def read_truth(
    folder: Path, cameras: Mapping[int, Camera], light_ids: tuple[int, ...]
) -> tuple[GroundTruth, tuple[Problem, ...]]:
    """What is known about the object, for views with these cameras and these lights."""
    problems: list[Problem] = []
    truth = GroundTruth(
        normals_gl=_normals(folder, cameras, problems),
        light_directions_gl=_directions(folder, DIRECTIONS, light_ids, problems),
        light_directions_world=_directions(folder, DIRECTIONS_WORLD, light_ids, problems),
        light_intensities=_light_table(folder, INTENSITIES, light_ids, problems),
        mesh=_mesh(folder, problems),
    )
    return truth, tuple(problems)


def _normals(folder: Path, cameras: Mapping[int, Camera], problems: list[Problem]) -> dict[int, FloatArray]:
    normals: dict[int, FloatArray] = {}
    if sum(camera.width * camera.height for camera in cameras.values()) > MAX_NORMAL_PIXELS:
        problems.append(Problem(file=NORMALS, text="Ground truth left out: too many pixels to hold in memory."))
        return normals
    for view, camera in cameras.items():
        file = folder / NORMALS / f"V{view:02d}.exr"
        if not file.exists():
            continue
        try:
            normals[view] = _normal_map(inside(folder, file), camera)
        except CaptureError as error:
            problems.append(Problem(file=f"{NORMALS}/{file.name}", text=f"Ground truth left out: {error}"))
    return normals


def _normal_map(file: Path, camera: Camera) -> FloatArray:
    width, height = image_size(file)
    if (width, height) != (camera.width, camera.height):
        photograph = f"{camera.width} x {camera.height}"
        raise CaptureError(f"{file} is {width} x {height} pixels but its photographs are {photograph}.")
    return unit_normals(colour_channels(read_image(file)).astype(np.float32))


def _light_table(folder: Path, name: str, ids: tuple[int, ...], problems: list[Problem]) -> FloatArray | None:
    """[lights, 3], one row a light id.

    A file with as many rows as there are ids holds them in sorted order; one with more rows is indexed by the id.
    """
    if not (folder / name).exists():
        return None
    try:
        rows = read_rows(inside(folder, folder / name))
    except CaptureError as error:
        problems.append(Problem(file=name, text=f"Ground truth left out: {error}"))
        return None
    if len(rows) == len(ids):
        return rows
    if len(rows) > max(ids):
        return rows[list(ids)]
    text = f"Ground truth left out: {len(rows)} rows for {len(ids)} lights up to L{max(ids):02d}; write a row a light."
    problems.append(Problem(file=name, text=text))
    return None


def _directions(folder: Path, name: str, ids: tuple[int, ...], problems: list[Problem]) -> FloatArray | None:
    """Unit rows of a table of directions."""
    directions = _light_table(folder, name, ids, problems)
    if directions is None:
        return None
    length = np.linalg.norm(directions, axis=1, keepdims=True)
    if np.any(length == 0.0):
        problems.append(Problem(file=name, text="Ground truth left out: a direction has length zero."))
        return None
    return (directions / length).astype(np.float32)


def _mesh(folder: Path, problems: list[Problem]) -> Path | None:
    file = folder / MESH
    if not file.is_file():
        return None
    try:
        return inside(folder, file)
    except CaptureError as error:
        problems.append(Problem(file=MESH, text=f"Ground truth left out: {error}"))
        return None
