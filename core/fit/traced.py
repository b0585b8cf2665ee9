"""Going through photographs pose by pose: each camera is traced once, then shaded under every light asked for."""

from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from core.capture.capture import PoseGroup
from core.fit import metrics
from core.fit.known_lights import light_of
from core.fit.trainer import Trainer
from core.render.view import SurfaceBuffer, ViewMaps, shade, trace_view_now
from core.scene.lamp import Lamp
from core.types import BoolArray, DoubleArray, FloatArray, ImageKey, Progress


@dataclass(frozen=True, kw_only=True)
class TracedPose:
    """One camera, traced."""

    buffer: SurfaceBuffer
    maps: ViewMaps
    images: tuple[int, ...]
    """The wanted images taken from this pose, indices into ``Capture.keys``."""


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A photograph beside its render, both [height, width, 3] linear RGB."""

    key: ImageKey
    photograph: FloatArray
    render: FloatArray
    """Cut off at white where the photographs are."""
    mask: BoolArray
    """[height, width]"""
    psnr_db: float
    """Over mask pixels."""


@contextmanager
def exact_distances(trainer: Trainer) -> Generator[None, None, None]:
    """Within the block, views are traced against the whole field as it stands.

    While training, distances far from the surface are some steps old. Afterwards the trainer is exactly what it was,
    so that saving a run does not change how it goes on.
    """
    cache = trainer.model.cache
    grid, moved_before = cache.grid.clone(), cache.moved_before.clone()
    cache.refresh_all(trainer.model.sdf)
    try:
        yield
    finally:
        cache.grid.copy_(grid)
        cache.moved_before.copy_(moved_before)


def traced_poses(trainer: Trainer, keys: Collection[ImageKey], progress: Progress) -> Generator[TracedPose, None, None]:
    """Trace each camera pose the named images were taken from, one after the other."""
    poses = _poses(trainer, set(keys))
    for number, (group, images) in enumerate(poses):
        part = _part(progress, number, len(poses))
        buffer = trace_view_now(trainer.model, group.camera, trainer.frame, part)
        yield TracedPose(buffer=buffer, maps=buffer.images(), images=images)


def render_photograph(trainer: Trainer, pose: TracedPose, image: int, *, lamp: Lamp | None = None) -> Rendered:
    """Shade a traced pose under the light of one of its images: ``lamp``, by default as estimated."""
    capture = trainer.capture
    key = capture.keys[image]
    shaded = shade(trainer.model, pose.buffer, lamp or light_of(trainer, key))
    render = as_photographed(trainer, shaded.render)
    photograph, mask = capture.linear(image), capture.masks[key.view]
    psnr_db = metrics.psnr_db(render, photograph, mask)
    return Rendered(key=key, photograph=photograph, render=render, mask=mask, psnr_db=psnr_db)


def as_photographed(trainer: Trainer, render: FloatArray) -> FloatArray:
    """``render`` cut off where the photographs are: integer files cannot tell how much brighter than white it was."""
    return np.minimum(render, np.float32(photographed_ceiling(trainer)))


def photographed_ceiling(trainer: Trainer) -> float:
    """The most linear light that a photograph of the capture can show; infinite for float files."""
    return trainer.pool.ceiling / trainer.pool.exposure


def first_images(trainer: Trainer) -> dict[int, int]:
    """Per view id, its first image: the one whose camera the view's normal map belongs to."""
    first: dict[int, int] = {}
    for image, key in enumerate(trainer.capture.keys):
        first.setdefault(key.view, image)
    return first


def normal_errors(trainer: Trainer, view: int, normals_gl: FloatArray) -> DoubleArray | FloatArray:
    """Degrees of every mask pixel of a view that has ground truth; empty when the view has none."""
    truth = trainer.capture.truth.normals_gl.get(view)
    if truth is None:
        return np.empty(0)
    return metrics.normal_error_deg(normals_gl, truth, trainer.capture.masks[view])


def _part(progress: Progress, number: int, count: int) -> Callable[[float], None]:
    """Progress within view ``number``, from 0, of ``count``."""
    return lambda done: progress(f"Rendering view {number + 1} of {count}", (number + done) / count)


def _poses(trainer: Trainer, wanted: set[ImageKey]) -> list[tuple[PoseGroup, tuple[int, ...]]]:
    keys = trainer.capture.keys
    chosen = [
        (group, tuple(image for image in group.images if keys[image] in wanted))
        for group in trainer.capture.pose_groups()
    ]
    return [(group, images) for group, images in chosen if images]
