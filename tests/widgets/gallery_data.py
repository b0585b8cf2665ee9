"""Plausible numbers and pictures for the gallery and the widget tests: no capture, no optimiser."""

import numpy as np

from core.color import error_colours, normal_colours, srgb_from_linear
from core.types import FloatArray, ImageKey


def blob(size: int, turn: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(normals [h, w, 3], albedo [h, w, 3], mask [h, w]) of a bumpy ball."""
    grid = np.linspace(-1.15, 1.15, size, dtype=np.float32)
    x, y = np.meshgrid(grid, -grid)
    radius = 0.92 + 0.06 * np.cos(5 * np.arctan2(y, x) + turn)
    inside = (x * x + y * y) < radius**2
    z = np.sqrt(np.clip(radius**2 - x * x - y * y, 0.0, None))
    bump = 0.25 * np.sin(9 * x + turn) * np.cos(8 * y)
    normals = np.stack([x + bump, y + 0.2 * np.sin(7 * x + 5 * y), z + 0.35], -1)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    stripes = (np.sin(6 * x + 3 * y + turn) > 0.2)[..., None]
    albedo = np.where(stripes, np.array([0.62, 0.28, 0.2]), np.array([0.25, 0.42, 0.5]))
    mask = inside[..., None]
    return ((normals * mask).astype(np.float32), (albedo * mask).astype(np.float32), inside)


def panes(size: int = 256, turn: float = 0.0) -> dict[str, FloatArray]:
    """All nine pictures, display values."""
    rng = np.random.default_rng(0)
    normals, albedo, inside = blob(size, turn)
    light = np.array([-0.5, 0.55, 0.67], np.float32)
    shade = np.clip(normals @ light, 0.0, 1.0)[..., None].astype(np.float32)
    shine = (np.clip(normals @ np.array([-0.27, 0.3, 0.91], np.float32), 0, 1) ** 40)[..., None]
    render = albedo * shade * 1.5 + 0.3 * shine * inside[..., None]
    noise = rng.normal(0.0, 0.02, render.shape).astype(np.float32) * inside[..., None]
    photograph = np.clip(render * (1.0 + 0.15 * np.sin(normals[..., :1] * 8)) + noise, 0.0, 1.0)
    grey = np.repeat(inside[..., None].astype(np.float32), 3, 2)
    pictures = {
        "photograph": srgb_from_linear(photograph),
        "render": srgb_from_linear(render),
        "error": error_colours(np.abs(render - photograph).mean(-1), 0.1),
        "normals": normal_colours(normals),
        "albedo": srgb_from_linear(albedo),
        "shading": srgb_from_linear(np.repeat(shade + 0.3 * shine, 3, 2)),
        "roughness": grey * 0.4,
        "shadow": grey * (shade > 0.05),
        "depth": grey * (0.3 + 0.6 * normals[..., 2:]),
    }
    return {name: np.ascontiguousarray(picture, dtype=np.float32) for name, picture in pictures.items()}


def keys(views: int, lights: int, *, diagonal: bool = False) -> tuple[ImageKey, ...]:
    """Every view under every light, or one light a view."""
    if diagonal:
        return tuple(ImageKey(i, i) for i in range(views))
    return tuple(ImageKey(view, light) for view in range(views) for light in range(lights))


def losses(images: tuple[ImageKey, ...]) -> dict[ImageKey, float]:
    """A loss an image, a few of them bad."""
    rng = np.random.default_rng(1)
    return {
        key: float(0.01 + 0.02 * rng.random() + (0.05 if rng.random() > 0.93 else 0.0) + 0.01 * (key.light % 4))
        for key in images
    }


def lights(count: int) -> dict[str, FloatArray]:
    """Directions and intensities of ``count`` lights, with where they started and where they really are."""
    rng = np.random.default_rng(2)
    truth = rng.normal(size=(count, 3))
    truth[:, 2] = np.abs(truth[:, 2]) + 0.4
    truth /= np.linalg.norm(truth, axis=1, keepdims=True)
    near = truth + 0.05 * rng.normal(size=(count, 3))
    near /= np.linalg.norm(near, axis=1, keepdims=True)
    start = truth + 0.4 * rng.normal(size=(count, 3))
    start[:, 2] = np.abs(start[:, 2])
    start /= np.linalg.norm(start, axis=1, keepdims=True)
    error = np.degrees(np.arccos(np.clip((truth * near).sum(1), -1, 1)))
    tint = np.array([1.0, 0.95, 0.85]) * rng.uniform(0.5, 1.2, (count, 1)) * rng.uniform(0.85, 1.0, (count, 3))
    named = {"estimate": near, "start": start, "truth": truth, "intensities": tint, "error": error}
    return {name: array.astype(np.float32) for name, array in named.items()}
