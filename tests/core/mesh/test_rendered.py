"""The exported GLB, drawn by another renderer, looks as the studio draws the model."""

import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import pyvista as pv
from scipy.ndimage import binary_erosion

from core.mesh.glb import write_glb
from core.render.view import shade, trace_view_now
from core.scene.lamp import Lamp
from core.types import Camera, DoubleArray, FloatArray
from tests.core.mesh.glb_by_hand import read_glb
from tests.core.mesh.painted import FRAME, painted_mesh, painted_model

WIDTH, HEIGHT, FOCAL = 200, 160, 470.0
DISPLAY = 2.2
"""VTK's physically based shading ends in this power."""


def _camera() -> Camera:
    eye = FRAME.centre + np.array([4.0, -5.0, 2.0])
    forward = (FRAME.centre - eye) / np.linalg.norm(FRAME.centre - eye)
    right = np.cross(forward, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3] = np.stack([right, np.cross(forward, right), forward, eye], 1)
    intrinsics = np.array([[FOCAL, 0, (WIDTH - 1) / 2], [0, FOCAL, (HEIGHT - 1) / 2], [0, 0, 1]])
    return Camera(intrinsics=intrinsics, world_from_camera=pose, width=WIDTH, height=HEIGHT)


def _drawn_by_vtk(file: Path, camera: Camera, to_light: DoubleArray) -> FloatArray:
    """[H, W, 3] display values under one light from afar, of strength pi: white facing it is white."""
    plotter = pv.Plotter(off_screen=True, window_size=[WIDTH, HEIGHT], lighting="none")
    try:
        plotter.import_gltf(file, set_camera=False)
        plotter.set_background("black")
        plotter.renderer.RemoveAllLights()
        light = pv.Light(position=tuple(to_light), focal_point=(0, 0, 0), light_type="scene light", intensity=math.pi)
        light.positional = False
        plotter.add_light(light)
        plotter.camera.position = tuple(camera.centre)
        plotter.camera.focal_point = tuple(camera.centre + camera.rotation[:, 2])
        plotter.camera.up = tuple(-camera.rotation[:, 1])
        plotter.camera.view_angle = 2 * math.degrees(math.atan(HEIGHT / 2 / FOCAL))
        plotter.camera.clipping_range = (0.1, 100.0)
        plotter.enable_anti_aliasing("ssaa")
        return np.asarray(plotter.screenshot(return_img=True), np.float32)[..., :3] / 255
    finally:
        plotter.close()


def _drawn_by_the_studio(camera: Camera, to_light_camera: DoubleArray, factor: float) -> FloatArray:
    """[H, W, 3] display values of an object ``factor`` times as bright, each the mean of four pixels."""
    model, fine = painted_model(), camera.resized(2 * WIDTH, 2 * HEIGHT)
    buffer = trace_view_now(model, fine, FRAME)
    lamp = Lamp(to_light=to_light_camera.astype(np.float32), intensity=np.ones(3, np.float32))
    shaded = shade(model, buffer, lamp, shadows=False)
    display = np.clip(np.float32(factor) * shaded.render, 0, 1) ** np.float32(1 / DISPLAY)
    return display.reshape(HEIGHT, 2, WIDTH, 2, 3).mean((1, 3))


def _psnr_db(one: FloatArray, other: FloatArray) -> float:
    return -10 * math.log10(float(((one - other) ** 2).mean()))


@pytest.mark.parametrize("factor", [1.0, 0.9, 1.15])
def test_the_glb_looks_as_in_the_studio_but_for_the_factor_it_states(tmp_path: Path, factor: float) -> None:
    camera = _camera()
    to_light = np.array([0.5, -0.4, -0.77]) / np.linalg.norm([0.5, -0.4, -0.77])
    write_glb(tmp_path / "mesh.glb", painted_mesh(factor=factor), up=None)
    stated = read_glb(tmp_path / "mesh.glb").document["asset"]["extras"]["colour_factor"]
    assert stated == factor
    ours = _drawn_by_the_studio(camera, to_light, stated)
    with ThreadPoolExecutor(1) as thread:
        theirs = thread.submit(_drawn_by_vtk, tmp_path / "mesh.glb", camera, camera.rotation @ to_light).result()
    lit = (ours.max(-1) > 0.05) & (theirs.max(-1) > 0.05)
    assert 0.3 < lit.mean() < 0.8  # the ball is in the picture
    inside = binary_erosion(lit, iterations=3)
    whole_db, inside_db = _psnr_db(ours, theirs), _psnr_db(ours[inside], theirs[inside])
    print(f"studio against VTK: {whole_db:.1f} dB, {inside_db:.1f} dB without the outline")
    assert whole_db > 33.0
    assert inside_db > 45.0
