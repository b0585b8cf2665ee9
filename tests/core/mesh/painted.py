"""A ball whose colour depends on where one looks, exactly known."""

from functools import cache

import numpy as np
import torch
from torch import Tensor

from core.fields.model import Model
from core.mesh.bake import TexturedMesh, textured
from core.mesh.extract import extract_mesh
from core.scene.frame import SceneFrame
from core.types import FloatArray
from tests.core.render.analytic import OneSphere, model_of

FRAME = SceneFrame(centre=np.array([1.0, 2.0, 3.0]), scale=2.0)
SIZE = 256
_LOGIT = 3.0
_LOBE = -0.174
"""Of a roughness of one half: shine that can be told from colour."""


class PaintedBall(OneSphere):
    """A ball whose features are position and one."""

    def forward(self, points: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        distance, _, gradient = super().forward(points)
        return distance, torch.cat([points, torch.ones_like(points[:, :1])], 1), gradient


def painted_model() -> Model:
    """Albedo = sigmoid(3 position); otherwise a half rough dielectric of 4 % reflectance as glTF's is."""
    model = model_of(PaintedBall, residual=False, sharpness=4000.0)
    weights = model.reflectance
    with torch.no_grad():
        model.exposure = 1.0 / np.pi  # one unit of albedo is shown as one
        weights.material_w1.zero_()
        weights.material_w2.zero_()
        weights.material_b1.zero_()
        for axis in range(3):  # relu(x) - relu(-x) = x
            weights.material_w1[2 * axis, axis], weights.material_w1[2 * axis + 1, axis] = 1.0, -1.0
            weights.material_w2[axis, 2 * axis], weights.material_w2[axis, 2 * axis + 1] = _LOGIT, -_LOGIT
        dielectric = float(np.log(0.04 / 0.96))
        weights.material_b2.copy_(torch.tensor([0.0, 0.0, 0.0, dielectric, dielectric, dielectric, _LOBE]))
    return model


def albedo_at(points: FloatArray) -> FloatArray:
    """[N, 3] linear albedo at points [N, 3] of the scene."""
    return 1.0 / (1.0 + np.exp(-_LOGIT * points))


@cache
def painted_mesh(faces: int = 1500, *, factor: float = 1.0) -> TexturedMesh:
    """The ball, extracted, reduced, unfolded and baked; made once."""
    model = painted_model()
    return textured(model, FRAME, extract_mesh(model, FRAME, cells=48, faces=faces), size=SIZE, factor=factor)
