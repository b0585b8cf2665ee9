"""A view's photograph as masks are painted over it, and painted masks brought back to the photographs' size.

Painted masks lie over the photographs as they are on disk: lens distortion is left in, as in masks that come as files.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.capture.capture import Photograph
from core.capture.choices import painted_mask_file
from core.capture.decode import is_raw, linear_photograph
from core.capture.folder import inside
from core.capture.images import has_alpha, write_exact
from core.capture.import_options import ImportOptions, MaskChoice
from core.capture.listing import Listing, Shot
from core.capture.masks import read_masks
from core.color import LUMINANCE, srgb_from_linear
from core.errors import CaptureError
from core.files import write_failure
from core.types import BoolArray, FloatArray, Progress

LONGEST = 1200
"""Pixels along the longer side of a photograph while it is painted over."""
_MEAN_OF = 8
"""Photographs of a view that are averaged; more look the same and take longer."""
_WHITE_QUANTILE = 0.995
"""The brightness that is shown almost white."""
_RIM = 1.5
"""Pixels of the small mask on either side of its outline within which the large one follows the photograph."""
_SPECK = 0.01
"""Pieces smaller than this part of the largest are taken for chance."""
_FULL = {"uint8": 255, "uint16": 65535}
_BAND = 512
"""Rows of a large mask that are worked on at once."""
_EVEN = 1e-4
"""Variance of brightness (full range = 1) below which a neighbourhood counts as even."""


@dataclass(frozen=True, kw_only=True)
class EditedView:
    """One view ready to be painted over."""

    view: int
    picture: NDArray[np.uint8]
    """[height, width, 3] sRGB, the mean under several lights; the longer side has at most ``LONGEST`` pixels."""
    brightness: FloatArray
    """[height, width] the largest luminance under any of these lights, linear, 1 = full range."""
    guide: NDArray[np.uint8]
    """[full height, full width] the same at the photographs' own size, sRGB."""
    has_alpha: bool
    """Whether the photographs have an alpha channel."""

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) while it is painted over."""
        return (self.picture.shape[1], self.picture.shape[0])

    @property
    def full_size(self) -> tuple[int, int]:
        """(width, height) of the photographs."""
        return (self.guide.shape[1], self.guide.shape[0])


def edited_view(
    listing: Listing, view: int, options: ImportOptions, progress: Progress, *, longest: int = LONGEST
) -> EditedView:
    """Read some photographs of ``view``. Raises CaptureError naming the file, and Cancelled when ``progress`` does."""
    shots = _some_shots(listing, view)
    mean: FloatArray | None = None
    brightest: Any = None
    for number, shot in enumerate(shots):
        progress(f"Reading {shot.file.name}", number / len(shots))
        pixels = _plain(linear_photograph(shot, listing, options))
        luminance: Any = cv2.transform(pixels, LUMINANCE[None])
        small = _light(reduced(pixels, longest))
        if mean is None:
            mean, brightest = small, luminance
        elif brightest.shape == luminance.shape and brightest.dtype == luminance.dtype:
            mean, brightest = mean + small, np.maximum(brightest, luminance, out=brightest)
        else:
            raise CaptureError(f"{shot.file} has another size than {shots[0].file.name}; a view has one size.")
    assert mean is not None
    white = np.float32(max(float(np.quantile(mean, _WHITE_QUANTILE)), 1e-6))
    return EditedView(
        view=view,
        picture=_bytes(mean / white),
        brightness=_light(reduced(brightest, longest)),
        guide=_guide(brightest),
        has_alpha=not is_raw(shots[0]) and has_alpha(shots[0].file),
    )


def known_mask(listing: Listing, edited: EditedView, options: ImportOptions, progress: Progress) -> BoolArray | None:
    """[height, width] the mask that is there for the view, painted or from files, at the size of its picture.

    None when there is none. Raises CaptureError for one that cannot be read.
    """
    if not has_mask(listing, edited.view):
        return None
    return _mask_from(MaskChoice.FILES, listing, edited, options, progress)


def alpha_mask(listing: Listing, edited: EditedView, options: ImportOptions, progress: Progress) -> BoolArray:
    """[height, width] the photographs' alpha channel as a mask. Raises CaptureError when they have none."""
    return _mask_from(MaskChoice.ALPHA, listing, edited, options, progress)


def has_mask(listing: Listing, view: int) -> bool:
    """Whether the view has a mask, painted or from files."""
    return painted_mask_file(listing.folder, view).is_file() or bool(listing.masks.get(view)) or listing.mask_is_alpha


def save_mask(listing: Listing, edited: EditedView, mask: BoolArray) -> Path:
    """Write ``mask``, [height, width] of the edited picture, at the photographs' size; the file.

    The user's own mask files stay as they are: painted masks are kept apart from them, and come first. Raises
    CaptureError for an empty mask and RunError when it cannot be written.
    """
    if not mask.any():
        raise CaptureError(f"The mask of view V{edited.view:02d} is empty; mark the object before saving it.")
    file = painted_mask_file(listing.folder, edited.view)
    try:
        inside(listing.folder, file.parent).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_failure(file, error) from error
    full = full_mask(mask, edited.guide)
    write_exact(file, np.where(full[..., None], np.uint8(255), np.uint8(0)))
    return file


