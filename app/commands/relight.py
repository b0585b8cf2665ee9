"""``relight``: the object of a run under another light, as a picture or as a film."""

from pathlib import Path

import numpy as np

from app.arguments import Relight
from app.commands.opening import opened_run
from app.outcome import Outcome
from app.progress import progress_bar
from core.capture.capture import PoseGroup
from core.capture.images import write_png8
from core.errors import RunError
from core.fit.export_options import PICTURE_SIZES, FilmOptions, FilmPath
from core.fit.film import FreeLamp, corner_lamp, in_world, lamp_axis, relit_picture, sized, write_film
from core.fit.run_folder import read_run
from core.fit.staging import check_writable
from core.fit.traced import exact_distances
from core.fit.trainer import Trainer
from core.types import DoubleArray, FloatArray

_OFF_AXIS = 0.05


def relight(arguments: Relight) -> Outcome:
    """Write one picture, or with --orbit or --turn a film."""
    _check_size(arguments.size)
    path = _film_path(arguments)
    lamp = _lamp(arguments, path)  # told before anything slow begins
    film = None if path is None else _film_options(arguments, path)
    file = arguments.out or arguments.run / ("relit.png" if film is None else "relit.mp4")
    read_run(arguments.run)
    _check_file(file, arguments, ".png" if film is None else ".mp4")
    trainer = opened_run(arguments.run, capture=arguments.capture, device=arguments.device)
    pose = _pose(trainer, arguments.view)
    if arguments.light is None and lamp.frame == "camera" != arguments.frame:
        lamp = in_world(lamp, pose.camera)
    _check_moves(lamp, path, lamp_axis(trainer, lamp))
    with progress_bar("Relighting") as progress, exact_distances(trainer):
        if film is None:
            camera = sized(pose.camera, arguments.size)
            write_png8(file, relit_picture(trainer, camera, lamp, progress, beside=arguments.beside))
        else:
            write_film(trainer, file, options=film, lamp=lamp, camera=pose.camera, progress=progress)
    data = {"file": str(file), "view": pose.view, "light": lamp.to_light.tolist(), "frame": arguments.frame}
    return Outcome(lines=[f"Written to {file}."], data=data)


def _film_path(arguments: Relight) -> FilmPath | None:
    """What goes round; None for a still picture, which takes no options of a film."""
    if arguments.orbit and arguments.turn:
        return "both"
    if arguments.orbit or arguments.turn:
        return "light" if arguments.orbit else "camera"
    for name, value in (("--frames", arguments.frames), ("--fps", arguments.fps)):
        if value is not None:
            raise RunError(f"{name} is for a film; add --orbit or --turn, or leave {name} out.")
    return None


def _film_options(arguments: Relight, path: FilmPath) -> FilmOptions:
    return FilmOptions(
        path=path,
        beside=arguments.beside,
        frames=FilmOptions.frames if arguments.frames is None else arguments.frames,
        rate=FilmOptions.rate if arguments.fps is None else arguments.fps,
        size=arguments.size,
    )


def _lamp(arguments: Relight, path: FilmPath | None) -> FreeLamp:
    """The lamp asked for; or where it starts, still in the camera frame."""
    colour = _colour(arguments.colour)
    if not 0.0 <= arguments.intensity < float("inf"):
        raise RunError(f"--intensity must not be negative, but is {arguments.intensity:g}.")
    lamp = FreeLamp(
        to_light=_direction(arguments.light, film=path is not None),
        frame="camera" if arguments.light is None else arguments.frame,
        intensity=np.float32(arguments.intensity) * colour,
        shadows=not arguments.no_shadows,
    )
    if lamp.frame == "camera":  # what is up in the world is known only from the capture
        _check_moves(lamp, path, np.array([0.0, 0.0, 1.0]))
    return lamp


def _check_moves(lamp: FreeLamp, path: FilmPath | None, axis: DoubleArray) -> None:
    if path in ("light", "both") and np.linalg.norm(np.cross(lamp.to_light, axis)) < _OFF_AXIS:
        named = ", ".join(f"{value:.3g}" for value in axis + 0.0)
        raise RunError(f"A light on the axis it goes round does not move; choose --light further from ({named}).")


def _check_size(size: int | None) -> None:
    low, high = PICTURE_SIZES
    if size is not None and not low <= size <= high:
        raise RunError(f"--size must lie between {low} and {high}, not {size}.")


def _direction(text: str | None, *, film: bool) -> DoubleArray:
    if text is None:
        if film:
            return corner_lamp().to_light
        raise RunError(
            "Say where the light comes from (--light X,Y,Z), or let it (--orbit) or the camera (--turn) go round."
        )
    vector = _numbers(text, "--light")
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


def _check_file(file: Path, arguments: Relight, suffix: str) -> None:
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
