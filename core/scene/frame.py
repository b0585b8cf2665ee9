"""Where the object is: the sphere that becomes the unit sphere of the scene frame."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.capture.capture import Capture, Problem
from core.errors import CaptureError
from core.types import BoolArray, Camera, DoubleArray

SPHERE_PER_OBJECT = 5.0
"""Area of the projected sphere over the area of the mask, mean over views, of the published formula."""
MARGIN = 1.05
"""A sphere that had to grow to hold every mask is made this much larger than needed."""
_HELD_PART = 0.999
"""Part of the masks' pixels a sphere must hold; the rest may be specks."""
_ENOUGH_PIXELS = 50_000
_LARGEST = 3.0
"""A declared sphere may be this many times larger than the formula's before the object would be lost in it."""
_PARALLEL = 1e-6
"""Smallest over largest eigenvalue of the normal equations below which all views look along one line."""


@dataclass(frozen=True, kw_only=True)
class SceneFrame:
    """The similarity between world and scene: x_scene = (x_world - centre) / scale."""

    centre: DoubleArray
    """[3] world."""
    scale: float
    """World units per scene unit: the radius of the object's sphere in world units."""
    problem: Problem | None = None
    """Why the sphere that the capture declares was not used, if it was not."""

    def scene_from_world(self, points: DoubleArray) -> DoubleArray:
        """World points [..., 3] in the scene frame."""
        return (points - self.centre) / self.scale

    def world_from_scene(self, points: DoubleArray) -> DoubleArray:
        """Scene points [..., 3] in the world frame."""
        return points * self.scale + self.centre


def scene_frame(capture: Capture) -> SceneFrame:
    """The frame the capture file declares when it agrees with the masks, otherwise the frame found from the masks.

    A declared sphere agrees when it holds the masks (seen from every camera) and is not so large that the object
    would be lost in it. A sphere that the user has placed is used as it is, and so is a declared one without masks.
    Raises CaptureError when there is no declared frame to use and the masks do not give one.
    """
    if capture.file_frame is None:
        return frame_from_masks(capture)
    centre, scale = np.array(capture.file_frame[0]), capture.file_frame[1]
    if capture.options.sphere is not None or not capture.masked:
        return SceneFrame(centre=centre, scale=scale)
    held = _held_part(capture, centre, scale)
    try:
        found = frame_from_masks(capture)
    except CaptureError:
        if held >= _HELD_PART:
            return SceneFrame(centre=centre, scale=scale)
        raise
    if held >= _HELD_PART and scale <= _LARGEST * found.scale:
        return SceneFrame(centre=centre, scale=scale)
    why = (
        f"holds only {held:.1%} of the object" if held < _HELD_PART else f"is {scale / found.scale:.1f} times too large"
    )
    text = f"The sphere that the files declare {why}; one found from the masks is used instead."
    return SceneFrame(centre=found.centre, scale=found.scale, problem=Problem(file="sphere", text=text))


def frame_from_masks(capture: Capture) -> SceneFrame:
    """The published normalisation of MVSCPS (ICCV 2025), from masks and cameras alone.

    The centre is the point nearest to all rays through the masks' centroids,

        d = argmin Σ |(I - m mᵀ)(d - o)|²        o camera centre, m unit ray, one term a camera pose,

    and the scale makes the projected sphere five times as large as the mask on average,

        s = √(5 Σ mask pixels / (π Σ fx² / Z²))  Z depth of d in the camera.

    All in world units; x_scene = (x_world - d) / s. An object so slender that it leaves this sphere gets a sphere
    that holds it. Raises CaptureError when the rays do not meet in front of the cameras.
    """
    views = list(_views(capture))
    centre = _nearest_point(capture, views)
    depths = np.array([_depth(camera, centre) for camera, _ in views])
    if np.any(depths <= 0.0):
        raise CaptureError(
            f"{capture.folder}: the object lies behind a camera; camera matrices must turn camera coordinates "
            "(x right, y down, z forward) into world coordinates."
        )
    focal = np.array([camera.intrinsics[0, 0] for camera, _ in views])
    pixels = sum(int(mask.sum()) for _, mask in views)
    scale = float(np.sqrt(SPHERE_PER_OBJECT * pixels / (np.pi * np.sum((focal / depths) ** 2))))
    reach = float(np.quantile(_distances(views, centre), _HELD_PART))
    return SceneFrame(centre=centre, scale=scale if reach <= scale else MARGIN * reach)


def _views(capture: Capture) -> Iterator[tuple[Camera, BoolArray]]:
    for group in capture.pose_groups():
        yield group.camera, capture.masks[group.view]


def _nearest_point(capture: Capture, views: list[tuple[Camera, BoolArray]]) -> DoubleArray:
    """[3] world: least squares over the rays through the masks' centroids."""
    equations, targets = np.zeros((3, 3)), np.zeros(3)
    for camera, mask in views:
        rows, columns = np.nonzero(mask)
        ray = _rays(camera, np.array([columns.mean()]), np.array([rows.mean()]))[0]
        across = np.eye(3) - np.outer(ray, ray)
        equations += across
        targets += across @ camera.centre
    eigenvalues = np.linalg.eigvalsh(equations)
    if eigenvalues[0] < _PARALLEL * eigenvalues[-1]:
        raise CaptureError(
            f"{capture.folder}: all cameras look along one line, so the object's place is unknown; add a view from "
            "another side."
        )
    return np.asarray(np.linalg.solve(equations, targets), dtype=np.float64)


def _rays(camera: Camera, u: DoubleArray, v: DoubleArray) -> DoubleArray:
    """[pixels, 3] unit rays, world, through pixel positions."""
    pixels = np.stack([u, v, np.ones_like(u)], axis=-1)
    rays: DoubleArray = pixels @ np.linalg.inv(camera.intrinsics).T @ camera.rotation.T
    return np.asarray(rays / np.linalg.norm(rays, axis=-1, keepdims=True), dtype=np.float64)


def _depth(camera: Camera, point: DoubleArray) -> float:
    return float((point - camera.centre) @ camera.rotation[:, 2])


def _distances(views: list[tuple[Camera, BoolArray]], centre: DoubleArray) -> DoubleArray:
    """Distance of ``centre`` from the rays of the masks' pixels (of large masks a regular part), world units."""
    parts: list[DoubleArray] = []
    for camera, mask in views:
        rows, columns = np.nonzero(mask)
        some = slice(None, None, 1 + len(rows) // _ENOUGH_PIXELS)
        rays = _rays(camera, columns[some].astype(np.float64), rows[some].astype(np.float64))
        across: DoubleArray = np.cross(rays, centre - camera.centre)
        parts.append(np.sqrt((across**2).sum(axis=-1)))
    return np.concatenate(parts)


def _held_part(capture: Capture, centre: DoubleArray, scale: float) -> float:
    """Part of all mask pixels whose rays meet the sphere."""
    return float(np.mean(_distances(list(_views(capture)), centre) <= scale))