def full_mask(mask: BoolArray, guide: NDArray[np.uint8]) -> BoolArray:
    """The mask at the size of ``guide``; along its outline it follows the edges of that picture.

    Away from the outline every pixel is as the small mask says. Within the rim the enlarged mask is fitted by a linear
    function of the grey value in each neighbourhood (the guided filter of He, Sun and Tang 2010), so that its outline
    moves onto an edge of the photograph where there is one and stays smooth where there is none.
    """
    if mask.shape == guide.shape:
        return mask
    height, width = guide.shape
    soft: Any = cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    reach = max(1, round(_RIM * max(height / mask.shape[0], width / mask.shape[1])))
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    full = np.empty((height, width), bool)
    for top in range(0, height, _BAND):  # in bands, because each holds several images of floats
        first, last = max(top - 2 * reach, 0), min(top + _BAND + 2 * reach, height)
        enlarged = (soft[first:last] >= 0.5).astype(np.uint8)
        certain, possible = cv2.erode(enlarged, kernel) > 0, cv2.dilate(enlarged, kernel) > 0
        fitted = _guided(guide[first:last].astype(np.float32) / np.float32(255.0), soft[first:last], reach)
        band = certain | (possible & (fitted >= 0.5))
        full[top : top + _BAND] = band[top - first : top - first + _BAND]
    return full


def without_specks(mask: BoolArray, marked: BoolArray) -> BoolArray:
    """The mask without pieces much smaller than its largest, but for those that hold a pixel of ``marked``.

    Both [height, width]. Segmenting by colour scatters such pieces over a background with colours of the object.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    if count < 3:  # the background and one piece
        return mask
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    kept = areas >= _SPECK * areas.max()
    kept[labels[marked & mask]] = True
    return np.asarray(kept[labels] & mask)


def reduced(image: Photograph, longest: int) -> Photograph:
    """[height, width, ...] with its longer side at most ``longest``, every new pixel the mean of its area."""
    height, width = image.shape[:2]
    factor = longest / max(height, width)
    if factor >= 1.0:
        return image
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    smaller: Any = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return smaller


def _mask_from(
    choice: MaskChoice, listing: Listing, edited: EditedView, options: ImportOptions, progress: Progress
) -> BoolArray:
    of_view = replace(listing, shots=_some_shots(listing, edited.view))
    wanted = replace(options, masks=choice, sphere=None, fill_holes=False)
    full = read_masks(of_view, wanted, progress).of_view[edited.view]
    width, height = edited.size
    if full.shape == (height, width):
        return full
    return np.asarray(cv2.resize(full.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA) >= 0.5)


def _some_shots(listing: Listing, view: int) -> tuple[Shot, ...]:
    """Some photographs of the view, spread over its lights, as they are on disk: their distortion left in."""
    shots = [shot for shot in listing.shots if shot.key.view == view]
    if not shots:
        raise CaptureError(f"{listing.folder} has no photograph of view V{view:02d}; choose another view.")
    chosen = np.unique(np.linspace(0, len(shots) - 1, min(len(shots), _MEAN_OF)).round().astype(int))
    return tuple(_as_on_disk(shots[index]) for index in chosen)


def _as_on_disk(shot: Shot) -> Shot:
    if shot.lens is None:
        return shot
    return replace(shot, lens=None, camera=replace(shot.camera, width=shot.lens.width, height=shot.lens.height))


def _plain(pixels: Photograph) -> Photograph:
    """OpenCV knows no half floats."""
    return pixels.astype(np.float32) if pixels.dtype.kind == "f" else pixels


def _light(values: Photograph) -> FloatArray:
    """Linear light, 1 = the full range of the type of ``values``."""
    full = np.float32(_FULL.get(values.dtype.name, 1))
    return np.clip(values.astype(np.float32) / full, 0.0, None)


def _guide(luminance: Any) -> NDArray[np.uint8]:
    """sRGB grey; of integers through a table, so that a large photograph is never held as floats."""
    top = np.float32(max(float(luminance.max()), 1e-6))
    if luminance.dtype.kind == "f":
        return _bytes(luminance / top)
    table = _bytes(np.arange(_FULL[luminance.dtype.name] + 1, dtype=np.float32) / top)
    return table[luminance]


def _bytes(linear: FloatArray) -> NDArray[np.uint8]:
    return np.rint(srgb_from_linear(linear) * 255.0).astype(np.uint8)


def _guided(guide: FloatArray, soft: FloatArray, reach: int) -> FloatArray:
    """[height, width] ``soft`` as locally linear in ``guide``, neighbourhoods of ``reach`` pixels to each side."""
    side = (2 * reach + 1, 2 * reach + 1)

    def mean(values: Any) -> Any:
        return cv2.blur(values, side, borderType=cv2.BORDER_REFLECT)

    guide_mean, soft_mean = mean(guide), mean(soft)
    spread = mean(guide * guide) - guide_mean * guide_mean
    slope = (mean(guide * soft) - guide_mean * soft_mean) / (spread + np.float32(_EVEN))
    offset = soft_mean - slope * guide_mean
    return mean(slope) * guide + mean(offset)
