"""Pictures and films of the object under a lamp of one's own: the lamp goes round, or the camera does.

The camera goes round the axis through the middle of the object's sphere that points up, without changing its height or
distance: every frame but the first is a view nobody photographed. Where the capture's up axis is not known, the mean
up direction of its cameras is taken. A lamp fixed to the camera goes with it, and by itself goes round the viewing
direction; one fixed to the world stands still while the camera turns, and by itself goes round the same axis as it.
"""

import math
from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
from scipy.spatial.transform import Rotation

from core.capture.writers.axes import axis_vector
from core.color import normal_colours, srgb_from_linear
from core.errors import RunError
from core.fit.display import display_gain
from core.fit.export_options import FILM_PICTURE_SIDE, FILM_SIDE, PICTURE_SIZES, FilmOptions
from core.fit.trainer import Trainer
from core.render.video import write_mp4
from core.render.view import SurfaceBuffer, shade, trace_view_now
from core.scene.lamp import Lamp
from core.types import Camera, DoubleArray, FloatArray, Progress, gl_from_camera


@dataclass(frozen=True, kw_only=True)
class FreeLamp:
    """A light of one's own, far away."""

    to_light: DoubleArray
    """[3] unit vector to it."""
    frame: Literal["camera", "world"] = "camera"
    """The frame of ``to_light``: the OpenGL camera frame, or the capture's world."""
    intensity: FloatArray
    """[3] linear RGB; 1 = as bright as the capture's lights on average."""
    shadows: bool = True


def corner_lamp() -> FreeLamp:
    """The lamp a film starts with unless told otherwise: white, from the upper right."""
    towards = np.array([0.5, 0.5, 0.7])
    return FreeLamp(to_light=towards / np.linalg.norm(towards), intensity=np.ones(3, np.float32))


def in_world(lamp: FreeLamp, camera: Camera) -> FreeLamp:
    """A lamp of the camera frame where it is while seen from ``camera``, in the world frame, where it stands still."""
    return replace(lamp, frame="world", to_light=camera.rotation @ gl_from_camera(lamp.to_light))


def film_camera(camera: Camera, options: FilmOptions) -> Camera:
    """The camera of each picture of a film. Raises RunError when the film would be larger than players show."""
    longest = max(camera.width, camera.height)
    found = sized(camera, options.size or min(longest, FILM_PICTURE_SIDE))
    width, height = options.pictures * found.width, found.height
    if max(width, height) > FILM_SIDE:
        side = max(options.pictures * camera.width, camera.height) / longest
        most = max(PICTURE_SIZES[0], math.floor(FILM_SIDE / side) - 1)
        raise RunError(
            f"A film of {width} x {height} pixels is larger than most players show ({FILM_SIDE} along a side); choose "
            f"at most {most} along the longer side of each picture (--size)."
        )
    return found


def write_film(
    trainer: Trainer, file: Path, *, options: FilmOptions, lamp: FreeLamp, camera: Camera, progress: Progress
) -> None:
    """Write the film as MP4, starting from ``camera``. Raises RunError, and Cancelled from ``progress``."""
    write_mp4(file, film(trainer, options=options, lamp=lamp, camera=camera, progress=progress), rate=options.rate)


def film(
    trainer: Trainer, *, options: FilmOptions, lamp: FreeLamp, camera: Camera, progress: Progress
) -> Generator[FloatArray, None, None]:
    """Display-referred frames [height, width, 3], all of one size."""
    camera = film_camera(camera, options)
    picture = partial(_Picture, trainer, display_gain(trainer.capture), beside=options.beside)
    number = 0

    def part(fraction: float) -> None:
        progress(f"Frame {number + 1} of {options.count}", (number + fraction) / options.count)

    if options.path in ("light", "both"):
        still = picture(trace_view_now(trainer.model, camera, trainer.frame, lambda _: part(0.0)))
        for turned in lamps_around(lamp, options.frames, lamp_axis(trainer, lamp)):
            part(0.0)
            yield still.under(turned)
            number += 1
    if options.path in ("camera", "both"):
        for seen_from in cameras_around(trainer, camera, options.frames):
            yield picture(trace_view_now(trainer.model, seen_from, trainer.frame, part)).under(lamp)
            number += 1


