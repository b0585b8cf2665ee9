"""The demo capture: its truth agrees with its photographs, and it is never left half made."""

import numpy as np
import open3d as o3d
import pytest

from core.capture.capture import Capture
from core.capture.synthetic import rig_lights
from core.capture.synthetic_owl import owl_distance, owl_material
from core.capture.synthetic_render import FRESNEL, reflected
from core.capture.synthetic_shape import gradient_directions, mesh_of
from core.types import gl_from_camera


def random_directions(count: int, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, 3)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


# ---- shape ----------------------------------------------------------------------------------------------------------


def ball(points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points - np.float32([0.1, -0.2, 0.05]), axis=1) - np.float32(0.6)


def test_the_mesh_of_a_ball() -> None:
    mesh = mesh_of(ball, 48)
    radial = (mesh.vertices - np.float32([0.1, -0.2, 0.05])) / 0.6
    assert np.abs(np.linalg.norm(radial, axis=1) - 1.0).max() < 2e-3
    assert np.abs(mesh.normals - radial).max() < 5e-3
    corners = mesh.vertices[mesh.faces].astype(np.float64)
    volume = np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6.0
    assert volume == pytest.approx(4.0 / 3.0 * np.pi * 0.6**3, rel=0.01)  # positive: faces look outward


def test_gradient_of_a_plane() -> None:
    normal = np.float32([0.6, 0.0, -0.8])
    gradient = gradient_directions(lambda p: 3.0 * (p @ normal), random_directions(20), 0.01)
    assert np.allclose(gradient, normal, atol=1e-4)


@pytest.fixture(scope="module")
def owl():
    return mesh_of(owl_distance, 96)


def test_the_owl_is_one_closed_piece_inside_the_sphere(owl) -> None:
    mesh = o3d.geometry.TriangleMesh(o3d.utility.Vector3dVector(owl.vertices), o3d.utility.Vector3iVector(owl.faces))
    assert mesh.is_edge_manifold(allow_boundary_edges=False)
    clusters, sizes, _ = mesh.cluster_connected_triangles()
    assert max(sizes) > 0.999 * len(np.asarray(clusters))
    assert np.linalg.norm(owl.vertices, axis=1).max() <= 0.9


def test_the_owls_material_is_physical(owl) -> None:
    albedo, roughness = owl_material(owl.vertices)
    assert albedo.min() > 0.0
    assert albedo.max() < 0.95
    assert roughness.min() >= 0.2
    assert roughness.max() <= 0.8
    glossy = roughness < 0.35
    assert 0.2 < glossy.mean() < 0.8  # two materials, both in good part
    assert albedo[glossy].mean(axis=0).argmax() == 2  # cool glaze
    assert albedo[~glossy].mean(axis=0).argmax() == 0  # warm clay


# ---- light ----------------------------------------------------------------------------------------------------------


def test_reflection_is_reciprocal_and_never_negative() -> None:
    normals = np.tile(np.float32([0.0, 0.0, 1.0]), (500, 1))
    eye = random_directions(500, 1)
    eye[:, 2] = np.abs(eye[:, 2]) + 0.05
    eye /= np.linalg.norm(eye, axis=1, keepdims=True)
    light = np.float32([0.48, 0.36, 0.8])
    albedo, roughness = np.full((500, 3), 0.5, np.float32), np.linspace(0.25, 1.0, 500, dtype=np.float32)
    forth = reflected(normals, eye, light, albedo, roughness) / light[2]
    back = np.concatenate(
        [
            reflected(normals[i : i + 1], light[None], eye[i], albedo[i : i + 1], roughness[i : i + 1])
            for i in range(500)
        ]
    )
    assert forth.min() > 0.0
    assert np.allclose(forth, back / eye[:, 2:], rtol=1e-3)


def test_no_more_light_leaves_than_arrives() -> None:
    """A white surface under a uniform sky, by the mean over the hemisphere."""
    light = random_directions(20_000, 2)
    light[:, 2] = np.abs(light[:, 2])
    normal = np.float32([[0.0, 0.0, 1.0]])
    for roughness in (0.25, 0.6, 1.0):
        for eye in ([0.0, 0.0, 1.0], [0.8, 0.0, 0.6]):
            # by reciprocity, the roles of eye and light are exchanged to shade many points at once
            many = reflected(
                np.repeat(normal, len(light), axis=0),
                light,
                np.float32(eye),
                np.ones((len(light), 3), np.float32),
                np.full(len(light), roughness, np.float32),
            )
            leaving = 2.0 * np.pi * np.mean(many[:, 0] / eye[2] * light[:, 2])
            assert 0.8 < leaving < 1.03


def test_light_from_behind_is_not_seen() -> None:
    below = reflected(
        np.float32([[0, 0, 1]]),
        np.float32([[0, 0, 1]]),
        np.float32([0, 0.6, -0.8]),
        np.ones((1, 3), np.float32),
        np.float32([0.5]),
    )
    assert np.array_equal(below, np.zeros((1, 3)))


def test_shine_at_normal_incidence_is_the_closed_form() -> None:
    up, roughness = np.float32([[0, 0, 1]]), np.float32([0.5])
    value = reflected(up, up, up[0], np.zeros((1, 3), np.float32), roughness)
    assert np.allclose(value, FRESNEL / (4.0 * np.pi * 0.5**4), rtol=1e-4)


