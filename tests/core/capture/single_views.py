"""A matt sphere under known lights, photographed from one side: what single-view layouts are tested with."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 40, 32
U, V, RADIUS = 22.0, 14.0, 9.0
LIGHTS_GL = np.array([[0.0, 0.0, 1.0], [0.6, 0.0, 0.8], [0.0, 0.6, 0.8], [-0.36, -0.48, 0.8]])


@dataclass(frozen=True, kw_only=True)
class Ball:
    """A sphere as an orthographic camera sees it."""

    mask: NDArray[np.bool_]
    """[height, width]"""
    normals_gl: NDArray[np.float64]
    """[height, width, 3] zero outside the mask."""

    def lit(self, to_light_gl: NDArray[np.float64]) -> NDArray[np.float64]:
        """[height, width] in [0, 1], matt."""
        return np.clip(self.normals_gl @ to_light_gl, 0.0, 1.0)


def ball(u: float = U, v: float = V, radius: float = RADIUS, width: int = WIDTH, height: int = HEIGHT) -> Ball:
    rows, columns = np.mgrid[:height, :width]
    x, y = (columns - u) / radius, -(rows - v) / radius
    z = np.sqrt(np.clip(1.0 - x * x - y * y, 0.0, 1.0))
    mask = x * x + y * y < 1.0
    return Ball(mask=mask, normals_gl=np.where(mask[..., None], np.stack([x, y, z], axis=-1), 0.0))
