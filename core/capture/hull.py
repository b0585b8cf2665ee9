"""The shape that masks leave: signed distances to all outlines on a grid of voxels that is fine only where needed.

Letters: V views, N voxels. Distances are positive inside the outline, in units of the voxels' spacing, and infinite
where a view does not see a place. For each view the distance of a voxel to the mask's outline is measured in the
picture and taken back to the voxel's depth, so the hull's surface is known to a part of a voxel. Lengths are relative
to the sphere (centre 0, radius 1) so that single precision is enough.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.types import BoolArray, Camera, DoubleArray, FloatArray

_LONGEST_MASK = 640
_MOST_MASK_PIXELS = 16_000_000
"""Masks are made this small before their outlines are measured: along the longer side, and all together (64 MB)."""
_COARSE = 40
"""Voxels along the sphere's diameter of the first grid, which tells where the second must be fine."""
_MOST_VALUES = 32_000_000
"""Voxels times views of the second grid: about a second, and 64 MB as half floats."""
_MOST_VOXELS = 1_500_000
_FINEST_PIXELS = 0.7
"""Voxels smaller than this part of the masks' pixels tell nothing new."""
_HALF_DIAGONAL = 0.87
"""Half the diagonal of a voxel: the hull may pass through it when its centre is that far outside."""
_SHELL = 2.5
"""Thickness in voxels of what is drawn of the hull: whoever looks at a solid sees its skin only."""
_BLOCK = 16_384
_FEWEST_EYES = 2
"""A place that fewer views see is not taken for part of the hull."""
_PIXEL = 1.5
"""Size, in voxels, of the pixels into which a hull is drawn: each holds a voxel wherever the hull is solid."""
_WITHIN = 0.5
"""Distance in voxels that a voxel must be inside to be drawn: a pixel takes the deepest of those that fall into it,
which would otherwise make outlines wider by this much."""


@dataclass(frozen=True, kw_only=True)
class Outline:
    """The outline of one mask."""

    camera: Camera
    """At the size of ``distance``; lengths relative to the sphere."""
    distance: FloatArray
    """[height, width] pixels to the outline, positive on the object."""


@dataclass(frozen=True, kw_only=True)
class Voxels:
    """Places in the sphere and their distance to every outline."""

    centres: FloatArray
    """[N, 3] relative to the sphere."""
    spacing: float
    """Relative to the sphere's radius."""
    distances: NDArray[np.float16]
    """[N, V] in spacings; infinite where a view does not see the place."""


def outline_of(mask: BoolArray, camera: Camera, centre: DoubleArray, radius: float, *, of: int = 1) -> Outline:
    """Measure a mask [height, width] for the sphere at ``centre`` [3] with ``radius`` (world units).

    ``of``: how many masks there are in all; the more, the smaller they are measured.
    """
    longest = min(_LONGEST_MASK, (_MOST_MASK_PIXELS / of) ** 0.5)
    ratio = min(1.0, longest / max(mask.shape))
    height, width = (max(1, round(side * ratio)) for side in mask.shape)
    small = np.asarray(cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)) >= 0.5
    inner, outer = (_to_nearest_zero(side) for side in (small, ~small))
    pose = camera.world_from_camera.copy()
    pose[:3, 3] = (camera.centre - centre) / radius
    relative = Camera(
        intrinsics=camera.intrinsics, world_from_camera=pose, width=camera.width, height=camera.height
    ).resized(width, height)
    return Outline(camera=relative, distance=np.where(small, inner - 0.5, 0.5 - outer).astype(np.float32))


def _to_nearest_zero(mask: BoolArray) -> FloatArray:
    """Pixels to the nearest false pixel; far where there is none."""
    height, width = mask.shape
    if mask.all():
        return np.full(mask.shape, height + width, dtype=np.float32)
    distance = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(distance, dtype=np.float32)


def carve(outlines: Sequence[Outline], *, tolerated: float) -> Voxels:
    """Voxels of the unit sphere, fine where the hull that may miss a part ``tolerated`` of the masks is."""
    spacing = 2.0 / _COARSE
    axis = (np.arange(_COARSE, dtype=np.float32) + np.float32(0.5)) * np.float32(spacing) - np.float32(1.0)
    centres = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    centres = centres[(centres**2).sum(axis=1) <= 1.0]
    coarse = Voxels(centres=centres, spacing=spacing, distances=_distances(outlines, centres, spacing))
    near = centres[hull(coarse, tolerated=tolerated) >= -_HALF_DIAGONAL]
    parts = _parts(outlines, len(near), spacing)
    offsets = (np.arange(parts, dtype=np.float32) + np.float32(0.5)) / parts - np.float32(0.5)
    steps = np.stack(np.meshgrid(offsets, offsets, offsets, indexing="ij"), axis=-1).reshape(-1, 3) * spacing
    fine = (near[:, None] + steps.astype(np.float32)).reshape(-1, 3)
    return Voxels(centres=fine, spacing=spacing / parts, distances=_distances(outlines, fine, spacing / parts))


