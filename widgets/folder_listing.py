"""What a path dialog lists, and what a typed path means; no window."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_MOST = 500
_PHOTOGRAPHS = frozenset(
    (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".exr", ".hdr", ".bmp", ".webp", ".dng", ".arw", ".cr2", ".cr3", ".nef")
)
"""Endings that are counted as photographs in what a dialog says; whether they can be read is not decided here."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the list."""

    path: Path
    folder: bool


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The contents of one folder."""

    folder: Path
    entries: tuple[Entry, ...]
    """Folders first, then files, each by name; hidden ones left out."""
    note: str
    """Why the list is short or empty; empty when there is nothing to say."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a path dialog asks for."""

    folders: bool
    """A folder rather than a file."""
    save: bool
    """It need not exist yet."""
    suffix: str | None = None
    """Only files that end like this, as in ``.txt``."""


def list_folder(folder: Path, *, files: bool, suffix: str | None = None) -> Listing:
    """The contents of ``folder``; a folder that cannot be read gives an empty listing that says why."""
    try:
        with os.scandir(folder) as found:
            visible = [entry for entry in found if not entry.name.startswith(".")]
    except OSError as error:
        return Listing(
            folder=folder, entries=(), note=f"Cannot list this folder: {(error.strerror or 'error').lower()}."
        )
    folders = sorted((e.name for e in visible if _is_folder(e)), key=str.casefold)
    names = sorted((e.name for e in visible if files and not _is_folder(e)), key=str.casefold)
    names = [name for name in names if suffix is None or name.casefold().endswith(suffix.casefold())]
    entries = [Entry(path=folder / n, folder=True) for n in folders] + [
        Entry(path=folder / n, folder=False) for n in names
    ]
    note = "" if entries else _why_empty([e.name for e in visible if not _is_folder(e)], suffix)
    if len(entries) > _MOST:
        note = f"Showing the first {_MOST} of {len(entries):,}; type the rest of the path above."
    return Listing(folder=folder, entries=tuple(entries[:_MOST]), note=note)


def _why_empty(files: Sequence[str], suffix: str | None) -> str:
    """What a folder holds of which nothing is listed."""
    if not files:
        return "Nothing to choose here."
    photographs = sum(Path(name).suffix.casefold() in _PHOTOGRAPHS for name in files)
    others = len(files) - photographs
    counts = ((photographs, "photograph"), (others, "other file" if photographs else "file"))
    held = [f"{count:,} {word}{'s' * (count != 1)}" for count, word in counts if count]
    missing = "subfolders" if suffix is None else f"file that ends in {suffix}"
    return f"It holds {' and '.join(held)}, but no {missing}."


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def typed_path(text: str, folder: Path) -> Path:
    """What was typed as an absolute path: ``~`` is the home folder, relative paths start at ``folder``."""
    path = Path(text.strip()).expanduser()
    return Path(os.path.normpath(path if path.is_absolute() else folder / path))


def objection(path: Path, wanted: Wanted) -> str | None:
    """Why ``path`` cannot be chosen, as one sentence; None when it can."""
    if wanted.save:
        return _save_objection(path, wanted)
    if not path.exists():
        return f"{path} does not exist."
    if wanted.folders and not path.is_dir():
        return f"{path} is a file; choose a folder."
    if not wanted.folders and path.is_dir():
        return f"{path} is a folder; choose a file."
    return None


def _save_objection(path: Path, wanted: Wanted) -> str | None:
    if not path.name:
        return "Type a name."
    if wanted.folders and path.is_file():
        return f"{path} is a file; choose another name."
    if not wanted.folders and path.is_dir():
        return f"{path} is a folder; type a file name after it."
    existing = next((parent for parent in (path, *path.parents) if parent.exists()), path)
    if not os.access(existing, os.W_OK):
        return f"You may not write in {existing}."
    return None


def only_a_parent(path: Path) -> bool:
    """Whether a folder holds nothing but other folders, so that it can hardly be what is looked for."""
    entries = list_folder(path, files=True).entries
    return bool(entries) and all(entry.folder for entry in entries)


def enters(path: Path, listed: Path, wanted: Wanted, opens: Callable[[Path], bool] | None) -> bool:
    """Whether Enter behind a typed ``path`` lists that folder instead of choosing it.

    ``listed``: the folder on show; Enter once more chooses it. ``opens``: whether a folder is what is looked for; None
    when nobody can tell.
    """
    if wanted.save or path == listed or not path.is_dir():
        return False
    if not wanted.folders:
        return True
    return only_a_parent(path) if opens is None else not opens(path)


def replaced(path: Path, wanted: Wanted) -> bool:
    """Whether saving to ``path`` would replace a file that is already there."""
    return wanted.save and not wanted.folders and path.is_file()


def with_suffix(path: Path, wanted: Wanted) -> Path:
    """A file to be saved gets the wanted suffix when it has none."""
    if wanted.save and not wanted.folders and wanted.suffix and not path.suffix:
        return path.with_name(path.name + wanted.suffix)
    return path


def unlike_words(listing: Listing) -> str:
    """What is said of a folder that was typed and is listed, since it does not look like what is wanted."""
    unlike = "This folder does not look like what you want to open"
    if listing.entries:
        return f"{unlike}, so here is what it holds; Enter opens it all the same."
    return f"{unlike}. {listing.note} Enter opens it all the same."


def shortened(text: str, most: int) -> str:
    """``text`` with its middle left out so that it has at most ``most`` characters."""
    if len(text) <= most:
        return text
    head = (most - 1) // 3
    return f"{text[:head]}…{text[len(text) - (most - 1 - head) :]}"
