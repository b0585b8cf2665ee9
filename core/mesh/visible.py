"""Comparing two meshes where the cameras see them: Chamfer distance and F-score of the first ray hits.

As MVSCPS measures shape: through every pixel of every camera a ray is cast at both meshes, and the points that are hit
stand for the surfaces. What no photograph shows does not count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.types import Camera, DoubleArray, FloatArray

_MOST_RAYS = 20_000_000
"""Of all cameras together; beyond it only every n-th pixel is cast, along each side."""
_TILE_RAYS = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Triangles:
    """A surface, world frame."""

    vertices: FloatArray
    """[V, 3]"""
    faces: NDArray[np.int32]
    """[F, 3]"""


@dataclass(frozen=True, kw_only=True)
class SurfaceComparison:
    """Distances between the visible points of an estimate and of the truth, world units; empty where nothing is hit."""

    to_truth: DoubleArray
    """[points of the estimate] to the nearest point of the truth."""
    to_estimate: DoubleArray
    """[points of the truth] to the nearest point of the estimate."""
    pixel_step: int
    """1: a ray through every pixel; n: through every n-th, along each side."""

    @property
    def chamfer(self) -> float:
        """(mean distance to the truth + mean distance to the estimate) / 2; infinite when one is not seen at all."""
        if not (self.to_truth.size and self.to_estimate.size):
            return float("inf")
        return 0.5 * float(self.to_truth.mean() + self.to_estimate.mean())

    def precision(self, threshold: float) -> float:
        """Part of the estimate that is nearer to the truth than ``threshold``."""
        return _part_within(self.to_truth, threshold)

    def recall(self, threshold: float) -> float:
        """Part of the truth that is nearer to the estimate than ``threshold``."""
        return _part_within(self.to_estimate, threshold)

    def f_score(self, threshold: float) -> float:
        """Harmonic mean of precision and recall."""
        precision, recall = self.precision(threshold), self.recall(threshold)
        return 2.0 * precision * recall / (precision + recall) if precision + recall else 0.0


def compare_visible(estimate: Triangles, truth: Triangles, cameras: Sequence[Camera]) -> SurfaceComparison:
    """Compare two surfaces as ``cameras`` see them."""
    from scipy.spatial import KDTree

    step = _step(cameras)
    found, true = first_hits(estimate, cameras, step=step), first_hits(truth, cameras, step=step)
    if not (len(found) and len(true)):
        nowhere = np.full(max(len(found), len(true)), np.inf)
        return SurfaceComparison(to_truth=nowhere[: len(found)], to_estimate=nowhere[: len(true)], pixel_step=step)
    return SurfaceComparison(
        to_truth=np.asarray(KDTree(true).query(found)[0], np.float64),
        to_estimate=np.asarray(KDTree(found).query(true)[0], np.float64),
        pixel_step=step,
    )


def first_hits(surface: Triangles, cameras: Sequence[Camera], *, step: int = 1) -> FloatArray:
    """[points, 3] world: where the rays through every ``step``-th pixel first meet the surface."""
    import open3d as o3d

    if not len(surface.faces):
        return np.empty((0, 3), np.float32)
    tensor: Any = o3d.core.Tensor
    scene: Any = o3d.t.geometry.RaycastingScene()
    faces = np.ascontiguousarray(surface.faces, np.uint32)
    scene.add_triangles(tensor(np.ascontiguousarray(surface.vertices, np.float32)), tensor(faces))
    parts = [np.empty((0, 3), np.float32)]
    for camera in cameras:
        rays = _pixel_rays(camera, step)
        for start in range(0, len(rays), _TILE_RAYS):
            tile = rays[start : start + _TILE_RAYS]
            distance = scene.cast_rays(tensor(tile))["t_hit"].numpy()
            hit = np.isfinite(distance)
            parts.append(tile[hit, :3] + tile[hit, 3:] * distance[hit, None])
    return np.concatenate(parts)


def _pixel_rays(camera: Camera, step: int) -> FloatArray:
    """[pixels, 6] origin and direction, world; pixel centres are at integers."""
    v, u = np.mgrid[0 : camera.height : step, 0 : camera.width : step].reshape(2, -1).astype(np.float64)
    pixels = np.stack([u, v, np.ones_like(u)], axis=1)
    directions = pixels @ (camera.rotation @ np.linalg.inv(camera.intrinsics)).T
    return np.concatenate([np.broadcast_to(camera.centre, directions.shape), directions], axis=1).astype(np.float32)


def _step(cameras: Sequence[Camera]) -> int:
    pixels = sum(camera.width * camera.height for camera in cameras)
    return max(1, int(np.ceil(np.sqrt(pixels / _MOST_RAYS))))


def _part_within(distances: DoubleArray, threshold: float) -> float:
    return float((distances < threshold).mean()) if distances.size else 0.0
