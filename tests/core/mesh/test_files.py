"""GLB and OBJ: by the specification, and as other programs read them."""

from pathlib import Path

import numpy as np
import pytest
import pyvista as pv
import trimesh

from core.errors import RunError
from core.mesh.glb import write_glb
from core.mesh.obj import write_obj
from tests.core.mesh.glb_by_hand import read_glb
from tests.core.mesh.glb_conformance import faults
from tests.core.mesh.painted import SIZE, painted_mesh


@pytest.mark.parametrize("up", [None, "+y", "+z", "-y", "-x"])
def test_a_glb_keeps_the_specification(tmp_path: Path, up: str | None) -> None:
    write_glb(tmp_path / "mesh.glb", painted_mesh(), up=up)
    assert faults((tmp_path / "mesh.glb").read_bytes()) == []
    glb = read_glb(tmp_path / "mesh.glb")
    words = glb.document["nodes"][0]["extras"]["vertices"]
    assert ("not known" in words) if up is None else (f"{up} points up" in words)
    assert [file.name for file in tmp_path.iterdir()] == ["mesh.glb"]


def test_a_glb_holds_the_mesh_and_its_textures(tmp_path: Path) -> None:
    mesh = painted_mesh()
    write_glb(tmp_path / "mesh.glb", mesh, up=None)
    glb = read_glb(tmp_path / "mesh.glb")
    np.testing.assert_array_equal(glb.faces, mesh.unfolded.faces)
    np.testing.assert_array_equal(glb.attribute("POSITION"), mesh.vertices)
    np.testing.assert_array_equal(glb.attribute("NORMAL"), mesh.normals)
    np.testing.assert_array_equal(glb.attribute("TANGENT"), mesh.tangents)
    across = (mesh.tangents[:, :3] * mesh.normals).sum(1)
    np.testing.assert_allclose(across, 0.0, atol=1e-5)
    uv = glb.attribute("TEXCOORD_0")
    np.testing.assert_allclose(uv[:, 1], 1.0 - mesh.unfolded.uv[:, 1], atol=1e-7)  # counted from the top
    material = glb.document["materials"][0]
    surface = material["pbrMetallicRoughness"]
    np.testing.assert_array_equal(glb.image(surface["baseColorTexture"]["index"]), mesh.base_colour)
    shine = glb.image(surface["metallicRoughnessTexture"]["index"])
    np.testing.assert_array_equal(shine[..., 1], mesh.roughness)
    np.testing.assert_array_equal(shine[..., 2], mesh.metallic)
    np.testing.assert_array_equal(glb.image(material["normalTexture"]["index"]), mesh.normal_map)
    assert surface.get("metallicFactor", 1.0) == surface.get("roughnessFactor", 1.0) == 1.0


@pytest.mark.parametrize("up", [None, "+z"])
def test_other_programs_read_the_glb_upright(tmp_path: Path, up: str | None) -> None:
    mesh = painted_mesh()
    write_glb(tmp_path / "mesh.glb", mesh, up=up)
    read = trimesh.load_scene(tmp_path / "mesh.glb", process=False).to_geometry()
    shown = pv.read(tmp_path / "mesh.glb").combine(merge_points=False)
    x, y, z = mesh.vertices.T
    expected = mesh.vertices if up is None else np.stack([x, z, -y], 1)  # what was up (z) is y
    for bounds in (read.bounds, np.array(shown.bounds).reshape(3, 2).T):
        np.testing.assert_allclose(bounds, [expected.min(0), expected.max(0)], atol=1e-5)
    assert read.volume == pytest.approx(4 / 3 * np.pi, rel=0.02)
    assert len(read.faces) == shown.n_cells == len(mesh.surface.faces)
    assert read.visual.material.baseColorTexture.size == (SIZE, SIZE)


def test_an_obj_is_closed_and_has_its_material_beside_it(tmp_path: Path) -> None:
    mesh = painted_mesh()
    write_obj(tmp_path / "thing.obj", mesh, up="+z")
    names = {"thing.obj", "thing.mtl", *(f"thing_{n}.png" for n in ("base_colour", "metallic", "roughness", "normal"))}
    assert {file.name for file in tmp_path.iterdir()} == names
    text = (tmp_path / "thing.obj").read_text()
    assert "up axis +z" in text.splitlines()[0]
    lines = [line.split() for line in text.splitlines() if line and line[0] in "vf"]
    vertices = np.array([line[1:] for line in lines if line[0] == "v"], np.float32)
    places = np.array([line[1:] for line in lines if line[0] == "vt"], np.float32)
    corners = np.array([[c.split("/") for c in line[1:]] for line in lines if line[0] == "f"], int) - 1
    np.testing.assert_allclose(vertices, mesh.surface.vertices, rtol=1e-6)
    np.testing.assert_allclose(places, mesh.unfolded.uv, atol=1e-6)
    np.testing.assert_array_equal(corners[..., 0], mesh.surface.faces)
    np.testing.assert_array_equal(corners[..., 1], mesh.unfolded.faces)
    np.testing.assert_array_equal(corners[..., 2], corners[..., 0])
    assert trimesh.Trimesh(vertices, corners[..., 0], process=False).is_watertight
    for line in (tmp_path / "thing.mtl").read_text().splitlines():
        if line.startswith(("map_", "norm")):
            assert (tmp_path / line.split()[1]).is_file()


def test_other_programs_read_the_obj(tmp_path: Path) -> None:
    mesh = painted_mesh()
    write_obj(tmp_path / "mesh.obj", mesh)
    read = trimesh.load_mesh(tmp_path / "mesh.obj", process=False)
    assert read.volume == pytest.approx(4 / 3 * np.pi, rel=0.02)
    assert np.asarray(read.visual.material.image).shape == (SIZE, SIZE, 3)
    assert pv.read(tmp_path / "mesh.obj").n_cells == len(mesh.surface.faces)


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    file = tmp_path / "mesh.glb"
    file.write_text("old")
    with pytest.raises(RunError, match=r"mesh\.glb.*disk is full"):
        write_glb(file, painted_mesh(), up=None)
    with pytest.raises(RunError, match="disk is full"):
        write_obj(tmp_path / "mesh.obj", painted_mesh())
    assert file.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["mesh.glb"]
