"""What lies beside photographs that a list names: their masks, and photographs that the list leaves out."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from core.capture.folder import IMAGE_SUFFIXES, PHOTOGRAPH_SUFFIXES
from core.capture.naming import NamedFiles
from core.types import ImageKey

_MASKS = ("masks", "mask")
_LONGEST_TAIL = 6
"""Folders, and the file, at the end of a path."""
_OTHER = re.compile(r"^\.|_(depth|normal|alpha|mask)(_|\.)")
"""Hidden files, and images that are no photographs, such as the depth maps of NeRF's synthetic test sets."""


def mask_files(folder: Path, photographs: str, names: Mapping[str, ImageKey]) -> dict[int, tuple[Path, ...]]:
    """Per view, its masks: ``name.jpg.png``, ``name.png`` or, of photographs named VxxLyy, ``Vxx.png``.

    They lie in ``masks`` or ``mask`` beside the folder of the photographs, or in the capture itself.
    """
    beside = PurePosixPath(photographs).parent.as_posix()
    finder = NamedFiles(folder)
    masks: dict[int, tuple[Path, ...]] = {}
    places = [f"{parent}/{part}" for parent in dict.fromkeys((beside, ".")) for part in _MASKS]
    places = [place for place in places if finder.find_folder(place) is not None]
    for name, key in names.items():
        found = next(filter(None, (finder.find(file) for file in _mask_names(places, name, key))), None)
        if found is not None and found not in masks.get(key.view, ()):
            masks[key.view] = (*masks.get(key.view, ()), found)
    return masks


def strangers(folder: Path, photographs: str, known: Iterable[Path]) -> tuple[str, ...]:
    """Photographs in that folder, relative to the capture, that are not among the known ones."""
    listed = set(known)
    try:
        entries = sorted((folder / photographs).iterdir())
    except OSError:
        return ()
    kinds = (entry for entry in entries if entry.suffix.lower() in PHOTOGRAPH_SUFFIXES and entry not in listed)
    return tuple(entry.relative_to(folder).as_posix() for entry in kinds if not _OTHER.search(entry.name))


def relative_name(name: str) -> str:
    """Names that begin at the root of somebody's disk are looked for by their last part."""
    path = PurePosixPath(name.replace("\\", "/"))
    return path.name if path.is_absolute() or name[1:2] == ":" else name


def path_tails(name: str) -> list[str]:
    """Where to look for a file by a path: the ends, the longest first, of one that begins at the root of a disk.

    Such a path is of somebody's machine; its end may be right inside the capture.
    """
    path = PurePosixPath(name.replace("\\", "/"))
    if relative_name(name) == name:
        return [name]
    parts = [part for part in path.parts if part != "/" and part[1:2] != ":"][-_LONGEST_TAIL:]
    tails = [parts[start:] for start in range(len(parts))]
    return [PurePosixPath(*tail).as_posix() for tail in tails if ".." not in tail] or [name]


def _mask_names(places: Iterable[str], name: str, key: ImageKey) -> list[str]:
    path = PurePosixPath(relative_name(name))
    stem = path.with_suffix("").as_posix()
    suffixes = [*IMAGE_SUFFIXES, ".jpg"]
    files = [f"{path}.png", *(f"{stem}{suffix}" for suffix in suffixes)]
    if path.stem == key.name:
        files.append(f"V{key.view:02d}.png")
    return [f"{place}/{file}" for place in places for file in files]
