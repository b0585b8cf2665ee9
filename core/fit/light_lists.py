"""The lights as other programs read them, with the frame named in the file's name and in its first line.

    lights/directions_opengl.txt   a line a light: id x y z; camera frame: x right, y up, z to the viewer
    lights/directions_opencv.txt   likewise; camera frame: x right, y down, z forward
    lights/directions_world.txt    instead of both, where lights stand in the room: the capture's world
    lights/Vxx.lp                  a list for reflectance transformation imaging: how many, then a line a photograph of
                                   the view: file x y z; OpenGL camera frame of that photograph

Vectors are unit and point to the light; of a light at a finite distance, from the middle of the object. Lights that
were never estimated are left out. ``light_directions.txt`` beside the folder keeps a row for every light and no words,
as MVSCPS reads it.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.capture.recognise import list_capture
from core.errors import CaptureError
from core.fit.known_lights import known_lights, light_of
from core.fit.trainer import Trainer
from core.scene.light_model import LightFrame
from core.types import FloatArray, ImageKey, gl_from_camera, silent

FOLDER = "lights"
_Turn = Callable[[FloatArray], NDArray[np.floating]]


def _as_it_is(vector: FloatArray) -> NDArray[np.floating]:
    return vector


_FRAMES: dict[LightFrame, tuple[tuple[str, str, _Turn], ...]] = {
    "camera": (
        ("opengl", "OpenGL camera frame: x right, y up, z to the viewer", _as_it_is),
        ("opencv", "OpenCV camera frame: x right, y down, z forward", gl_from_camera),
    ),
    "world": (("world", "world frame of the capture's cameras", _as_it_is),),
}
"""What the lights are fixed to: (file, frame, what turns ``LightEstimate.directions_gl`` into it)."""


def write_light_lists(trainer: Trainer, folder: Path) -> None:
    """Write ``lights/`` into ``folder``."""
    target = folder / FOLDER
    target.mkdir()
    lights = trainer.lights()
    known = known_lights(lights)
    rows = [(light, row) for light, row in zip(lights.light_ids, lights.directions_gl, strict=True) if light in known]
    for name, words, turn in _FRAMES[lights.model.fixed_to]:
        lines = [f"# Unit vectors toward the light, {words}", "# light x y z"]
        lines += [f"{light} {_numbers(turn(row))}" for light, row in rows]
        _write(target / f"directions_{name}.txt", lines)
    names = photograph_names(trainer)
    for view in trainer.capture.views:
        keys = [key for key in trainer.capture.keys if key.view == view and key.light in known]
        lines = [f"{names[key]} {_numbers(gl_from_camera(light_of(trainer, key).to_light))}" for key in keys]
        if lines:
            _write(target / f"V{view:02d}.lp", [str(len(lines)), *lines])


def photograph_names(trainer: Trainer) -> dict[ImageKey, str]:
    """The file name of each photograph, without its folder; ``VxxLyy.png`` where the capture is not there any more."""
    capture = trainer.capture
    names = {key: f"{key.name}.png" for key in capture.keys}
    try:
        listing = list_capture(capture.folder, capture.options, silent)
    except CaptureError:
        return names
    return names | {shot.key: shot.file.name for shot in listing.shots if shot.key in names}


def _numbers(vector: NDArray[np.floating]) -> str:
    return " ".join(f"{value:.8g}" for value in vector + np.float32(0.0))  # which turns -0 into 0


def _write(file: Path, lines: list[str]) -> None:
    file.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
