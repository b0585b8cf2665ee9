"""Linear light to the pictures the window shows. One exposure for a whole capture, so that brightness never jumps."""

from dataclasses import dataclass
from math import floor, log10
from typing import TYPE_CHECKING

import numpy as np

from app.messages import Preview
from core.capture.capture import Capture
from core.color import error_colours, normal_colours, srgb_from_linear
from core.fit.display import display_gain
from core.types import BoolArray, Camera, FloatArray, ImageKey

if TYPE_CHECKING:
    from core.render.view import ShadedView, ViewMaps

_SHADING_LIGHT = 0.6
"""Where a surface that faces the mean light is shown in the shading, as a fraction of the display's full light."""
_ERROR_SHARE = 0.25
"""The error drawn in the last colour, as a fraction of the displayed range."""


@dataclass(frozen=True, kw_only=True)
class Exposure:
    """How a capture's light becomes display values."""

    gain: float
    """Display light = gain * linear light."""
    error_limit: float
    """Linear difference drawn in the error map's last colour."""

    def shown(self, linear: FloatArray) -> FloatArray:
        """Linear light [...] as display values in [0, 1]."""
        return srgb_from_linear(np.float32(self.gain) * linear)


def capture_exposure(capture: Capture) -> Exposure:
    """The exposure that shows a capture's bright pixels without clipping more than its highlights."""
    gain = display_gain(capture)
    return Exposure(gain=gain, error_limit=_round_down(_ERROR_SHARE / gain))


def _round_down(value: float) -> float:
    """To 1, 2 or 5 times a power of ten: a number a legend can carry."""
    power = 10.0 ** floor(log10(value))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= value * 1.0000001)


def fitting(camera: Camera, longest: int) -> Camera:
    """The same view with at most ``longest`` pixels along its longer side."""
    factor = longest / max(camera.width, camera.height)
    if factor >= 1.0:
        return camera
    return camera.resized(max(1, round(camera.width * factor)), max(1, round(camera.height * factor)))


def shrunk(image: FloatArray, width: int, height: int) -> FloatArray:
    """[h, w, channels] reduced to [height, width, channels] by averaging what each new pixel covers."""
    if image.shape[:2] == (height, width):
        return image
    rows, columns = _averaging(image.shape[0], height), _averaging(image.shape[1], width)
    reduced = np.tensordot(rows, image, axes=(1, 0))
    return np.ascontiguousarray(np.einsum("hwc,xw->hxc", reduced, columns, optimize=True), dtype=np.float32)


def _averaging(source: int, target: int) -> FloatArray:
    """[target, source]: rows that average what each target cell covers; each sums to 1."""
    edges = np.linspace(0.0, source, target + 1)
    cells = np.arange(source)
    overlap = np.minimum(edges[1:, None], cells + 1.0) - np.maximum(edges[:-1, None], cells)
    weights = np.clip(overlap, 0.0, None)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


@dataclass(frozen=True, kw_only=True)
class Photographed:
    """One photograph at the size of its preview."""

    key: ImageKey
    linear: FloatArray
    """[height, width, 3]"""
    mask: BoolArray
    """[height, width]"""
    depths: tuple[float, float]
    """(nearest, farthest) depth of the scene sphere, world units."""


def compose_preview(
    photo: Photographed,
    maps: "ViewMaps",
    shaded: "ShadedView",
    *,
    ceiling: float,
    exposure: Exposure,
    step: int,
    psnr_db: float,
) -> Preview:
    """Every image pane of one photograph, which shows no light above ``ceiling`` (linear): nor does its error.

    A white, diffuse surface facing the mean light is as bright as 1.0 in a photograph: so albedo has the photographs'
    exposure, and shading one of its own, the same for every capture.
    """
    solid = maps.opacity > 0.5
    difference = np.abs(np.minimum(shaded.render, np.float32(ceiling)) - photo.linear).mean(axis=-1)
    difference[~(photo.mask | solid)] = 0.0
    return Preview(
        key=photo.key,
        step=step,
        photograph=exposure.shown(photo.linear),
        render=exposure.shown(shaded.render),
        error=error_colours(difference, exposure.error_limit),
        error_limit=exposure.error_limit,
        normals=normal_colours(np.where(solid[..., None], maps.normals_gl, np.float32(0.0))),
        albedo=exposure.shown(maps.albedo),
        shading=srgb_from_linear(np.float32(_SHADING_LIGHT) * shaded.shading),
        roughness=_grey(np.where(solid, maps.roughness, np.float32(0.0))),
        shadow=_grey(np.where(solid, shaded.shadow, np.float32(0.0))),
        depth=_grey(_depth_shades(maps.depth, photo.depths)),
        psnr_db=psnr_db,
    )


def _depth_shades(depth: FloatArray, depths: tuple[float, float]) -> FloatArray:
    """Near is bright; nothing (depth 0) is black."""
    near, far = depths
    shades = np.clip(1.0 - 0.85 * (depth - near) / max(far - near, 1e-9), 0.05, 1.0)
    return np.where(depth > 0.0, shades, 0.0).astype(np.float32)


def _grey(values: FloatArray) -> FloatArray:
    """[h, w] display values as [h, w, 3] in [0, 1]."""
    clipped = np.clip(np.nan_to_num(values, nan=0.0), 0.0, 1.0).astype(np.float32)
    return np.repeat(clipped[..., None], 3, axis=-1)
