"""A capture in memory: photographs, masks and cameras in one stated form, whatever layout they came from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.capture.import_options import Axis, ImportOptions
from core.capture.mapped import MappedPhotographs
from core.types import BoolArray, Camera, FloatArray, ImageKey

Photograph = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.float16] | NDArray[np.float32]


def full_range(pixels: Photograph) -> float:
    """The number that stands for 1.0: the largest of an integer type, 1 for floats."""
    return {"uint8": 255.0, "uint16": 65535.0}.get(pixels.dtype.name, 1.0)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something worth the user's attention that does not stop the capture from being used."""

    file: str
    """The file's name relative to the capture folder."""
    text: str
    """One sentence: what is wrong and what to do."""


@dataclass(frozen=True, kw_only=True)
class GroundTruth:
    """What is known about a test object; every part may be missing. Never used by the optimiser."""

    normals_gl: dict[int, FloatArray]
    """Per view id: [height, width, 3] unit normals in the OpenGL camera frame, zero where unknown."""
    light_directions_gl: FloatArray | None
    """[lights, 3] unit vectors to the light, OpenGL camera frame; row i belongs to ``Capture.light_ids[i]``."""
    light_intensities: FloatArray | None
    """[lights, 3] linear RGB; rows as in ``light_directions_gl``."""
    mesh: Path | None
    """A triangle mesh in the world frame."""
    light_directions_world: FloatArray | None = None
    """[lights, 3] unit vectors to lights that stand in the room, world frame; rows as in ``light_directions_gl``."""

    @property
    def knows_directions(self) -> bool:
        """Whether it has directions to the lights, in either frame."""
        return self.light_directions_gl is not None or self.light_directions_world is not None


@dataclass(frozen=True, kw_only=True)
class PoseGroup:
    """Photographs taken from one camera pose; a ray through a pixel of it may be shaded under each of its lights."""

    view: int
    camera: Camera
    images: tuple[int, ...]
    """Indices into ``Capture.keys``."""


@dataclass(frozen=True, kw_only=True)
class Capture:
    """Photographs of one object under unknown lights. All per-image tuples are aligned with ``keys``."""

    folder: Path
    keys: tuple[ImageKey, ...]
    """Sorted by view, then light; only images that have a camera."""
    photographs: Sequence[Photograph]
    """Per image: [height, width, 3] linear RGB; integers span their full range, floats are as stored.

    In memory, or (``core.capture.mapped``) in a file of which only the object and a rim around it are kept: black
    elsewhere.
    """
    cameras: tuple[Camera, ...]
    masks: dict[int, BoolArray]
    """Per view id: [height, width], true on the object."""
    light_ids: tuple[int, ...]
    """Sorted; row i of every light table belongs to ``light_ids[i]``."""
    file_frame: tuple[tuple[float, float, float], float] | None
    """(centre [3] in world units, scale) as the capture file declares the object's sphere, or None."""
    truth: GroundTruth
    problems: tuple[Problem, ...]
    masked: bool = True
    """False when there are no masks: everything inside the sphere counts as the object."""
    points: FloatArray | None = None
    """[points, 3] sparse points of a reconstruction, world."""
    up: Axis | None = None
    """The world axis that points up, where it is known."""
    layout: str = "MVSCPS"
    """The layout it was read from."""
    options: ImportOptions = field(default_factory=ImportOptions)
    """The choices it was read with."""
    reduced: int = 1
    """How many times smaller than the files the photographs are, along each side."""

    @property
    def views(self) -> tuple[int, ...]:
        """Sorted view ids."""
        return tuple(sorted({key.view for key in self.keys}))

    def linear(self, image: int) -> FloatArray:
        """Photograph number ``image`` as [height, width, 3] float32, 1.0 = the file's full range."""
        pixels = self.photographs[image]
        linear = pixels.astype(np.float32)
        return linear if pixels.dtype.kind == "f" else linear / np.float32(full_range(pixels))

    def object_pixels(self, image: int) -> Photograph:
        """[mask pixels, 3] of photograph number ``image`` as stored, in row-major order."""
        if isinstance(self.photographs, MappedPhotographs):
            return self.photographs.object_pixels(image)
        return self.photographs[image][self.masks[self.keys[image].view]]

    def pose_groups(self) -> tuple[PoseGroup, ...]:
        """Images grouped by view, size and bit-equal camera, in order of first appearance."""
        groups: dict[tuple[int, int, int, bytes, bytes], list[int]] = {}
        for index, (key, camera) in enumerate(zip(self.keys, self.cameras, strict=True)):
            pose = (camera.intrinsics.tobytes(), camera.world_from_camera.tobytes())
            groups.setdefault((key.view, camera.width, camera.height, *pose), []).append(index)
        return tuple(
            PoseGroup(view=identity[0], camera=self.cameras[images[0]], images=tuple(images))
            for identity, images in groups.items()
        )