def test_lights_are_spread_about_the_axis() -> None:
    directions, intensities = rig_lights(12, np.random.default_rng(0))
    angles = np.degrees(np.arccos(directions[:, 2]))
    assert np.allclose(np.linalg.norm(directions, axis=1), 1.0, atol=1e-6)
    assert 9.9 <= angles.min() < 25.0
    assert 40.0 < angles.max() <= 50.1
    apart = np.degrees(np.arccos(np.clip(directions @ directions.T, -1, 1))) + 90.0 * np.eye(12)
    assert apart.min() > 8.0
    assert (intensities > 0.0).all()
    assert intensities.std(axis=0).min() > 0.05


# ---- the capture ----------------------------------------------------------------------------------------------------


def true_lights(capture: Capture) -> tuple[np.ndarray, np.ndarray]:
    assert capture.truth.light_directions_gl is not None
    assert capture.truth.light_intensities is not None
    return capture.truth.light_directions_gl, capture.truth.light_intensities


def test_the_range_is_used_well(tiny_capture: Capture) -> None:
    inside = np.concatenate(
        [tiny_capture.linear(i)[tiny_capture.masks[key.view]] for i, key in enumerate(tiny_capture.keys)]
    )
    assert np.mean(inside >= 1.0) < 0.005
    assert np.quantile(inside, 0.95) > 0.3
    outside = np.concatenate(
        [tiny_capture.linear(i)[~tiny_capture.masks[key.view]] for i, key in enumerate(tiny_capture.keys)]
    )
    assert np.median(outside) == 0.0


def test_surfaces_turned_from_the_light_are_black(tiny_capture: Capture) -> None:
    directions, _ = true_lights(tiny_capture)
    turned_away, turned_to = [], []
    for image, key in enumerate(tiny_capture.keys):
        cosine = tiny_capture.truth.normals_gl[key.view] @ directions[key.light]
        on_object = tiny_capture.masks[key.view]
        turned_away.append(tiny_capture.linear(image)[on_object & (cosine < -0.2)])
        turned_to.append(tiny_capture.linear(image)[on_object & (cosine > 0.5)])
    assert len(np.concatenate(turned_away)) > 100
    assert np.median(np.concatenate(turned_away)) == 0.0
    assert np.median(np.concatenate(turned_to)) > 0.1


def test_true_lights_and_normals_explain_the_matt_parts(tiny_capture: Capture) -> None:
    """Red light of clay and feathers: photograph over intensity against the cosine, where no light is blocked."""
    directions, intensities = true_lights(tiny_capture)
    view = 0
    normals = tiny_capture.truth.normals_gl[view]
    photographs = np.stack([tiny_capture.linear(light)[..., 0] / intensities[light, 0] for light in range(4)])
    cosines = np.stack([normals @ directions[light] for light in range(4)])
    lit = tiny_capture.masks[view] & (photographs.min(axis=0) > 0.02) & (cosines.min(axis=0) > 0.3)
    assert lit.sum() > 100
    ratio = photographs[:, lit] / cosines[:, lit]
    spread = np.median(ratio.std(axis=0) / ratio.mean(axis=0))
    mirrored = np.stack([normals @ (directions[light] * [-1, 1, 1]) for light in range(4)])[:, lit].clip(0.05)
    wrong = photographs[:, lit] / mirrored
    assert spread < 0.1
    assert np.median(wrong.std(axis=0) / wrong.mean(axis=0)) > 3.0 * spread


def test_true_normals_are_those_of_the_true_mesh(tiny_capture: Capture) -> None:
    mesh = o3d.io.read_triangle_mesh(str(tiny_capture.truth.mesh))
    assert len(mesh.triangles) > 1000
    assert mesh.has_vertex_colors()
    scene = o3d.t.geometry.RaycastingScene()
    scene.add_triangles(o3d.t.geometry.TriangleMesh.from_legacy(mesh))
    for view, camera in enumerate(tiny_capture.cameras[::4]):
        v, u = np.mgrid[: camera.height, : camera.width]
        rays = np.stack([u, v, np.ones_like(u)], axis=-1) @ np.linalg.inv(camera.intrinsics).T @ camera.rotation.T
        origins = np.broadcast_to(camera.centre, rays.shape)
        answer = scene.cast_rays(o3d.core.Tensor(np.concatenate([origins, rays], axis=-1).astype(np.float32)))
        hit = np.isfinite(answer["t_hit"].numpy())
        assert np.mean(hit == tiny_capture.masks[view]) > 0.985
        seen = gl_from_camera(answer["primitive_normals"].numpy() @ camera.rotation)
        both = hit & tiny_capture.masks[view]
        cosine = np.einsum("ij,ij->i", seen[both], tiny_capture.truth.normals_gl[view][both])
        assert np.degrees(np.arccos(np.clip(np.median(cosine), -1, 1))) < 8.0


def test_parts_cast_shadows_on_others(tiny_capture: Capture) -> None:
    directions, _ = true_lights(tiny_capture)
    shadowed = 0
    for image, key in enumerate(tiny_capture.keys):
        cosine = tiny_capture.truth.normals_gl[key.view] @ directions[key.light]
        dark = tiny_capture.linear(image).max(axis=-1) == 0.0
        shadowed += int((tiny_capture.masks[key.view] & dark & (cosine > 0.3)).sum())
    assert shadowed > 50
