"""Surfaces compared where cameras see them: planes, whose distances are known."""

from pathlib import Path

import numpy as np
import pytest

from core.errors import CaptureError
from core.mesh import visible
from core.mesh.read import read_triangles
from core.mesh.visible import SurfaceComparison, Triangles, compare_visible, first_hits
from core.types import Camera


def looking_down(height: float, *, size: int = 20) -> Camera:
    """Above the origin, looking along -z; the picture spans one unit on the plane z = 0."""
    pose = np.diag([1.0, -1.0, -1.0, 1.0])
    pose[2, 3] = height
    middle = 0.5 * (size - 1)
    intrinsics = np.array([[size * height, 0, middle], [0, size * height, middle], [0, 0, 1.0]])
    return Camera(intrinsics=intrinsics, world_from_camera=pose, width=size, height=size)


def plane(z: float, half: float = 10.0) -> Triangles:
    corners = np.array([[-half, -half, z], [half, -half, z], [half, half, z], [-half, half, z]], np.float32)
    return Triangles(vertices=corners, faces=np.array([[0, 1, 2], [0, 2, 3]], np.int32))


def joined(a: Triangles, b: Triangles) -> Triangles:
    return Triangles(
        vertices=np.concatenate([a.vertices, b.vertices]), faces=np.concatenate([a.faces, b.faces + len(a.vertices)])
    )


def test_rays_go_through_pixel_centres() -> None:
    camera = looking_down(2.0, size=4)
    points = first_hits(plane(0.0), [camera])
    assert points.shape == (16, 3)
    np.testing.assert_allclose(np.unique(points[:, 0]), [-0.375, -0.125, 0.125, 0.375], atol=1e-6)
    np.testing.assert_allclose(points[0], [-0.375, 0.375, 0.0], atol=1e-6)  # the first pixel is the upper left


def test_distance_of_two_planes() -> None:
    comparison = compare_visible(plane(0.5), plane(0.0), [looking_down(1000.0, size=8)])
    assert comparison.chamfer == pytest.approx(0.5, rel=1e-3)
    assert comparison.f_score(0.6) == 1.0
    assert comparison.f_score(0.4) == 0.0


def test_what_no_camera_sees_does_not_count() -> None:
    camera = looking_down(5.0)
    hidden = joined(plane(0.0), plane(-3.0))
    assert compare_visible(hidden, plane(0.0), [camera]).chamfer == 0.0
    assert compare_visible(joined(plane(0.0), plane(1.0)), plane(0.0), [camera]).chamfer > 0.5


def test_figures_by_hand() -> None:
    comparison = SurfaceComparison(
        to_truth=np.array([0.0, 0.1, 0.2, 0.3]), to_estimate=np.array([0.1, 0.5]), pixel_step=1
    )
    assert comparison.chamfer == pytest.approx(0.5 * (0.15 + 0.3))
    assert comparison.precision(0.25) == 0.75
    assert comparison.recall(0.25) == 0.5
    assert comparison.f_score(0.25) == pytest.approx(2 * 0.75 * 0.5 / 1.25)


def test_an_estimate_that_nobody_sees_is_infinitely_far() -> None:
    nothing = Triangles(vertices=np.empty((0, 3), np.float32), faces=np.empty((0, 3), np.int32))
    comparison = compare_visible(nothing, plane(0.0), [looking_down(2.0)])
    assert comparison.chamfer == np.inf
    assert comparison.f_score(1.0) == 0.0


def test_many_pixels_are_thinned_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visible, "_MOST_RAYS", 100)
    comparison = compare_visible(plane(0.0), plane(0.0), [looking_down(2.0)])
    assert (comparison.pixel_step, comparison.to_truth.size) == (2, 100)


def test_a_mesh_that_is_none_is_one_sentence(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mesh.ply"
    with pytest.raises(CaptureError, match="Cannot read"):
        read_triangles(file)
    file.write_bytes(b"ply\nformat ascii 1.0\nelement vertex 99\n")
    with pytest.raises(CaptureError, match="no triangles"):
        read_triangles(file)
    assert capfd.readouterr().out == ""


def test_reads_the_truth_of_the_tiny_capture(tiny_capture_folder: Path) -> None:
    surface = read_triangles(tiny_capture_folder / "mesh_Gt.ply")
    assert surface.faces.max() == len(surface.vertices) - 1
