"""Test captures: every kind opens, its truth agrees with its photographs, and what goes wrong is written down."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import open3d as o3d
import pytest

from core.capture.capture import Capture
from core.capture.read import read_capture
from core.capture.synthetic import DISTANCE, front_cameras
from core.capture.synthetic_cases import Case, write_case_capture
from core.capture.synthetic_lamps import LampKind
from core.capture.synthetic_materials import bronze, clay, waxy
from core.capture.synthetic_objects import bowl_distance, dish_distance, relief_distance, urchin_distance
from core.capture.synthetic_shape import mesh_of
from core.capture.synthetic_spoilt import choose_spoilt
from core.capture.synthetic_truth import read_case_truth
from core.errors import Cancelled
from core.types import ImageKey, gl_from_camera

SMALL = Case(material=clay, views=2, lights=3, size=24)
NEAR = LampKind(distance=3.0, falloff=2.0)


def made(folder: Path, case: Case, seed: int = 0) -> Capture:
    write_case_capture(folder, case, seed=seed)
    return read_capture(folder)


def words(file: Path) -> dict[str, str]:
    return dict(line.split() for line in file.read_text().splitlines())


@pytest.mark.parametrize("shape", [bowl_distance, urchin_distance, dish_distance, relief_distance])
def test_objects_are_closed_pieces_within_the_sphere(shape) -> None:
    made_of = mesh_of(shape, 96)
    mesh = o3d.geometry.TriangleMesh(
        o3d.utility.Vector3dVector(made_of.vertices), o3d.utility.Vector3iVector(made_of.faces)
    )
    assert mesh.is_edge_manifold(allow_boundary_edges=False)
    _, sizes, _ = mesh.cluster_connected_triangles()
    assert len(sizes) == 1
    assert np.linalg.norm(made_of.vertices, axis=1).max() < 0.9


def test_the_bowl_is_hollow() -> None:
    inside, wall, above = bowl_distance(np.float32([[0, 0.1, 0], [0.0, -0.48, 0.0], [0, 0.6, 0]]))
    assert inside > 0.3
    assert wall < 0.0 < above


def test_dish_and_relief_are_hollow_where_they_should_be() -> None:
    before, behind = dish_distance(np.float32([[0, 0, 0.1], [0, 0, -0.1]]))
    assert before > 0.0 > behind
    bump, dent, between = relief_distance(np.float32([[0.3, 0.2, 0.4], [-0.3, 0.25, 0.1], [0.0, 0.1, 0.2]]))
    assert bump < 0.0 < dent
    assert between < 0.0


def test_cameras_in_front_stay_in_their_cone_and_look_at_the_origin() -> None:
    cameras = front_cameras(9, 32, 25.0)
    towards = np.stack([camera.centre / np.linalg.norm(camera.centre) for camera in cameras])
    tilts = np.degrees(np.arccos(towards[:, 2]))
    assert 20.0 < tilts.max() < 25.0
    assert np.abs(towards.mean(axis=0)[:2]).max() < 0.1
    for camera, toward in zip(cameras, towards, strict=True):
        assert np.allclose(camera.rotation[:, 2], -toward)
        assert np.isclose(np.linalg.det(camera.rotation), 1.0)


@pytest.mark.parametrize(
    "case",
    [
        SMALL,
        replace(SMALL, shape=bowl_distance, bounce=True),
        replace(SMALL, shape=urchin_distance, material=bronze),
        replace(SMALL, shape=dish_distance, cone_deg=25.0),
        replace(SMALL, material=waxy),
        replace(SMALL, lamps=replace(NEAR, disc=0.1)),
        replace(SMALL, lamps=LampKind(fixed_to="world", distance=2.5)),
        replace(SMALL, moving="free", views=4, lamps=NEAR),
    ],
)
def test_every_case_opens_and_its_masks_are_what_its_cameras_see(case: Case, tmp_path: Path) -> None:
    capture = made(tmp_path / "case", case)
    assert len(capture.keys) == (4 if case.moving == "free" else 6)
    assert not [problem for problem in capture.problems if "black" not in problem.text]
    truth = read_case_truth(tmp_path / "case")
    inside = np.concatenate([capture.linear(i)[capture.masks[key.view]] for i, key in enumerate(capture.keys)])
    assert np.quantile(inside, 0.999) > 0.3
    assert np.mean(inside >= 1.0) < 0.02
    for key, camera in zip(capture.keys, capture.cameras, strict=True):
        seen = (truth.mesh.vertices - camera.centre) @ camera.rotation @ camera.intrinsics.T
        pixels = np.rint(seen[:, :2] / seen[:, 2:]).astype(int)
        assert np.mean(capture.masks[key.view][pixels[:, 1], pixels[:, 0]]) > 0.9
        assert capture.truth.normals_gl[key.view][capture.masks[key.view]].any(axis=-1).all()


def test_truth_says_where_near_lamps_are(tmp_path: Path) -> None:
    capture = made(tmp_path / "near", replace(SMALL, lamps=NEAR))
    positions = np.loadtxt(tmp_path / "near" / "light_positions.txt")
    to_light = positions - np.array([0.0, 0.0, -DISTANCE])  # the object's centre is straight ahead of every camera
    distance = np.linalg.norm(to_light, axis=1, keepdims=True)
    assert 2.5 < distance.min() < distance.max() < 3.5
    assert np.allclose(to_light / distance, capture.truth.light_directions_gl, atol=1e-5)


def test_lamps_in_the_room_have_one_place_in_the_world(tmp_path: Path) -> None:
    """Matt points seen in two views are as bright in both."""
    folder = tmp_path / "room"
    case = replace(SMALL, views=12, lights=1, size=48, lamps=LampKind(fixed_to="world", distance=2.5))
    capture = made(folder, case)
    assert capture.truth.light_directions_gl is None
    direction = np.loadtxt(folder / "light_directions_world.txt", ndmin=2)
    position = np.loadtxt(folder / "light_positions_world.txt", ndmin=2)
    intensity = np.loadtxt(folder / "light_intensities.txt", ndmin=2)[0]
    assert np.allclose(position / np.linalg.norm(position, axis=1, keepdims=True), direction, atol=1e-5)
    truth = read_case_truth(folder)
    away = position[0] - truth.mesh.vertices
    far = np.linalg.norm(away, axis=1)
    # On the axis of no beam, so only the cosine and the square of the distance; the top of the head is in no shadow.
    cosine = np.einsum("ij,ij->i", away / far[:, None], truth.mesh.normals)
    red = (
        cosine
        * (np.linalg.norm(position[0]) / far) ** 2
        * intensity[0]
        * truth.surface.albedo[:, 0]
        * (1.0 - truth.surface.facing[:, 0])
        / np.pi
    )
    ratios = []
    for view, camera in enumerate(capture.cameras):
        to_eye = camera.centre - truth.mesh.vertices
        to_eye /= np.linalg.norm(to_eye, axis=1, keepdims=True)
        top = (truth.mesh.vertices[:, 1] > 0.5) & (cosine > 0.7)
        seen = top & (np.einsum("ij,ij->i", to_eye, truth.mesh.normals) > 0.6)
        place = (truth.mesh.vertices[seen] - camera.centre) @ camera.rotation @ camera.intrinsics.T
        pixels = np.rint(place[:, :2] / place[:, 2:]).astype(int)
        if len(pixels) > 10:
            ratios.append(np.median(capture.linear(view)[pixels[:, 1], pixels[:, 0], 0] / red[seen]))
    assert len(ratios) >= 3
    assert np.allclose(ratios, 1.0, atol=0.12)  # what is above 1 is the matt highlight


def test_exposures_multiply_photographs(tmp_path: Path) -> None:
    plain = made(tmp_path / "plain", SMALL)
    jittered = made(tmp_path / "jittered", replace(SMALL, exposure_stops=0.5))
    factors = words(tmp_path / "jittered" / "exposures.txt")
    brightness = np.loadtxt(tmp_path / "jittered" / "light_intensities.txt") / np.loadtxt(
        tmp_path / "plain" / "light_intensities.txt"
    )
    assert np.ptp(brightness) < 1e-4  # the whole capture is a little darker, so that nothing is cut off
    assert np.std(np.log2([float(factor) for factor in factors.values()])) > 0.2
    for image, key in enumerate(plain.keys):
        expected = plain.linear(image) * float(factors[key.name]) * brightness.mean()
        kept = (plain.linear(image) < 0.999) & (expected < 0.999)
        assert np.allclose(jittered.linear(image)[kept], expected[kept], atol=3e-5)


def test_spoilt_photographs_are_those_of_the_list(tmp_path: Path) -> None:
    case = replace(SMALL, views=3, lights=4, size=48)
    good = made(tmp_path / "good", case)
    bad = made(tmp_path / "bad", replace(case, spoilt=frozenset({"hand", "dark", "swapped", "blurred"})))
    listed = words(tmp_path / "bad" / "spoilt.txt")
    assert sorted(listed.values()) == ["blurred", "dark", "hand", "swapped", "swapped"]
    images = {key.name: i for i, key in enumerate(good.keys)}
    for name, image in images.items():
        same = np.array_equal(good.photographs[image], bad.photographs[image])
        assert same == (name not in listed)
    first, second = (images[name] for name, kind in listed.items() if kind == "swapped")
    assert np.array_equal(good.photographs[first], bad.photographs[second])
    assert np.array_equal(good.photographs[second], bad.photographs[first])
    dark, hand = (images[next(name for name, k in listed.items() if k == kind)] for kind in ("dark", "hand"))
    assert bad.linear(dark).max() < 0.005 < good.linear(dark).max()
    covered = np.abs(bad.linear(hand) - good.linear(hand)).max(axis=-1) > 0.01
    assert (covered & good.masks[good.keys[hand].view]).sum() > 20


def test_photographs_are_swapped_in_pairs_within_a_view() -> None:
    keys = [ImageKey(view, light) for view in range(6) for light in range(5)]
    chosen = choose_spoilt(keys, {"swapped", "dark"}, 0.2, np.random.default_rng(0))
    swapped = [key.view for key, kind in chosen.items() if kind == "swapped"]
    assert sorted(swapped) == sorted(2 * sorted(set(swapped)))
    assert len(swapped) == 6
    assert list(chosen.values()).count("dark") == 6
    with pytest.raises(ValueError, match="only be swapped within a view"):
        choose_spoilt([ImageKey(0, 0), ImageKey(1, 1)], {"swapped"}, 0.1, np.random.default_rng(0))


def test_the_material_truth_comes_back(tmp_path: Path) -> None:
    capture = made(tmp_path / "wax", replace(SMALL, material=waxy))
    truth = read_case_truth(tmp_path / "wax")
    expected = waxy(truth.mesh.vertices)
    assert np.array_equal(truth.surface.albedo, expected.albedo)
    assert np.array_equal(truth.surface.roughness, expected.roughness)
    assert truth.surface.scatter == pytest.approx(expected.scatter)
    file = o3d.io.read_triangle_mesh(str(capture.truth.mesh))
    assert np.allclose(np.asarray(file.vertices), truth.mesh.vertices)


def test_the_same_seed_makes_the_same_files(tmp_path: Path) -> None:
    case = replace(
        SMALL, bounce=True, exposure_stops=0.3, lamps=replace(NEAR, disc=0.1), spoilt=frozenset({"hand"}), size=16
    )
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        write_case_capture(tmp_path / name, case, seed=seed)
    files = [f.relative_to(tmp_path / "a") for f in (tmp_path / "a").rglob("*") if f.is_file() and f.suffix != ".exr"]
    assert len(files) > 10
    assert all((tmp_path / "a" / f).read_bytes() == (tmp_path / "b" / f).read_bytes() for f in files)
    same, again = read_capture(tmp_path / "a"), read_capture(tmp_path / "b")
    assert all(np.array_equal(same.truth.normals_gl[view], again.truth.normals_gl[view]) for view in same.views)
    assert any(
        (tmp_path / "a" / f).read_bytes() != (tmp_path / "c" / f).read_bytes() for f in files if "image" in str(f)
    )


def test_lights_from_true_normals_explain_a_free_capture(tmp_path: Path) -> None:
    """Where camera and lamp both move, each photograph is lit by the lamp of its own id."""
    capture = made(tmp_path / "free", replace(SMALL, moving="free", views=4, size=48))
    assert [key.name for key in capture.keys] == ["V00L00", "V01L01", "V02L02", "V03L03"]
    assert capture.truth.light_directions_gl is not None
    for image, key in enumerate(capture.keys):
        cosine = capture.truth.normals_gl[key.view] @ capture.truth.light_directions_gl[image]
        lit = capture.masks[key.view] & (capture.linear(image)[..., 0] > 0.05) & (cosine > 0.2)
        assert np.corrcoef(cosine[lit], capture.linear(image)[lit][:, 0])[0, 1] > 0.7


def test_cases_that_cannot_be_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="has no beam"):
        write_case_capture(tmp_path / "case", replace(SMALL, lamps=LampKind(falloff=1.0)))
    with pytest.raises(ValueError, match="do not move in every shot"):
        write_case_capture(tmp_path / "case", replace(SMALL, moving="free", lamps=LampKind(fixed_to="world")))
    assert list(tmp_path.iterdir()) == []


def test_cancelling_leaves_nothing(tmp_path: Path) -> None:

    def cancel(_what: str, fraction: float) -> None:
        if fraction > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_case_capture(tmp_path / "case", SMALL, progress=cancel)
    assert list(tmp_path.iterdir()) == []


def test_normals_are_those_of_the_camera_s_frame(tmp_path: Path) -> None:
    capture = made(tmp_path / "case", replace(SMALL, size=48))
    mesh = read_case_truth(tmp_path / "case").mesh
    camera = capture.cameras[0]
    facing = gl_from_camera(mesh.normals @ camera.rotation)
    place = (mesh.vertices - camera.centre) @ camera.rotation @ camera.intrinsics.T
    pixels = np.rint(place[:, :2] / place[:, 2:]).astype(int)
    front = facing[:, 2] > 0.8
    seen = capture.truth.normals_gl[0][pixels[front, 1], pixels[front, 0]]
    assert np.median(np.einsum("ij,ij->i", seen, facing[front])) > 0.97
