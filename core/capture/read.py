"""From a folder in any layout to a ``Capture``: one path for all of them.

A reader lists what is there; masks, decoding, linearising, undistorting and reducing happen here. A small capture is
held in memory whole; of a large one only the object and its rim, in a file (``core.capture.cache``).
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil

from core.capture.capture import Capture, GroundTruth, Problem
from core.capture.checks import layout_problems, photograph_problems
from core.capture.choices import load_choices
from core.capture.import_options import MOST_REDUCED, ImportOptions
from core.capture.listing import Listing
from core.capture.masks import Masks, read_masks
from core.capture.photographs import Pixels, held_photographs, mapped_photographs
from core.capture.recognise import list_capture
from core.capture.reduced import reduced_camera, reduced_mask, reduced_normals
from core.capture.sphere import sphere_of
from core.errors import CaptureError
from core.types import BoolArray, Camera, DoubleArray, Progress, silent

_HELD_BYTES = 1_000_000_000
_HELD_PART = 0.25
"""A capture is held in memory whole when it needs no more than this, and no more than this part of what is free."""
_MAPPED_PART = 0.5
"""A capture is reduced until the pixels that are kept of it fit into this part of the free memory."""
_RIM_GROWTH = 1.3
"""Pixels of the object and its rim over those of the object, about."""
BYTES_A_PIXEL = 6
"""Three 16-bit channels."""


def read_capture(folder: Path, *, options: ImportOptions | None = None, progress: Progress | None = None) -> Capture:
    """Read the capture in ``folder``; without options with those saved beside it (``core.capture.choices``).

    Raises CaptureError, one sentence that names the file, for anything that makes it unusable (MasksMissing where
    masks are wanted and missing), and Cancelled when ``progress`` does. What is odd but usable is listed in
    ``Capture.problems``.
    """
    report = progress or silent
    with _plain_errors(folder):
        chosen = load_choices(folder) if options is None else options
        return _read(list_capture(folder, chosen, report), chosen, report)


def read_listing(listing: Listing, options: ImportOptions, *, progress: Progress | None = None) -> Capture:
    """The second half of ``read_capture``: masks, photographs and truth of what was listed. Raises the same."""
    with _plain_errors(listing.folder):
        return _read(listing, options, progress or silent)


def applied_reduction(listing: Listing, options: ImportOptions, masks: Mapping[int, BoolArray]) -> int:
    """How many times smaller the photographs are made: as chosen, or as far as memory asks for."""
    if options.reduce is not None:
        return options.reduce
    object_pixels = sum(int(masks[shot.key.view].sum()) for shot in listing.shots)
    needed = _RIM_GROWTH * BYTES_A_PIXEL * object_pixels
    limit = _MAPPED_PART * psutil.virtual_memory().available
    return next((times for times in range(1, MOST_REDUCED) if needed / times**2 <= limit), MOST_REDUCED)


def fits_in_memory(listing: Listing, times: int) -> bool:
    """Whether whole photographs, that many times reduced, are held in memory."""
    frame = sum(shot.camera.width * shot.camera.height for shot in listing.shots) / times**2
    return BYTES_A_PIXEL * frame <= min(_HELD_BYTES, _HELD_PART * psutil.virtual_memory().available)


def _read(listing: Listing, options: ImportOptions, report: Progress) -> Capture:
    masks = read_masks(listing, options, report)
    times = applied_reduction(listing, options, masks.of_view)
    cameras = tuple(_reduced(listing.folder, shot.camera, times) for shot in listing.shots)
    small = {view: reduced_mask(mask, times) for view, mask in masks.of_view.items()}
    _check_masks(listing, small, times)
    read = held_photographs if fits_in_memory(listing, times) else mapped_photographs
    pixels = read(listing, options, small, times, report)
    report("Reading ground truth", 0.95)
    truth, truth_problems = _truth(listing, times)
    capture = _capture(listing, options, masks, small, cameras, pixels, truth, truth_problems, times)
    report("Capture read", 1.0)
    return capture


def _capture(
    listing: Listing,
    options: ImportOptions,
    masks: Masks,
    small: dict[int, BoolArray],
    cameras: tuple[Camera, ...],
    pixels: Pixels,
    truth: GroundTruth,
    truth_problems: tuple[Problem, ...],
    times: int,
) -> Capture:
    keys = tuple(shot.key for shot in listing.shots)
    sphere = sphere_of(listing, options)
    odd = [
        *listing.problems,
        *_left_out(listing),
        *photograph_problems(pixels.exposures),
        *layout_problems(dict(zip(keys, cameras, strict=True)), listing.camera_file),
        *masks.problems,
        *_reduced_problem(listing, options, times),
    ]
    return Capture(
        folder=listing.folder,
        keys=keys,
        photographs=pixels.photographs,
        cameras=cameras,
        masks=small,
        light_ids=_light_ids(listing),
        file_frame=None if sphere is None else (_triple(sphere[0]), sphere[1]),
        truth=truth,
        problems=(*odd, *truth_problems),
        masked=masks.known,
        points=listing.points,
        up=options.up or listing.up,
        layout=listing.layout,
        options=options,
        reduced=times,
    )


def _triple(point: DoubleArray) -> tuple[float, float, float]:
    return float(point[0]), float(point[1]), float(point[2])


def _light_ids(listing: Listing) -> tuple[int, ...]:
    return tuple(sorted({shot.key.light for shot in listing.shots}))


def _reduced(folder: Path, camera: Camera, times: int) -> Camera:
    if min(camera.width, camera.height) < times:
        raise CaptureError(f"{folder}: photographs cannot be made {times} times smaller; choose a smaller reduction.")
    return reduced_camera(camera, times)


def _check_masks(listing: Listing, masks: Mapping[int, BoolArray], times: int) -> None:
    for view, mask in masks.items():
        if not mask.any():
            raise CaptureError(
                f"{listing.folder}: nothing is left of the object of view V{view:02d} when photographs are made "
                f"{times} times smaller; choose a smaller reduction."
            )


def _truth(listing: Listing, times: int) -> tuple[GroundTruth, tuple[Problem, ...]]:
    """What is known, its normals as small as the photographs."""
    if listing.truth is None:
        return GroundTruth(normals_gl={}, light_directions_gl=None, light_intensities=None, mesh=None), ()
    truth, problems = listing.truth({shot.key.view: shot.camera for shot in listing.shots}, _light_ids(listing))
    small = {view: reduced_normals(normals, times) for view, normals in truth.normals_gl.items()}
    return replace(truth, normals_gl=small), problems


def _left_out(listing: Listing) -> list[Problem]:
    names = list(listing.without_camera)
    if not names:
        return []
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return [Problem(file=names[0], text=f"{names[0]}{more}: left out, because no camera is known for it.")]


def _reduced_problem(listing: Listing, options: ImportOptions, times: int) -> list[Problem]:
    if times == 1 or options.reduce is not None:
        return []
    camera = listing.shots[0].camera
    text = (
        f"Photographs of {camera.width} x {camera.height} pixels are made {times} times smaller so that they fit into "
        "memory."
    )
    return [Problem(file=listing.shots[0].file.relative_to(listing.folder).as_posix(), text=text)]


@contextmanager
def _plain_errors(folder: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        place = error.filename or folder
        raise CaptureError(f"Cannot read {place}: {error.strerror or error}; check disk and permissions.") from error
    except MemoryError:
        raise CaptureError(f"{folder} needs more memory than there is; reduce the photographs.") from None
