"""Masks: where the object is in each view, from files, from the photographs, or from the sphere around it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from core.capture.capture import Problem, full_range
from core.capture.choices import painted_mask_file
from core.capture.decode import is_raw, linear_photograph, pinhole_pixels
from core.capture.folder import inside
from core.capture.images import alpha_channel, has_alpha, object_pixels, read_image
from core.capture.import_options import ImportOptions, MaskChoice
from core.capture.listing import Listing, Shot
from core.capture.mask_sizes import at_size, check_sizes, others
from core.capture.segment import fill_holes
from core.capture.sphere import outline, sphere_of
from core.color import LUMINANCE
from core.errors import CaptureError
from core.types import BoolArray, FloatArray, Progress

MIN_PIXELS = 64
"""An object of fewer pixels has hardly a shape to learn."""
WITHOUT_MASKS = "There are no masks: everything inside the sphere counts as the object, its surroundings too."
_SPECK = 0.01
"""Bright specks smaller than this part of the largest piece are no part of the object."""


class MasksMissing(CaptureError):  # noqa: N818 - it says what is wrong
    """Some views have no mask, and nothing was said about where to take one from."""

    def __init__(self, message: str, *, views: tuple[int, ...], alpha: bool) -> None:
        super().__init__(message)
        self.views = views
        """Those without a mask."""
        self.alpha = alpha
        """Whether the photographs have an alpha channel that could serve."""


@dataclass(frozen=True, kw_only=True)
class Masks:
    """The masks of all views."""

    of_view: dict[int, BoolArray]
    """Per view id: [height, width] at the size of the undistorted photographs."""
    known: bool
    """False when everything inside the sphere counts as the object."""
    problems: tuple[Problem, ...]


def read_masks(listing: Listing, options: ImportOptions, progress: Progress) -> Masks:
    """One mask a view, as ``options.masks`` asks for.

    Raises MasksMissing when files are wanted and a view has none, CaptureError for masks that are empty or of another
    size than their photographs, and Cancelled when ``progress`` does.
    """
    shots = _shots_by_view(listing)
    source, problems = _source(listing, options, shots)
    of_view: dict[int, BoolArray] = {}
    empty: list[Path] = []
    for number, (view, of_this) in enumerate(shots.items()):
        progress(f"Masking view V{view:02d}", 0.05 * number / len(shots))
        file, mask = source(view, of_this)
        mask = fill_holes(mask) if options.fill_holes else mask
        if not mask.any():
            empty.append(file)
            continue
        of_view[view] = _in_sphere(mask, of_this[0], options)
        if options.masks is not MaskChoice.NONE:
            problems += _oddities(_name(file, listing.folder), mask)
    if empty:
        more = others(len(empty) - 1)
        raise CaptureError(f"{empty[0]} is empty: no pixel is marked as the object; paint the object white{more}.")
    if options.masks is MaskChoice.NONE:
        problems.append(Problem(file=_name(listing.shots[0].file, listing.folder), text=WITHOUT_MASKS))
    return Masks(of_view=of_view, known=options.masks is not MaskChoice.NONE, problems=tuple(problems))


_Source = Callable[[int, list[Shot]], tuple[Path, BoolArray]]


def _source(listing: Listing, options: ImportOptions, shots: Mapping[int, list[Shot]]) -> tuple[_Source, list[Problem]]:
    """What gives a view's mask and the file to name when something is wrong with it; and what is odd about it."""

    def from_alpha(_view: int, of_this: list[Shot]) -> tuple[Path, BoolArray]:
        return of_this[0].file, _majority([_alpha(shot) for shot in of_this])

    def from_brightness(_view: int, of_this: list[Shot]) -> tuple[Path, BoolArray]:
        brightest = _brightest(of_this, listing, options)
        return of_this[0].file, bright_object(brightest, options.threshold)

    def from_sphere(_view: int, of_this: list[Shot]) -> tuple[Path, BoolArray]:
        sphere = sphere_of(listing, options)
        camera = of_this[0].camera
        return of_this[0].file, np.ones((camera.height, camera.width), bool) if sphere is None else outline(
            camera, *sphere
        )

    match options.masks:
        case MaskChoice.ALPHA:
            return from_alpha, []
        case MaskChoice.THRESHOLD:
            return from_brightness, []
        case MaskChoice.NONE:
            return from_sphere, []
        case MaskChoice.FILES:
            return _from_files(listing, shots)


def _from_files(listing: Listing, shots: Mapping[int, list[Shot]]) -> tuple[_Source, list[Problem]]:
    files = {view: _mask_files(listing, view) for view in shots}
    missing = tuple(view for view, of_this in files.items() if not of_this)
    if missing and not listing.mask_is_alpha:
        raise _missing(listing, missing, len(shots))

    def from_files(view: int, of_this: list[Shot]) -> tuple[Path, BoolArray]:
        if not files[view]:
            return of_this[0].file, _majority([_alpha(shot) for shot in of_this])
        read = [_nearest(of_this[0], at_size(object_pixels(read_image(file)), of_this[0])) for file in files[view]]
        return files[view][0], _majority(read)

    return from_files, check_sizes(files, shots)


