"""Reflectance transformation imaging: one view, and a ``.lp`` list of its photographs and the lights they were lit by.

The list's first line is the number of photographs, every other one ``file x y z``: a name relative to the list (spaces
and sub-folders may occur, the case of letters often differs from the file's) and the direction to the light, x right,
y up, z to the viewer: the OpenGL camera frame (Cultural Heritage Imaging, RTIBuilder). A mask may lie beside it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from core.capture.capture import GroundTruth, Problem
from core.capture.chrome_ball import picked_directions
from core.capture.folder import inside
from core.capture.import_options import ImportOptions
from core.capture.layouts.single_view import UP, missing_photographs, single_view
from core.capture.light_files import truth_of_lights
from core.capture.listing import Guess, Layout, Listing, Shot
from core.capture.naming import NamedFiles, text_lines
from core.capture.raw import photograph_size
from core.errors import CaptureError
from core.types import Camera, ImageKey, Progress

_MASKS = ("mask.png", "mask.tif", "mask.bmp")


@dataclass(frozen=True, kw_only=True)
class LightList:
    """What a ``.lp`` file says."""

    names: tuple[str, ...]
    """Of the photographs, relative to the file."""
    directions_gl: tuple[tuple[float, float, float], ...]
    """To the light, OpenGL camera frame, as long as they are in the file."""
    problems: tuple[Problem, ...]


def _recognise(folder: Path) -> Guess | None:
    lists = _lists(folder)
    if not lists:
        return None
    return Guess(layout=LP.name, certainty=0.9, reasons=(f"{lists[0].name} lists photographs and their lights",))


def _lists(folder: Path) -> list[Path]:
    return [file for file in sorted(folder.glob("*")) if file.suffix.lower() == ".lp" and file.is_file()]


def _list(folder: Path, options: ImportOptions, progress: Progress) -> Listing:
    progress("Looking through the folder", 0.0)
    lists = _lists(folder)
    if not lists:
        raise CaptureError(f"{folder} has no list of lights whose name ends in .lp; add one, or choose another layout.")
    lights = read_light_list(inside(folder, lists[0]))
    named = NamedFiles(folder)
    found = [named.find(name) for name in lights.names]
    files = {light: file for light, file in enumerate(found) if file is not None}
    if not files:
        raise CaptureError(f"{lists[0]} names no photograph that is there; put the photographs beside it.")
    missing = tuple(name for name, file in zip(lights.names, found, strict=True) if file is None)
    mask = next((file for name in _MASKS if (file := named.find(name)) is not None), None)
    view = single_view(photograph_size(files[min(files)], options.raw), mask)
    return Listing(
        folder=folder,
        layout=LP.name,
        shots=tuple(Shot(key=ImageKey(0, light), file=file, camera=view.camera) for light, file in files.items()),
        masks={} if mask is None else {0: (mask,)},
        file_frame=view.file_frame,
        up=UP,
        truth=partial(_truth, lights, files, options),
        problems=(*lights.problems, *missing_photographs(missing, lists[0].name)),
        assumptions=view.assumptions,
    )


def read_light_list(file: Path) -> LightList:
    """The photographs and lights of a ``.lp`` file. Raises CaptureError, naming file and line, when it is none."""
    lines = text_lines(file)
    if not lines:
        raise CaptureError(f"{file} is empty; write the number of photographs, then FILE X Y Z for each.")
    counted = lines[0].isascii() and lines[0].isdigit()
    rows = [_row(file, line) for line in (lines[1:] if counted else lines)]
    if not rows:
        raise CaptureError(f"{file} lists no photograph; write FILE X Y Z for each.")
    problems: tuple[Problem, ...] = ()
    if not counted or int(lines[0][:12]) != len(rows):
        text = f"The first line should be {len(rows)}, the number of photographs listed; all of them are used."
        problems = (Problem(file=file.name, text=text),)
    names, directions = zip(*rows, strict=True)
    return LightList(names=names, directions_gl=directions, problems=problems)


def _row(file: Path, line: str) -> tuple[str, tuple[float, float, float]]:
    parts = line.rsplit(maxsplit=3)
    try:
        name, (x, y, z) = parts[0], map(float, parts[1:])
        length = math.sqrt(x * x + y * y + z * z)
    except (ValueError, IndexError, OverflowError):
        raise CaptureError(f"{file}: {line[:80]!r} is not a file name and three numbers; write FILE X Y Z.") from None
    if not (math.isfinite(length) and length > 0.0):
        raise CaptureError(
            f"{file}: the light of {name[:80]!r} has no direction; write three finite numbers, not all 0."
        )
    return name.strip('"'), (x, y, z)


def _truth(
    lights: LightList,
    files: Mapping[int, Path],
    options: ImportOptions,
    _cameras: Mapping[int, Camera],
    light_ids: tuple[int, ...],
) -> tuple[GroundTruth, tuple[Problem, ...]]:
    """The lights of the list, or of a mirror ball picked in the photographs."""
    problems: list[Problem] = []
    directions = picked_directions(files, options, problems) or dict(enumerate(lights.directions_gl))
    return truth_of_lights(directions, {}, light_ids), tuple(problems)


LP = Layout(
    name="RTI light list",
    recognise=_recognise,
    list_capture=_list,
    aliases=("lp", "rti"),
    about="one view: photographs and a .lp file with a line FILE X Y Z for each",
)
