"""Smoothing and reduction keep the shape."""

import numpy as np
import pytest
import torch
import trimesh
from torch import Tensor

from core.mesh.extract import extract_mesh
from core.mesh.simplify import reduced, smoothed
from core.mesh.triangles import TriangleMesh
from core.scene.frame import SceneFrame
from tests.core.render.analytic import OneSphere, model_of

SCENE = SceneFrame(centre=np.zeros(3), scale=1.0)
VOLUME = 4 / 3 * np.pi * 0.5**3


class Rough(OneSphere):
    """A sphere with grooves two cells wide."""

    def quick_distance(self, points: Tensor) -> Tensor:
        return super().quick_distance(points) + 0.002 * torch.sin(170.0 * points).prod(1)


def _solid(mesh: TriangleMesh) -> trimesh.Trimesh:
    return trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)


def _roughness(mesh: TriangleMesh) -> float:
    return float(np.linalg.norm(mesh.vertices, axis=1).std())


def test_smoothing_takes_the_grooves_and_keeps_the_volume() -> None:
    model = model_of(Rough)
    rough = extract_mesh(model, SCENE, cells=96, colours=False)
    smooth = extract_mesh(model, SCENE, cells=96, smooth=20, colours=False)
    np.testing.assert_array_equal(rough.faces, smooth.faces)
    assert _roughness(smooth) < 0.5 * _roughness(rough)
    assert _solid(smooth).volume == pytest.approx(_solid(rough).volume, rel=5e-3)


@pytest.mark.parametrize("target", [500, 5000])
def test_a_reduced_mesh_has_the_faces_asked_for_and_the_same_shape(target: int) -> None:
    mesh = extract_mesh(model_of(OneSphere), SCENE, cells=64, faces=target, colours=True)
    solid = _solid(mesh)
    assert len(mesh.faces) == pytest.approx(target, rel=0.02)
    assert solid.is_watertight
    assert solid.is_winding_consistent
    assert solid.volume == pytest.approx(VOLUME, rel=0.02)
    assert mesh.albedo is not None
    assert mesh.albedo.shape == mesh.normals.shape == mesh.vertices.shape


def test_nothing_to_do_changes_nothing() -> None:
    box = trimesh.creation.box()
    vertices, faces = box.vertices.astype(np.float32), box.faces.astype(np.int32)
    np.testing.assert_array_equal(smoothed(vertices, faces, passes=0), vertices)
    same, kept = reduced(vertices, faces, target=12)
    np.testing.assert_array_equal(same, vertices)
    np.testing.assert_array_equal(kept, faces)
