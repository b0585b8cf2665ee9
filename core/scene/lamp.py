"""One light as it falls on one view: what a picture is shaded with."""

from dataclasses import dataclass, field

import numpy as np

from core.types import DoubleArray, FloatArray


def _nowhere() -> FloatArray:
    return np.zeros(3, np.float32)


@dataclass(frozen=True, kw_only=True)
class Lamp:
    """A light over a view. Vectors are in the OpenCV camera frame of the view; lengths in scene units."""

    to_light: FloatArray
    """[3] unit vector to the light, from ``centre`` when it is near."""
    intensity: FloatArray
    """[3] linear RGB as it arrives at ``centre``; the capture's mean light is 1 in every channel."""
    nearness: float = 0.0
    """1 / distance of the light from ``centre``, 1 / scene units; 0 for a distant light."""
    centre: FloatArray = field(default_factory=_nowhere)
    """[3] the reference point of a near light."""
    beam: FloatArray | None = None
    """[3] the light's axis pointing back at the light, of such a length that beam · to_light = 1 (core.scene.incident);
    None for a light that shines evenly."""
    exponent: float = 0.0
    """Power of the cosine to the axis."""
    exposure: float = 1.0
    """Brightness of the photograph relative to others under the light."""

    @property
    def position(self) -> DoubleArray | None:
        """[3] where a near light is, scene units from the camera; None for a distant one."""
        if self.nearness <= 0.0:
            return None
        return self.centre.astype(np.float64) + self.to_light.astype(np.float64) / self.nearness
