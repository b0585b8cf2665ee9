"""Choices of images: index files in the MVSCPS form, one ``VxxLyy`` per line, and what makes a choice trainable."""

from collections.abc import Iterable
from pathlib import Path

from core.capture.file_names import CAMERA_PARAMS, DIRECTIONS, INTENSITIES, MESH
from core.errors import SubsetError
from core.files import replacing
from core.types import ImageKey

MAX_INDEX_BYTES = 16_000_000
"""More than a million names; a longer file is not an index file."""
_CAPTURE_FILES = tuple(name.lower() for name in (CAMERA_PARAMS, DIRECTIONS, INTENSITIES, MESH))


def read_subset(file: Path, capture_keys: Iterable[ImageKey]) -> frozenset[ImageKey]:
    """The images an index file names: one ``VxxLyy`` a line; blank lines and what follows a ``#`` are left out.

    Raises SubsetError, naming file and line, for a name that is none or that the capture does not hold.
    """
    known = frozenset(capture_keys)
    chosen: set[ImageKey] = set()
    for number, line in enumerate(_index_text(file).splitlines(), start=1):
        name = line.partition("#")[0].strip()
        if name:
            chosen.add(_known_key(name, known, f"{file}, line {number}"))
    if not chosen:
        raise SubsetError(f"{file} names no image; write one name of the form V00L00 on each line.")
    return frozenset(chosen)


def write_subset(file: Path, keys: Iterable[ImageKey], *, capture_folder: Path | None = None) -> None:
    """Write an index file, sorted by view, then light; only another index file is ever replaced.

    Raises SubsetError when ``file`` holds something else or is one of the capture's own files, RunError when it
    cannot be written.
    """
    _check_replaceable(file, capture_folder)
    text = "".join(f"{key.name}\n" for key in sorted(set(keys)))
    with replacing(file) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def _check_replaceable(file: Path, capture_folder: Path | None) -> None:
    """Raise SubsetError when writing an index to ``file`` would harm a capture or lose something that is no index."""
    if file.name.lower() in _CAPTURE_FILES:
        raise SubsetError(f"{file} has the name of one of a capture's own files; choose another name for the index.")
    if capture_folder is not None and capture_folder.resolve() in file.resolve().parent.parents:
        raise SubsetError(f"{file} lies among the capture's own files; choose another folder for the index.")
    if file.exists() and not _is_index(file):
        raise SubsetError(f"{file} exists and is no index file, so it is not replaced; choose another name.")


def _is_index(file: Path) -> bool:
    """Whether ``file`` names images, of whatever capture, and nothing else."""
    try:
        names = [line.partition("#")[0].strip() for line in _index_text(file).splitlines()]
        return bool([ImageKey.parse(name) for name in names if name])
    except (SubsetError, ValueError):
        return False


def check_subset(keys: Iterable[ImageKey]) -> None:
    """Raise SubsetError when these images cannot be trained on: no image at all, or fewer than two views."""
    views = {key.view for key in keys}
    if not views:
        raise SubsetError("No image is chosen, so there is no light to learn from; tick images of at least two views.")
    if len(views) == 1:
        only = f"V{views.pop():02d}"
        raise SubsetError(f"Only view {only} is chosen; tick images of at least two views, one view gives no shape.")


def _index_text(file: Path) -> str:
    try:
        if file.stat().st_size > MAX_INDEX_BYTES:
            raise SubsetError(f"{file} is too large for an index file; choose a text file with one name a line.")
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise SubsetError(f"{file} is not a text file; choose a file with one name like V00L00 a line.") from None
    except OSError as error:
        raise SubsetError(f"Cannot read {file}: {error.strerror or error}; check the path.") from error


def _known_key(name: str, known: frozenset[ImageKey], place: str) -> ImageKey:
    try:
        key = ImageKey.parse(name)
    except ValueError:
        shown = name if len(name) <= 40 else name[:40] + "…"
        raise SubsetError(f"{place}: {shown!r} is no image name; names have the form V00L00.") from None
    if key not in known:
        raise SubsetError(f"{place}: the capture has no image {key.name}; remove the line or add the photograph.")
    return key
