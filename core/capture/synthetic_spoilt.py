"""Photographs gone wrong, on request: what every long capture has a few of."""

from collections.abc import Iterable, Mapping
from typing import Literal, get_args

import numpy as np

from core.types import BoolArray, FloatArray, ImageKey

SpoiltKind = Literal["hand", "dark", "swapped", "blurred"]
"""A hand before the object; a flash that failed; two photographs of a view under each other's light id; movement."""
_FAILED_FLASH = 0.004
"""What is left of the light: the room's."""
_SKIN = (0.34, 0.19, 0.13)
_BLUR = 0.012
"""Standard deviation over the photograph's height."""


def choose_spoilt(
    keys: Iterable[ImageKey], kinds: Iterable[SpoiltKind], share: float, rng: np.random.Generator
) -> dict[ImageKey, SpoiltKind]:
    """Which photographs are spoilt, and how: ``share`` of them for each kind, at least one (of ``swapped`` two).

    Raises ValueError when photographs are to be swapped and no view has two that are still good.
    """
    left = sorted(keys)
    wanted = max(1, round(share * len(left)))
    chosen: dict[ImageKey, SpoiltKind] = {}
    for kind in (kind for kind in get_args(SpoiltKind) if kind in set(kinds)):
        if kind == "swapped":
            for _ in range(max(1, wanted // 2)):
                chosen |= dict.fromkeys(_pair(left, chosen, rng), kind)
            continue
        good = [key for key in left if key not in chosen]
        chosen |= {good[i]: kind for i in rng.choice(len(good), min(wanted, len(good)), replace=False)}
    return dict(sorted(chosen.items()))


def spoil(
    photographs: Mapping[ImageKey, FloatArray],
    plan: Mapping[ImageKey, SpoiltKind],
    mask: BoolArray,
    seed: int,
) -> dict[ImageKey, FloatArray]:
    """The photographs of one view [height, width, 3] with those of ``plan`` spoilt; ``mask`` is the object's."""
    from scipy.ndimage import gaussian_filter

    result = dict(photographs)
    swapped = [key for key in sorted(photographs) if plan.get(key) == "swapped"]
    for first, second in zip(swapped[::2], swapped[1::2], strict=True):
        result[first], result[second] = photographs[second], photographs[first]
    for key, photograph in photographs.items():
        kind = plan.get(key)
        if kind == "dark":
            result[key] = photograph * np.float32(_FAILED_FLASH)
        elif kind == "hand":
            rng = np.random.default_rng((seed, key.view, key.light))
            covered = _arm(mask, rng)[..., None]
            skin = _brightness(photograph, mask) * np.array(_SKIN, np.float32)
            result[key] = np.asarray(photograph + covered * (skin - photograph), dtype=np.float32)
        elif kind == "blurred":
            width = _BLUR * len(mask)
            result[key] = np.asarray(gaussian_filter(photograph, (width, width, 0.0)), dtype=np.float32)
    return result


def _pair(
    keys: list[ImageKey], taken: Mapping[ImageKey, SpoiltKind], rng: np.random.Generator
) -> tuple[ImageKey, ImageKey]:
    """Two good photographs of one view none of whose are swapped yet, so that pairs stay apart."""
    swapped = {key.view for key, kind in taken.items() if kind == "swapped"}
    by_view: dict[int, list[ImageKey]] = {}
    for key in keys:
        if key not in taken and key.view not in swapped:
            by_view.setdefault(key.view, []).append(key)
    views = [good for good in by_view.values() if len(good) > 1]
    if not views:
        raise ValueError("photographs can only be swapped within a view, and no view has two good ones left")
    good = views[int(rng.integers(len(views)))]
    first, second = rng.choice(len(good), 2, replace=False)
    return good[first], good[second]


def _arm(mask: BoolArray, rng: np.random.Generator) -> FloatArray:
    """[height, width] in [0, 1] what an arm that reaches into the picture as far as the object covers."""
    height, width = mask.shape
    rows, columns = np.nonzero(mask)
    pick = int(rng.integers(len(rows)))
    tip = np.array([columns[pick], rows[pick]], np.float64)
    angle = rng.uniform(0.0, 2.0 * np.pi)
    axis = np.array([np.cos(angle), np.sin(angle)])
    v, u = np.mgrid[:height, :width]
    place = np.stack([u, v], axis=-1) - tip
    along = np.maximum(place @ axis, 0.0)
    beside = np.linalg.norm(place - along[..., None] * axis, axis=-1)
    return np.clip(0.11 * height - beside + 0.5, 0.0, 1.0).astype(np.float32)


def _brightness(photograph: FloatArray, mask: BoolArray) -> np.float32:
    """A skin-coloured thing is about as bright as what it hides, and never black."""
    return np.float32(max(0.1, 2.0 * float(photograph[mask].mean())))
