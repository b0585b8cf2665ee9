"""Thinning takes triangles away and nothing else: the mesh stays closed, of one topology, and where it was."""

from collections.abc import Callable
from typing import Any

import numpy as np
import open3d as o3d
import pytest
import trimesh
from numpy.typing import NDArray

import core.mesh.extract
from core.mesh.extract import extract_mesh
from core.mesh.isosurface import isosurface
from core.mesh.thin import thinned
from core.scene.frame import SceneFrame
from core.types import FloatArray
from tests.core.render.analytic import OneSphere, model_of

Mesh = tuple[FloatArray, NDArray[np.int32]]
CELLS = 48


def _surface_of(distance: np.ndarray) -> Mesh:
    return isosurface(distance.astype(np.float32), origin=(-1.0, -1.0, -1.0), spacing=2.0 / CELLS)


def _lattice() -> tuple[np.ndarray, ...]:
    axis = np.linspace(-1.0, 1.0, CELLS + 1)
    return np.meshgrid(axis, axis, axis, indexing="ij")


def _ring() -> Mesh:
    z, y, x = _lattice()
    return _surface_of(np.hypot(np.hypot(x, y) - 0.6, z) - 0.2)


def _box() -> Mesh:
    z, y, x = _lattice()
    return _surface_of(np.maximum(np.maximum(np.abs(x) - 0.51, np.abs(y) - 0.4), np.abs(z) - 0.05))


def _crumpled() -> Mesh:
    noise = np.random.default_rng(0).standard_normal((CELLS + 1,) * 3)
    distance = np.sqrt(sum(part**2 for part in _lattice())) - 0.6 + 0.02 * noise
    distance[[0, -1]] = distance[:, [0, -1]] = distance[:, :, [0, -1]] = 1.0
    return _surface_of(distance)


def _solid(mesh: Mesh) -> trimesh.Trimesh:
    return trimesh.Trimesh(*mesh, process=False)


def _distance(points: FloatArray, mesh: Mesh) -> FloatArray:
    """[points] from each to the surface."""
    tensor: Any = o3d.core.Tensor
    scene: Any = o3d.t.geometry.RaycastingScene()
    scene.add_triangles(tensor(mesh[0]), tensor(mesh[1].astype(np.uint32)))
    return scene.compute_distance(tensor(points)).numpy()


@pytest.mark.parametrize("shape", [_ring, _box, _crumpled])
@pytest.mark.parametrize(("part", "farthest"), [(0.0, 0.7), (0.6, 0.3)])
def test_the_mesh_stays_closed_and_of_its_topology_and_place(
    shape: Callable[[], Mesh], part: float, farthest: float
) -> None:
    mesh = shape()
    whole = _solid(mesh)
    assert whole.is_watertight
    enough = int(part * len(mesh[1]))
    thin = thinned(*mesh, enough=enough)
    solid = _solid(thin)
    assert enough <= len(thin[1]) < 0.9 * len(mesh[1])
    assert solid.is_watertight
    assert solid.is_winding_consistent
    assert solid.euler_number == whole.euler_number
    assert solid.volume == pytest.approx(whole.volume, rel=0.05)
    assert {tuple(vertex) for vertex in thin[0]} <= {tuple(vertex) for vertex in mesh[0]}
    assert len(np.unique(thin[1])) == len(thin[0])
    assert _distance(mesh[0], thin).max() < farthest * 2.0 / CELLS


def test_what_is_few_enough_stays_as_it_is() -> None:
    vertices, faces = _ring()
    same, kept = thinned(vertices, faces, enough=len(faces))
    np.testing.assert_array_equal(same, vertices)
    np.testing.assert_array_equal(kept, faces)


def test_a_tetrahedron_cannot_be_thinned() -> None:
    vertices = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32)
    faces = np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [0, 3, 2]], np.int32)
    assert len(thinned(vertices, faces, enough=0)[1]) == 4


def test_a_mesh_of_very_many_triangles_is_thinned_before_it_is_reduced(monkeypatch: pytest.MonkeyPatch) -> None:
    frame, model = SceneFrame(centre=np.zeros(3), scale=1.0), model_of(OneSphere)
    plain = extract_mesh(model, frame, cells=96, faces=2000, colours=False)
    monkeypatch.setattr(core.mesh.extract, "_WEIGHED", 9000)
    thin = extract_mesh(model, frame, cells=96, faces=2000, colours=False)
    assert not np.array_equal(plain.vertices, thin.vertices)
    for mesh in (plain, thin):
        solid = _solid((mesh.vertices, mesh.faces))
        assert len(mesh.faces) == pytest.approx(2000, rel=0.02)
        assert solid.is_watertight
        assert np.abs(np.linalg.norm(mesh.vertices, axis=1) - 0.5).max() < 0.003
