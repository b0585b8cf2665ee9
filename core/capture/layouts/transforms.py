"""``transforms.json`` and its kin: NeRF's synthetic scenes, nvdiffrec, instant-ngp and nerfstudio.

Conventions: ``core.capture.layouts.transforms_frames``. The world is the one of the matrices as they stand: what
nerfstudio calls ``applied_transform`` is in them already. An alpha channel is the mask, as in NeRF's synthetic scenes.
Of ``transforms_train.json`` and its companions the first is read; others, and all together, on request
(``ImportOptions.cameras``).

Chiaro writes an entry ``chiaro`` of its own: ``sphere`` {``centre``, ``radius``} and ``up`` in the file's world,
``linear`` (photographs hold linear light) and ``handedness``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.capture.capture import Problem
from core.capture.folder import PHOTOGRAPH_SUFFIXES, inside
from core.capture.images import has_alpha, image_size
from core.capture.import_options import ImportOptions
from core.capture.json_file import read_json_object
from core.capture.layouts.beside import mask_files, path_tails, strangers
from core.capture.layouts.transforms_frames import Frame, frames_of
from core.capture.layouts.transforms_world import world_of
from core.capture.lens_shots import Fitting
from core.capture.listing import Guess, Layout, Listing, Shot
from core.capture.naming import NamedFiles, keys_by_name
from core.errors import CaptureError, OptionError
from core.types import Progress

_FIRST = ("transforms.json", "transforms_train.json")
_TOGETHER = "+"
_SUFFIXES = tuple(dict.fromkeys((".png", ".jpg", ".jpeg", ".exr", *PHOTOGRAPH_SUFFIXES)))
_MOST_FILES = 20


def _camera_files(folder: Path) -> tuple[str, ...]:
    """Names of the files with frames, the preferred one first."""
    found = sorted(file.name for file in folder.glob("transforms*.json") if file.is_file())
    return tuple(sorted(found[:_MOST_FILES], key=lambda name: (name not in _FIRST, name)))


def _recognise(folder: Path) -> Guess | None:
    files = _camera_files(folder)
    if not files:
        return None
    reasons = [f"{files[0]} is there"]
    if len(files) > 1:
        reasons.append(f"so are {', '.join(files[1:4])}")
    return Guess(layout=TRANSFORMS.name, certainty=0.9, reasons=tuple(reasons))


def _list(folder: Path, options: ImportOptions, progress: Progress) -> Listing:
    progress("Looking through the folder", 0.0)
    chosen, others = _chosen(folder, options)
    tables = {name: _table(inside(folder, folder / name)) for name in chosen}
    world = world_of(tables[chosen[0]], left_handed=options.handedness == "left")
    frames = [
        frame
        for name, table in tables.items()
        for frame in frames_of(table, folder / name, left_handed=world.left_handed)
    ]
    camera_file = _TOGETHER.join(chosen)
    sought = _photographs(folder, frames, camera_file)
    if not sought.found:
        wanted = repr(frames[0].file[:120]).replace("\\\\", "\\") + (" and others" if len(frames) > 1 else "")
        raise CaptureError(f"{folder / chosen[0]} names {wanted}, but no such photograph is there; put them there.")
    fitting = Fitting(folder, camera_file)
    shots = _shots(folder, sought.found, fitting, progress)
    if not shots:
        first = fitting.problems[0]
        raise CaptureError(f"{folder / first.file}: {first.text}")
    up, reasons = world.up_of([shot.camera.world_from_camera for shot in shots])
    assumptions = [*world.notes, *reasons]
    if any(sought.found[shot.file].centred for shot in shots):
        assumptions.append("The principal point is assumed to be the middle of the photographs.")
    moved = next((shot for shot in shots if path_tails(written := sought.found[shot.file].file) != [written]), None)
    if moved is not None:
        assumptions.append(
            f"{camera_file} names photographs by paths of another place; those whose paths end alike are taken, such "
            f"as {moved.file.relative_to(folder).as_posix()}."
        )
    return Listing(
        folder=folder,
        layout=TRANSFORMS.name,
        shots=shots,
        masks=_masks(folder, shots, sought.found),
        mask_is_alpha=all(has_alpha(shot.file) for shot in shots),
        encoding="linear" if world.linear else None,
        camera_file=camera_file,
        camera_choices=others,
        file_frame=world.sphere,
        up=up,
        without_camera=_without_camera(folder, sought.found),
        without_photograph=sought.missing,
        problems=(*fitting.problems, *sought.problems),
        assumptions=tuple(assumptions),
    )


def _chosen(folder: Path, options: ImportOptions) -> tuple[list[str], tuple[str, ...]]:
    """The files to read, and what else could be chosen."""
    files = _camera_files(folder)
    if not files:
        raise CaptureError(f"{folder} has no transforms.json; put the list of cameras there.")
    wanted = files[0] if options.cameras is None else options.cameras
    parts = [part.strip() for part in wanted.split(_TOGETHER)]
    stranger = next((part for part in parts if part not in files), None)
    if stranger is not None or len(set(parts)) < len(parts):
        known = ", ".join(files)
        raise OptionError(f"{folder} has no list of cameras {wanted[:120]!r}; choose one of {known}, or some with +.")
    together = (_TOGETHER.join(files),) if len(files) > 1 else ()
    return parts, tuple(choice for choice in (*files, *together) if choice != _TOGETHER.join(parts))


def _table(file: Path) -> dict[str, Any]:
    return read_json_object(file, missing="it is the list of cameras", holds="a JSON object with frames")


@dataclass(frozen=True, kw_only=True)
class _Sought:
    """Frames and the photographs that were looked for."""

    found: dict[Path, Frame]
    missing: tuple[str, ...]
    """As the file names them."""
    problems: tuple[Problem, ...]


def _photographs(folder: Path, frames: Iterable[Frame], camera_file: str) -> _Sought:
    """The frames by their photographs, the first of two with the same."""
    finder = NamedFiles(folder)
    found: dict[Path, Frame] = {}
    missing: list[str] = []
    again: list[str] = []
    for frame in frames:
        file = _find(finder, frame.file)
        if file is None:
            missing.append(frame.file)
        elif file in found:
            again.append(frame.what)
        else:
            found[file] = frame
    problems: tuple[Problem, ...] = ()
    if again:
        text = f"{len(again)} frames show a photograph that an earlier frame shows; left out. The first is {again[0]}."
        problems = (Problem(file=camera_file, text=text),)
    return _Sought(found=found, missing=tuple(missing), problems=problems)


def _find(finder: NamedFiles, written: str) -> Path | None:
    """The photograph as it is named, or with a suffix, or, named by a path of another disk, beside the list."""
    tails = path_tails(written)
    places = tails if tails == [written] else [*tails, f"images/{tails[-1]}"]
    for place in places:
        for suffix in ("", *_SUFFIXES):
            file = finder.find(f"{place}{suffix}")
            if file is not None and file.suffix.lower() in PHOTOGRAPH_SUFFIXES:
                return file
    return None


def _shots(folder: Path, found: dict[Path, Frame], fitting: Fitting, progress: Progress) -> tuple[Shot, ...]:
    keys = keys_by_name([file.relative_to(folder).as_posix() for file in found])
    shots: list[Shot] = []
    for number, (key, (file, frame)) in enumerate(zip(keys, found.items(), strict=True)):
        progress("Looking through the folder", number / len(found))
        lens = frame.lens(*(frame.size or image_size(file)))
        shot = fitting.shot(lens, key, file, frame.world_from_camera)
        if shot is not None:
            shots.append(shot)
    return tuple(sorted(shots, key=lambda shot: shot.key))


def _masks(folder: Path, shots: Iterable[Shot], found: dict[Path, Frame]) -> dict[int, tuple[Path, ...]]:
    """Per view the masks that the frames name, else those that lie beside the photographs under their names."""
    finder = NamedFiles(folder)
    masks: dict[int, tuple[Path, ...]] = {}
    for shot in shots:
        written = found[shot.file].mask
        file = None if written is None else next(filter(None, map(finder.find, path_tails(written))), None)
        if file is not None:
            if file not in masks.get(shot.key.view, ()):
                masks[shot.key.view] = (*masks.get(shot.key.view, ()), file)
            continue
        place = shot.file.parent.relative_to(folder).as_posix()
        for view, files in mask_files(folder, place, {shot.file.name: shot.key}).items():
            masks[view] = tuple(dict.fromkeys((*masks.get(view, ()), *files)))
    return masks


def _without_camera(folder: Path, found: Iterable[Path]) -> tuple[str, ...]:
    files = list(found)
    places = sorted({file.parent for file in files})
    return tuple(name for place in places for name in strangers(folder, str(place.relative_to(folder)), files))


TRANSFORMS = Layout(
    name="transforms",
    recognise=_recognise,
    list_capture=_list,
    aliases=("nerf", "nerfstudio", "instantngp", "ngp", "nvdiffrec"),
    about="transforms.json or transforms_train.json of NeRF, nvdiffrec, instant-ngp or nerfstudio",
)
