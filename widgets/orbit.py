"""The eye of a 3D viewport: where it stands, what turns it, how it looks through a photograph's camera. No VTK here.

``target``, ``position``, ``forward`` and ``up`` are in the world frame. Mouse motion comes as fractions of the
viewport's height, so that a gesture does the same in a small viewport as in a large one.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from core.types import Camera, DoubleArray

Axis = Literal["x", "y", "z", "-x", "-y", "-z"]
AXES: tuple[Axis, ...] = ("x", "y", "z", "-x", "-y", "-z")

VIEW_ANGLE_DEG = 30.0
"""Vertical field of view of the free orbit: long enough a lens to judge shape by."""
_STEEPEST_DEG = 89.0
_ZOOM_PER_CLICK = 0.88
_DRAG_DEG = 200.0
"""Turn for a drag over the whole height of the viewport."""


@dataclass(frozen=True, kw_only=True)
class Pose:
    """An eye: enough to set any renderer's camera."""

    position: DoubleArray
    """[3] world"""
    focal: DoubleArray
    """[3] world: a point straight ahead, at the distance of what is looked at."""
    up: DoubleArray
    """[3] unit, world"""
    view_angle_deg: float
    """Vertical field of view."""
    centre: tuple[float, float] = (0.0, 0.0)
    """Offset of the optical axis from the middle of the image, in halves of its width and height (right, up)."""


def axis_frame(up: Axis) -> tuple[DoubleArray, DoubleArray, DoubleArray]:
    """Right-handed unit vectors (first, second, up) of the orbit's turning plane and axis."""
    index = "xyz".index(up[-1])
    sign = -1.0 if up.startswith("-") else 1.0
    unit = np.eye(3)
    return unit[(index + 1) % 3], sign * unit[(index + 2) % 3], sign * unit[index]


def likely_up(cameras: tuple[Camera, ...]) -> Axis:
    """The world axis nearest to what the photographers held upright."""
    mean_up = -np.sum([camera.rotation[:, 1] for camera in cameras], axis=0)
    index = int(np.argmax(np.abs(mean_up)))
    return AXES[index if mean_up[index] > 0 else index + 3]


@dataclass(frozen=True, kw_only=True)
class Orbit:
    """An eye that turns around a target with the horizon kept level."""

    target: DoubleArray
    """[3] world"""
    distance: float
    """World units from the target to the eye."""
    azimuth_deg: float
    elevation_deg: float
    up: Axis

    @classmethod
    def looking_at(cls, centre: DoubleArray, radius: float, *, towards: DoubleArray, up: Axis) -> "Orbit":
        """See a whole sphere of ``radius`` world units; the eye lies in direction ``towards`` from its ``centre``."""
        distance = 1.15 * radius / np.sin(np.radians(VIEW_ANGLE_DEG / 2))
        level = cls(target=centre, distance=float(distance), azimuth_deg=0.0, elevation_deg=0.0, up=up)
        return level.aimed(towards)

    def aimed(self, towards: DoubleArray) -> "Orbit":
        """The same orbit with the eye in direction ``towards`` (any length) from the target."""
        first, second, axis = axis_frame(self.up)
        length = float(np.linalg.norm(towards))
        elevation = np.degrees(np.arcsin(np.clip(towards @ axis / max(length, 1e-12), -1.0, 1.0)))
        azimuth = np.degrees(np.arctan2(towards @ second, towards @ first))
        steep = float(np.clip(elevation, -_STEEPEST_DEG, _STEEPEST_DEG))
        return replace(self, azimuth_deg=float(azimuth), elevation_deg=steep)

    def with_up(self, up: Axis) -> "Orbit":
        """The same eye with another axis held upright."""
        return self if up == self.up else replace(self, up=up).aimed(self.towards)

    @property
    def towards(self) -> DoubleArray:
        """[3] unit vector from the target to the eye, world."""
        first, second, axis = axis_frame(self.up)
        azimuth, elevation = np.radians(self.azimuth_deg), np.radians(self.elevation_deg)
        level = np.cos(azimuth) * first + np.sin(azimuth) * second
        return np.cos(elevation) * level + np.sin(elevation) * axis

    @property
    def pose(self) -> Pose:
        """The eye in the world."""
        right, upward = self._image_axes()
        del right
        position = self.target + self.distance * self.towards
        return Pose(position=position, focal=self.target, up=upward, view_angle_deg=VIEW_ANGLE_DEG)

    def turned(self, right: float, down: float) -> "Orbit":
        """After a drag by fractions of the viewport's height: the object follows the mouse."""
        elevation = self.elevation_deg + _DRAG_DEG * down
        return replace(
            self,
            azimuth_deg=(self.azimuth_deg - _DRAG_DEG * right + 180.0) % 360.0 - 180.0,
            elevation_deg=float(np.clip(elevation, -_STEEPEST_DEG, _STEEPEST_DEG)),
        )

    def panned(self, right: float, down: float) -> "Orbit":
        """After a drag by fractions of the viewport's height: the point at the target's depth stays under the mouse."""
        to_right, upward = self._image_axes()
        height = 2.0 * self.distance * np.tan(np.radians(VIEW_ANGLE_DEG / 2))
        return replace(self, target=self.target + height * (down * upward - right * to_right))

    def zoomed(self, clicks: float) -> "Orbit":
        """Nearer by ``clicks`` of the wheel, farther when negative."""
        return replace(self, distance=self.distance * _ZOOM_PER_CLICK**clicks)

    def _image_axes(self) -> tuple[DoubleArray, DoubleArray]:
        axis = axis_frame(self.up)[2]
        right = np.cross(axis, self.towards)
        right /= np.linalg.norm(right)
        return right, np.cross(self.towards, right)


