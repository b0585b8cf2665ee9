"""The lights of a run as tables of text, one row a light id, nan where never estimated.

    light_directions.txt    unit vectors to the lights, OpenGL camera frame: the table that MVSCPS and scorers read
    light_intensities.txt   linear RGB as it arrives at the object's centre, mean of the trained lights 1
    light_positions.txt     of near lights: OpenGL camera frame, world units from the camera
    light_centres.txt       of near lights: where directions and intensities are told for, in the frame of the positions
    light_falloff.txt       of lights with angular falloff: axis x y z (leaving the light), power of the cosine to it
    exposures.txt           of captures with exposures: a line a photograph, its name and its brightness relative to its
                            light's others (geometric mean 1; 1 where it was not trained on)

Lights that stand in the room have no direction in the camera frame: light_directions_world.txt,
light_positions_world.txt and light_centres_world.txt, in the capture's world frame, take the place of the first, third
and fourth. All but the first two begin with a line that says what they hold.

A light that turns with the camera belongs to photographs that may each see the object elsewhere; its direction is told
from the mean of these places, which light_centres.txt holds. A position less its centre points along the direction.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from core.fit.light_estimate import LightEstimate
from core.fit.trainer import Trainer
from core.types import FloatArray, ImageKey, gl_from_camera

LIGHT_TABLES = (
    "light_directions.txt",
    "light_directions_world.txt",
    "light_intensities.txt",
    "light_positions.txt",
    "light_positions_world.txt",
    "light_centres.txt",
    "light_centres_world.txt",
    "light_falloff.txt",
    "exposures.txt",
)
"""Every file that ``write_lights`` may write."""
_OPENGL = "OpenGL camera frame: x right, y up, z to the viewer"


def write_lights(trainer: Trainer, folder: Path) -> None:
    """Write what is estimated of the lights into ``folder``."""
    lights = trainer.lights()
    in_room = lights.model.fixed_to == "world"
    words, suffix = ("world frame", "_world") if in_room else (_OPENGL, "")
    header = f"# unit vectors from the object's centre to each light, {words}" if in_room else ""
    _write_rows(folder / f"light_directions{suffix}.txt", lights.directions_gl, header)
    _write_rows(folder / "light_intensities.txt", lights.intensities)
    if lights.model.positioned:
        start = "" if in_room else " from the camera"
        header = f"# x y z of each light, world units{start}, {words}"
        _write_rows(folder / f"light_positions{suffix}.txt", lights.positions, header)
        header = f"# x y z of the place each direction leads from, world units{start}, {words}"
        _write_rows(folder / f"light_centres{suffix}.txt", _centres(trainer, lights), header)
    if lights.model.falloff:
        header = f"# x y z of the axis along which each light shines brightest ({words}), power of the cosine to it"
        _write_rows(folder / "light_falloff.txt", np.column_stack([lights.axes, lights.exponents]), header)
    if lights.model.exposure:
        _write_exposures(folder / "exposures.txt", trainer.capture.keys, lights.exposures)


def _centres(trainer: Trainer, lights: LightEstimate) -> FloatArray:
    """[lights, 3] reference points of near lights, in the frame and units of ``LightEstimate.positions``."""
    places = trainer.model.lights.centres.cpu().numpy().astype(np.float64)
    if lights.model.fixed_to == "camera":
        centres = gl_from_camera(places * trainer.frame.scale)
    else:
        centres = trainer.frame.world_from_scene(places)
    known = np.isfinite(lights.positions).all(axis=1, keepdims=True)
    return np.where(known, centres, np.nan).astype(np.float32)


def _write_rows(file: Path, rows: FloatArray, header: str = "") -> None:
    lines = [header] if header else []
    known = np.isfinite(rows).all(axis=1, keepdims=True)
    lines += [" ".join(f"{value:.8g}" for value in row) for row in np.where(known, rows, np.nan)]
    _write(file, lines)


def _write_exposures(file: Path, keys: Iterable[ImageKey], exposures: FloatArray) -> None:
    header = "# photograph, its brightness relative to the others of its light (geometric mean 1)"
    _write(file, [header, *(f"{key.name} {value:.6g}" for key, value in zip(keys, exposures, strict=True))])


def _write(file: Path, lines: list[str]) -> None:
    file.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
