"""The lights as other programs read them, with the frame named in the file's name and in its first line.

    lights/directions_opengl.txt   a line a light: id x y z; camera frame: x right, y up, z to the viewer
    lights/directions_opencv.txt   likewise; camera frame: x right, y down, z forward
    lights/directions_world.txt    instead of both, where lights stand in the room: the capture's world
    lights/Vxx.lp                  a list for reflectance transformation imaging: how many, then a line a photograph of
                                   the view: file x y z; file relative to the capture's folder, with forward slashes;
                                   OpenGL camera frame of that photograph

Vectors are unit and point to the light; of a light at a finite distance, from the middle of the object. Lights that
were never estimated are left out. ``light_directions.txt`` beside the folder keeps a row for every light and no words,
as MVSCPS reads it.
"""

import unicodedata
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.capture.check_files import name_of
from core.capture.recognise import list_capture
from core.errors import CaptureError
from core.fit.known_lights import known_lights, light_of
from core.fit.trainer import Trainer
from core.scene.light_model import LightFrame
from core.types import FloatArray, ImageKey, gl_from_camera, silent

FOLDER = "lights"
_UNWRITABLE = ("Cc", "Cs", "Zl", "Zp")
"""Unicode's categories of letters that end a line, cannot be seen or cannot be written as UTF-8."""
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
    """The name of each photograph, relative to the capture's folder and with forward slashes.

    ``VxxLyy.png`` where the capture is not there any more, and for names that would break a list's line or be read back
    as others: those with control characters, backslashes, or spaces or quotes at their ends.
    """
    capture = trainer.capture
    names = {key: f"{key.name}.png" for key in capture.keys}
    try:
        listing = list_capture(capture.folder, capture.options, silent)
    except CaptureError:
        return names
    listed = {shot.key: name_of(shot, listing) for shot in listing.shots if shot.key in names}
    return names | {key: name for key, name in listed.items() if _fits_a_line(name)}


def _fits_a_line(name: str) -> bool:
    """Whether a reader of the list reads the name as it is."""
    bare = name.strip().strip('"') == name and "\\" not in name
    return bare and not any(unicodedata.category(letter) in _UNWRITABLE for letter in name)


def _numbers(vector: NDArray[np.floating]) -> str:
    return " ".join(f"{value:.8g}" for value in vector + np.float32(0.0))  # which turns -0 into 0


def _write(file: Path, lines: list[str]) -> None:
    file.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
