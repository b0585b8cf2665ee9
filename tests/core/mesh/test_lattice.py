"""The refined lattice against one that is evaluated at every node."""

from itertools import pairwise

import numpy as np
import pytest
import torch
import trimesh
from scipy.spatial import cKDTree
from torch import Tensor

from core.mesh.extract import extract_mesh
from core.mesh.isosurface import isosurface
from core.mesh.lattice import lattice_cells, slabs
from core.mesh.triangles import TriangleMesh
from core.scene.frame import SceneFrame
from tests.core.render.analytic import OneSphere, TwoSpheres, model_of

SCENE = SceneFrame(centre=np.zeros(3), scale=1.0)


class Bumpy(OneSphere):
    """A sphere with bumps of a twentieth of the scene: small beside the cells of the cached grid, and steep."""

    def quick_distance(self, points: Tensor) -> Tensor:
        bumps = torch.sin(50.0 * points).prod(1)
        return super().quick_distance(points) + 0.01 * bumps


class TooLarge(TwoSpheres):
    """A ball that sticks out of the scene's cube on all six sides."""

    centres = ((0.0, 0.0, 0.0, 1.2),)


def _solid(mesh: TriangleMesh) -> trimesh.Trimesh:
    return trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)


@pytest.mark.parametrize(("cells", "refinements"), [(96, 0), (160, 1), (264, 2)])
def test_the_surface_is_that_of_a_lattice_evaluated_everywhere(cells: int, refinements: int) -> None:
    model = model_of(Bumpy)
    axis = np.linspace(-1.0, 1.0, cells + 1, dtype=np.float32)
    nodes = np.stack(np.meshgrid(axis, axis, axis, indexing="ij")[::-1], -1).reshape(-1, 3)
    dense = model.sdf.quick_distance(torch.from_numpy(nodes)).numpy().reshape((cells + 1,) * 3)
    dense[np.abs(dense) < 2e-3 / cells] = 2e-3 / cells
    vertices, faces = isosurface(dense, origin=(-1.0, -1.0, -1.0), spacing=2.0 / cells)
    mesh = extract_mesh(model, SCENE, cells=cells, colours=False)
    assert lattice_cells(cells) == cells
    assert len(mesh.vertices) == len(vertices)
    assert len(mesh.faces) == len(faces)
    middles, expected = mesh.vertices[mesh.faces].mean(1), vertices[faces].mean(1)
    apart, partner = cKDTree(expected).query(middles)
    assert apart.max() < 1e-6
    assert len(np.unique(partner)) == len(expected)


def test_slabs_share_their_planes_exactly() -> None:
    parts = list(slabs(model_of(Bumpy), 256))
    assert len(parts) > 4
    assert parts[-1].done == 1.0
    for lower, upper in pairwise(parts):
        assert lower.first[0] + len(lower.distance) - 1 == upper.first[0]
        assert lower.first[1:] == upper.first[1:]
        np.testing.assert_array_equal(lower.distance[-1], upper.distance[0])


def test_a_fine_mesh_is_closed_and_has_the_sphere_s_volume_and_area() -> None:
    solid = _solid(extract_mesh(model_of(OneSphere), SCENE, cells=300, colours=False))
    assert solid.is_watertight
    assert solid.is_winding_consistent
    assert solid.euler_number == 2
    assert np.unique(solid.edges_sorted, axis=0, return_counts=True)[1].tolist() == [2] * (3 * len(solid.faces) // 2)
    assert solid.volume == pytest.approx(4 / 3 * np.pi * 0.5**3, rel=2e-4)
    assert solid.area == pytest.approx(4 * np.pi * 0.5**2, rel=2e-4)
    assert np.abs(np.linalg.norm(solid.vertices, axis=1) - 0.5).max() < 1e-4


def test_a_bumpy_mesh_is_a_manifold_with_every_vertex_used_once() -> None:
    mesh = extract_mesh(model_of(Bumpy), SCENE, cells=200, colours=False)
    solid = _solid(mesh)
    assert solid.is_watertight
    assert solid.body_count == 1
    assert len(np.unique(mesh.vertices, axis=0)) == len(mesh.vertices)
    np.testing.assert_array_equal(np.unique(mesh.faces), np.arange(len(mesh.vertices)))


def test_a_shape_that_reaches_out_of_the_scene_is_closed_at_its_faces() -> None:
    solid = _solid(extract_mesh(model_of(TooLarge), SCENE, cells=144, colours=False))
    assert solid.is_watertight
    assert np.abs(solid.vertices).max() <= 1.0
    whole, cap = 4 / 3 * np.pi * 1.2**3, np.pi * 0.2**2 * (3 * 1.2 - 0.2) / 3
    assert solid.volume == pytest.approx(whole - 6 * cap, rel=2e-3)


@pytest.mark.parametrize(("asked", "made"), [(16, 16), (128, 128), (129, 130), (256, 256), (333, 336), (1024, 1024)])
def test_a_lattice_is_at_least_as_fine_as_asked(asked: int, made: int) -> None:
    assert lattice_cells(asked) == made
