"""Cast shadows against those in the photographs of the renderer that makes the test captures.

A relief of bumps and dents, as the renderer's mesh and as a field of the same distances, under a lamp that is a disc:
what part of the lamp arrives at every pixel's hits, near the edges of bumps and dents and far from them.
"""

import math
from functools import cache

import numpy as np
import pytest
import torch
from torch import Tensor

from core.capture.synthetic import front_cameras
from core.capture.synthetic_lamps import Lamp
from core.capture.synthetic_lit import LitObject
from core.capture.synthetic_materials import clay
from core.capture.synthetic_objects import relief_distance
from core.capture.synthetic_shape import mesh_of
from core.fields.model import Model
from core.fields.sdf_cache import SdfCache
from core.render.shadow import visibility
from core.types import FloatArray
from tests.core.render.analytic import model_of
from tests.core.render.solids import Solid

CELLS = 96
SAMPLES = 64
_STEP = 1e-3


class Relief(Solid):
    """``relief_distance``; its gradient by differences."""

    def exact(self, points: Tensor) -> Tensor:
        return torch.from_numpy(relief_distance(points.detach().numpy()))

    def forward(self, points: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        steps = _STEP * torch.eye(3)
        slopes = [(self.exact(points + step) - self.exact(points - step)) / (2.0 * _STEP) for step in steps]
        return self.exact(points), torch.ones((len(points), self.config.features)), torch.stack(slopes, 1)


@cache
def _seen_by_the_renderer(disc: float) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Positions and normals of what a camera in front sees [hits, 3], the way to the lamp [3] and what part of it
    arrives [hits].
    """
    mesh = mesh_of(relief_distance, 192)
    lit = LitObject(mesh, clay(mesh.vertices), bounce=False, seed=0)
    hits = lit.stage.seen_by(front_cameras(1, 120, 1.0)[0])
    to_light = np.float32([0.55, 0.35, 0.76]) / np.float32(np.linalg.norm([0.55, 0.35, 0.76]))
    lamp = Lamp(to_light=to_light, distance=None, intensity=np.ones(3, np.float32), falloff=0.0, disc=disc)
    # Only what faces the whole disc: there a part of the lamp is missing because something stands before it.
    facing = hits.normals @ to_light > math.sin(math.atan(disc)) + 0.1
    positions, normals = hits.positions[facing], hits.normals[facing]
    part = lit._lit(
        positions, normals, lamp, np.random.default_rng(0), SAMPLES, lambda chosen, _: np.ones((len(chosen), 1))
    )
    return positions, normals, to_light, part[:, 0]


def _model(disc: float) -> Model:
    model = model_of(Relief)
    if disc > 0.0:
        model.log_lamp_radius = torch.nn.Parameter(torch.tensor(math.log(disc)))
    model.cache = SdfCache(model.sdf, cells=CELLS, device=torch.device("cpu"))
    return model


def _errors(disc: float, *, soft: bool) -> tuple[FloatArray, FloatArray]:
    """Absolute error of the visibility [hits], and what the renderer found [hits]."""
    positions, normals, to_light, truth = _seen_by_the_renderer(disc)
    points, facing = torch.from_numpy(positions), torch.from_numpy(normals)
    with torch.no_grad():
        seen = visibility(
            _model(disc if soft else 0.0), points, facing, torch.from_numpy(to_light).expand(len(points), 1, 3)
        )
    return np.abs(seen[:, 0].numpy() - truth), truth


@pytest.mark.parametrize(("disc", "limit"), [(0.05, 0.12), (0.14, 0.08)])
def test_penumbrae_are_those_of_the_renderer(disc: float, limit: float) -> None:
    error, truth = _errors(disc, soft=True)
    sharp, _ = _errors(disc, soft=False)
    band = (truth > 0.02) & (truth < 0.98)
    assert 0.01 < band.mean() < 0.5
    assert 0.03 < (truth < 0.02).mean() < 0.5  # there are whole shadows, too
    told = [f"{e[band].mean():.3f} {e[~band].mean():.4f}" for e in (sharp, error)]
    print(f"disc {disc}: penumbra, elsewhere: sharp {told[0]}, soft {told[1]}")
    assert error[band].mean() < limit
    assert error[~band].mean() < 0.01
    assert error[band].mean() < 0.6 * sharp[band].mean()
