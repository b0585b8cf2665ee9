"""The frames of a ``transforms.json``: which photograph, from where, through what lens.

The keys of NeRF (``camera_angle_x``), instant-ngp (``fl_x``, ``fl_y``, ``cx``, ``cy``, ``w``, ``h``, ``k1``, ``k2``,
``p1``, ``p2``, ``is_fisheye``, ``aabb_scale``) and nerfstudio (``camera_model``, ``k3``, ``k4``, ``mask_path``,
``applied_transform``; https://docs.nerf.studio/quickstart/data_conventions.html); all of the lens may stand in a frame
too, and goes before what stands above all frames. ``cx`` and ``cy`` have the first pixel's centre at (0.5, 0.5), as in
instant-ngp and COLMAP, from which they come. ``camera_angle_x`` alone means a principal point in the middle.

``transform_matrix`` is world from camera with OpenGL's camera axes (x right, y up, z to the viewer). Engines with
left-handed axes (x right, y up, z forward) write M T M instead, M = diag(1, 1, -1, 1): both the world and the camera
have their z axis turned round.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from core.capture.json_file import finite, numbers
from core.capture.lens import Lens, checked_lens
from core.capture.matrices import camera_of_gl, checked_pose
from core.errors import CaptureError
from core.types import DoubleArray

MAX_FRAMES = 20_000
_FOCALS = ("fl_x", "fl_y", "camera_angle_x", "camera_angle_y")
_DISTORTION = ("k1", "k2", "k3", "k4", "k5", "k6", "p1", "p2")
_LENS = (*_FOCALS, *_DISTORTION, "cx", "cy", "w", "h", "camera_model", "is_fisheye")
_FISHEYE = ("OPENCV_FISHEYE", "FISHEYE", "SIMPLE_RADIAL_FISHEYE", "RADIAL_FISHEYE")
_PERSPECTIVE = ("", "PERSPECTIVE", "PINHOLE", "SIMPLE_PINHOLE", "SIMPLE_RADIAL", "RADIAL", "OPENCV", "FULL_OPENCV")
_OTHER_HAND = np.diag([1.0, 1.0, -1.0, 1.0])


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One photograph as the file describes it, not yet looked for."""

    file: str
    """Path relative to the JSON file, with or without suffix."""
    mask: str | None
    """Path of its mask, relative to the JSON file."""
    world_from_camera: DoubleArray
    """[4, 4] rigid, OpenCV camera axes, right-handed world."""
    entries: dict[str, Any]
    """What the file says about the lens."""
    what: str
    """Names the frame in messages."""

    @property
    def centred(self) -> bool:
        """Whether the principal point has to be taken for the middle."""
        return "cx" not in self.entries or "cy" not in self.entries

    @property
    def size(self) -> tuple[int, int] | None:
        """(width, height) the lens is stated for; None means that of the file. Raises CaptureError."""
        if "w" not in self.entries or "h" not in self.entries:
            return None
        return self._whole("w"), self._whole("h")

    def lens(self, width: int, height: int) -> Lens:
        """The lens before photographs of this size. Raises CaptureError."""
        fx, fy = self._focal_lengths(width, height)
        cx, cy = self._number("cx", width / 2.0), self._number("cy", height / 2.0)
        k1, k2, k3, k4, k5, k6, p1, p2 = (self._number(name, 0.0) for name in _DISTORTION)
        name = str(self.entries.get("camera_model") or "")
        if self.entries.get("is_fisheye") is True or name in _FISHEYE:
            name, extras = "OPENCV_FISHEYE", (k1, k2, k3, k4)
        elif name not in _PERSPECTIVE:
            extras = ()  # refused below, by name
        elif k5 or k6:
            name, extras = "FULL_OPENCV", (k1, k2, p1, p2, k3, k4, k5, k6)
        elif k3 or k4:
            name, extras = "BROWN", (0.0, k1, k2, k3, k4, p1, p2)
        else:
            name, extras = "OPENCV", (k1, k2, p1, p2)
        return checked_lens(name, (fx, fy, cx, cy, *extras), width, height, self.what)

    def _focal_lengths(self, width: int, height: int) -> tuple[float, float]:
        if "fl_x" in self.entries:
            fx = self._number("fl_x", 0.0)
        elif "camera_angle_x" in self.entries:
            fx = 0.5 * width / math.tan(0.5 * self._angle("camera_angle_x"))
        else:
            raise CaptureError(f"{self.what} has no focal length; add fl_x in pixels or camera_angle_x in radians.")
        if "fl_y" in self.entries:
            return fx, self._number("fl_y", 0.0)
        if "camera_angle_y" in self.entries and "fl_x" not in self.entries:
            return fx, 0.5 * height / math.tan(0.5 * self._angle("camera_angle_y"))
        return fx, fx

    def _angle(self, name: str) -> float:
        angle = self._number(name, 0.0)
        if not 0.0 < angle < math.pi:
            raise CaptureError(f"{self.what}: {name} is {angle:.6g}, no angle of view in radians; write 0 to 3.14.")
        return angle

    def _number(self, name: str, default: float) -> float:
        value = finite(self.entries.get(name, default))
        if value is None:
            raise CaptureError(f"{self.what}: {name} is not a finite number; correct it.")
        return value

    def _whole(self, name: str) -> int:
        value = self._number(name, 0.0)
        if value != int(value) or value < 1:
            raise CaptureError(f"{self.what}: {name} is not a whole number of pixels; correct it.")
        return int(value)