def _parts(outlines: Sequence[Outline], voxels: int, spacing: float) -> int:
    """How many times finer along each axis the second grid may and need be."""
    if voxels == 0:
        return 1
    affordable = min(_MOST_VALUES / len(outlines), _MOST_VOXELS) / voxels
    needed = spacing / (_FINEST_PIXELS * pixel_size(outlines))
    return int(max(1.0, min(affordable ** (1.0 / 3.0), np.ceil(needed))))


def pixel_size(outlines: Sequence[Outline]) -> float:
    """Median size of the masks' pixels at the sphere's centre, relative to its radius."""
    sizes = [abs(_depth_of_centre(o.camera)) / o.camera.intrinsics[0, 0] for o in outlines]
    return float(np.median(sizes))


def _depth_of_centre(camera: Camera) -> float:
    return float(-camera.centre @ camera.rotation[:, 2])


def _distances(outlines: Sequence[Outline], centres: FloatArray, spacing: float) -> NDArray[np.float16]:
    """[N, V] as in ``Voxels.distances``."""
    values = np.empty((len(centres), len(outlines)), dtype=np.float16)
    for part in _blocks(len(centres)):
        for number, outline in enumerate(outlines):
            values[part, number] = _distance(outline, centres[part], spacing)
    return values


def _distance(outline: Outline, centres: FloatArray, spacing: float) -> FloatArray:
    u, v, depth, seen = _projected(outline.camera, centres)
    pixels = cv2.remap(outline.distance, u[:, None], v[:, None], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    scale = np.float32(1.0 / (outline.camera.intrinsics[0, 0] * spacing))
    return np.where(seen, np.clip(pixels[:, 0] * depth * scale, -_FAR, _FAR), np.float32(np.inf))


def _projected(camera: Camera, centres: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, BoolArray]:
    """(u, v in pixels, depth, whether the camera sees it) for each of ``centres``; zeros where it does not."""
    camera_from_world = camera.intrinsics @ camera.rotation.T
    offset = -camera_from_world @ camera.centre
    image = centres @ camera_from_world.T.astype(np.float32) + offset.astype(np.float32)
    depth = image[:, 2]
    ahead = depth > 0.0
    u, v = (image[:, axis] / np.where(ahead, depth, np.float32(1.0)) for axis in (0, 1))
    seen = ahead & (u >= -0.5) & (u < camera.width - 0.5) & (v >= -0.5) & (v < camera.height - 0.5)
    return np.where(seen, u, np.float32(0.0)), np.where(seen, v, np.float32(0.0)), depth, seen


def hull(voxels: Voxels, *, tolerated: float, views: BoolArray | None = None) -> FloatArray:
    """[N] distance to the hull's surface in spacings, positive inside: what all masks agree on.

    A voxel may miss the part ``tolerated`` of the masks that see it, rounded down, so 0 asks for all of them. Only
    the ``views`` [V] that are true count.
    """
    values = np.empty(len(voxels.centres), dtype=np.float32)
    chosen = slice(None) if views is None else np.flatnonzero(views)
    for part in _blocks(len(values)):
        ordered = np.sort(voxels.distances[part, chosen].astype(np.float32), axis=1)
        eyes = np.isfinite(ordered).sum(axis=1)
        spared = np.minimum((tolerated * eyes).astype(np.intp), ordered.shape[1] - 1)
        worst = np.take_along_axis(ordered, spared[:, None], axis=1)[:, 0]
        values[part] = np.where(eyes >= min(_FEWEST_EYES, ordered.shape[1]), worst, -np.inf)
    return values


def drawn(outline: Outline, voxels: Voxels, hull_distance: FloatArray) -> tuple[BoolArray, BoolArray]:
    """(hull, mask), both [rows, columns], as the view of ``outline`` shows them in pixels of ``pixel_of(voxels)``."""
    camera = outline.camera
    size = abs(_depth_of_centre(camera)) / camera.intrinsics[0, 0] / (_PIXEL * voxels.spacing)
    ratio = min(1.0, size)
    small = camera.resized(max(1, round(camera.width * ratio)), max(1, round(camera.height * ratio)))
    picture = np.zeros((small.height, small.width), dtype=np.bool_)
    shell = (hull_distance >= _WITHIN) & (hull_distance < _WITHIN + _SHELL)
    u, v, _, seen = _projected(small, voxels.centres[shell])
    columns, rows = (np.rint(place[seen]).astype(np.intp) for place in (u, v))
    picture[rows, columns] = True
    signed = cv2.resize(outline.distance, (small.width, small.height), interpolation=cv2.INTER_AREA)
    return picture, np.asarray(signed) >= 0.0


def _blocks(count: int) -> Iterator[slice]:
    return (slice(start, start + _BLOCK) for start in range(0, count, _BLOCK))


_FAR = 1000.0
"""Larger distances, in spacings, are all the same; half floats hold them."""
