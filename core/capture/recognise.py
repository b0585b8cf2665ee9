"""The layouts that can be opened, and which of them a folder has."""

from dataclasses import replace
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
from core.capture.layouts.plain import PLAIN
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


def guesses(folder: Path) -> tuple[Guess, ...]:
    """The layouts ``folder`` may have, likeliest first. Raises CaptureError when there is no such folder."""
    check_folder(folder)
    found = [guess for layout in LAYOUTS if (guess := layout.recognise(folder)) is not None]
    return tuple(sorted(found, key=lambda guess: -guess.certainty))


def list_capture(folder: Path, options: ImportOptions, progress: Progress) -> Listing:
    """Everything about the capture in ``folder`` but its pixels. Raises CaptureError and Cancelled."""
    listing = layout_of(folder, options).list_capture(folder, options, progress)
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
        known = ", ".join(layout.name for layout in LAYOUTS)
        raise CaptureError(f"{folder} has none of the layouts that are known ({known}); see docs/captures.md.")
    return _named(found[0].layout)


def _named(name: str) -> Layout:
    for layout in LAYOUTS:
        if layout.name.lower() == name.lower():
            return layout
    known = ", ".join(layout.name for layout in LAYOUTS)
    raise OptionError(f"There is no layout named {name!r}; choose one of {known}.")
