"""Smoothing and reduction keep the shape."""

import numpy as np
import pytest
import trimesh

from core.mesh.extract import extract_mesh
from core.mesh.isosurface import isosurface
from core.mesh.simplify import reduced, smoothed
from core.mesh.triangles import TriangleMesh
from core.scene.frame import SceneFrame
from tests.core.render.analytic import OneSphere, model_of

SCENE = SceneFrame(centre=np.zeros(3), scale=1.0)
VOLUME = 4 / 3 * np.pi * 0.5**3


def _solid(mesh: TriangleMesh) -> trimesh.Trimesh:
    return trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)


def _roughness(vertices: np.ndarray) -> float:
    return float(np.linalg.norm(vertices, axis=1).std())


def _volume(vertices: np.ndarray, faces: np.ndarray) -> float:
    return abs(trimesh.Trimesh(vertices, faces, process=False).volume)


def test_smoothing_takes_noise_and_keeps_the_volume() -> None:
    axis = np.linspace(-1.0, 1.0, 65, dtype=np.float32)
    distance = np.sqrt(sum(part**2 for part in np.meshgrid(axis, axis, axis))) - 0.5
    noise = 0.004 * np.random.default_rng(0).standard_normal(distance.shape).astype(np.float32)
    vertices, faces = isosurface(distance + noise, origin=(-1.0, -1.0, -1.0), spacing=2.0 / 64)
    some, many = (smoothed(vertices, faces, passes=passes) for passes in (10, 30))
    assert _roughness(vertices) > 1.2 * _roughness(some) > 1.2 * 1.2 * _roughness(many)
    assert _roughness(many) < 0.5 * _roughness(vertices)
    for smooth in (some, many):
        assert _volume(smooth, faces) == pytest.approx(_volume(vertices, faces), rel=2e-3)


def test_an_extracted_mesh_is_smoothed_on_demand() -> None:
    model = model_of(OneSphere)
    plain, smooth = (extract_mesh(model, SCENE, cells=48, smooth=passes, colours=False) for passes in (0, 20))
    np.testing.assert_array_equal(plain.faces, smooth.faces)
    assert 0.0 < np.abs(plain.vertices - smooth.vertices).max() < 2.0 / 48
    assert _solid(smooth).volume == pytest.approx(_solid(plain).volume, rel=1e-3)


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