def relit_picture(
    trainer: Trainer, camera: Camera, lamp: FreeLamp, progress: Progress, *, beside: bool = False
) -> FloatArray:
    """One display-referred picture [height, width, 3], in the exposure the studio shows the capture in."""
    buffer = trace_view_now(trainer.model, camera, trainer.frame, lambda done: progress("Tracing the view", done))
    return _Picture(trainer, display_gain(trainer.capture), buffer, beside=beside).under(lamp)


def lamp_axis(trainer: Trainer, lamp: FreeLamp) -> DoubleArray:
    """[3] unit vector that a lamp goes round, in its frame: toward the viewer, or up in the world."""
    return up_direction(trainer) if lamp.frame == "world" else np.array([0.0, 0.0, 1.0])


def lamps_around(lamp: FreeLamp, count: int, axis: DoubleArray) -> list[FreeLamp]:
    """The lamp at ``count`` places once round ``axis`` [3], a unit vector of its frame; counter-clockwise."""
    angles = np.linspace(0.0, 2.0 * np.pi, count, endpoint=False)
    return [replace(lamp, to_light=Rotation.from_rotvec(angle * axis).as_matrix() @ lamp.to_light) for angle in angles]


def cameras_around(trainer: Trainer, camera: Camera, count: int) -> list[Camera]:
    """``camera`` at ``count`` places once round the object, counter-clockwise seen from above."""
    up, centre = up_direction(trainer), trainer.frame.centre
    places: list[Camera] = []
    for angle in np.linspace(0.0, 2.0 * np.pi, count, endpoint=False):
        turn = np.eye(4)
        turn[:3, :3] = Rotation.from_rotvec(angle * up).as_matrix()
        turn[:3, 3] = centre - turn[:3, :3] @ centre
        places.append(replace(camera, world_from_camera=turn @ camera.world_from_camera))
    return places


def up_direction(trainer: Trainer) -> DoubleArray:
    """[3] unit vector that points up in the world, as far as the capture tells."""
    capture = trainer.capture
    if capture.up is not None:
        return axis_vector(capture.up)
    mean = -np.mean([camera.rotation[:, 1] for camera in capture.cameras], axis=0)
    length = float(np.linalg.norm(mean))
    return mean / length if length > 1e-3 else -capture.cameras[0].rotation[:, 1]


def sized(camera: Camera, size: int | None) -> Camera:
    """The camera with ``size`` pixels along its longer side; None: as it is."""
    if size is None:
        return camera
    factor = size / max(camera.width, camera.height)
    return camera.resized(max(1, round(camera.width * factor)), max(1, round(camera.height * factor)))


class _Picture:
    """A traced camera, shown under any lamp."""

    def __init__(self, trainer: Trainer, gain: float, buffer: SurfaceBuffer, *, beside: bool = False) -> None:
        self._model = trainer.model
        self._gain = np.float32(gain)
        self._buffer = buffer
        self._left = self._maps() if beside else []

    def under(self, lamp: FreeLamp) -> FloatArray:
        rotation = self._buffer.camera.rotation
        to_light = gl_from_camera(lamp.to_light) if lamp.frame == "camera" else rotation.T @ lamp.to_light
        falling = Lamp(to_light=to_light.astype(np.float32), intensity=lamp.intensity)
        shaded = shade(self._model, self._buffer, falling, shadows=lamp.shadows, relit=True)
        return np.concatenate([*self._left, srgb_from_linear(self._gain * shaded.render)], axis=1)

    def _maps(self) -> list[FloatArray]:
        """Normals and albedo as pictures; a white surface under the mean light is as bright as in a photograph."""
        maps = self._buffer.images()
        normals = np.where(maps.opacity[..., None] > 0.5, maps.normals_gl, np.float32(0.0))
        return [normal_colours(normals), srgb_from_linear(self._gain * maps.albedo)]
