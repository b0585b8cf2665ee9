"""Photographs and masks of programs that name them but not where they lie, such as Metashape and Meshroom."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from core.capture.capture import Problem
from core.capture.folder import PHOTOGRAPH_SUFFIXES, folder_named, inside
from core.capture.lens import Lens
from core.capture.lens_shots import Fitting
from core.capture.listing import Shot
from core.capture.naming import keys_by_name
from core.errors import CaptureError
from core.types import DoubleArray, Progress

MASK_FOLDERS = ("mask", "masks")
_MOST_FILES = 200_000
_DEEPEST = 4
_OWN_FOLDERS = {"chiaro", *MASK_FOLDERS}
"""Folders whose images are no photographs."""


@dataclass(frozen=True, kw_only=True)
class NamedCamera:
    """The camera of the photograph of that name."""

    name: str
    """With or without a suffix; may be a path, also of another machine."""
    lens: Lens
    world_from_camera: DoubleArray | None
    """[4, 4] rigid, OpenCV camera axes; None when the program could not place it."""
    other_name: str = ""
    """Looked for where there is no photograph of the first name."""


@dataclass(frozen=True, kw_only=True)
class NamedShots:
    """Cameras and photographs that were brought together."""

    shots: tuple[Shot, ...]
    """Sorted by key; at least one."""
    without_camera: tuple[str, ...]
    """Photographs, relative to the folder, that lie beside the others."""
    without_photograph: tuple[str, ...]
    problems: tuple[Problem, ...]


def named_shots(folder: Path, camera_file: str, cameras: Sequence[NamedCamera], progress: Progress) -> NamedShots:
    """The photographs these cameras took. Raises CaptureError when there is none, and Cancelled."""
    photographs = NamedPhotographs(folder)
    found: dict[str, NamedCamera] = {}
    missing: list[str] = []
    for camera in cameras:
        place = photographs.find(camera.name) or photographs.find(camera.other_name)
        if place is None or place in found:
            missing.append(camera.name)
        else:
            found[place] = camera
    fitting = Fitting(folder, camera_file)
    shots = _shots(folder, found, fitting, progress)
    if not shots:
        text = f"{folder / camera_file} has a camera for none of the photographs in the folder; put them beside it."
        raise CaptureError(text)
    used = {shot.file for shot in shots}
    places = {file.parent for file in used}
    left = (path for path in photographs.paths if folder / path not in used and (folder / path).parent in places)
    return NamedShots(
        shots=shots, without_camera=tuple(left), without_photograph=tuple(missing), problems=fitting.problems
    )


def _shots(folder: Path, found: Mapping[str, NamedCamera], fitting: Fitting, progress: Progress) -> tuple[Shot, ...]:
    posed = [(place, camera.lens, camera.world_from_camera) for place, camera in sorted(found.items())]
    keys = keys_by_name([place for place, _, _ in posed])
    shots: list[Shot] = []
    for number, (key, (place, lens, pose)) in enumerate(zip(keys, posed, strict=True)):
        progress("Looking through the folder", number / len(posed))
        shot = None if pose is None else fitting.shot(lens, key, inside(folder, folder / place), pose)
        if shot is not None:
            shots.append(shot)
    return tuple(sorted(shots, key=lambda shot: shot.key))


class NamedPhotographs:
    """The photographs in a folder and the folders in it, to be found by name, with or without suffix.

    Of several photographs of one name, the one whose path ends like the name asked for is taken; where that does not
    decide, none is.
    """

    def __init__(self, folder: Path) -> None:
        self._by_name: dict[str, list[str]] = {}
        self._by_stem: dict[str, list[str]] = {}
        for place in _image_paths(folder, PHOTOGRAPH_SUFFIXES):
            path = PurePosixPath(place)
            if path.parts[0].lower() not in _OWN_FOLDERS:
                self._by_name.setdefault(path.name.lower(), []).append(place)
                self._by_stem.setdefault(path.stem.lower(), []).append(place)

    @property
    def paths(self) -> tuple[str, ...]:
        """All of them, relative to the folder, sorted."""
        return tuple(sorted(place for places in self._by_name.values() for place in places))

    def find(self, name: str) -> str | None:
        """The photograph of that name or path, relative to the folder; None when there is none, or no single one."""
        path = PurePosixPath(name.replace("\\", "/").lower())
        places = self._by_name.get(path.name) or self._by_stem.get(path.name) or self._by_stem.get(path.stem, [])
        return _alike(places, path.parts)


def named_masks(folder: Path, shots: Iterable[Shot]) -> dict[int, tuple[Path, ...]]:
    """Mask files by view, from ``mask`` or ``masks``: named as the photograph, with or without its suffix and _mask."""
    part = folder_named(folder, MASK_FOLDERS)
    if part is None:
        return {}
    places = {PurePosixPath(place).stem.lower(): place for place in _image_paths(folder / part, PHOTOGRAPH_SUFFIXES)}
    masks: dict[int, tuple[Path, ...]] = {}
    for shot in shots:
        view, stem, name = shot.key.view, shot.file.stem.lower(), shot.file.name.lower()
        wanted = (stem, f"{stem}_mask", name, f"{name}_mask", f"v{view:02d}")
        place = next((places[form] for form in wanted if form in places), None)
        if place is not None:
            file = inside(folder, folder / part / place)
            masks[view] = tuple(dict.fromkeys((*masks.get(view, ()), file)))
    return masks


def _image_paths(folder: Path, suffixes: tuple[str, ...]) -> list[str]:
    """Paths, relative to the folder, of the images in it and the folders in it; links to folders are not followed."""
    found: list[str] = []
    for root, folders, files in os.walk(folder):
        place = Path(root).relative_to(folder)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and len(place.parts) < _DEEPEST)
        names = (name for name in sorted(files) if not name.startswith("."))
        found += [(place / name).as_posix() for name in names if Path(name).suffix.lower() in suffixes]
        if len(found) > _MOST_FILES:
            break
    return found


def _alike(places: Sequence[str], wanted: tuple[str, ...]) -> str | None:
    """The one path whose last parts are most like those wanted."""
    if len(places) < 2:
        return places[0] if places else None
    ranked = sorted((_common_end(PurePosixPath(place.lower()).parts[:-1], wanted[:-1]), place) for place in places)
    return ranked[-1][1] if ranked[-1][0] > ranked[-2][0] else None


def _common_end(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How many parts agree, counted from the end."""
    pairs = zip(reversed(one), reversed(other), strict=False)
    return next((count for count, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
