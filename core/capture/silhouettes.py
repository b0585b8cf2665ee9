"""Silhouette consistency: do the masks agree with the cameras?

Every mask leaves a cone of places where the object can be; what lies in (nearly) all cones is the hull. Seen from a
view whose camera is right, the hull has the outline of that view's mask. A camera that is turned or displaced, or a
mask of something else, shows at once: hull and mask of that view differ, before anything was trained.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.capture.capture import Capture
from core.capture.hull import Outline, Voxels, carve, drawn, hull, outline_of
from core.types import BoolArray, Camera, DoubleArray, Progress, silent

_FEWEST_TOLERANT = 5
"""With fewer views a single wrong one cannot be told from the others."""
_TOLERATED = 0.1
_STILL_TOLERATED = 0.05
"""By the second hull, from which views that disagree are left out."""
_CLEARLY_WORSE = 0.06
_SPREADS = 3.0
_SPREAD_OF_DEVIATION = 1.4826
"""Standard deviation over median absolute deviation of normally distributed values."""
_FEW = 12
_GOOD = 0.95
_CLEAR_GAIN = 0.015
"""Mean rise of the others' overlaps."""
_HELD_PART = 0.999
_VIEWS_HELD = 0.9
"""The sphere is as large as this part of the views ask for: one whose camera is wrong does not blow it up."""
_MARGIN = 1.15
_PARALLEL = 1e-6
"""Smallest over largest eigenvalue of the normal equations below which all views look along one line."""
_ENOUGH_PIXELS = 20_000
_ROUNDS = 10
_MOST_POSES = 256
_COMPARING = "Comparing masks with cameras"


@dataclass(frozen=True, kw_only=True)
class Silhouette:
    """One mask and the camera that saw it."""

    view: int
    camera: Camera
    mask: BoolArray
    """[height, width], at the camera's size."""


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How well each view's mask agrees with the shape that the masks leave."""

    overlap: dict[int, float]
    """Per view id: intersection over union of mask and hull, in [0, 1]."""
    coverage: dict[int, float]
    """Per view id: part of the mask that the hull covers."""

    @property
    def median(self) -> float:
        """Of the views' overlaps."""
        return float(np.median(list(self.overlap.values())))

    @property
    def worst(self) -> int:
        """The view id with the smallest overlap."""
        return min(self.overlap, key=lambda view: self.overlap[view])

    @property
    def outliers(self) -> tuple[int, ...]:
        """View ids that agree clearly worse than the others, worst first."""
        clear = _clearly_worse(np.array(list(self.overlap.values())))
        views = [view for view, worse in zip(self.overlap, clear, strict=True) if worse]
        return tuple(sorted(views, key=lambda view: self.overlap[view]))


def silhouettes_of(capture: Capture) -> list[Silhouette]:
    """One for each camera pose of the capture, or for each view where poses are very many."""
    groups = capture.pose_groups()
    if len(groups) > _MOST_POSES:
        groups = tuple({group.view: group for group in groups}.values())
    return [Silhouette(view=group.view, camera=group.camera, mask=capture.masks[group.view]) for group in groups]


def agreement(
    silhouettes: Sequence[Silhouette], centre: DoubleArray, radius: float, *, progress: Progress | None = None
) -> Agreement:
    """Compare every mask with the hull of all of them inside a sphere (centre [3] and radius, world units).

    The first hull may miss a tenth of the masks that see a place, one at least from five views on. Views that
    disagree with it clearly are left out of the second, on which the others agree but for a twentieth; every view is
    compared with that one. A view with several cameras gets the worst of them. Raises Cancelled when ``progress``
    does, which is told after each view.
    """
    tell = progress or silent
    tell(_COMPARING, 0.0)
    count = len(silhouettes)
    outlines = [outline_of(s.mask, s.camera, centre, radius, of=count) for s in silhouettes]
    tolerated = max(_TOLERATED, (1.0 + 1e-6) / count) if count >= _FEWEST_TOLERANT else 0.0
    voxels = carve(outlines, tolerated=tolerated)
    everyone = np.ones(count, dtype=np.bool_)
    overlaps, coverages = _compared(outlines, voxels, tolerated=tolerated, views=everyone, progress=_half(tell, 0.2))
    if count >= _FEWEST_TOLERANT:
        trusted = ~_clearly_worse(overlaps)
        if trusted.all() and count <= _FEW:
            trusted = _without_spoiler(outlines, voxels)
        second = _half(tell, 0.6)
        overlaps, coverages = _compared(outlines, voxels, tolerated=_STILL_TOLERATED, views=trusted, progress=second)
    overlap, coverage = {}, {}
    for silhouette, one_overlap, one_coverage in zip(silhouettes, overlaps, coverages, strict=True):
        if one_overlap <= overlap.get(silhouette.view, 1.0):
            overlap[silhouette.view], coverage[silhouette.view] = float(one_overlap), float(one_coverage)
    return Agreement(overlap=overlap, coverage=coverage)


def _compared(
    outlines: Sequence[Outline],
    voxels: Voxels,
    *,
    tolerated: float,
    views: BoolArray,
    progress: Progress | None = None,
) -> tuple[DoubleArray, DoubleArray]:
    """(intersection over union, covered part of the mask), both [views], with the hull of ``views``."""
    tell = progress or silent
    distance = hull(voxels, tolerated=tolerated, views=views)
    results: list[tuple[float, float]] = []
    for number, outline in enumerate(outlines):
        tell(_COMPARING, number / len(outlines))
        picture, mask = drawn(outline, voxels, distance)
        both = int((picture & mask).sum())
        results.append((both / max(1, int((picture | mask).sum())), both / max(1, int(mask.sum()))))
    overlaps, coverages = np.array(results).T
    return overlaps, coverages


