"""Where a COLMAP project keeps its reconstructions and its photographs."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from core.capture.colmap_model import ColmapModel, read_text_model
from core.capture.colmap_model_binary import read_binary_model
from core.capture.folder import PHOTOGRAPH_SUFFIXES, inside
from core.capture.layouts.beside import relative_name
from core.capture.naming import NamedFiles
from core.errors import CaptureError

_MODELS = (
    "sparse/0",
    "sparse",
    "dense/0/sparse",
    "dense/sparse",
    "colmap/sparse/0",
    "colmap/sparse",
    ".",
    "sparse/*",
    "dense/*/sparse",
    "dense/sparse/*",
    "colmap/sparse/*",
    "distorted/sparse/*",
)
"""Patterns of folders, the usual ones first."""
_PHOTOGRAPHS = ("images", "image", "input", "images_2", "images_4", "images_8")
_MOST_MODELS = 100


@dataclass(frozen=True, kw_only=True)
class Reconstruction:
    """A reconstruction and the photographs that are there for it."""

    place: str
    """Its folder, relative to the capture."""
    model: ColmapModel
    photographs: str
    """The folder of the photographs, relative to the capture; ``.`` for the capture itself."""
    files: Mapping[str, Path]
    """The photographs that are there, by their names in the model."""
    other_suffixes: bool = False
    """The photographs have other suffixes than in the model: developed anew, for instance."""


def model_places(folder: Path) -> tuple[str, ...]:
    """Folders with a reconstruction, relative to ``folder``, in the order of preference."""
    places: list[str] = []
    for pattern in _MODELS:
        candidates = sorted(folder.glob(pattern)) if "*" in pattern else [folder / pattern]
        for candidate in candidates[:_MOST_MODELS]:
            place = candidate.relative_to(folder).as_posix()
            if place not in places and _files_of(folder, candidate) is not None:
                places.append(place)
    return tuple(places)


def model_file(folder: Path, place: str, part: str) -> Path:
    """``cameras``, ``images`` or ``points3D`` of the reconstruction, in the form it has."""
    suffix = _files_of(folder, folder / place) or ".bin"
    return folder / place / f"{part}{suffix}"


def read_reconstruction(folder: Path, place: str) -> Reconstruction:
    """That in ``place``, one of ``model_places``, and its photographs. Raises CaptureError naming the wrong file."""
    cameras, images = (inside(folder, model_file(folder, place, part)) for part in ("cameras", "images"))
    read = read_binary_model if cameras.suffix == ".bin" else read_text_model
    model = read(cameras, images)
    names = [image.name for image in model.images]
    for other_suffixes in (False, True):
        best, found = ".", dict[str, Path]()
        for candidate in _photograph_places(folder, place):
            here = _found(folder, candidate, names, other_suffixes=other_suffixes)
            if len(here) > len(found):
                best, found = candidate, here
            if len(found) == len(names):
                break
        if found:
            return Reconstruction(
                place=place, model=model, photographs=best, files=found, other_suffixes=other_suffixes
            )
    return Reconstruction(place=place, model=model, photographs=".", files={})


def _files_of(folder: Path, place: Path) -> str | None:
    """The suffix of the reconstruction in ``place``; None when there is none inside the capture."""
    with suppress(CaptureError):
        inside(folder, place)
        for suffix in (".bin", ".txt"):
            if all((place / f"{part}{suffix}").is_file() for part in ("cameras", "images")):
                return suffix
    return None


def _photograph_places(folder: Path, place: str) -> list[str]:
    """Folders that may hold the photographs of a reconstruction, relative to the capture, the likeliest first.

    Those of an undistorted one (``dense``) lie within it: the ones further up are still distorted.
    """
    path = PurePosixPath(place)
    above = [path, *path.parents]
    if "dense" in path.parts:
        above = [level for level in above if "dense" in level.parts]
    names = ("input", *_PHOTOGRAPHS) if "distorted" in path.parts else _PHOTOGRAPHS
    places = [(level / name).as_posix() for level in above for name in names]
    finder = NamedFiles(folder)
    found = (finder.find_folder(candidate) for candidate in [*places, "."])
    return list(dict.fromkeys(place.relative_to(folder).as_posix() for place in found if place is not None))


def _found(folder: Path, place: str, names: Iterable[str], *, other_suffixes: bool) -> dict[str, Path]:
    finder = NamedFiles(folder)
    found: dict[str, Path] = {}
    for name in names:
        path = PurePosixPath(place) / relative_name(name).replace("\\", "/")
        wanted = (
            [path.with_suffix(suffix) for suffix in PHOTOGRAPH_SUFFIXES] if other_suffixes and path.name else [path]
        )
        files = (finder.find(str(candidate)) for candidate in wanted)
        file = next((file for file in files if file is not None), None)
        if file is not None and file.suffix.lower() in PHOTOGRAPH_SUFFIXES:
            found[name] = file
    return found
