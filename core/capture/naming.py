"""Which view and light a photograph shows, by its name; and which file a name in somebody's list means."""

import re
from collections.abc import Sequence
from pathlib import Path, PurePath, PurePosixPath

from core.capture.folder import inside
from core.errors import CaptureError
from core.types import ImageKey

MAX_LIST_BYTES = 16_000_000
"""Of a text file that lists photographs: hundreds of thousands of names."""
_DRIVE = re.compile(r"[A-Za-z]:")


def keys_by_name(names: Sequence[str]) -> tuple[ImageKey, ...]:
    """A key for each file name, in the order of ``names``, for layouts that name photographs as they please.

    Names of the form ``VxxLyy`` (any suffix, any folder) say it themselves when all do so and no two agree. Otherwise
    number i in sorted order becomes ``ViLi``: one view and one light of its own, as when both moved between shots.
    """
    try:
        keys = tuple(ImageKey.parse(PurePath(name).stem) for name in names)
    except ValueError:
        keys = ()
    if keys and len(set(keys)) == len(keys):
        return keys
    rank = {name: number for number, name in enumerate(sorted(names))}
    return tuple(ImageKey(rank[name], rank[name]) for name in names)


def text_lines(file: Path) -> list[str]:
    """The lines of a text file, stripped, empty ones left out. Raises CaptureError naming the file."""
    if not file.is_file():
        raise CaptureError(f"{file} is missing or is not a file; put it there.")
    try:
        if file.stat().st_size > MAX_LIST_BYTES:
            raise CaptureError(f"{file} is larger than {MAX_LIST_BYTES // 1_000_000} MB; it is no list of photographs.")
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeError:
        raise CaptureError(f"{file} is not a text file in UTF-8; save it as plain text.") from None
    except OSError as error:
        raise CaptureError(f"{file} cannot be read: {error.strerror or error}; check its permissions.") from error
    return [line.strip() for line in text.split("\n") if line.strip()]


class NamedFiles:
    """Finds the files that a list names, whatever the case of their letters and the slashes between their folders."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._listings: dict[Path, tuple[set[str], dict[str, str]]] = {}
        self._inside: set[Path] = set()

    def find(self, name: str) -> Path | None:
        """The file of that name, relative to the folder; None when there is none. Raises CaptureError for one outside.

        An absolute path, or one through ``..``, is never followed.
        """
        place = self._place(name)
        return place if place is not None and place.is_file() else None

    def find_folder(self, name: str) -> Path | None:
        """The folder of that name; the rest as for ``find``."""
        place = self._place(name)
        return place if place is not None and place.is_dir() else None

    def _place(self, name: str) -> Path | None:
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or _DRIVE.match(name) or "\0" in name:
            raise CaptureError(f"{self._folder}: {name[:200]!r} leads out of the folder; list names inside it.")
        place = self._folder
        for part in path.parts:
            exact, by_lower_case = self._entries(place)
            found = part if part in exact else by_lower_case.get(part.lower())
            if found is None:
                return None
            place = place / found
            if place not in self._inside:  # following links takes long, and many names begin with the same folders
                self._inside.add(inside(self._folder, place))
        return place

    def _entries(self, place: Path) -> tuple[set[str], dict[str, str]]:
        """Names in a folder, and the same by their lower-case form."""
        if place not in self._listings:
            try:
                names = sorted(entry.name for entry in place.iterdir())
            except OSError:  # no folder, or not to be opened: nothing is found in it
                names = []
            self._listings[place] = set(names), {name.lower(): name for name in names}
        return self._listings[place]
