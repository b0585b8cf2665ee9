"""The lights of a run in the frames and units of files."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.capture.capture import Capture
from core.fields.model import Model
from core.scene.frame import SceneFrame
from core.scene.light_model import LightModel
from core.types import DoubleArray, FloatArray, gl_from_camera


@dataclass(frozen=True, kw_only=True)
class LightEstimate:
    """The lights as estimated; rows aligned with ``light_ids``, nan where no photograph of a light was trained on.

    Lights that turn with the camera are in the OpenGL camera frame. Lights that stand in the room have no direction
    that is the same for all cameras: they are in the world frame.
    """

    light_ids: tuple[int, ...]
    model: LightModel
    """What was assumed, and so what the rest means."""
    directions_gl: FloatArray
    """[lights, 3] unit vectors to the light; from the object's centre where lights are near."""
    intensities: FloatArray
    """[lights, 3] linear RGB as it arrives at the object's centre; mean of the trained lights 1 in every channel."""
    start_gl: FloatArray
    """[lights, 3] where the directions started."""
    positions: FloatArray
    """[lights, 3] world units, from the camera or (lights in the room) from the world's origin; nan for distant ones.
    """
    axes: FloatArray
    """[lights, 3] unit vectors along which each light shines brightest, leaving it; nan without angular falloff."""
    exponents: FloatArray
    """[lights] power of the cosine to the axis that the intensity falls off with; nan without angular falloff."""
    exposures: FloatArray
    """[images] brightness of each photograph relative to its light's others, whose geometric mean is 1; 1 for one that
    was not trained on; nan where every photograph is taken to have the same."""


@torch.no_grad()
def estimated_lights(model: Model, capture: Capture, frame: SceneFrame) -> LightEstimate:
    """The lights of ``model`` as they stand."""
    table, kind = model.lights, model.config.lights
    known = table.trained.cpu().numpy()[:, None]

    def rows(values: Tensor, *, there: bool = True) -> FloatArray:
        return np.where(known & there, values.cpu().numpy(), np.nan).astype(np.float32)

    def turned(vectors: FloatArray) -> FloatArray:
        return gl_from_camera(vectors).astype(np.float32) if kind.fixed_to == "camera" else vectors

    beam = table.beam()
    distances = 1.0 / table.nearness().clamp_min(1e-9)
    places = rows(table.centres + distances[:, None] * table.to_light(), there=kind.positioned)
    exposures = table.exposure().cpu().numpy() if kind.exposure else np.full(len(capture.keys), np.nan)
    return LightEstimate(
        light_ids=capture.light_ids,
        model=kind,
        directions_gl=turned(rows(table.to_light())),
        intensities=rows(table.intensity() / model.mean_intensity()),
        start_gl=turned(table.start.cpu().numpy()),
        positions=turned(_in_world_units(places, frame, from_camera=kind.fixed_to == "camera")),
        axes=turned(rows(-beam / beam.norm(dim=1, keepdim=True), there=kind.falloff)),
        exponents=rows(table.exponent()[:, None], there=kind.falloff)[:, 0],
        exposures=exposures.astype(np.float32),
    )


def _in_world_units(places: FloatArray, frame: SceneFrame, *, from_camera: bool) -> FloatArray:
    scaled: DoubleArray = places.astype(np.float64) * frame.scale
    return (scaled if from_camera else scaled + frame.centre).astype(np.float32)