def frames_of(table: dict[str, Any], file: Path, *, left_handed: bool) -> list[Frame]:
    """The frames of a JSON object. Raises CaptureError naming the file and the frame."""
    frames: Any = table.get("frames")
    if not isinstance(frames, list) or not frames:
        raise CaptureError(f"{file} has no list of frames; add frames with file_path and transform_matrix.")
    entries = cast(list[Any], frames)
    if len(entries) > MAX_FRAMES:
        raise CaptureError(f"{file} has more than {MAX_FRAMES} frames; make a smaller capture.")
    above = {name: table[name] for name in _LENS if table.get(name) is not None}
    return [_frame(entry, above, f"{file}: frame {number}", left_handed) for number, entry in enumerate(entries)]


def other_hand(matrix: DoubleArray) -> DoubleArray:
    """[4, 4] M T M: a left-handed world-from-camera matrix as a right-handed one (OpenGL axes), and back."""
    return _OTHER_HAND @ matrix @ _OTHER_HAND


def _frame(entry: Any, above: dict[str, Any], what: str, left_handed: bool) -> Frame:
    if not isinstance(entry, dict):
        raise CaptureError(f"{what} is not an object; write file_path and transform_matrix.")
    fields = cast(dict[str, Any], entry)
    name = fields.get("file_path")
    if not isinstance(name, str) or not name.strip():
        raise CaptureError(f"{what} has no file_path; write the path of its photograph.")
    own = {key: fields[key] for key in _LENS if fields.get(key) is not None}
    if any(key in own for key in _FOCALS):
        above = {key: value for key, value in above.items() if key not in _FOCALS}
    mask = fields.get("mask_path")
    return Frame(
        file=name,
        mask=mask if isinstance(mask, str) and mask.strip() else None,
        world_from_camera=_pose(fields.get("transform_matrix"), what, left_handed),
        entries=above | own,
        what=f"{what} ({name[:80]})",
    )


def _pose(value: Any, what: str, left_handed: bool) -> DoubleArray:
    """[4, 4] from four rows, or three of which the last is left out."""
    matrix = numbers(value, (4, 4))
    if matrix is None:
        upper = numbers(value, (3, 4))
        matrix = None if upper is None else np.vstack([upper, [0.0, 0.0, 0.0, 1.0]])
    gl = checked_pose(matrix, f"{what}: transform_matrix")
    return camera_of_gl(other_hand(gl) if left_handed else gl)
