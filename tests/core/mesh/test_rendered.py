"""The exported GLB, drawn by another renderer, looks as the studio draws the model."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from core.capture.import_options import Axis
from core.mesh.glb import write_glb
from core.types import Camera
from tests.core.mesh.drawn_by_vtk import alike, drawn_by_the_studio, drawn_by_vtk
from tests.core.mesh.glb_by_hand import read_glb
from tests.core.mesh.painted import FRAME, painted_mesh, painted_model

WIDTH, HEIGHT, FOCAL = 200, 160, 470.0


def _camera() -> Camera:
    eye = FRAME.centre + np.array([4.0, -5.0, 2.0])
    forward = (FRAME.centre - eye) / np.linalg.norm(FRAME.centre - eye)
    right = np.cross(forward, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3] = np.stack([right, np.cross(forward, right), forward, eye], 1)
    intrinsics = np.array([[FOCAL, 0, WIDTH / 2 + 9], [0, FOCAL, HEIGHT / 2 - 6], [0, 0, 1]])
    return Camera(intrinsics=intrinsics, world_from_camera=pose, width=WIDTH, height=HEIGHT)


@pytest.mark.parametrize(("factor", "up"), [(1.0, None), (0.9, "+z"), (1.15, "-x")])
def test_the_glb_looks_as_in_the_studio_but_for_the_factor_it_states(
    tmp_path: Path, factor: float, up: Axis | None
) -> None:
    camera = _camera()
    to_light = np.array([0.5, -0.4, -0.77]) / np.linalg.norm([0.5, -0.4, -0.77])
    write_glb(tmp_path / "mesh.glb", painted_mesh(factor=factor), up=up)
    stated = read_glb(tmp_path / "mesh.glb").document["asset"]["extras"]["colour_factor"]
    assert stated == factor
    ours = drawn_by_the_studio(painted_model(), FRAME, camera, to_light, stated)
    with ThreadPoolExecutor(1) as thread:
        theirs = thread.submit(drawn_by_vtk, tmp_path / "mesh.glb", camera, camera.rotation @ to_light).result()
    whole_db, inside_db, lit = alike(ours, theirs)
    assert 0.3 < lit < 0.8  # the ball is in the picture
    print(f"studio against VTK: {whole_db:.1f} dB, {inside_db:.1f} dB without the outline")
    assert whole_db > 33.0
    assert inside_db > 45.0
