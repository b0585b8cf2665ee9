"""How photographs fit the outlines of the masks: what each lights, compared with the mask of every view.

Everything is looked at in small pictures of every so-manieth pixel.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.capture.capture import Capture, full_range
from core.types import BoolArray, DoubleArray, FloatArray, Progress

IndexArray = NDArray[np.int64]

_LONGEST = 160
"""Pixels of the longer side of the small pictures, about."""
_GROWN = 2
"""Small pixels beside a mask that belong to the object still: blur, and masks drawn a little small."""
_LIT = 0.05
"""Part of the photograph's bright level from which a pixel is lit."""
_SPREADS = 6.0
"""Robust standard deviations over the surroundings from which a pixel is lit: noise is not."""
_ABOVE = 0.7
_SPREAD_OF_ABOVE = 1.907
"""Standard deviation over the distance of this quantile from the median, of normally distributed values.

From the upper side alone, as files cut noise off at black; and not far up, where another view's object would be."""
_BACKGROUND = 1 / 3
"""Part of a view's photographs in which what is lit beside the object is its background."""
_FEWEST = 4
"""Photographs of a view from which on its background can be told."""
_ENOUGH = 0.05
"""Of the mask's area; from less light nothing can be told."""


@dataclass(frozen=True, kw_only=True)
class OutlineFits:
    """How the photographs of one size fit the masks of that size."""

    images: tuple[int, ...]
    views: tuple[int, ...]
    own: IndexArray
    """[images] the column of each one's own view."""
    outside: DoubleArray
    """[images, views] part of the lit pixels outside the grown mask."""
    overlap: DoubleArray
    """[images, views] intersection over union of lit pixels and mask."""
    around: DoubleArray
    """[images] part of the lit pixels outside the own mask, of those that rise from noise only included."""
    told: BoolArray
    """[images] whether enough is lit."""


def outline_fits(capture: Capture, progress: Progress) -> list[OutlineFits]:
    """Compare photographs and masks, size by size. Raises Cancelled when ``progress`` does."""
    masks = {view: _thinned(mask) for view, mask in capture.masks.items() if not mask.all()}
    of_view: dict[int, list[int]] = defaultdict(list)
    for image, key in enumerate(capture.keys):
        if key.view in masks:
            of_view[key.view].append(image)
    of_size: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for view in sorted(of_view):
        of_size[masks[view].shape].append(view)
    return [_of_size(capture, masks, views, of_view, progress) for views in of_size.values()]


def _of_size(
    capture: Capture,
    masks: Mapping[int, BoolArray],
    views: Sequence[int],
    of_view: Mapping[int, list[int]],
    progress: Progress,
) -> OutlineFits:
    mask = _packed(np.stack([masks[view] for view in views]))
    room = [_grown(masks[view]).reshape(-1) for view in views]
    grown = _packed(np.stack(room))
    lit: list[NDArray[np.uint8]] = []
    around: list[DoubleArray] = []
    for column, view in enumerate(views):
        progress(f"Comparing outlines of view V{view:02d}", column / len(views))
        pictures = np.stack([_brightness(capture, image) for image in of_view[view]])
        levels = np.asarray(_LIT * np.quantile(pictures, 0.99, axis=1), dtype=np.float64)
        lit.append(_packed(_lit(pictures, levels, room[column])))
        around.append(_part_around(pictures, levels, room[column]))
    table = np.concatenate(lit)
    total, area = _count(table).astype(np.float64)[:, None], _count(mask).astype(np.float64)
    inside, shared = _shared(table, grown), _shared(table, mask)
    own = np.repeat(np.arange(len(views)), [len(of_view[view]) for view in views])
    return OutlineFits(
        images=tuple(image for view in views for image in of_view[view]),
        views=tuple(views),
        own=own,
        outside=1.0 - inside / np.maximum(total, 1.0),
        overlap=shared / np.maximum(total + area - shared, 1.0),
        around=np.concatenate(around),
        told=total[:, 0] >= _ENOUGH * area[own],
    )


def _packed(pixels: BoolArray) -> NDArray[np.uint8]:
    """[rows, bytes] eight pixels a byte."""
    return np.packbits(pixels.reshape(len(pixels), -1), axis=1)


def _count(packed: NDArray[np.uint8]) -> IndexArray:
    """[rows] how many pixels are set."""
    return np.bitwise_count(packed).sum(axis=-1, dtype=np.int64)


def _shared(lit: NDArray[np.uint8], masks: NDArray[np.uint8]) -> DoubleArray:
    """[images, views] pixels that are set in both."""
    return np.stack([_count(lit & mask) for mask in masks], axis=1).astype(np.float64)


def _lit(pictures: FloatArray, levels: DoubleArray, grown: BoolArray) -> BoolArray:
    """[images, pixels] what each photograph of a view lights, but for what is lit beside the object as a rule."""
    lit = pictures > np.maximum(levels, _noise(pictures[:, ~grown]))[:, None]
    if len(pictures) >= _FEWEST:
        lit &= grown | (lit.mean(axis=0) <= _BACKGROUND)
    return lit


def _noise(around: FloatArray) -> DoubleArray:
    """[images] the level that noise of the surroundings [images, pixels] stays below; 0 without surroundings."""
    if not around.size:
        return np.zeros(len(around))
    middle, above = np.quantile(around, [0.5, _ABOVE], axis=1)
    return np.asarray(middle + _SPREADS * _SPREAD_OF_ABOVE * (above - middle), dtype=np.float64)


def _part_around(pictures: FloatArray, levels: DoubleArray, grown: BoolArray) -> DoubleArray:
    """[images] part of all that is bright, noise or not, that lies beside the object."""
    bright = pictures > levels[:, None]
    beside: DoubleArray = (bright & ~grown).sum(axis=1).astype(np.float64)
    return beside / np.maximum(bright.sum(axis=1), 1)


def _brightness(capture: Capture, image: int) -> FloatArray:
    """[pixels] the brightest channel of every so-manieth pixel, 1.0 = full range."""
    pixels = capture.photographs[image]
    return _thinned(pixels).max(axis=2).astype(np.float32).reshape(-1) / np.float32(full_range(pixels))


def _thinned(picture: Any) -> Any:
    step = max(1, max(picture.shape[:2]) // _LONGEST)
    return picture[::step, ::step]


def _grown(mask: BoolArray) -> BoolArray:
    size = 2 * _GROWN + 1
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((size, size), np.uint8)) > 0)
