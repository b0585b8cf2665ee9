"""Lens distortion: the camera models of COLMAP, and photographs made as a pinhole camera would have taken them.

A ``Lens`` is written as its program writes it, the centre of the first pixel at (0.5, 0.5). Everything that comes out
of here (``project``, ``pinhole_intrinsics``, ``undistorted_camera``) has pixel centres at integers, as all of Chiaro.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.capture.lens_models import BY_NAME, PERSPECTIVE, LensModel
from core.errors import CaptureError
from core.types import Camera, DoubleArray, FloatArray

MAX_SIDE = 32_000
"""Pixels along a side of a distorted photograph; OpenCV counts with 16 bits."""
MAX_NUMBER = 1e9
"""No focal length or coefficient is larger."""
_STRIP_PIXELS = 1 << 20
_STRIPS_KEPT = 16
"""Of 8 MB each: 128 MB for the lenses in use."""
_LONG_PIXELS = 2000.0
_COARSE_STEP = 4
_OUTSIDE = -16.0
"""A coordinate further from the picture than any interpolation reaches."""
_RADII, _DIRECTIONS = 2048, 32


@dataclass(frozen=True, kw_only=True)
class Lens:
    """A camera with distortion, as COLMAP describes it."""

    model: str
    """COLMAP's name of the model, such as ``SIMPLE_RADIAL``; or ``BROWN`` (``core.capture.lens_models``)."""
    parameters: tuple[float, ...]
    """In COLMAP's order; pixels and pure numbers. COLMAP puts the centre of the first pixel at (0.5, 0.5)."""
    width: int
    """Of the photograph, pixels."""
    height: int

    def resized(self, width: int, height: int) -> "Lens":
        """The same lens before photographs of another size."""
        across, down = width / self.width, height / self.height
        (fx, fy), (cx, cy), extras = _split(self)
        name, focals = self.model, (fx * across, fy * down)
        if _model(self).focals == 1 and across == down:
            focals = focals[:1]
        elif _model(self).focals == 1:
            name = _TWO_FOCALS[self.model]
            extras += (0.0,) * (BY_NAME[name].extras - len(extras))
        numbers = (*focals, cx * across, cy * down, *extras)
        return Lens(model=name, parameters=numbers, width=width, height=height)


_TWO_FOCALS = {
    "SIMPLE_PINHOLE": "PINHOLE",
    "SIMPLE_RADIAL": "OPENCV",
    "RADIAL": "OPENCV",
    "SIMPLE_RADIAL_FISHEYE": "OPENCV_FISHEYE",
    "RADIAL_FISHEYE": "OPENCV_FISHEYE",
    "SIMPLE_DIVISION": "DIVISION",
    "SIMPLE_FISHEYE": "FISHEYE",
}
"""The model that is the same but for a focal length along each axis; what it has more is zero."""


def checked_lens(model: str, parameters: tuple[float, ...], width: int, height: int, what: str) -> Lens:
    """The lens of these numbers. Raises CaptureError when it is none; ``what`` names the file and the camera."""
    if model == "EQUIRECTANGULAR":
        raise CaptureError(f"{what} is a panorama; cut it into perspective photographs first.")
    if model not in BY_NAME:
        raise CaptureError(f"{what} has the unknown model {model[:40]!r}; undistort the photographs (PINHOLE) first.")
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise CaptureError(f"{what} claims {width} x {height} pixels; sides up to {MAX_SIDE} can be undistorted.")
    if len(parameters) != BY_NAME[model].count:
        raise CaptureError(f"{what} has {len(parameters)} parameters but {model} takes {BY_NAME[model].count}.")
    if not all(abs(number) <= MAX_NUMBER for number in parameters):  # false for NaN
        raise CaptureError(f"{what} has a parameter that is not a finite number below {MAX_NUMBER:.0e}; estimate anew.")
    if not all(focal > 0.0 for focal in parameters[: BY_NAME[model].focals]):
        raise CaptureError(f"{what} has a focal length that is not positive; write it in pixels.")
    return Lens(model=model, parameters=tuple(float(number) for number in parameters), width=width, height=height)


def is_pinhole(lens: Lens) -> bool:
    """Whether nothing has to be undistorted: ``undistorted_camera`` takes the very photograph."""
    return lens.model in PERSPECTIVE and not any(_split(lens)[2])


def project(lens: Lens, points: NDArray[np.floating]) -> DoubleArray:
    """Pixels [..., 2] (centres at integers) of camera-frame points [..., 3]; NaN where the lens does not show them."""
    (fx, fy), (cx, cy), extras = _split(lens)
    x, y, z = np.moveaxis(np.asarray(points, dtype=np.float64), -1, 0)
    with np.errstate(all="ignore"):  # what cannot be computed is not shown
        u, v = _model(lens).bend(extras, x, y, z)
        pixels = np.stack([fx * u + cx - 0.5, fy * v + cy - 0.5], axis=-1)
    return np.where(np.isfinite(pixels), pixels, np.nan)


def pinhole_intrinsics(lens: Lens) -> DoubleArray:
    """[3, 3] pixels: the lens's focal lengths and principal point without its distortion."""
    (fx, fy), (cx, cy), _ = _split(lens)
    return np.array([[fx, 0.0, cx - 0.5], [0.0, fy, cy - 0.5], [0.0, 0.0, 1.0]])


def undistorted_camera(lens: Lens, world_from_camera: DoubleArray) -> Camera:
    """The pinhole camera a photograph is turned into: same size, focal lengths, principal point and pose."""
    return Camera(
        intrinsics=pinhole_intrinsics(lens),
        world_from_camera=world_from_camera,
        width=lens.width,
        height=lens.height,
    )


