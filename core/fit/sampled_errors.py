"""Figures cheap enough to watch while training: a few views, every n-th pixel, never the whole capture."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from core.fit import metrics
from core.fit.known_lights import held_out_keys, light_of
from core.fit.light_truth import light_errors_deg
from core.fit.traced import as_photographed
from core.fit.trainer import Trainer
from core.render.view import shade, trace_view_now
from core.types import Camera, DoubleArray, FloatArray, ImageKey

Item = TypeVar("Item")

_VIEWS = 3
_LONGEST = 64
"""Pixels along the longer side of the coarse grid."""


def light_error_deg(trainer: Trainer) -> float | None:
    """Mean angle between estimated and true light directions; None without ground truth or estimate."""
    errors = light_errors_deg(trainer.lights(), trainer.capture)
    return None if errors is None else _mean(errors)


def normal_error_deg(trainer: Trainer) -> float | None:
    """Mean normal error over a few views with ground truth; None when there is none."""
    capture = trainer.capture
    views = spread(sorted(capture.truth.normals_gl), _VIEWS)
    errors = [_view_error(trainer, view) for view in views if view in capture.masks]
    return _mean(np.concatenate(errors)) if errors else None


def held_out_psnr_db(trainer: Trainer) -> float | None:
    """Mean PSNR of a few photographs kept out of training; None when there are none.

    Of views trained on under other lights only: a view left out as a whole may have a wrong camera.
    """
    views = {key.view for key in trainer.included}
    kept_out = [key for key in held_out_keys(trainer) if key.view in views]
    values = [_photograph_psnr_db(trainer, key) for key in spread(kept_out, _VIEWS)]
    return _mean(np.array(values)) if values else None


def spread(items: Sequence[Item], count: int) -> list[Item]:
    """At most ``count`` of the items, evenly spread over them."""
    if len(items) <= count:
        return list(items)
    return [items[round(place)] for place in np.linspace(0, len(items) - 1, count)]


def coarse(camera: Camera) -> tuple[Camera, slice, slice]:
    """A camera that sees every n-th pixel of ``camera`` exactly, and the (row, column) slices of those pixels."""
    step = max(1, -(-max(camera.width, camera.height) // _LONGEST))
    first = step // 2
    rows, columns = slice(first, None, step), slice(first, None, step)
    pixel = np.array([[1.0 / step, 0.0, -first / step], [0.0, 1.0 / step, -first / step], [0.0, 0.0, 1.0]])
    small = Camera(
        intrinsics=pixel @ camera.intrinsics,
        world_from_camera=camera.world_from_camera,
        width=len(range(camera.width)[columns]),
        height=len(range(camera.height)[rows]),
    )
    return small, rows, columns


def _view_error(trainer: Trainer, view: int) -> DoubleArray:
    """Degrees of each pixel of a view's coarse grid that has ground truth."""
    capture = trainer.capture
    image = next(index for index, key in enumerate(capture.keys) if key.view == view)
    camera, rows, columns = coarse(capture.cameras[image])
    normals = trace_view_now(trainer.model, camera, trainer.frame).images().normals_gl
    truth = capture.truth.normals_gl[view][rows, columns]
    return metrics.normal_error_deg(normals, truth, capture.masks[view][rows, columns])


def _photograph_psnr_db(trainer: Trainer, key: ImageKey) -> float:
    capture = trainer.capture
    image = capture.keys.index(key)
    camera, rows, columns = coarse(capture.cameras[image])
    shaded = shade(trainer.model, trace_view_now(trainer.model, camera, trainer.frame), light_of(trainer, key))
    mask = capture.masks[key.view][rows, columns]
    return metrics.psnr_db(as_photographed(trainer, shaded.render), capture.linear(image)[rows, columns], mask)


def _mean(values: DoubleArray | FloatArray) -> float | None:
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if finite.size else None
