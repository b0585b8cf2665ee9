"""A ball under two lights seen by four cameras, by its formulas alone, and pictures of it."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.capture.images import write_png8, write_png16
from tests.core.capture import png_by_hand as png

WIDTH, HEIGHT = 40, 32
FOCAL = 52.0
RADIUS, CENTRE = 0.5, np.array([0.1, -0.05, 0.2])
VIEWS, LIGHTS = 4, 2
K = np.array([[FOCAL, 0.0, 20.5], [0.0, FOCAL, 15.0], [0.0, 0.0, 1.0]])
"""OpenCV: pixel centres at integers."""
TO_LIGHT_GL = np.array([[0.3, 0.2, 0.93], [-0.4, 0.1, 0.9]])
FLIP = np.diag([1.0, -1.0, -1.0, 1.0])


@dataclass(frozen=True)
class View:
    """One view of the ball."""

    world_from_camera: np.ndarray
    mask: np.ndarray
    normals_gl: np.ndarray
    photographs: tuple[np.ndarray, ...]
    """Per light [HEIGHT, WIDTH, 3] linear in [0, 1]."""

    @property
    def camera_from_world(self) -> np.ndarray:
        return np.linalg.inv(self.world_from_camera)

    @property
    def projection(self) -> np.ndarray:
        return K @ self.camera_from_world[:3]


def look_at(centre: np.ndarray) -> np.ndarray:
    forward = (CENTRE - centre) / np.linalg.norm(CENTRE - centre)
    right = np.cross(forward, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([right, np.cross(forward, right), forward], axis=1)
    pose[:3, 3] = centre
    return pose


def ball(pose: np.ndarray, intrinsics: np.ndarray = K) -> View:
    u, v = np.meshgrid(np.arange(WIDTH, dtype=float), np.arange(HEIGHT, dtype=float))
    rays = np.stack([u, v, np.ones_like(u)], -1) @ np.linalg.inv(intrinsics).T
    rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
    to_centre = np.linalg.inv(pose)[:3] @ [*CENTRE, 1.0]
    along = rays @ to_centre
    gap = along**2 - (to_centre @ to_centre - RADIUS**2)
    mask = gap > 0.0
    points = rays * (along - np.sqrt(np.maximum(gap, 0.0)))[..., None]
    normals = np.where(mask[..., None], (points - to_centre) / RADIUS, 0.0) * [1.0, -1.0, -1.0]
    lit = [np.maximum(normals @ (light / np.linalg.norm(light)), 0.0) for light in TO_LIGHT_GL]
    return View(pose, mask, normals, tuple((shade * mask)[..., None] * [0.8, 0.6, 0.4] for shade in lit))


POSES = tuple(
    look_at(CENTRE + 2.6 * np.array([math.cos(a) * math.cos(e), math.sin(a) * math.cos(e), math.sin(e)]))
    for a, e in ((0.2, 0.3), (1.7, -0.2), (3.3, 0.5), (4.9, 0.1))
)
BALL = tuple(ball(pose) for pose in POSES)


# ---- pictures -------------------------------------------------------------------------------------------------------


def srgb8(linear: np.ndarray) -> np.ndarray:
    curve = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)
    return np.rint(255.0 * np.clip(curve, 0.0, 1.0)).astype(np.uint8)


def picture(file: Path, linear: np.ndarray, *, bits: int = 8) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    if bits == 16:
        write_png16(file, linear)
    else:
        png.write_samples(file, srgb8(linear), png.RGB)


def mask_picture(file: Path, mask: np.ndarray) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    write_png8(file, mask[..., None].astype(np.float32))


def normal_picture(file: Path, normals: np.ndarray) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    png.write_samples(file, np.rint(127.5 * (normals + 1.0)).astype(np.uint8), png.RGB)


def rgba(file: Path, view: View, light: int = 0) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    alpha = 255 * view.mask[..., None].astype(np.uint8)
    png.write_samples(file, np.concatenate([srgb8(view.photographs[light]), alpha], -1), png.RGBA)


def one_light(folder: Path, image: str, mask: str | None, name: str = "{:03d}.png") -> None:
    for number, view in enumerate(BALL):
        picture(folder / image / name.format(number), view.photographs[0])
        if mask is not None:
            mask_picture(folder / mask / name.format(number), view.mask)


def light_files(folder: Path, directions: np.ndarray = TO_LIGHT_GL) -> None:
    np.savetxt(folder / "light_directions.txt", directions / np.linalg.norm(directions, axis=1, keepdims=True))
    np.savetxt(folder / "light_intensities.txt", np.ones((len(directions), 3)))


def many_lights(folder: Path, image: str) -> None:
    for number, view in enumerate(BALL):
        for light in range(LIGHTS):
            picture(folder / image / f"V{number:02d}L{light:02d}.png", view.photographs[light], bits=16)
