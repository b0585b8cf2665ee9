"""What the scene sphere covers of a photograph, beside what the mask says. NumPy only, quick enough for every frame."""

from dataclasses import dataclass

import numpy as np

from core.types import BoolArray, Camera, DoubleArray, FloatArray
from widgets.check_data import CheckedView, Sphere

_GREY, _GREY_PART = 0.62, 0.6
"""The tint of what is inside the sphere but not the object, and how much of it covers the photograph."""
_RED, _RED_PART = (0.92, 0.22, 0.2), 0.75
_OUTSIDE = 0.35
"""How bright the photograph is outside the sphere."""


def pixel_rays(camera: Camera) -> FloatArray:
    """[height, width, 3] unit rays through the pixels' centres, camera frame."""
    columns, rows = np.meshgrid(np.arange(camera.width), np.arange(camera.height))
    pixels = np.stack([columns, rows, np.ones_like(rows)], axis=-1).astype(np.float64)
    rays: DoubleArray = pixels @ np.linalg.inv(camera.intrinsics).T
    return np.asarray(rays / np.linalg.norm(rays, axis=-1, keepdims=True), dtype=np.float32)


def inside_sphere(rays: FloatArray, camera: Camera, sphere: Sphere) -> BoolArray:
    """[height, width]: whether the ray of a pixel meets the sphere in front of the camera.

    A unit ray r meets a sphere of radius s around c (camera frame) when r·c ≥ √(|c|² - s²): an outline in closed form.
    From inside the sphere every ray meets it.
    """
    centre = camera.rotation.T @ (sphere.middle - camera.centre)
    beyond = float(centre @ centre) - sphere.radius**2
    if beyond <= 0.0:
        return np.ones(rays.shape[:2], dtype=np.bool_)
    return rays @ centre.astype(np.float32) >= np.float32(np.sqrt(beyond))


@dataclass(frozen=True, kw_only=True)
class Cover:
    """How a sphere and a mask lie over each other in one view."""

    picture: FloatArray
    """[height, width, 3] display values: the object as it is, grey around it in the sphere, red where it leaves it."""
    held: float | None
    """Part of the mask inside the sphere, in [0, 1]; None without a mask."""
    times: float | None
    """Area of the sphere's outline over that of the mask; None without a mask."""


def cover(view: CheckedView, rays: FloatArray, sphere: Sphere | None) -> Cover:
    """Draw what ``sphere`` covers of a view; ``rays`` as from ``pixel_rays``. Without a sphere, the mask alone."""
    picture = view.picture.astype(np.float32) / np.float32(255.0)
    inside = np.ones(rays.shape[:2], dtype=np.bool_) if sphere is None else inside_sphere(rays, view.camera, sphere)
    picture[~inside] *= np.float32(_OUTSIDE)
    if view.mask is None:
        return Cover(picture=picture, held=None, times=None)
    around, lost = inside & ~view.mask, view.mask & ~inside
    picture[around] = (1.0 - _GREY_PART) * picture[around] + np.float32(_GREY_PART * _GREY)
    picture[lost] = (1.0 - _RED_PART) * picture[lost] + np.float32(_RED_PART) * np.array(_RED, np.float32)
    area = int(view.mask.sum())
    if area == 0 or sphere is None:
        return Cover(picture=picture, held=None, times=None)
    return Cover(picture=picture, held=1.0 - int(lost.sum()) / area, times=int(inside.sum()) / area)
