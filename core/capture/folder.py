"""What lies in a capture folder: photographs by name, and the promise that nothing outside it is read."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePath

from core.errors import CaptureError
from core.types import ImageKey

IMAGE_SUFFIXES = (".png", ".tif", ".tiff", ".exr")
"""The kinds of images that hold what was measured, without loss."""
JPEG_SUFFIXES = (".jpg", ".jpeg")
PHOTOGRAPH_SUFFIXES = (*IMAGE_SUFFIXES, *JPEG_SUFFIXES, ".bmp", ".webp", ".hdr", ".ppm", ".pgm", ".tga", ".jp2")
"""The kinds of developed photographs that can be read; camera RAW has its own (``core.capture.raw``)."""
RAW_SUFFIXES = (
    ".arw", ".cr2", ".cr3", ".crw", ".dng", ".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".srw",
    ".sr2", ".srf", ".3fr", ".fff", ".iiq", ".kdc", ".mef", ".mos", ".mrw", ".erf", ".x3f",
)  # fmt: skip
"""The kinds of camera RAW files that are developed."""
_LONGEST_NUMBER = 18
_VIEW_NAME = re.compile(r"V(\d{2,4})")


def check_folder(folder: Path) -> None:
    """Raise CaptureError when ``folder`` is missing, no folder, unreadable or empty."""
    if not folder.exists():
        raise CaptureError(f"There is no folder {folder}; check the path.")
    if not folder.is_dir():
        raise CaptureError(f"{folder} is a file; choose the folder that holds the capture.")
    if not _listing(folder):
        raise CaptureError(f"{folder} is empty; choose the folder of a capture, in any layout that can be read.")


def inside(folder: Path, file: Path) -> Path:
    """``file`` itself, once it is certain that no link in its path leads out of ``folder``."""
    try:
        target = file.resolve()
    except (OSError, RuntimeError) as error:  # a link that leads back to itself
        raise CaptureError(f"{file} is a link that leads nowhere; replace it by the file itself.") from error
    if not target.is_relative_to(folder.resolve()):
        what = "the folder" if target.is_dir() else "the file"
        raise CaptureError(f"{file} leads to a place outside the capture folder; copy {what} itself there.")
    return file


def folder_named(folder: Path, names: Sequence[str]) -> str | None:
    """The first of ``names`` that is a folder in ``folder``, as it is written there: case does not matter."""
    for name in names:
        if (folder / name).is_dir():
            return name
    try:
        entries = sorted(entry.name for entry in folder.iterdir())
    except OSError:
        return None
    wanted = {name.lower(): place for place, name in reversed(list(enumerate(names)))}
    found = [name for name in entries if name.lower() in wanted and (folder / name).is_dir()]
    return min(found, key=lambda name: wanted[name.lower()], default=None)


def photograph_files(folder: Path) -> tuple[dict[ImageKey, Path], tuple[str, ...]]:
    """The files of ``image/`` by key, sorted, and the names of images there that are not of the form VxxLyy.

    JPEG files count where there are no others. Raises CaptureError when the folder is missing or holds no photograph,
    or two files claim one name.
    """
    files: dict[ImageKey, Path] = {}
    strangers: list[str] = []
    for file in image_files(folder, "image") or image_files(folder, "image", JPEG_SUFFIXES):
        try:
            key = ImageKey.parse(file.stem)
        except ValueError:
            strangers.append(file.name)
            continue
        if key in files:
            raise CaptureError(f"{file} and {files[key].name} are both photograph {key.name}; remove one of them.")
        files[key] = inside(folder, file)
    if not files:
        raise CaptureError(
            f"{folder / 'image'} holds no photograph named like V00L00.png (or .tif, .exr, .jpg); name them so."
        )
    return dict(sorted(files.items())), tuple(strangers)


def view_masks(folder: Path, part: str) -> dict[int, tuple[Path, ...]]:
    """The files of ``part`` by view: one mask a view (``Vxx``), otherwise the masks made per image (``VxxLyy``).

    Empty when there is no such folder. Raises CaptureError when two files claim to be the mask of one view.
    """
    if folder_named(folder, (part,)) is None:
        return {}
    of_view: dict[int, tuple[Path, ...]] = {}
    of_images: dict[int, tuple[Path, ...]] = {}
    for file in image_files(folder, part):
        match = _VIEW_NAME.fullmatch(file.stem)
        if match:
            view = int(match[1])
            if view in of_view:
                raise CaptureError(f"{file} and {of_view[view][0].name} are both the mask of one view; remove one.")
            of_view[view] = (inside(folder, file),)
            continue
        try:
            view = ImageKey.parse(file.stem).view
        except ValueError:
            continue  # not a mask: the views that lack one are named by whoever asks for them
        of_images[view] = (*of_images.get(view, ()), inside(folder, file))
    return of_images | of_view


def image_files(folder: Path, part: str, suffixes: tuple[str, ...] = IMAGE_SUFFIXES) -> list[Path]:
    """The image files in a part of the capture, sorted, hidden ones left out. Raises CaptureError without the part."""
    place = inside(folder, folder / (folder_named(folder, (part,)) or part))
    if not place.is_dir():
        raise CaptureError(f"{folder} has no folder named {part}; a capture holds image, mask and camera_params.json.")
    return [f for f in _listing(place) if f.suffix.lower() in suffixes and not f.name.startswith(".")]


def once_each(folder: Path, files: Iterable[Path]) -> list[Path]:
    """``files`` as they are. Raises CaptureError when two have the same name or number but for the suffix.

    Where the place in the order of names counts, a photograph that is there twice would shift all that follow.
    """
    found: dict[str | int, Path] = {}
    for file in files:
        name = file.stem.lower()
        name = name if PurePath(name).suffix not in PHOTOGRAPH_SUFFIXES else PurePath(name).stem  # 000.jpg.png
        word = int(name) if name.isascii() and name.isdigit() and len(name) <= _LONGEST_NUMBER else name
        if word in found:
            both = f"{found[word].relative_to(folder).as_posix()} and {file.name}"
            same = "number" if isinstance(word, int) else "name"
            raise CaptureError(f"{folder}: {both} have the same {same}; remove one.")
        found[word] = file
    return list(found.values())


def _listing(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise CaptureError(f"{folder} cannot be opened: {error.strerror or error}; check its permissions.") from error
