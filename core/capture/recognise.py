"""The layouts that can be opened, and which of them a folder has."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from core.capture.checks import rotation_problems
from core.capture.folder import check_folder
from core.capture.import_options import ImportOptions
from core.capture.layouts.chrome import CHROME
from core.capture.layouts.colmap import COLMAP
from core.capture.layouts.diligent import DILIGENT
from core.capture.layouts.diligent_mv import DILIGENT_MV
from core.capture.layouts.idr_neus import IDR_NEUS
from core.capture.layouts.llff import LLFF
from core.capture.layouts.lp import LP
from core.capture.layouts.meshroom import MESHROOM
from core.capture.layouts.metashape import METASHAPE
from core.capture.layouts.middlebury import MIDDLEBURY
from core.capture.layouts.mvscps import MVSCPS
from core.capture.layouts.mvscps_released import MVSCPS_RELEASED
from core.capture.layouts.plain import PLAIN, photographs_in
from core.capture.layouts.porf import PORF
from core.capture.layouts.ps_nerf import PS_NERF
from core.capture.layouts.rnb_neus import RNB_NEUS
from core.capture.layouts.supernormal import SUPERNORMAL
from core.capture.layouts.transforms import TRANSFORMS
from core.capture.listing import Guess, Layout, Listing
from core.errors import CaptureError, OptionError
from core.types import Progress

LAYOUTS: tuple[Layout, ...] = (
    MVSCPS,
    MVSCPS_RELEASED,
    DILIGENT_MV,
    DILIGENT,
    LP,
    CHROME,
    IDR_NEUS,
    COLMAP,
    TRANSFORMS,
    LLFF,
    MIDDLEBURY,
    PS_NERF,
    METASHAPE,
    PORF,
    RNB_NEUS,
    SUPERNORMAL,
    MESHROOM,
    PLAIN,
)
"""Every layout, in the order they are offered."""
_HOPELESS = 0.3
"""A guess no more certain than this rests on names alone."""
_MOST_FOLDERS, _MOST_ENTRIES, _DEEPEST = 50, 2000, 2
"""Looked through for captures further down."""


def guesses(folder: Path) -> tuple[Guess, ...]:
    """The layouts ``folder`` may have, likeliest first. Raises CaptureError when there is no such folder."""
    check_folder(folder)
    found = [guess for layout in LAYOUTS if (guess := layout.recognise(folder)) is not None]
    return tuple(sorted(found, key=lambda guess: -guess.certainty))


def list_capture(folder: Path, options: ImportOptions, progress: Progress) -> Listing:
    """Everything about the capture in ``folder`` but its pixels. Raises CaptureError and Cancelled."""
    layout = layout_of(folder, options)
    try:
        listing = layout.list_capture(folder, options, progress)
    except CaptureError as error:
        further_down = _further_down(folder) if _is_guessed(folder, options) else ""
        if further_down:
            raise CaptureError(further_down) from error
        raise
    return replace(listing, problems=(*listing.problems, *rotation_problems(listing)))


def layout_of(folder: Path, options: ImportOptions) -> Layout:
    """The layout that was chosen, or the likeliest. Raises CaptureError when there is none."""
    check_folder(folder)
    if options.layout is not None:
        return _named(options.layout)
    if options.names is not None or options.table is not None:
        return PLAIN
    found = guesses(folder)
    if not found:
        raise CaptureError(_further_down(folder) or _nothing_known(folder))
    return _named(found[0].layout)


def _nothing_known(folder: Path) -> str:
    """What a folder lacks that has no known layout, and where to get it."""
    count = len(photographs_in(folder))
    if not count:
        return f"{folder} holds no capture that can be read; choose another folder (docs/captures.md: layouts)."
    holds = "a photograph" if count == 1 else f"{count:,} photographs"
    return (
        f"{folder} holds {holds}, but nothing tells where the camera stood; find that with COLMAP, Metashape, Meshroom "
        "or RealityCapture and open the result, or, where cameras are there, say which view and light each photograph "
        'shows by a pattern (--names) or a table (--table): docs/captures.md, "Your own photographs".'
    )


def _is_guessed(folder: Path, options: ImportOptions) -> bool:
    """Whether nobody has said how to read the folder and little in it tells."""
    said = options.layout or options.names or options.table
    return said is None and guesses(folder)[0].certainty <= _HOPELESS


def _further_down(folder: Path) -> str:
    """Where in the folder a capture lies, as when one was unpacked into a folder of its own; empty without any."""
    found: list[tuple[str, str]] = []
    for place in islice(_folders_below(folder), _MOST_FOLDERS):
        if any(folder / above in place.parents for above, _ in found):
            continue  # a view of a capture may be one, too
        there = [guess for layout in LAYOUTS if layout is not PLAIN and (guess := layout.recognise(place)) is not None]
        best = max(there, key=lambda guess: guess.certainty, default=None)
        if best is not None and best.certainty > _HOPELESS:
            found.append((place.relative_to(folder).as_posix(), best.layout))
    if not found:
        return ""
    name, layout = found[0]
    more = f" (others are {', '.join(other for other, _ in found[1:4])})" if len(found) > 1 else ""
    return f"{folder} is no capture itself, but {name} in it is one of {layout}{more}; open that folder."


def _folders_below(folder: Path) -> Iterator[Path]:
    """The folders in the folder, then those in them; links and what programs put there are left out."""
    level = [folder]
    for _ in range(_DEEPEST):
        level = [entry for place in level[:_MOST_FOLDERS] for entry in _folders_in(place)]
        yield from level


def _folders_in(place: Path) -> list[Path]:
    try:
        entries = sorted(islice(place.iterdir(), _MOST_ENTRIES))
    except OSError:
        return []
    return [entry for entry in entries if entry.name[0] not in "._" and entry.is_dir() and not entry.is_symlink()]


def _named(name: str) -> Layout:
    """The layout of that name, of one of its short names, or of the only name that begins so."""
    wanted = _plain(name)
    called = [(_plain(word), layout) for layout in LAYOUTS for word in (layout.name, *layout.aliases)]
    exact = [layout for word, layout in called if word == wanted]
    begun = [layout for word, layout in called if wanted and word.startswith(wanted)]
    found = list(dict.fromkeys(exact or begun))
    if len(found) == 1:
        return found[0]
    choices = ", ".join(layout.name for layout in found or LAYOUTS)
    raise OptionError(f"There is no layout named {name!r}; choose one of {choices}.")


def _plain(name: str) -> str:
    """Small letters and digits only."""
    return "".join(letter for letter in name.lower() if letter.isalnum())