def _mask_files(listing: Listing, view: int) -> tuple[Path, ...]:
    """The files of a view's mask; one that was painted comes first."""
    painted = painted_mask_file(listing.folder, view)
    return (inside(listing.folder, painted),) if painted.is_file() else tuple(listing.masks.get(view, ()))


def _missing(listing: Listing, views: tuple[int, ...], count: int) -> MasksMissing:
    first = listing.shots[0].file
    alpha = not is_raw(listing.shots[0]) and has_alpha(first)
    named = ", ".join(f"V{view:02d}" for view in views[:4]) + (" and others" if len(views) > 4 else "")
    whole = "No view has a mask" if len(views) == count else f"The mask is missing for view {named}"
    ways = "the alpha channel, a brightness threshold, painted masks, or none"
    text = f"{listing.folder}: {whole}; add mask files or choose {ways}."
    return MasksMissing(text, views=views, alpha=alpha)


def _shots_by_view(listing: Listing) -> dict[int, list[Shot]]:
    shots: dict[int, list[Shot]] = {}
    for shot in listing.shots:
        shots.setdefault(shot.key.view, []).append(shot)
    return dict(sorted(shots.items()))


def _alpha(shot: Shot) -> BoolArray:
    if is_raw(shot):
        raise CaptureError(f"{shot.file} is a RAW file, which has no alpha channel; choose other masks.")
    if not has_alpha(shot.file):
        raise CaptureError(f"{shot.file} has no alpha channel; choose other masks.")
    return _nearest(shot, alpha_channel(read_image(shot.file)))


def _nearest(shot: Shot, mask: BoolArray) -> BoolArray:
    """The mask as the undistorted photograph needs it."""
    return np.asarray(pinhole_pixels(shot, mask.astype(np.uint8)[..., None], nearest=True)[..., 0] > 0)


def _majority(masks: list[BoolArray]) -> BoolArray:
    """[height, width] true where at least half of the masks have the object."""
    return np.asarray(np.mean(masks, axis=0) >= 0.5)


def _brightest(shots: list[Shot], listing: Listing, options: ImportOptions) -> FloatArray:
    """[height, width] the largest luminance under any light."""
    brightest: FloatArray | None = None
    for shot in shots:
        pixels = linear_photograph(shot, listing, options)
        luminance = np.asarray((pixels.astype(np.float32) / np.float32(full_range(pixels))) @ LUMINANCE, np.float32)
        brightest = luminance if brightest is None else np.maximum(brightest, luminance)
    assert brightest is not None
    return brightest


def bright_object(brightness: FloatArray, level: float | None) -> BoolArray:
    """[height, width] what is brighter than ``level`` (None: Otsu's level of the square root), without specks."""
    if level is None:
        level = otsu_level(brightness)
    found = (brightness > level).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(found, connectivity=8)
    if count < 2:
        return found.astype(bool)
    areas: Any = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    return np.asarray((areas >= _SPECK * areas.max())[labels] & (found > 0))


def otsu_level(brightness: FloatArray) -> float:
    """The linear level that splits dark from bright best (Otsu 1979), found on square roots: dark tones count."""
    roots = np.sqrt(np.clip(brightness, 0.0, 1.0))
    top = max(float(roots.max()), 1e-6)
    split, _ = cv2.threshold(np.rint(roots / top * 255.0).astype(np.uint8), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return float(((split + 0.5) / 255.0 * top) ** 2)


def _in_sphere(mask: BoolArray, shot: Shot, options: ImportOptions) -> BoolArray:
    """Where the user has placed a sphere, nothing outside it is the object."""
    if options.sphere is None:
        return mask
    centre, radius = options.sphere
    held = mask & outline(shot.camera, np.array(centre), radius)
    if not held.any():
        raise CaptureError(
            f"{shot.file}: no part of the object lies inside the chosen sphere in view V{shot.key.view:02d}; "
            "move the sphere over the object."
        )
    return held


def _name(file: Path, folder: Path) -> str:
    return file.relative_to(folder).as_posix() if file.is_relative_to(folder) else file.name


def _oddities(file: str, mask: BoolArray) -> list[Problem]:
    border = mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any()
    found: list[str] = []
    if mask.all():
        found.append("The mask covers the whole photograph; mark only the object, or its outline cannot be learnt.")
    elif border:
        found.append("The object touches the photograph's border; what lies outside cannot be seen in this view.")
    if mask.sum() < MIN_PIXELS:
        found.append(f"The object covers only {int(mask.sum())} pixels; use larger photographs.")
    return [Problem(file=file, text=text) for text in found]
