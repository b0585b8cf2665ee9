"""The lights a trainer has estimated: which they are, where, and how strong."""

from typing import TYPE_CHECKING

import numpy as np
import torch

from core.fit.light_estimate import LightEstimate
from core.scene.lamp import Lamp
from core.types import DoubleArray, FloatArray, ImageKey

if TYPE_CHECKING:
    from core.fit.trainer import Trainer


def known_lights(lights: LightEstimate) -> frozenset[int]:
    """Ids of the lights trained so far."""
    rows = zip(lights.light_ids, lights.directions_gl, strict=True)
    return frozenset(light for light, direction in rows if np.isfinite(direction).all())


@torch.no_grad()
def light_of(trainer: "Trainer", key: ImageKey) -> Lamp:
    """The light of a photograph as estimated, over that photograph's view.

    A light that stands in the room is turned into the photograph's camera. A photograph that was not trained on has
    its light's mean exposure.
    """
    table, model = trainer.model.lights, trainer.model
    image = trainer.capture.keys.index(key)
    row = int(table.image_lights[image])
    camera = trainer.capture.cameras[image]

    def numbers(values: torch.Tensor) -> DoubleArray:
        return values.cpu().numpy().astype(np.float64)

    def in_camera(vector: DoubleArray) -> FloatArray:
        turned = vector if table.model.fixed_to == "camera" else camera.rotation.T @ vector
        return turned.astype(np.float32)

    centre = numbers(table.centres[row])
    if table.model.fixed_to == "world":
        centre = centre - trainer.frame.scene_from_world(camera.centre)
    return Lamp(
        to_light=in_camera(numbers(table.to_light()[row])),
        intensity=(table.intensity()[row] / model.mean_intensity()).cpu().numpy(),
        nearness=float(table.nearness()[row]),
        centre=in_camera(centre),
        beam=in_camera(numbers(table.beam()[row])) if table.model.falloff else None,
        exponent=float(table.exponent()[row]),
        exposure=float(table.exposure()[image]),
    )


def held_out_keys(trainer: "Trainer") -> list[ImageKey]:
    """Images the trainer never saw, whose light it knows from other images; sorted."""
    known = known_lights(trainer.lights())
    seen = trainer.included | trainer.image_losses().keys()
    return [key for key in trainer.capture.keys if key not in seen and key.light in known]
