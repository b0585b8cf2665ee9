"""Reading and checking a capture for the window, also one that cannot be trained on. Fit thread only.

Everything that is sent is small: pictures and masks are reduced, the more the more views there are.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from app.tone import shrunk
from core.capture.capture import Capture, Photograph
from core.capture.check_capture import check_capture
from core.capture.check_facts import facts
from core.capture.check_lights import set_findings
from core.capture.choices import load_choices
from core.capture.decode import linear_photograph
from core.capture.import_options import Axis as SignedAxis
from core.capture.import_options import ImportOptions
from core.capture.listing import Listing
from core.capture.raw import RAW_SUFFIXES
from core.capture.read import read_listing
from core.capture.recognise import LAYOUTS, guesses, list_capture
from core.capture.report import Finding, Report, Severity
from core.capture.sphere import sphere_of
from core.capture.thumbnails import thumbnails
from core.color import srgb_from_linear
from core.errors import CaptureError, ChiaroError
from core.scene.frame import frame_from_masks, scene_frame
from core.types import BoolArray, FloatArray, Progress
from widgets.check_data import Checked, CheckedView, Sphere
from widgets.orbit import Axis, likely_up

MOST_POINTS = 20_000
_SIDES = ((32, 384), (100, 256), (100_000, 128))
"""(views, longest side of their pictures): more views, smaller pictures."""
_WHITE_QUANTILE = 0.995


@dataclass(frozen=True, kw_only=True)
class ReadCapture:
    """A capture that could be read."""

    listing: Listing
    capture: Capture


def read_folder(folder: Path, options: ImportOptions | None, progress: Progress) -> ReadCapture:
    """Read the capture in ``folder``; without options, with those kept beside it. Raises CaptureError, Cancelled."""
    chosen = load_choices(folder) if options is None else options
    try:
        listing = list_capture(folder, chosen, progress)
    except OSError as error:
        raise CaptureError(f"Cannot read {folder}: {error.strerror or error}; check its permissions.") from error
    return ReadCapture(listing=listing, capture=read_listing(listing, chosen, progress=progress))


def listed_again(capture: Capture) -> ReadCapture | None:
    """What is needed to look over a capture that is open already; None when its folder is no longer as it was."""
    try:
        listing = list_capture(capture.folder, capture.options, lambda _what, _done: None)
    except (CaptureError, OSError):
        return None
    return ReadCapture(listing=listing, capture=capture)


def first_look(read: ReadCapture) -> Checked:
    """What can be said at once about a capture that has been read."""
    listing, capture = read.listing, read.capture
    applied = capture.options.reduce or max(1, listing.shots[0].camera.width // capture.cameras[0].width)
    report = Report(
        folder=capture.folder,
        layout=capture.layout,
        guesses=guesses(capture.folder),
        views=len(capture.views),
        lights=len(capture.light_ids),
        photographs=len(capture.keys),
        findings=tuple(sorted(set_findings(capture.keys), key=lambda finding: [*Severity].index(finding.severity))),
        agreement={},
        estimates=(),  # they decode two photographs to know how long that takes
        applied_reduce=applied,
        facts=facts(listing, capture.options, capture),
    )
    return _shown(report, capture.options, listing, capture, _read_views(capture), complete=False)


def full_check(read: ReadCapture, first: Checked, progress: Progress) -> Checked:
    """``first`` with everything that takes longer: masks against cameras, exposure, copies. Raises Cancelled."""
    capture = read.capture
    found = check_capture(capture.folder, capture.options, read=(read.listing, capture), progress=progress)
    return replace(first, report=found.report, complete=True)


def with_up(read: ReadCapture, checked: Checked, up: SignedAxis | None) -> tuple[ReadCapture, Checked]:
    """An open capture and what is known about it with another world axis taken as up; None as its files say."""
    options = replace(read.capture.options, up=up)
    capture = replace(read.capture, up=up or read.listing.up, options=options)
    findings = tuple(each for each in checked.report.findings if up is None or not _asks_for_up(each, options))
    report = replace(checked.report, findings=findings, facts=facts(read.listing, options, capture))
    known = replace(
        checked, report=report, options=options, up=_up(capture, read.listing),
        complete=checked.complete and up is not None,
    )  # fmt: skip
    return replace(read, capture=capture), known


def _asks_for_up(finding: Finding, options: ImportOptions) -> bool:
    """Whether nothing but the up axis stands between ``options`` and what a finding asks for."""
    wanted = [fix.options for fix in finding.fixes if fix.options is not None]
    return bool(wanted) and all(replace(each, up=options.up) == options for each in wanted)


def unreadable(folder: Path, options: ImportOptions | None, progress: Progress) -> Checked:
    """What is known about a folder that could not be read, and what would mend it. Raises Cancelled."""
    report, listing = _told(folder, options, progress)
    chosen = options or _kept_options(folder)
    views = _listed_views(listing, chosen, progress) if listing is not None else {}
    return _shown(report, chosen, listing, None, views, complete=True)


def _told(folder: Path, options: ImportOptions | None, progress: Progress) -> tuple[Report, Listing | None]:
    found = check_capture(folder, options, progress=progress)
    return found.report, found.listing


def _kept_options(folder: Path) -> ImportOptions:
    """The choices kept beside the capture; the defaults when they cannot be read, which the report says."""
    try:
        return load_choices(folder)
    except ChiaroError:
        return ImportOptions()


def _shown(
    report: Report,
    options: ImportOptions,
    listing: Listing | None,
    capture: Capture | None,
    views: dict[int, CheckedView],
    *,
    complete: bool,
) -> Checked:
    sphere, masks_sphere = _spheres(capture, listing, options)
    return Checked(
        folder=report.folder,
        report=report,
        options=options,
        layouts=tuple((layout.name, layout.about) for layout in LAYOUTS),
        trainable=capture is not None and sphere is not None and len(capture.views) > 1,
        complete=complete,
        camera_file=listing.camera_file if listing else "",
        raw=listing is not None and any(shot.file.suffix.lower() in RAW_SUFFIXES for shot in listing.shots),
        camera_choices=listing.camera_choices if listing else (),
        views=views,
        sphere=sphere,
        masks_sphere=masks_sphere,
        points=_some_points(capture.points if capture else listing.points if listing else None),
        up=_up(capture, listing),
    )


def _spheres(
    capture: Capture | None, listing: Listing | None, options: ImportOptions
) -> tuple[Sphere | None, Sphere | None]:
    """(the sphere that would be trained in, the one that follows from the masks)."""
    if capture is None:
        placed = sphere_of(listing, options) if listing is not None else None
        return (Sphere.of(*placed) if placed is not None else None), None
    used = masks = None
    with suppress(CaptureError):  # the report says it in words
        found = frame_from_masks(capture) if capture.masked else None
        masks = Sphere.of(found.centre, found.scale) if found is not None else None
    with suppress(CaptureError):
        if capture.file_frame is not None or masks is None:
            frame = scene_frame(capture)
            used = Sphere.of(frame.centre, frame.scale)
        else:
            used = masks
    return used, masks


def _up(capture: Capture | None, listing: Listing | None) -> Axis:
    declared = capture.up if capture is not None else listing.up if listing is not None else None
    if declared is not None:
        return cast(Axis, declared.removeprefix("+"))
    if listing is None:
        return "z"
    return likely_up(tuple(shot.camera for shot in listing.shots))


def _some_points(points: FloatArray | None) -> FloatArray | None:
    """A regular part of the points, at most ``MOST_POINTS``."""
    if points is None or len(points) <= MOST_POINTS:
        return points
    return points[:: -(-len(points) // MOST_POINTS)]


def _side(views: int) -> int:
    return next(side for most, side in _SIDES if views <= most)


# ---- pictures of the views ------------------------------------------------------------------------------------------


def _read_views(capture: Capture) -> dict[int, CheckedView]:
    """The views of a capture that could be read."""
    views = capture.views
    pictures = thumbnails(capture, _side(len(views)))
    counts = {view: sum(key.view == view for key in capture.keys) for view in views}
    first = {key.view: index for index, key in reversed([*enumerate(capture.keys)])}
    made: dict[int, CheckedView] = {}
    for view in views:
        picture = pictures[view]
        size = (picture.shape[1], picture.shape[0])
        made[view] = CheckedView(
            camera=capture.cameras[first[view]].resized(*size),
            picture=(255.0 * picture).round().astype(np.uint8),
            mask=_small_mask(capture.masks[view], size) if capture.masked else None,
            photographs=counts[view],
        )
    return made


def _listed_views(listing: Listing, options: ImportOptions, progress: Progress) -> dict[int, CheckedView]:
    """The views of a capture of which no more than the cameras could be read, with their first photographs."""
    views = sorted({shot.key.view for shot in listing.shots})
    side = _side(len(views))
    made: dict[int, CheckedView] = {}
    for number, view in enumerate(views):
        progress("Looking at the photographs", 0.9 + 0.1 * number / len(views))
        shots = [shot for shot in listing.shots if shot.key.view == view]
        camera = shots[0].camera
        try:
            picture = _displayed(linear_photograph(shots[0], listing, options), side)
        except ChiaroError:  # the report says which photographs cannot be read
            times = max(camera.width, camera.height) / side
            picture = np.zeros((max(1, round(camera.height / times)), max(1, round(camera.width / times)), 3), np.uint8)
        made[view] = CheckedView(
            camera=camera.resized(picture.shape[1], picture.shape[0]),
            picture=picture,
            mask=None,
            photographs=len(shots),
        )
    return made


def _displayed(photograph: Photograph, side: int) -> NDArray[np.uint8]:
    """[height, width, 3] display-referred of linear pixels of any kind, its longest side at most ``side``."""
    full = {"uint8": 255.0, "uint16": 65535.0}.get(photograph.dtype.name, 1.0)
    height, width = photograph.shape[:2]
    factor = min(1.0, side / max(height, width))
    step = max(1, int(0.5 / factor))  # twice as fine as wanted is enough to average
    some = photograph[::step, ::step].astype(np.float32) / np.float32(full)
    linear = shrunk(some, max(1, round(factor * width)), max(1, round(factor * height)))
    white = max(float(np.quantile(linear, _WHITE_QUANTILE)), 1e-6)
    return (255.0 * srgb_from_linear(linear / np.float32(white))).round().astype(np.uint8)


def _small_mask(mask: BoolArray, size: tuple[int, int]) -> BoolArray:
    """The mask at ``size`` (width, height): the pixel in the middle of each cell."""
    rows = ((np.arange(size[1]) + 0.5) * mask.shape[0] / size[1]).astype(np.intp)
    columns = ((np.arange(size[0]) + 0.5) * mask.shape[1] / size[0]).astype(np.intp)
    return mask[np.ix_(rows, columns)]
