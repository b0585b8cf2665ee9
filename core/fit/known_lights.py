"""The lights a trainer has estimated: which they are, where, and how strong."""

from typing import TYPE_CHECKING

import numpy as np

from core.types import FloatArray, ImageKey, gl_from_camera

if TYPE_CHECKING:
    from core.fit.trainer import LightEstimate, Trainer


def known_lights(lights: "LightEstimate") -> frozenset[int]:
    """Ids of the lights trained so far."""
    rows = zip(lights.light_ids, lights.directions_gl, strict=True)
    return frozenset(light for light, direction in rows if np.isfinite(direction).all())


def light_of(lights: "LightEstimate", light: int) -> tuple[FloatArray, FloatArray]:
    """(unit vector to the light in the OpenCV camera frame [3], linear RGB intensity [3]) of a light id."""
    row = lights.light_ids.index(light)
    return gl_from_camera(lights.directions_gl[row]).astype(np.float32), lights.intensities[row]


def held_out_keys(trainer: "Trainer") -> list[ImageKey]:
    """Images the trainer never saw, whose light it knows from other images; sorted."""
    known = known_lights(trainer.lights())
    seen = trainer.included | trainer.image_losses().keys()
    return [key for key in trainer.capture.keys if key not in seen and key.light in known]
