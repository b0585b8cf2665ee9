"""PS-NeRF: a capture of many lights; its OpenGL poses and lights, checked by projecting and shading known points."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.capture.images import write_png8
from core.capture.import_options import ImportOptions
from core.capture.layouts.ps_nerf import PS_NERF
from core.capture.listing import Listing
from core.capture.read import read_capture
from core.capture.recognise import guesses
from core.errors import CaptureError
from core.types import DoubleArray, ImageKey

VIEWS, LIGHTS = 3, 4
DISTANCE = 5.0


def gl_pose(number: int) -> DoubleArray:
    """World from camera, OpenGL axes, on a circle around the y axis: looks at the origin along -z, y up."""
    angle = 2.0 * np.pi * number / VIEWS
    back = np.array([np.sin(angle), 0.0, np.cos(angle)])
    up = np.array([0.0, 1.0, 0.0])
    pose = np.eye(4)
    pose[:3, :3] = np.stack([np.cross(up, back), up, back], axis=1)
    pose[:3, 3] = DISTANCE * back
    return pose


DIRECTIONS = np.array([[0.0, 0.0, 1.0], [0.6, 0.0, 0.8], [0.0, 1.2, 1.6], [-0.6, 0.0, 0.8]])


def params(**changed: object) -> dict[str, Any]:
    return {
        "obj_name": "ball",
        "n_view": VIEWS,
        "imhw": [20, 24],
        "gt_normal_world": True,
        "view_train": [0, 2],
        "view_test": [1],
        "K": [[40.0, 0.0, 11.5], [0.0, 40.0, 9.5], [0.0, 0.0, 1.0]],
        "pose_c2w": [gl_pose(number).tolist() for number in range(VIEWS)],
        "light_is_same": True,
        "light_direction": DIRECTIONS.tolist(),
        "light_intensity": [[1.0, 2.0, 3.0]] * LIGHTS,
    } | changed


def write(folder: Path, table: object) -> None:
    (folder / "params.json").write_text(json.dumps(table))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    mask = np.zeros((20, 24, 1))
    mask[4:16, 5:19] = 1.0
    (tmp_path / "mask").mkdir()
    for view in range(1, VIEWS + 1):
        (tmp_path / "img" / f"view_{view:02d}").mkdir(parents=True)
        write_png8(tmp_path / "mask" / f"view_{view:02d}.png", mask)
        for light in range(1, LIGHTS + 1):
            write_png8(tmp_path / "img" / f"view_{view:02d}" / f"{light:03d}.png", np.full((20, 24, 3), light / 10.0))
    (tmp_path / "img" / "avg").mkdir()
    write(tmp_path, params())
    return tmp_path


def listing(folder: Path) -> Listing:
    return PS_NERF.list_capture(folder, ImportOptions(), lambda _what, _fraction: None)


def test_views_and_lights_keep_their_numbers(folder: Path) -> None:
    found = listing(folder)
    assert [shot.key for shot in found.shots] == [ImageKey(v, n) for v in (1, 2, 3) for n in (1, 2, 3, 4)]
    assert {view: files[0].name for view, files in found.masks.items()} == {n: f"view_{n:02d}.png" for n in (1, 2, 3)}
    assert not found.problems


def test_poses_are_in_opengl_axes(folder: Path) -> None:
    """The camera sees the origin in its middle, a point above it above (smaller v), a point right of it right."""
    for shot in listing(folder).shots:
        camera = shot.camera
        right = gl_pose(shot.key.view - 1)[:3, 0]
        for point, expected in (
            (np.zeros(3), (11.5, 9.5)),
            (np.array([0.0, 0.5, 0.0]), (11.5, 9.5 - 40.0 * 0.5 / DISTANCE)),
            (0.5 * right, (11.5 + 40.0 * 0.5 / DISTANCE, 9.5)),
        ):
            seen = camera.intrinsics @ (camera.rotation.T @ (point - camera.centre))
            np.testing.assert_allclose(seen[:2] / seen[2], expected, atol=1e-9)
            assert seen[2] > 0.0


def test_truth(folder: Path) -> None:
    """Directions become unit vectors in the OpenGL camera frame; normals of the world are turned into it."""
    (folder / "normal" / "npy").mkdir(parents=True)
    for view in range(VIEWS):
        normals = np.zeros((20, 24, 3))
        normals[5:15, 5:15] = gl_pose(view)[:3, 2]  # towards the camera
        normals[7, 7] = gl_pose(view)[:3, 1]  # up
        np.save(folder / "normal" / "npy" / f"view_{view + 1:02d}.npy", normals)
    capture = read_capture(folder)
    truth = capture.truth
    assert capture.light_ids == (1, 2, 3, 4)
    assert truth.light_directions_gl is not None
    np.testing.assert_allclose(truth.light_directions_gl[2], [0.0, 0.6, 0.8], atol=1e-6)
    assert truth.light_intensities is not None
    np.testing.assert_allclose(truth.light_intensities, [[1.0, 2.0, 3.0]] * LIGHTS)
    for view in (1, 2, 3):
        np.testing.assert_allclose(truth.normals_gl[view][9, 9], [0.0, 0.0, 1.0], atol=1e-6)
        np.testing.assert_allclose(truth.normals_gl[view][7, 7], [0.0, 1.0, 0.0], atol=1e-6)
        assert not truth.normals_gl[view][0].any()


def test_values_are_linear(folder: Path) -> None:
    capture = read_capture(folder)
    np.testing.assert_allclose(capture.linear(3), 102.0 / 255.0, atol=1e-6)


def test_normals_of_the_camera_stay(folder: Path) -> None:
    write(folder, params(gt_normal_world=False))
    (folder / "normal" / "npy").mkdir(parents=True)
    normals = np.zeros((20, 24, 3))
    normals[..., 1] = 1.0
    np.save(folder / "normal" / "npy" / "view_02.npy", normals)
    np.save(folder / "normal" / "npy" / "view_03.npy", normals[:-1])
    capture = read_capture(folder)
    np.testing.assert_array_equal(capture.truth.normals_gl[2], normals)
    assert 3 not in capture.truth.normals_gl
    assert any("view_03.npy" in problem.file for problem in capture.problems)


def test_lights_of_each_view_are_their_own(folder: Path) -> None:
    each = [(DIRECTIONS + 0.01 * view * np.eye(3)[1]).tolist() for view in range(VIEWS)]
    write(folder, params(light_is_same=False, light_direction=each, light_intensity=None))
    (folder / "img" / "view_02" / "002.png").unlink()
    capture = read_capture(folder)
    assert capture.light_ids == (1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12)
    assert [key.light for key in capture.keys if key.view == 2] == [5, 7, 8]
    assert capture.truth.light_directions_gl is not None
    assert capture.truth.light_intensities is None
    expected = np.array(each[2][1]) / np.linalg.norm(each[2][1])
    np.testing.assert_allclose(capture.truth.light_directions_gl[capture.light_ids.index(10)], expected, atol=1e-6)


def test_a_matrix_for_each_view(folder: Path) -> None:
    matrices = [[[40.0 + view, 0.0, 11.5], [0.0, 40.0, 9.5], [0.0, 0.0, 1.0]] for view in range(VIEWS)]
    write(folder, params(K=matrices))
    assert [shot.camera.intrinsics[0, 0] for shot in listing(folder).shots[::LIGHTS]] == [40.0, 41.0, 42.0]


def test_views_without_camera_and_cameras_without_view(folder: Path) -> None:
    (folder / "img" / "view_02").rename(folder / "img" / "view_07")
    found = listing(folder)
    assert {shot.key.view for shot in found.shots} == {1, 3}
    assert found.without_camera[0] == "img/view_07/001.png"
    assert found.without_photograph == ("view_02",)


def test_bad_lights_are_left_out(folder: Path) -> None:
    for bad in ([[1.0, 2.0]], "sun", [[0.0, 0.0, "x"]], [], {}):
        write(folder, params(light_direction=bad))
        assert "light_direction" in listing(folder).problems[0].text
    write(folder, params(light_direction=DIRECTIONS[:2].tolist()))
    assert read_capture(folder).truth.light_directions_gl is None


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda folder: (folder / "params.json").write_text("{"), "params.json is not valid JSON"),
        (lambda folder: write(folder, []), "params.json does not hold"),
        (lambda folder: write(folder, params(K=None)), r"params\.json: K is not"),
        (lambda folder: write(folder, params(K=np.diag([-1.0, 1.0, 1.0]).tolist())), "focal length"),
        (lambda folder: write(folder, params(pose_c2w={})), "pose_c2w is not a list"),
        (lambda folder: write(folder, params(pose_c2w=[np.ones((4, 4)).tolist()] * 3)), "pose_c2w of view 1"),
        (lambda folder: write(folder, params(pose_c2w=[[["a"] * 4] * 4])), "pose_c2w of view 1"),
        (lambda folder: [file.unlink() for file in folder.glob("img/*/*.png")], "holds no photograph"),
        (lambda folder: (folder / "img" / "view_01" / "1.png").write_bytes(b""), "both light 1"),
        (lambda folder: (folder / "img" / "view_1").mkdir(), "both view 1"),
    ],
)
def test_what_is_wrong_is_named(folder: Path, change: Callable[[Path], object], named: str) -> None:
    change(folder)
    with pytest.raises(CaptureError, match=named):
        listing(folder)


def test_recognised_by_its_files(folder: Path) -> None:
    guess = guesses(folder)[0]
    assert (guess.layout, guess.certainty) == ("PS-NeRF", pytest.approx(0.9))
    (folder / "params.json").unlink()
    assert all(other.layout != "PS-NeRF" for other in guesses(folder))
