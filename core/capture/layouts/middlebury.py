"""Middlebury's multi-view stereo sets: ``*_par.txt`` and the photographs it names.

The first line has the number of cameras, each further one ``name k11 k12 k13 k21 ... k33 r11 r12 ... r33 t1 t2 t3``:
the photograph has the projection matrix K [R | t] (https://vision.middlebury.edu/mview/data/). Where in a pixel its
coordinates point is not said; centres at integers are assumed. ``*_ang.txt`` (latitude and longitude of each view) says
nothing new. There are no masks: the objects stand in front of black.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.capture.capture import Problem
from core.capture.folder import PHOTOGRAPH_SUFFIXES, inside
from core.capture.images import image_size
from core.capture.import_options import ImportOptions
from core.capture.layouts.beside import mask_files, strangers
from core.capture.listing import Guess, Layout, Listing, Shot
from core.capture.matrices import checked_intrinsics, pose_of
from core.capture.naming import NamedFiles, keys_by_name, text_lines
from core.errors import CaptureError, OptionError
from core.types import Camera, DoubleArray, ImageKey, Progress

_PATTERN = "*_par.txt"
_FIELDS = 22
_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?\s*\d+\s*\n\s*\S+(\s+[-+0-9.eE]+){21}")
_HEAD_BYTES = 2000
_MOST_FILES = 100


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """One line of the file."""

    name: str
    intrinsics: DoubleArray
    world_from_camera: DoubleArray


def _recognise(folder: Path) -> Guess | None:
    files = _camera_files(folder)
    if not files:
        return None
    try:
        with (folder / files[0]).open("rb") as opened:
            head = opened.read(_HEAD_BYTES)
    except OSError:
        return None
    if not _HEAD.match(head):
        return None
    return Guess(layout=MIDDLEBURY.name, certainty=0.9, reasons=(f"{files[0]} lists K, R and t of each photograph",))


def _camera_files(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(file.name for file in folder.glob(_PATTERN) if file.is_file())[:_MOST_FILES])


def _list(folder: Path, options: ImportOptions, progress: Progress) -> Listing:
    progress("Looking through the folder", 0.0)
    files = _camera_files(folder)
    chosen = _chosen(folder, files, options)
    count, entries = _entries(inside(folder, folder / chosen))
    found = _photographs(folder, entries)
    if not found:
        first = entries[0].name
        raise CaptureError(
            f"{folder / chosen} names {first!r} and others, but none is there; put the photographs there."
        )
    shots = _shots(found, progress)
    problems: tuple[Problem, ...] = ()
    if count != len(entries):
        text = f"The first line promises {count} cameras, and {len(entries)} follow; those are used."
        problems = (Problem(file=chosen, text=text),)
    there = {entry.name for entry in found.values()}
    names = {shot.file.relative_to(folder).as_posix(): shot.key for shot in shots}
    return Listing(
        folder=folder,
        layout=MIDDLEBURY.name,
        shots=shots,
        masks=mask_files(folder, ".", names),
        camera_file=chosen,
        camera_choices=tuple(file for file in files if file != chosen),
        without_camera=strangers(folder, ".", found),
        without_photograph=tuple(entry.name for entry in entries if entry.name not in there),
        problems=problems,
        assumptions=("Middlebury's pixel coordinates are taken to be whole numbers at pixel centres.",),
    )


def _chosen(folder: Path, files: tuple[str, ...], options: ImportOptions) -> str:
    if not files:
        raise CaptureError(f"{folder} has no list of cameras named {_PATTERN}; put it there.")
    if options.cameras is None:
        return files[0]
    if options.cameras not in files:
        known = ", ".join(files)
        raise OptionError(f"{folder} has no list of cameras {options.cameras[:120]!r}; choose one of {known}.")
    return options.cameras


def _entries(file: Path) -> tuple[int, list[_Entry]]:
    """The number that the file promises, and the cameras in it. Raises CaptureError naming file and line."""
    lines = text_lines(file)
    if not lines or not lines[0].isascii() or not lines[0].isdigit() or len(lines[0]) > 9:
        raise CaptureError(f"{file} does not begin with the number of cameras; write it into the first line.")
    entries = list(_parsed(file, lines[1:]))
    if not entries:
        raise CaptureError(f"{file} lists no camera; write a line with name, K, R and t for each photograph.")
    names = {entry.name for entry in entries}
    if len(names) < len(entries):
        raise CaptureError(f"{file} lists a photograph twice; leave one of its lines out.")
    return int(lines[0]), entries


def _parsed(file: Path, lines: list[str]) -> Iterator[_Entry]:
    for number, line in enumerate(lines, start=2):
        name, *fields = line.split()
        what = f"{file}: line {number} ({name[:80]})"
        try:
            values = np.array([float(field) for field in fields])
        except ValueError:
            values = np.zeros(0)
        if values.shape != (_FIELDS - 1,):
            raise CaptureError(f"{what} does not hold a name and 21 numbers; write name, K, R and t.")
        if not np.isfinite(values).all():
            raise CaptureError(f"{what} holds a number that is not finite; correct it.")
        yield _Entry(
            name=name,
            intrinsics=checked_intrinsics(values[:9].reshape(3, 3), what),
            world_from_camera=pose_of(values[9:18].reshape(3, 3), values[18:], what),
        )


def _photographs(folder: Path, entries: list[_Entry]) -> dict[Path, _Entry]:
    finder = NamedFiles(folder)
    found: dict[Path, _Entry] = {}
    for entry in entries:
        file = finder.find(entry.name) or finder.find(f"images/{entry.name}")
        if file is not None and file.suffix.lower() in PHOTOGRAPH_SUFFIXES:
            found.setdefault(file, entry)
    return found


def _shots(found: dict[Path, _Entry], progress: Progress) -> tuple[Shot, ...]:
    keys = keys_by_name([entry.name for entry in found.values()])
    shots: list[Shot] = []
    for number, (key, (file, entry)) in enumerate(zip(keys, found.items(), strict=True)):
        progress("Looking through the folder", number / len(found))
        shots.append(_shot(key, file, entry))
    return tuple(sorted(shots, key=lambda shot: shot.key))


def _shot(key: ImageKey, file: Path, entry: _Entry) -> Shot:
    width, height = image_size(file)
    camera = Camera(intrinsics=entry.intrinsics, world_from_camera=entry.world_from_camera, width=width, height=height)
    return Shot(key=key, file=file, camera=camera)


MIDDLEBURY = Layout(
    name="Middlebury",
    recognise=_recognise,
    list_capture=_list,
    about="photographs and a *_par.txt with K, R and t of each",
)
