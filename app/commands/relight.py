"""``relight``: the object of a run under another light, as a picture or as a film."""

from collections.abc import Generator, Iterable
from pathlib import Path

import numpy as np

from app.arguments import Relight
from app.commands.opening import opened_run
from app.outcome import Outcome
from app.progress import progress_bar
from app.tone import capture_exposure
from core.capture.capture import PoseGroup
from core.capture.images import write_png8
from core.errors import RunError
from core.fit.run_folder import read_run
from core.fit.staging import check_writable
from core.fit.traced import exact_distances
from core.fit.trainer import Trainer
from core.render.video import FRAMES_PER_SECOND, write_mp4
from core.render.view import SurfaceBuffer, shade, trace_view
from core.scene.lamp import Lamp
from core.types import Camera, DoubleArray, FloatArray, Progress, gl_from_camera

_ORBIT_SECONDS = 4
_SMALLEST, _LARGEST = 16, 8192
_OFF_AXIS = 0.05
_ORBIT_LIGHT = "0.5,0.5,0.7"
"""Where a light that goes round starts unless told otherwise."""
_TRACING_SHARE = 0.3


def relight(arguments: Relight) -> Outcome:
    """Write one picture, or with --orbit a film."""
    to_light = _direction(arguments.light, orbit=arguments.orbit)
    _colour(arguments.colour)  # told before anything slow begins
    directions = _directions(arguments, to_light)
    if not 0.0 <= arguments.intensity < float("inf"):
        raise RunError(f"--intensity must not be negative, but is {arguments.intensity:g}.")
    if arguments.size is not None and not _SMALLEST <= arguments.size <= _LARGEST:
        raise RunError(f"--size must lie between {_SMALLEST} and {_LARGEST}, not {arguments.size}.")
    file = arguments.out or arguments.run / ("relit.mp4" if arguments.orbit else "relit.png")
    read_run(arguments.run)
    _check_file(file, arguments)
    trainer = opened_run(arguments.run, capture=arguments.capture, device=arguments.device)
    pose = _pose(trainer, arguments.view)
    with progress_bar("Relighting") as progress, exact_distances(trainer):
        pictures = _pictures(trainer, pose, arguments, directions, progress)
        if arguments.orbit:
            write_mp4(file, _counted(pictures, len(directions), progress))
        else:
            write_png8(file, next(pictures))
    data = {"file": str(file), "view": pose.view, "light": to_light.tolist(), "frame": arguments.frame}
    return Outcome(lines=[f"Written to {file}."], data=data)


def _direction(text: str | None, *, orbit: bool) -> DoubleArray:
    if text is None and not orbit:
        raise RunError("Say where the light comes from (--light X,Y,Z), or let it go round (--orbit).")
    vector = _numbers(_ORBIT_LIGHT if text is None else text, "--light")
    length = float(np.linalg.norm(vector))
    if length < 1e-9:
        raise RunError("--light must point somewhere; three zeros do not.")
    return vector / length


def _colour(text: str) -> FloatArray:
    colour = _numbers(text, "--colour").astype(np.float32)
    if (colour < 0.0).any():
        raise RunError(f"--colour must not be negative, but is {text}.")
    return colour


def _numbers(text: str, name: str) -> DoubleArray:
    try:
        numbers = np.array([float(part) for part in text.split(",")])
    except ValueError:
        numbers = np.empty(0)
    if numbers.shape != (3,) or not np.isfinite(numbers).all():
        raise RunError(f"{name} takes three numbers with commas between them, such as 0.3,0.5,0.8, not {text!r}.")
    return numbers


def _check_file(file: Path, arguments: Relight) -> None:
    suffix = ".mp4" if arguments.orbit else ".png"
    if file.suffix.lower() != suffix:
        raise RunError(f"{file} must end in {suffix}.")
    if arguments.out is not None and file.exists() and not arguments.overwrite:
        raise RunError(f"{file} exists already; choose another name or replace it (--overwrite).")
    if not file.parent.is_dir():
        raise RunError(f"Cannot write {file}: its folder does not exist; create it or choose another.")
    check_writable(file.parent)


def _pose(trainer: Trainer, view: int | None) -> PoseGroup:
    """The first camera of a view."""
    groups = trainer.capture.pose_groups()
    found = next((group for group in groups if view is None or group.view == view), None)
    if found is None:
        raise RunError(f"The capture has no view {view}; it has {_spelt(trainer.capture.views)}.")
    return found


def _spelt(views: tuple[int, ...]) -> str:
    shown = ", ".join(str(view) for view in views[:12])
    return shown if len(views) <= 12 else f"{shown} … {views[-1]}"


def _directions(arguments: Relight, to_light: DoubleArray) -> list[DoubleArray]:
    """Once round the z axis, or just where the light is."""
    if not arguments.orbit:
        return [to_light]
    if np.hypot(to_light[0], to_light[1]) < _OFF_AXIS:
        raise RunError("A light on the axis it goes round does not move; choose --light further from (0, 0, 1).")
    angles = np.linspace(0.0, 2.0 * np.pi, _ORBIT_SECONDS * FRAMES_PER_SECOND, endpoint=False)
    x, y, z = to_light
    return [np.array([c * x - s * y, s * x + c * y, z]) for c, s in zip(np.cos(angles), np.sin(angles), strict=True)]


def _counted(pictures: Iterable[FloatArray], count: int, progress: Progress) -> Generator[FloatArray, None, None]:
    for number, picture in enumerate(pictures):
        progress(f"Frame {number + 1} of {count}", _TRACING_SHARE + (1.0 - _TRACING_SHARE) * number / count)
        yield picture


def _camera(pose: PoseGroup, size: int | None) -> Camera:
    """The pose's camera with ``size`` pixels along its longer side."""
    camera = pose.camera
    if size is None:
        return camera
    factor = size / max(camera.width, camera.height)
    return camera.resized(max(1, round(camera.width * factor)), max(1, round(camera.height * factor)))


def _traced(trainer: Trainer, camera: Camera, progress: Progress) -> SurfaceBuffer:
    tiles = trace_view(trainer.model, camera, trainer.frame)
    while True:
        try:
            progress("Tracing the view", _TRACING_SHARE * next(tiles))
        except StopIteration as end:
            return end.value


def _pictures(
    trainer: Trainer, pose: PoseGroup, arguments: Relight, directions: list[DoubleArray], progress: Progress
) -> Generator[FloatArray, None, None]:
    """Display-referred pictures under each direction, in the exposure the studio shows the capture in."""
    buffer = _traced(trainer, _camera(pose, arguments.size), progress)
    intensity = np.float32(arguments.intensity) * _colour(arguments.colour)
    exposure = capture_exposure(trainer.capture)
    for direction in directions:
        to_light = gl_from_camera(direction) if arguments.frame == "camera" else pose.camera.rotation.T @ direction
        lamp = Lamp(to_light=to_light.astype(np.float32), intensity=intensity)
        shaded = shade(trainer.model, buffer, lamp, shadows=not arguments.no_shadows, relit=True)
        yield exposure.shown(shaded.render)
