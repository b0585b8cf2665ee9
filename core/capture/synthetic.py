"""The demo capture: a glazed clay owl, photographed by ray casting, written like any other capture, with its truth.

A ring of cameras looks at the world's origin from changing heights; the lights turn with the camera, so that a light
id has one direction in the rig frame. Everything follows from the seed.
"""

import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import platformdirs

from core.capture.file_names import CAMERA_PARAMS, DIRECTIONS, INTENSITIES, MESH, NORMALS
from core.capture.images import write_exr, write_png8, write_png16
from core.capture.synthetic_files import write_cameras, write_ply, write_rows
from core.capture.synthetic_owl import owl_distance, owl_material
from core.capture.synthetic_render import Stage
from core.capture.synthetic_shape import mesh_of
from core.capture.writers.new_folder import new_folder, unfinished_prefix
from core.errors import RunError
from core.types import Camera, DoubleArray, FloatArray, ImageKey, Progress, gl_from_camera, silent

VERSION = 2
"""Raised whenever the demo's files change, so that an older one in the cache is not taken for it."""
_STALE_SECONDS = 86_400.0
DISTANCE = 4.5
"""From every camera to the origin, world units."""
_HALF_VIEW = 0.222
"""Tangent of half the field of view: the unit sphere just fits."""
_ELEVATIONS_DEG = (14.0, 36.0, -6.0, 24.0)
_FIRST_AZIMUTH_DEG = 24.0
"""The first photograph shows the owl's face a little from the side."""
_LIGHT_ANGLES_DEG = (10.0, 50.0)
"""Smallest and largest angle between a light and the optical axis."""
_KEY_LIGHT_DEG = (36.0, 128.0)
"""Angle to the axis and around it of the first light: from above left, as a painter would place it."""
_BRIGHTNESS = 3.1
"""Mean light intensity: the brightest shine just reaches the file's limit."""


def demo_capture_folder() -> Path:
    """Where the demo capture lies (or will lie): the user's cache."""
    return platformdirs.user_cache_path("chiaro", appauthor=False) / f"demo-owl-{VERSION}"


def ensure_demo_capture(*, progress: Progress | None = None) -> Path:
    """The folder of the demo capture, written first when it is not there yet. Raises as ``write_demo_capture``."""
    folder = demo_capture_folder()
    if _is_complete(folder):
        return folder
    _sweep(folder)
    try:
        write_demo_capture(folder, progress=progress)
    except RunError:
        if not _is_complete(folder):  # otherwise another Chiaro was faster
            raise
    return folder


def _is_complete(folder: Path) -> bool:
    return (folder / CAMERA_PARAMS).is_file()


def _sweep(folder: Path) -> None:
    """Remove an incomplete demo from the cache, and what runs that were killed while making one left behind."""
    shutil.rmtree(folder, ignore_errors=True)
    for left in folder.parent.glob(f"{unfinished_prefix(folder)}*"):
        if time.time() - left.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


def write_demo_capture(
    folder: Path,
    *,
    seed: int = 0,
    progress: Progress | None = None,
    views: int = 16,
    lights: int = 12,
    size: int = 192,
    width: int | None = None,
) -> None:
    """Write the demo capture into ``folder``, which must not exist or be empty.

    Photographs are ``size`` pixels high and as wide, or ``width`` pixels where that is given. The folder appears
    complete or not at all: it is made under another name and renamed at the end. Raises RunError when it cannot be
    written and Cancelled when ``progress`` does.
    """
    report = progress or silent
    with new_folder(folder) as unfinished:
        directions_gl, intensities = rig_lights(lights, np.random.default_rng(seed))
        cameras = orbit_cameras(views, size, width)
        rig = Rig(cameras=cameras, directions_gl=directions_gl, intensities=intensities)
        _write(unfinished, rig, report)


@dataclass(frozen=True, kw_only=True)
class Rig:
    """Where the demo is photographed from, and by which lights."""

    cameras: tuple[Camera, ...]
    directions_gl: FloatArray
    """[lights, 3] unit vectors to the lights, OpenGL camera frame of every camera."""
    intensities: FloatArray
    """[lights, 3] linear RGB."""


def _write(folder: Path, rig: Rig, report: Progress) -> None:
    report("Modelling the owl", 0.0)
    for part in ("image", "mask", NORMALS):
        (folder / part).mkdir()
    mesh = mesh_of(owl_distance, mesh_cells(rig.cameras[0].width))
    albedo, roughness = owl_material(mesh.vertices)
    stage = Stage(mesh, albedo, roughness)
    views = len(rig.cameras)
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1), thread_name_prefix="demo") as pool:
        tasks = [pool.submit(_photograph_view, folder, stage, rig, view) for view in range(views)]
        try:
            for view, task in enumerate(tasks):
                report(f"Photographing view {view + 1} of {views}", 0.25 + 0.7 * view / views)
                task.result()
        finally:
            pool.shutdown(cancel_futures=True)
    report("Writing the ground truth", 0.95)
    lights = range(len(rig.directions_gl))
    shots = {ImageKey(view, light): camera for view, camera in enumerate(rig.cameras) for light in lights}
    write_cameras(folder / CAMERA_PARAMS, shots)
    write_rows(folder / DIRECTIONS, rig.directions_gl)
    write_rows(folder / INTENSITIES, rig.intensities)
    write_ply(folder / MESH, mesh, albedo)
    report("Demo capture written", 1.0)