def _half(progress: Progress, begin: float) -> Progress:
    return lambda text, fraction: progress(text, begin + 0.4 * fraction)


def _without_spoiler(outlines: Sequence[Outline], voxels: Voxels) -> BoolArray:
    """[views] all of them, or all but the one without which the others agree clearly better among themselves.

    Among few views a hull that may miss one mask is so wide that a small error is not seen in it.
    """
    everyone = np.ones(len(outlines), dtype=np.bool_)
    best, gain = everyone, _CLEAR_GAIN
    before, _ = _compared(outlines, voxels, tolerated=0.0, views=everyone)
    if before.min() >= _GOOD:
        return everyone
    for number in range(len(outlines)):
        others = everyone.copy()
        others[number] = False
        after, _ = _compared(outlines, voxels, tolerated=0.0, views=others)
        rise = float((after - before)[others].mean())
        if rise > gain:
            best, gain = others, rise
    return best


def _clearly_worse(overlaps: DoubleArray) -> BoolArray:
    """Which are further below the median than others' usual spread explains; never more than half of them."""
    below = np.median(overlaps) - overlaps
    spread = _SPREAD_OF_DEVIATION * float(np.median(np.abs(below)))
    return np.asarray(below > max(_CLEARLY_WORSE, _SPREADS * spread))


def sphere_around(silhouettes: Sequence[Silhouette]) -> tuple[DoubleArray, float] | None:
    """A sphere (centre [3], radius, world units) that holds the masks, a few wrong cameras notwithstanding.

    Its centre is the place whose distances from the rays through the masks' middles have the smallest sum (Weiszfeld's
    iteration), so that a wrong camera pulls no harder than a right one. None when the views look along one line, or
    when the place is behind most cameras or beside what they show.
    """
    rays = np.array([_middle_ray(s) for s in silhouettes])
    origins = np.array([s.camera.centre for s in silhouettes])
    across = np.eye(3) - rays[:, :, None] * rays[:, None, :]
    weights = np.ones(len(rays))
    centre = np.zeros(3)
    for _ in range(_ROUNDS):
        equations = np.einsum("v,vij->ij", weights, across)
        if not np.isfinite(equations).all():  # cameras at absurd distances, or all in one place
            return None
        values = np.linalg.eigvalsh(equations)
        if values[0] <= _PARALLEL * values[-1]:
            return None
        centre = np.linalg.solve(equations, np.einsum("v,vij,vj->i", weights, across, origins))
        distances = np.linalg.norm(np.einsum("vij,vj->vi", across, centre - origins), axis=1)
        scale = float(np.median(np.linalg.norm(centre - origins, axis=1)))
        weights = 1.0 / np.maximum(distances, 1e-3 * scale)
    ahead = ((centre - origins) * rays).sum(axis=1) > 0.0
    passed = [np.inf if not there else _passed(s, centre) for s, there in zip(silhouettes, ahead, strict=True)]
    if np.median(passed) > 1.0:
        return None
    reaches = np.array([_reach(s, centre) for s in silhouettes])[ahead]
    radius = _MARGIN * float(np.quantile(reaches, _VIEWS_HELD, method="higher"))
    return (centre, radius) if radius > 0.0 else None


def _middle_ray(silhouette: Silhouette) -> DoubleArray:
    """[3] unit ray, world, through the middle of the mask."""
    rows, columns = np.nonzero(silhouette.mask)
    return _rays(silhouette.camera, np.array([columns.mean()]), np.array([rows.mean()]))[0]


def _passed(silhouette: Silhouette, centre: DoubleArray) -> float:
    """Distance of ``centre`` from the ray through the mask's middle, over the radius of a disc of the mask's area."""
    camera = silhouette.camera
    depth = float((centre - camera.centre) @ camera.rotation[:, 2])
    disc = np.sqrt(silhouette.mask.sum() / np.pi) * depth / camera.intrinsics[0, 0]
    return float(np.linalg.norm(np.cross(_middle_ray(silhouette), centre - camera.centre)) / disc)


def _reach(silhouette: Silhouette, centre: DoubleArray) -> float:
    """How far from ``centre`` the rays through the mask pass, but for a thousandth of them; world units."""
    return float(np.quantile(ray_distances(silhouette, centre), _HELD_PART))


def ray_distances(silhouette: Silhouette, centre: DoubleArray) -> DoubleArray:
    """[pixels] distance of ``centre`` [3] from the rays through the mask's pixels (of large masks a part), world."""
    rows, columns = np.nonzero(silhouette.mask)
    some = slice(None, None, 1 + len(rows) // _ENOUGH_PIXELS)
    rays = _rays(silhouette.camera, columns[some].astype(np.float64), rows[some].astype(np.float64))
    return np.linalg.norm(np.cross(rays, centre - silhouette.camera.centre), axis=-1)


def _rays(camera: Camera, u: DoubleArray, v: DoubleArray) -> DoubleArray:
    """[pixels, 3] unit rays, world, through pixel positions."""
    pixels = np.stack([u, v, np.ones_like(u)], axis=-1)
    rays = pixels @ np.linalg.inv(camera.intrinsics).T @ camera.rotation.T
    return rays / np.linalg.norm(rays, axis=-1, keepdims=True)
