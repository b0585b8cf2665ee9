"""A capture in memory: photographs, masks and cameras in one stated form, whatever layout they came from."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.types import BoolArray, Camera, FloatArray, ImageKey

Photograph = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.float32]


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
    photographs: tuple[Photograph, ...]
    """Per image: [height, width, 3] linear RGB; integers span their full range, floats are as stored."""
    cameras: tuple[Camera, ...]
    masks: dict[int, BoolArray]
    """Per view id: [height, width], true on the object."""
    light_ids: tuple[int, ...]
    """Sorted; row i of every light table belongs to ``light_ids[i]``."""
    file_frame: tuple[tuple[float, float, float], float] | None
    """(centre [3] in world units, scale) as the capture file declares the object's sphere, or None."""
    truth: GroundTruth
    problems: tuple[Problem, ...]

    @property
    def views(self) -> tuple[int, ...]:
        """Sorted view ids."""
        return tuple(sorted({key.view for key in self.keys}))

    def linear(self, image: int) -> FloatArray:
        """Photograph number ``image`` as [height, width, 3] float32, 1.0 = the file's full range."""
        pixels = self.photographs[image]
        if pixels.dtype == np.uint8:
            return pixels.astype(np.float32) / np.float32(255.0)
        if pixels.dtype == np.uint16:
            return pixels.astype(np.float32) / np.float32(65535.0)
        return pixels.astype(np.float32)

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
