"""An object cut out of its photograph from a few strokes (GrabCut, Rother, Kolmogorov and Blake 2004, by OpenCV)."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.types import BoolArray

_LONGEST = 640
"""Large photographs are segmented this small first, in pixels along the longer side."""
_ROUNDS = 5
_REFINING_ROUNDS = 2
_SEED = 20
"""GrabCut's colour mixtures begin from random samples; the same strokes give the same mask."""
_BAND = 2.5
"""Half width of the strip along the outline that is decided again at full size, in pixels of the small picture."""
_MARGIN = 0.02
"""Without strokes on the background, this part of the photograph along its edges is taken for background."""
_FEWEST = 8
"""Pixels of each kind that GrabCut needs for its colour mixtures."""


def grabcut(
    image_display: NDArray[np.uint8], strokes: NDArray[np.int8], *, previous: BoolArray | None = None
) -> BoolArray:
    """[height, width] the object in a display-referred picture [height, width, 3].

    ``strokes`` [height, width]: +1 on the object, -1 on the background, 0 unknown; they are always obeyed. Where they
    say nothing, ``previous`` [height, width] is the first guess. Without a stroke of one kind its place is guessed:
    the middle is object, the edges are background.
    """
    height, width = strokes.shape
    ratio = min(1.0, _LONGEST / max(height, width))
    if ratio == 1.0:
        return _obeyed(_cut(image_display, _labels(strokes, previous), _ROUNDS), strokes)
    size = (max(1, round(width * ratio)), max(1, round(height * ratio)))
    small_image = np.asarray(cv2.resize(image_display, size, interpolation=cv2.INTER_AREA), np.uint8)
    small_previous = None if previous is None else _resized(previous, size)
    found = _cut(small_image, _labels(_small_strokes(strokes, size), small_previous), _ROUNDS)
    return _obeyed(_refined(image_display, _resized(found, (width, height)), strokes, _BAND / ratio), strokes)


def fill_holes(mask: BoolArray) -> BoolArray:
    """The mask [height, width] and every part of the background that cannot be reached from the photograph's edge."""
    padded = np.pad((~mask).astype(np.uint8), 1, constant_values=1)
    _, labels = cv2.connectedComponents(padded, connectivity=4)
    return np.asarray(labels[1:-1, 1:-1] != labels[0, 0])


def _labels(strokes: NDArray[np.int8], previous: BoolArray | None) -> NDArray[np.uint8]:
    """GrabCut's four labels: sure and probable background and object."""
    guess = _middle(strokes.shape) if previous is None or not previous.any() or previous.all() else previous
    labels = np.where(guess, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    if not (strokes < 0).any() and previous is None:
        labels[_edges(strokes.shape)] = cv2.GC_BGD
    labels[strokes > 0] = cv2.GC_FGD
    labels[strokes < 0] = cv2.GC_BGD
    return labels


def _middle(shape: tuple[int, ...]) -> BoolArray:
    height, width = shape
    mask = np.zeros((height, width), np.bool_)
    mask[height // 8 : height - height // 8, width // 8 : width - width // 8] = True
    return mask


def _edges(shape: tuple[int, ...]) -> BoolArray:
    height, width = shape
    rim = max(1, round(_MARGIN * max(height, width)))
    mask = np.ones((height, width), np.bool_)
    mask[rim : height - rim, rim : width - rim] = False
    return mask


def _cut(image: NDArray[np.uint8], labels: NDArray[np.uint8], rounds: int) -> BoolArray:
    """[height, width] the object by GrabCut; the guess itself where there is too little of either kind."""
    inside = (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)
    if min(int(inside.sum()), int((~inside).sum())) < _FEWEST:
        return np.asarray(inside)
    cv2.setRNGSeed(_SEED)
    background: Any = np.zeros((1, 65))
    foreground: Any = np.zeros((1, 65))
    decided = labels.copy()
    nowhere = (0, 0, 1, 1)  # a rectangle, which labels stand in for
    cv2.grabCut(np.ascontiguousarray(image), decided, nowhere, background, foreground, rounds, cv2.GC_INIT_WITH_MASK)
    return np.asarray((decided == cv2.GC_FGD) | (decided == cv2.GC_PR_FGD))


def _refined(image: NDArray[np.uint8], found: BoolArray, strokes: NDArray[np.int8], band: float) -> BoolArray:
    """``found``, enlarged from a smaller picture, decided again at full size in a strip along its outline.

    Only the part of the photograph around the outline is looked at, and the colours are those on both sides of it.
    """
    open_strip = _distance(found) + _distance(~found) <= band
    if not open_strip.any():
        return found
    rows, columns = np.nonzero(open_strip)
    around = round(4 * band)
    part = (
        slice(max(0, int(rows.min()) - around), int(rows.max()) + around + 1),
        slice(max(0, int(columns.min()) - around), int(columns.max()) + around + 1),
    )
    labels = np.where(found, cv2.GC_FGD, cv2.GC_BGD).astype(np.uint8)
    labels[open_strip] = np.where(found[open_strip], cv2.GC_PR_FGD, cv2.GC_PR_BGD)
    labels[strokes > 0], labels[strokes < 0] = cv2.GC_FGD, cv2.GC_BGD
    refined = found.copy()
    refined[part] = _cut(image[part], labels[part], _REFINING_ROUNDS)
    return refined


def _distance(mask: BoolArray) -> NDArray[np.float32]:
    """[height, width] pixels to the nearest false pixel, 0 on false ones; far where there is none."""
    if mask.all():
        return np.full(mask.shape, np.inf, np.float32)
    return np.asarray(cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5), np.float32)


def _small_strokes(strokes: NDArray[np.int8], size: tuple[int, int]) -> NDArray[np.int8]:
    """Strokes in a smaller picture: a pixel that any part of a stroke touches, thin ones too."""
    touched = [
        np.asarray(cv2.resize((strokes == kind).astype(np.float32), size, interpolation=cv2.INTER_AREA)) > 0.0
        for kind in (1, -1)
    ]
    return (touched[0].astype(np.int8) - touched[1].astype(np.int8)).astype(np.int8)


def _resized(mask: BoolArray, size: tuple[int, int]) -> BoolArray:
    interpolation = cv2.INTER_AREA if size[0] < mask.shape[1] else cv2.INTER_LINEAR
    return np.asarray(np.asarray(cv2.resize(mask.astype(np.float32), size, interpolation=interpolation)) >= 0.5)


def _obeyed(mask: BoolArray, strokes: NDArray[np.int8]) -> BoolArray:
    return np.asarray((mask | (strokes > 0)) & ~(strokes < 0))
