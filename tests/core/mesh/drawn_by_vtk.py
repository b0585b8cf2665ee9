"""A GLB as VTK draws it, and as the studio draws the model it came from: what the two are compared by."""

import math
from pathlib import Path

import numpy as np
import pyvista as pv
from scipy.ndimage import binary_erosion
from scipy.spatial.transform import Rotation

from core.fields.model import Model
from core.render.view import shade, trace_view_now
from core.scene.frame import SceneFrame
from core.scene.lamp import Lamp
from core.types import Camera, DoubleArray, FloatArray
from tests.core.mesh.glb_by_hand import read_glb

_DISPLAY = 2.2
"""VTK's physically based shading ends in this power."""
_OUTLINE = 3
"""Pixels at the outline in which two renderers may differ by how they smooth it."""


def drawn_by_vtk(file: Path, camera: Camera, to_light: DoubleArray) -> FloatArray:
    """[H, W, 3] display values of a GLB under one light from afar, of strength pi: white facing it is white.

    The camera and the light [3] are in the frame of the file's vertices, from which its node may turn.
    """
    turn = Rotation.from_quat(read_glb(file).document["nodes"][0].get("rotation", [0, 0, 0, 1])).as_matrix()
    plotter = pv.Plotter(off_screen=True, window_size=[camera.width, camera.height], lighting="none")
    try:
        plotter.import_gltf(file, set_camera=False)
        plotter.set_background("black")
        plotter.renderer.RemoveAllLights()
        light = pv.Light(position=tuple(turn @ to_light), focal_point=(0, 0, 0), light_type="scene light")
        light.intensity, light.positional = math.pi, False
        plotter.add_light(light)
        _look_through(plotter, camera, turn)
        plotter.enable_anti_aliasing("ssaa")
        return np.asarray(plotter.screenshot(return_img=True), np.float32)[..., :3] / 255
    finally:
        plotter.close()


def _look_through(plotter: pv.Plotter, camera: Camera, turn: DoubleArray) -> None:
    """A camera with square pixels, whose optical axis need not meet the middle of the picture."""
    centre, rotation = turn @ camera.centre, turn @ camera.rotation
    focal, intrinsics = camera.intrinsics[1, 1], camera.intrinsics
    plotter.camera.position = tuple(centre)
    plotter.camera.focal_point = tuple(centre + rotation[:, 2])
    plotter.camera.up = tuple(-rotation[:, 1])
    plotter.camera.view_angle = 2 * math.degrees(math.atan(camera.height / 2 / focal))
    plotter.camera.SetWindowCenter(
        1 - 2 * (intrinsics[0, 2] + 0.5) / camera.width, 2 * (intrinsics[1, 2] + 0.5) / camera.height - 1
    )
    away = float(np.linalg.norm(centre))
    plotter.camera.clipping_range = (away * 0.01, away * 100)


def drawn_by_the_studio(
    model: Model, frame: SceneFrame, camera: Camera, to_light: DoubleArray, factor: float
) -> FloatArray:
    """[H, W, 3] as ``drawn_by_vtk``, of an object ``factor`` times as bright, each pixel the mean of four.

    The light [3] is in the camera's frame.
    """
    fine = camera.resized(2 * camera.width, 2 * camera.height)
    # VTK's picture has neither cast shadows nor light that bounces.
    buffer = trace_view_now(model, fine, frame)
    lamp = Lamp(to_light=to_light.astype(np.float32), intensity=np.ones(3, np.float32))
    shaded = shade(model, buffer, lamp, shadows=False, bounce_rays=0)
    display = np.clip(np.float32(factor) * shaded.render, 0, 1) ** np.float32(1 / _DISPLAY)
    return display.reshape(camera.height, 2, camera.width, 2, 3).mean((1, 3))


def alike(ours: FloatArray, theirs: FloatArray) -> tuple[float, float, float]:
    """PSNR in decibels over the whole picture and over what is lit without its outline; and the part that is lit."""
    lit = (ours.max(-1) > 0.05) & (theirs.max(-1) > 0.05)
    inside = binary_erosion(lit, iterations=_OUTLINE)
    return _psnr_db(ours, theirs), _psnr_db(ours[inside], theirs[inside]), float(lit.mean())


def _psnr_db(one: FloatArray, other: FloatArray) -> float:
    return -10 * math.log10(float(((one - other) ** 2).mean()))
