"""Meshes against the sphere they are of."""

from pathlib import Path

import numpy as np
import pytest
import trimesh

from core.errors import RunError
from core.mesh.colour import vertex_colours
from core.mesh.extract import extract_mesh, live_mesh
from core.mesh.triangles import TriangleMesh, largest_component, outward
from core.mesh.write import write_ply
from core.scene.frame import SceneFrame
from tests.core.render.analytic import OneSphere, TwoSpheres, model_of

FRAME = SceneFrame(centre=np.array([1.0, 2.0, 3.0]), scale=2.0)


def _trimesh(mesh: TriangleMesh) -> trimesh.Trimesh:
    return trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)


@pytest.mark.parametrize("cells", [48, 96])
def test_a_sphere_has_its_volume_area_and_place(cells: int) -> None:
    solid = _trimesh(mesh := extract_mesh(model_of(OneSphere), FRAME, cells=cells))
    assert solid.is_watertight
    assert solid.is_winding_consistent
    assert solid.volume == pytest.approx(4 / 3 * np.pi, rel=0.01)  # radius 0.5 scene = 1 world
    assert solid.area == pytest.approx(4 * np.pi, rel=0.01)
    np.testing.assert_allclose(solid.centroid, FRAME.centre, atol=1e-3)
    outward = (mesh.vertices - FRAME.centre) / np.linalg.norm(mesh.vertices - FRAME.centre, axis=1, keepdims=True)
    assert (outward * mesh.normals).sum(1).min() > 0.99


def test_only_the_largest_piece_is_kept() -> None:
    mesh = extract_mesh(model_of(TwoSpheres), FRAME, cells=64)
    assert np.linalg.norm(mesh.vertices - FRAME.centre, axis=1).max() < 1.02
    assert _trimesh(mesh).body_count == 1


def test_the_live_mesh_is_the_same_surface() -> None:
    mesh = live_mesh(model_of(OneSphere), FRAME)
    radius = np.linalg.norm(mesh.vertices - FRAME.centre, axis=1)
    assert np.abs(radius - 1.0).max() < 0.02
    assert mesh.albedo is not None
    assert mesh.error is None


def test_no_surface_and_silly_sizes_are_refused() -> None:
    model = model_of(OneSphere)
    for cells in (4, 4096):
        with pytest.raises(RunError, match="choose 8 to 1024"):
            extract_mesh(model, FRAME, cells=cells)


def test_a_ply_is_read_by_others(tmp_path: Path) -> None:
    mesh = extract_mesh(model_of(OneSphere), FRAME, cells=32)
    write_ply(tmp_path / "mesh.ply", mesh)
    read = trimesh.load_mesh(tmp_path / "mesh.ply", process=False)
    np.testing.assert_array_equal(read.faces, mesh.faces)
    np.testing.assert_allclose(read.vertices, mesh.vertices)
    assert read.visual.vertex_colors.shape == (len(mesh.vertices), 4)
    assert [file.name for file in tmp_path.iterdir()] == ["mesh.ply"]


def test_a_ply_that_cannot_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mesh = extract_mesh(model_of(OneSphere), FRAME, cells=16)
    file = tmp_path / "mesh.ply"
    file.write_text("old")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    monkeypatch.setattr("os.replace", full)
    with pytest.raises(RunError, match=r"mesh\.ply.*No space left"):
        write_ply(file, mesh)
    assert file.read_text() == "old"


def test_pieces_and_winding() -> None:
    box = trimesh.creation.box()
    far = trimesh.creation.icosphere(subdivisions=0)
    vertices = np.concatenate([box.vertices + 10, far.vertices]).astype(np.float32)
    faces = np.concatenate([box.faces, far.faces + len(box.vertices)]).astype(np.int32)
    kept, triangles = largest_component(vertices, faces)
    np.testing.assert_allclose(kept, far.vertices, atol=1e-6)
    np.testing.assert_array_equal(outward(kept, triangles[:, ::-1]), triangles)


def test_colours() -> None:
    mesh = live_mesh(model_of(OneSphere), FRAME, error_at=lambda points: points[:, 0].abs())
    assert vertex_colours(mesh, "shaded") is None
    for colour in ("normal", "albedo", "error"):
        colours = vertex_colours(mesh, colour)
        assert colours is not None
        assert colours.shape == (len(mesh.vertices), 3)
        assert colours.dtype == np.uint8
    normals = vertex_colours(mesh, "normal")
    assert normals is not None
    top = mesh.vertices[:, 2].argmax()
    assert normals[top, 2] > 250
