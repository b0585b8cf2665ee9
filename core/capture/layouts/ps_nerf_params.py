"""``params.json`` of PS-NeRF: cameras and lights of a multi-view photometric stereo capture.

``K`` [3, 3] pixels (centres at integers: its rays leave pixel (u, v) through exactly that point); ``pose_c2w``
[n_view, 4, 4] world from camera in **OpenGL** axes (x right, y up, z to the viewer), which PS-NeRF's own loader turns
to OpenCV by negating the second and third column (ywq/psnerf, stage1/dataloading/dataset.py). ``light_direction`` are
vectors to the light, also in the OpenGL camera frame (stage2/datasets/dataset.py turns them with the pose as it is):
[L, 3] when ``light_is_same`` for all views, else one such list a view. ``light_intensity`` is arranged alike.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from core.capture.capture import Problem
from core.capture.json_file import numbers, read_json_object
from core.capture.matrices import camera_of_gl, checked_intrinsics, checked_pose
from core.errors import CaptureError
from core.types import DoubleArray

PARAMS = "params.json"
_MOST_VIEWS = 10_000
Lights = tuple[DoubleArray, ...]
"""A table [lights, 3] for all views, or one for each view."""


@dataclass(frozen=True, kw_only=True)
class PsNerfParams:
    """What the file says, checked. View i, counted from 0, is the folder ``view_{i + 1}``."""

    intrinsics: tuple[DoubleArray, ...]
    """[3, 3] pixels, one for each view."""
    world_from_camera: tuple[DoubleArray, ...]
    """[4, 4] rigid, OpenCV camera axes, one for each view."""
    light_is_same: bool
    """Whether light j is the same, seen from the camera, in every view."""
    directions_gl: Lights | None
    """OpenGL camera frame, not necessarily of length 1."""
    intensities: Lights | None
    """Linear RGB."""
    normals_in_world: bool
    """Whether normal maps beside the photographs are in the world frame; else in the OpenGL camera frame."""
    problems: tuple[Problem, ...]


def read_ps_nerf_params(file: Path) -> PsNerfParams:
    """Read ``file``. Raises CaptureError, naming it and the entry, when a camera is missing or impossible."""
    table = read_json_object(file, missing="PS-NeRF keeps the cameras there", holds="K and pose_c2w")
    poses = table.get("pose_c2w")
    count = len(cast(list[Any], poses)) if isinstance(poses, list) else 0
    if not 0 < count <= _MOST_VIEWS:
        raise CaptureError(f"{file}: pose_c2w is not a list of 4 x 4 matrices, one for each view; write it again.")
    problems: list[Problem] = []
    same = _is_same(table)
    return PsNerfParams(
        intrinsics=_intrinsics(table, count, file),
        world_from_camera=tuple(
            camera_of_gl(checked_pose(numbers(pose, (4, 4)), f"{file}: pose_c2w of view {number}"))
            for number, pose in enumerate(cast(list[Any], poses), start=1)
        ),
        light_is_same=same,
        directions_gl=_lights(table, "light_direction", same, problems),
        intensities=_lights(table, "light_intensity", same, problems),
        normals_in_world=table.get("gt_normal_world") is True,
        problems=tuple(problems),
    )


def _intrinsics(table: dict[str, Any], count: int, file: Path) -> tuple[DoubleArray, ...]:
    """One matrix for all views, or one a view."""
    given = table.get("K")
    each = numbers(given, (count, 3, 3))
    if each is not None:
        return tuple(checked_intrinsics(matrix, f"{file}: K of view {n}") for n, matrix in enumerate(each, start=1))
    return (checked_intrinsics(numbers(given, (3, 3)), f"{file}: K"),) * count


def _is_same(table: dict[str, Any]) -> bool:
    """As declared; undeclared, by the shape of the directions."""
    declared = table.get("light_is_same")
    if isinstance(declared, bool):
        return declared
    directions = table.get("light_direction")
    return not isinstance(directions, list) or _table(cast(list[Any], directions)) is not None


def _lights(table: dict[str, Any], name: str, same: bool, problems: list[Problem]) -> Lights | None:
    """The tables of one entry; what cannot be read is left out with a word about it."""
    given = table.get(name)
    if given is None:
        return None
    parts: list[Any] = [given] if same else cast(list[Any], given) if isinstance(given, list) else [None]
    tables = [_table(part) for part in parts]
    if any(part is None for part in tables):
        text = f"Ground truth left out: {name} is not three finite numbers for each light; write it again."
        problems.append(Problem(file=PARAMS, text=text))
        return None
    return tuple(part for part in tables if part is not None)


def _table(given: Any) -> DoubleArray | None:
    """[lights, 3], or None."""
    return numbers(given, (len(cast(list[Any], given)), 3)) if isinstance(given, list) and given else None