def undistort(lens: Lens, camera: Camera, pixels: NDArray[Any], *, nearest: bool = False) -> NDArray[Any]:
    """``pixels`` [height, width, channels] as ``camera``, at the same place, would have seen them.

    Black (zero, false) where the photograph does not reach. Bilinear, which keeps linear light between its
    neighbours; ``nearest`` for masks. Raises CaptureError when the picture has not the lens's size.
    """
    import cv2  # loads for photographs that need it

    height, width, channels = pixels.shape
    if (width, height) != (lens.width, lens.height):
        expected = f"{lens.width} x {lens.height}"
        raise CaptureError(f"A picture of {width} x {height} pixels does not fit its lens, which is for {expected}.")
    source = pixels.view(np.uint8) if pixels.dtype == np.bool_ else pixels
    result = np.empty((camera.height, camera.width, channels), dtype=source.dtype)
    identity = _Target(intrinsics=tuple(camera.intrinsics.ravel().tolist()), width=camera.width)
    rows = max(1, _STRIP_PIXELS // camera.width)
    for first in range(0, camera.height, rows):
        count = min(rows, camera.height - first)
        across, down = _strip(lens, identity, first, count)
        how = cv2.INTER_NEAREST if nearest else cv2.INTER_LINEAR
        strip = cv2.remap(source, across, down, how, borderMode=cv2.BORDER_CONSTANT, borderValue=(0, 0, 0, 0))
        result[first : first + count] = strip.reshape(count, camera.width, channels)
    return result.view(np.bool_) if pixels.dtype == np.bool_ else result


@dataclass(frozen=True)
class _Target:
    """What of a pinhole camera decides where its pixels look, so that maps can be remembered by it."""

    intrinsics: tuple[float, ...]
    width: int


@lru_cache(maxsize=_STRIPS_KEPT)
def _strip(lens: Lens, target: _Target, first_row: int, rows: int) -> tuple[FloatArray, FloatArray]:
    """Where in the photograph the pixels of some rows of the pinhole camera lie: u and v, each [rows, width].

    Of a long lens every fourth pixel is computed: between them the map is straight to 0.002 pixels.
    """
    (fx, fy), _, _ = _split(lens)
    step = _COARSE_STEP if min(fx, fy) >= _LONG_PIXELS else 1
    down = first_row + step * np.arange(-(-rows // step) + 1, dtype=np.float64)
    across = step * np.arange(-(-target.width // step) + 1, dtype=np.float64)
    coarse = _seen_at(lens, target, *np.meshgrid(across, down))
    pixels = _between(_between(coarse, step, 0)[:rows], step, 1)[:, : target.width]
    near = np.all((pixels > -2.0) & (pixels < np.array([lens.width, lens.height], np.float32) + 1.0), axis=-1)
    pixels = np.where(near[..., None], pixels, np.float32(_OUTSIDE))  # NaN is not near
    return np.ascontiguousarray(pixels[..., 0]), np.ascontiguousarray(pixels[..., 1])


def _seen_at(lens: Lens, target: _Target, u: DoubleArray, v: DoubleArray) -> FloatArray:
    """[rows, columns, 2] where in the photograph the pinhole camera's pixels (u, v) lie; NaN beyond its reach."""
    matrix = np.array(target.intrinsics).reshape(3, 3)
    rays = np.stack([u, v, np.ones_like(u)], axis=-1) @ np.linalg.inv(matrix).T
    within = np.hypot(rays[..., 0], rays[..., 1]) < _reach(lens)
    return np.where(within[..., None], project(lens, rays), np.nan).astype(np.float32)


def _between(values: FloatArray, step: int, axis: int) -> FloatArray:
    """Along one axis ``step`` - 1 values between each two, on the straight line from one to the other."""
    if step == 1:
        return values
    columns = np.moveaxis(values, axis, 0)
    change = np.diff(columns, axis=0)
    parts = [columns[:-1] + np.float32(part / step) * change for part in range(step)]
    finer = np.stack(parts, axis=1).reshape(-1, *columns.shape[1:])
    return np.asarray(np.moveaxis(finer, 0, axis), np.float32)


@lru_cache(maxsize=64)
def _reach(lens: Lens) -> float:
    """Tangent of the angle from the axis up to which the lens shows each direction once.

    A polynomial of the radius is true only where it was fitted: beyond, it may turn back and show the same part of the
    photograph again. The first radius that leads inwards is the end.
    """
    (fx, fy), (cx, cy), _ = _split(lens)
    corner = np.hypot(max(cx, lens.width - cx) / fx, max(cy, lens.height - cy) / fy)
    angles = np.linspace(0.0, 2.0 * np.pi, _DIRECTIONS, endpoint=False)
    radii = np.linspace(0.0, 4.0 * corner, _RADII)
    heading = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    points = np.concatenate([radii[:, None, None] * heading, np.ones((_RADII, _DIRECTIONS, 1))], axis=-1)
    bent = (project(lens, points) - (np.array([cx, cy]) - 0.5)) / np.array([fx, fy])
    outwards = np.sum(bent * heading, axis=-1)
    turned = ~(np.diff(outwards, axis=0) > 0.0).all(axis=1)  # also where it is NaN
    return float(radii[np.argmax(turned)]) if turned.any() else np.inf


def _model(lens: Lens) -> LensModel:
    return BY_NAME[lens.model]


def _split(lens: Lens) -> tuple[tuple[float, float], tuple[float, float], tuple[float, ...]]:
    """((fx, fy), (cx, cy), the other parameters)."""
    focals = _model(lens).focals
    cx, cy = lens.parameters[focals : focals + 2]
    return (lens.parameters[0], lens.parameters[focals - 1]), (cx, cy), lens.parameters[focals + 2 :]
