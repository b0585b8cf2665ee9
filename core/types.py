"""The words every part of Chiaro shares: an image's name, a camera, a light.

Frames
------
world    the frame of the capture's cameras and of every exported mesh
scene    world, centred and scaled so that the object lies inside the unit sphere (``core.scene.frame``)
camera   OpenCV: x right, y down, z forward; pixel centres at integers
rig      the camera frame of the image a light belongs to; a light id has one direction in it
gl       OpenGL camera frame: x right, y up, z to the viewer (camera with y and z negated): files and displays
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
DoubleArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

Progress = Callable[[str, float], None]
"""Called with (what is being done, fraction done in [0, 1]); raises ``Cancelled`` to stop the task."""


def silent(_what: str, _fraction: float) -> None:
    """The progress of a caller who does not ask for it."""


_KEY = re.compile(r"V(\d{2,4})L(\d{2,4})")


@dataclass(frozen=True, order=True, slots=True)
class ImageKey:
    """Names one photograph: the view it was taken from and the light that lit it."""

    view: int
    light: int

    @property
    def name(self) -> str:
        """``VxxLyy``, the file stem of the photograph."""
        return f"V{self.view:02d}L{self.light:02d}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``VxxLyy``. Raises ValueError when the text is anything else."""
        match = _KEY.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is not of the form VxxLyy")
        return cls(int(match[1]), int(match[2]))


@dataclass(frozen=True, kw_only=True)
class Camera:
    """A pinhole camera."""

    intrinsics: DoubleArray
    """[3, 3] pixels; maps camera-frame points to (u, v, 1) up to scale."""
    world_from_camera: DoubleArray
    """[4, 4] rigid; camera frame (OpenCV) to world."""
    width: int
    height: int

    @property
    def centre(self) -> DoubleArray:
        """[3] the camera's position, world."""
        return self.world_from_camera[:3, 3]

    @property
    def rotation(self) -> DoubleArray:
        """[3, 3] world from camera."""
        return self.world_from_camera[:3, :3]

    def resized(self, width: int, height: int) -> "Camera":
        """The same view with another number of pixels (pixel centres stay at integers)."""
        sx, sy = width / self.width, height / self.height
        shift = np.array([[sx, 0.0, 0.5 * sx - 0.5], [0.0, sy, 0.5 * sy - 0.5], [0.0, 0.0, 1.0]])
        return Camera(
            intrinsics=shift @ self.intrinsics,
            world_from_camera=self.world_from_camera,
            width=width,
            height=height,
        )


def gl_from_camera(vectors: NDArray[np.floating]) -> NDArray[np.floating]:
    """OpenCV camera-frame vectors [..., 3] as OpenGL camera-frame vectors; its own inverse."""
    return vectors * np.array([1.0, -1.0, -1.0], dtype=vectors.dtype)
