"""What a ``transforms.json`` says about its world: where the object is, what is up, whose axes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from core.capture.import_options import Axis
from core.capture.json_file import finite, numbers
from core.types import DoubleArray

_UPRIGHT = 0.5
"""Cameras whose mean upward direction is at least this along one axis were held upright by it."""
_AXES: tuple[Axis, ...] = ("+x", "-x", "+y", "-y", "+z", "-z")


@dataclass(frozen=True, kw_only=True)
class World:
    """The frame of the matrices, turned into a right-handed one."""

    left_handed: bool
    """The file's matrices are those of an engine with left-handed axes."""
    sphere: tuple[tuple[float, float, float], float] | None
    """(centre [3], radius) around the object, right-handed world."""
    declared_up: Axis | None
    """Right-handed world."""
    linear: bool
    """Photographs hold linear light, whatever their depth."""
    notes: tuple[str, ...]
    """What the file says that is not used, one sentence each."""

    def up_of(self, poses: Iterable[DoubleArray]) -> tuple[Axis, tuple[str, ...]]:
        """What is up, and how it is known when the file does not say it: z, unless cameras [4, 4] say otherwise."""
        if self.declared_up is not None:
            return self.declared_up, ()
        upward = -np.mean([pose[:3, 1] for pose in poses], axis=0)  # OpenCV's y axis points down
        axis = _axis(upward)
        if axis is None or axis == "+z":
            return "+z", ("The z axis is taken to point up, as this layout usually has it.",)
        return axis, (f"The {axis[1]} axis is taken for the vertical ({axis} up): the cameras were held that way.",)


def world_of(table: dict[str, Any], *, left_handed: bool) -> World:
    """What the JSON object says; entries of Chiaro that are damaged are left out."""
    own: Any = table.get("chiaro")
    entries = cast(dict[str, Any], own) if isinstance(own, dict) else {}
    left = left_handed or entries.get("handedness") == "left"
    axis: Axis | None = next((known for known in _AXES if known == entries.get("up")), None)
    return World(
        left_handed=left,
        sphere=_sphere(entries.get("sphere"), left),
        declared_up=flipped(axis) if left else axis,
        linear=entries.get("linear") is True,
        notes=tuple(_notes(table)),
    )


def flipped(axis: Axis | None) -> Axis | None:
    """The same direction in a world whose z axis is turned round."""
    if axis == "+z":
        return "-z"
    return "+z" if axis == "-z" else axis


def _sphere(value: Any, left: bool) -> tuple[tuple[float, float, float], float] | None:
    if not isinstance(value, dict):
        return None
    entries = cast(dict[str, Any], value)
    centre, radius = numbers(entries.get("centre"), (3,)), finite(entries.get("radius"))
    if centre is None or radius is None or not radius > 0.0:
        return None
    return (float(centre[0]), float(centre[1]), float(-centre[2] if left else centre[2])), radius


def _axis(direction: DoubleArray) -> Axis | None:
    """The axis along which a mean of unit vectors [3] points; None when it hardly points anywhere."""
    largest = int(np.argmax(np.abs(direction)))
    if abs(direction[largest]) < _UPRIGHT:
        return None
    return _AXES[2 * largest + int(direction[largest] < 0.0)]


def _notes(table: dict[str, Any]) -> Iterable[str]:
    if "aabb_scale" in table:
        yield "aabb_scale is about instant-ngp's own box and is not used; place the sphere instead."
    if "applied_transform" in table or "applied_scale" in table:
        yield "The world is the one after nerfstudio's applied_transform; a mesh comes out in it."