def camera_pose(camera: Camera, *, target: DoubleArray, aspect: float) -> Pose:
    """Look through a photograph's camera in a viewport of ``aspect`` = width / height; the whole image fits."""
    forward = camera.rotation[:, 2]
    depth = max(float((target - camera.centre) @ forward), 1e-9)
    fy, cx, cy = camera.intrinsics[1, 1], camera.intrinsics[0, 2], camera.intrinsics[1, 2]
    margin = max(1.0, camera.width / (camera.height * aspect))
    height = camera.height * margin
    return Pose(
        position=camera.centre,
        focal=camera.centre + depth * forward,
        up=-camera.rotation[:, 1],
        view_angle_deg=float(2.0 * np.degrees(np.arctan(0.5 * height / fy))),
        centre=(
            float((cx + 0.5 - 0.5 * camera.width) / (0.5 * height * aspect)),
            float((0.5 * camera.height - cy - 0.5) / (0.5 * height)),
        ),
    )


def orbit_from_camera(camera: Camera, *, target: DoubleArray, up: Axis) -> Orbit:
    """The free orbit nearest to a photograph's camera: same place, turned to the target, horizon level."""
    towards = camera.centre - target
    scale = np.tan(np.arctan(0.5 * camera.height / camera.intrinsics[1, 1])) / np.tan(np.radians(VIEW_ANGLE_DEG / 2))
    distance = float(np.linalg.norm(towards) * scale)
    level = Orbit(target=target, distance=distance, azimuth_deg=0.0, elevation_deg=0.0, up=up)
    return level.aimed(towards)


def pixel_of(points: DoubleArray, pose: Pose, *, width: int, height: int) -> DoubleArray:
    """World points [n, 3] as viewport pixels [n, 2], origin top left; nan behind the eye."""
    forward = pose.focal - pose.position
    forward = forward / np.linalg.norm(forward)
    right = np.cross(forward, pose.up)
    right /= np.linalg.norm(right)
    upward = np.cross(right, forward)
    away = points - pose.position
    depth = away @ forward
    depth = np.where(depth > 1e-9, depth, np.nan)
    half = np.tan(np.radians(pose.view_angle_deg / 2))
    x = (away @ right) / depth / (half * width / height) + pose.centre[0]
    y = (away @ upward) / depth / half + pose.centre[1]
    return np.stack([(x + 1.0) * 0.5 * width, (1.0 - y) * 0.5 * height], axis=-1)


def point_at(pixel: tuple[float, float], pose: Pose, *, like: DoubleArray, width: int, height: int) -> DoubleArray:
    """[3] world: the point under a viewport pixel that is as far in front of the eye as the point ``like``."""
    forward = pose.focal - pose.position
    forward = forward / np.linalg.norm(forward)
    right = np.cross(forward, pose.up)
    right /= np.linalg.norm(right)
    upward = np.cross(right, forward)
    depth = float((like - pose.position) @ forward)
    half = depth * np.tan(np.radians(pose.view_angle_deg / 2))
    x = (2.0 * pixel[0] / width - 1.0 - pose.centre[0]) * half * width / height
    y = (1.0 - 2.0 * pixel[1] / height - pose.centre[1]) * half
    return pose.position + depth * forward + x * right + y * upward