def _photograph_view(folder: Path, stage: Stage, rig: Rig, view: int) -> None:
    """Write the photographs, mask and normals of one view."""
    camera = rig.cameras[view]
    hits = stage.seen_by(camera)
    name = f"V{view:02d}"
    write_png8(folder / "mask" / f"{name}.png", hits.mask()[..., None].astype(np.float32))
    write_exr(folder / NORMALS / f"{name}.exr", hits.normals_gl())
    for light, (direction_gl, intensity) in enumerate(zip(rig.directions_gl, rig.intensities, strict=True)):
        to_light = (camera.rotation @ gl_from_camera(direction_gl)).astype(np.float32)
        photograph = hits.mean(stage.lit(hits, to_light, intensity))
        write_png16(folder / "image" / f"{ImageKey(view, light).name}.png", photograph)


def mesh_cells(width: int) -> int:
    """Cells along a side of the mesh for photographs that wide: about a cell a pixel, up to 192."""
    return 4 * min(48, max(16, width // 4))


def orbit_cameras(views: int, size: int, width: int | None = None) -> tuple[Camera, ...]:
    """Cameras around the origin, ``size`` pixels high and ``width`` (or as) wide, y up, all looking at the origin."""
    azimuths = np.radians(_FIRST_AZIMUTH_DEG + 360.0 * np.arange(views) / max(views, 1))
    elevations = np.radians(np.resize(_ELEVATIONS_DEG, views))
    level = np.cos(elevations)
    back = np.stack([level * np.sin(azimuths), np.sin(elevations), level * np.cos(azimuths)], axis=1)
    return tuple(_camera(away, size, width or size) for away in back)


def front_cameras(views: int, size: int, cone_deg: float) -> tuple[Camera, ...]:
    """As ``orbit_cameras``, but all within ``cone_deg`` of the z axis: a sunflower, densest in the middle."""
    turn = np.arange(views) * np.pi * (3.0 - np.sqrt(5.0))
    tilt = np.radians(cone_deg) * np.sqrt((np.arange(views) + 0.5) / views)
    back = np.stack([np.sin(tilt) * np.cos(turn), np.sin(tilt) * np.sin(turn), np.cos(tilt)], axis=1)
    return tuple(_camera(away, size, size) for away in back)


def _camera(back: DoubleArray, size: int, width: int) -> Camera:
    """In the direction ``back`` [3] from the origin, at which it looks."""
    focal = size / 2.0 / _HALF_VIEW
    intrinsics = np.array([[focal, 0.0, (width - 1.0) / 2.0], [0.0, focal, (size - 1.0) / 2.0], [0.0, 0.0, 1.0]])
    right = np.cross(-back, [0.0, 1.0, 0.0])
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([right, np.cross(-back, right), -back], axis=1)
    pose[:3, 3] = DISTANCE * back
    return Camera(intrinsics=intrinsics, world_from_camera=pose, width=width, height=size)


def rig_lights(lights: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Unit vectors to the lights [lights, 3] (OpenGL camera frame) and their linear RGB intensities [lights, 3].

    A sunflower spiral between the smallest and the largest angle to the optical axis, begun at the key light.
    """
    low, high = _LIGHT_ANGLES_DEG
    angle = low + (high - low) * np.sqrt((np.arange(lights) + 0.5) / lights)
    around = np.arange(lights) * 180.0 * (3.0 - np.sqrt(5.0))
    first = int(np.argmin(np.abs(angle - _KEY_LIGHT_DEG[0])))
    angle, around = np.roll(angle, -first), np.roll(around, -first)
    around = np.radians(around - around[0] + _KEY_LIGHT_DEG[1] + rng.uniform(-4.0, 4.0, lights))
    tilt = np.radians(np.clip(angle + rng.uniform(-1.5, 1.5, lights), low, high))
    to_light = np.stack([np.sin(tilt) * np.cos(around), np.sin(tilt) * np.sin(around), np.cos(tilt)], axis=1)
    strength = _BRIGHTNESS * rng.uniform(0.75, 1.2, (lights, 1)) * rng.uniform(0.92, 1.08, (lights, 3))
    return to_light.astype(np.float32), strength.astype(np.float32)
