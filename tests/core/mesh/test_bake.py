"""Unfolding, tangents and baked textures, against a ball whose colour and normals are known."""

import numpy as np
import pytest
import trimesh

from core.color import linear_from_srgb
from core.errors import RunError
from core.mesh.bake import TexturedMesh, textured
from core.mesh.rasterise import covered_texels
from core.mesh.triangles import smooth_normals
from core.mesh.unwrap import tangents, unfolded
from tests.core.mesh.painted import FRAME, SIZE, albedo_at, painted_mesh, painted_model


def _uv_areas(uv: np.ndarray, faces: np.ndarray) -> np.ndarray:
    a, b, c = (uv[faces[:, corner]].astype(np.float64) for corner in range(3))
    return 0.5 * ((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0])


def _texel_corners(mesh: TexturedMesh) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    texels, face, weights = covered_texels(mesh.unfolded.uv, mesh.unfolded.faces, SIZE)
    return texels, mesh.unfolded.faces[face], weights[..., None]


def test_the_unfolding_keeps_every_face_and_lays_none_over_another() -> None:
    mesh = painted_mesh()
    flat = mesh.unfolded
    np.testing.assert_array_equal(flat.vertex[flat.faces], mesh.surface.faces)
    assert flat.uv.min() >= 0.0
    assert flat.uv.max() <= 1.0
    areas = _uv_areas(flat.uv, flat.faces)
    assert areas.min() > 0.0  # no face is mirrored or lost
    fine = 2048
    texels, _, _ = covered_texels(flat.uv, flat.faces, fine)
    assert len(texels) / fine**2 == pytest.approx(areas.sum(), rel=0.01)  # the union is as large as the sum


def test_texels_are_covered_exactly_once_by_two_triangles_of_a_square() -> None:
    uv = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    texels, face, weights = covered_texels(uv, faces, 8)
    np.testing.assert_array_equal(texels, np.arange(64))
    places = (uv[faces[face]] * weights[..., None]).sum(1)
    row, column = np.divmod(texels, 8)
    np.testing.assert_allclose(places[:, 0], (column + 0.5) / 8, atol=1e-6)
    np.testing.assert_allclose(places[:, 1], 1 - (row + 0.5) / 8, atol=1e-6)  # rows go down
    np.testing.assert_allclose(weights.sum(1), 1.0, atol=1e-6)


def test_tangents_of_a_flat_square_point_along_u() -> None:
    vertices = np.array([[0, 0, 0], [2, 0, 0], [2, 3, 0], [0, 3, 0]], np.float32)
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    normals = np.tile(np.float32([0, 0, 1]), (4, 1))
    uv = vertices[:, :2] / np.float32([2, 3])
    np.testing.assert_allclose(tangents(vertices, normals, faces, uv), [[1, 0, 0, 1]] * 4, atol=1e-6)
    mirrored = uv * np.float32([-1, 1]) + np.float32([1, 0])
    np.testing.assert_allclose(tangents(vertices, normals, faces, mirrored), [[-1, 0, 0, -1]] * 4, atol=1e-6)
    turned = uv[:, ::-1] * np.float32([1, -1]) + np.float32([0, 1])  # u along y, v against x
    np.testing.assert_allclose(tangents(vertices, normals, faces, turned), [[0, 1, 0, 1]] * 4, atol=1e-6)


def test_smooth_normals_of_a_box_point_away_from_its_middle() -> None:
    box = trimesh.creation.box()
    normals = smooth_normals(box.vertices.astype(np.float32), box.faces.astype(np.int32))
    np.testing.assert_allclose(normals, box.vertices / np.linalg.norm(box.vertices, axis=1, keepdims=True), atol=1e-6)


def test_the_base_colour_is_the_model_s_at_the_surface() -> None:
    mesh = painted_mesh()
    texels, corners, weights = _texel_corners(mesh)
    points = FRAME.scene_from_world((mesh.vertices[corners] * weights).sum(1).astype(np.float64))
    on_ball = 0.5 * points / np.linalg.norm(points, axis=1, keepdims=True)
    expected = albedo_at(on_ball) / 0.96  # the rest is reflected before it enters
    found = linear_from_srgb(mesh.base_colour.reshape(-1, 3)[texels] / np.float32(255))
    # The mesh's normal, along which points move to the surface, is not quite the ball's.
    assert np.abs(found - np.clip(expected, 0, 1)).max() < 0.012
    assert np.abs(found - np.clip(expected, 0, 1)).mean() < 0.002
    assert mesh.metallic.max() <= 2
    assert (np.abs(mesh.roughness.astype(int) - 128) <= 1).all()


def test_the_normal_map_gives_back_the_ball_s_normals_in_a_viewer_s_frame() -> None:
    mesh = painted_mesh()
    texels, corners, weights = _texel_corners(mesh)
    n, t = mesh.normals[corners], mesh.tangents[corners]
    across = np.cross(n, t[..., :3]) * t[..., 3:]
    frame = np.stack([(part * weights).sum(1) for part in (t[..., :3], across, n)], 1)
    frame /= np.linalg.norm(frame, axis=-1, keepdims=True)
    stored = mesh.normal_map.reshape(-1, 3)[texels] / 127.5 - 1.0
    seen = (stored[:, :, None] * frame).sum(1)
    seen /= np.linalg.norm(seen, axis=1, keepdims=True)
    points = FRAME.scene_from_world((mesh.vertices[corners] * weights).sum(1).astype(np.float64))
    truth = points / np.linalg.norm(points, axis=1, keepdims=True)
    off_deg = np.rad2deg(np.arccos(np.clip((seen * truth).sum(1), -1, 1)))
    without_deg = np.rad2deg(np.arccos(np.clip((frame[:, 2] * truth).sum(1), -1, 1)))
    assert off_deg.mean() < 0.3
    assert np.quantile(off_deg, 0.999) < 1.5
    assert off_deg.mean() < without_deg.mean()


def test_every_texel_carries_a_neighbour_s_value_across_the_seams() -> None:
    mesh = painted_mesh()
    texels, _, _ = covered_texels(mesh.unfolded.uv, mesh.unfolded.faces, SIZE)
    beside = np.ones(SIZE * SIZE, np.bool_)
    beside[texels] = False
    assert beside.any()
    rows, columns = np.divmod(np.flatnonzero(beside), SIZE)
    known = ~beside.reshape(SIZE, SIZE)
    for row, column in list(zip(rows, columns, strict=True))[:: max(1, len(rows) // 300)]:
        y, x = np.nonzero(known)
        squared = (y - row) ** 2 + (x - column) ** 2
        nearest = squared == squared.min()
        assert (mesh.base_colour[y[nearest], x[nearest]] == mesh.base_colour[row, column]).all(1).any()


def test_silly_sizes_are_refused() -> None:
    for size in (64, 10_000):
        with pytest.raises(RunError, match="choose 256 to 4096"):
            textured(painted_model(), FRAME, painted_mesh().surface, size=size)


def test_a_closed_box_unfolds() -> None:
    box = trimesh.creation.box().subdivide()
    flat = unfolded(box.vertices.astype(np.float32), box.faces.astype(np.int32), size=256)
    areas = _uv_areas(flat.uv, flat.faces)
    assert areas.min() > 0.0
    assert areas.max() == pytest.approx(areas.min(), rel=0.02)  # equal triangles stay equal
