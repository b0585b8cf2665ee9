"""Keeping photographs out of training, so that what was learnt can be measured on what was never seen."""

from collections import Counter
from collections.abc import Collection

import numpy as np

from core.errors import SubsetError
from core.types import ImageKey


def without_holdout(keys: Collection[ImageKey], fraction: float, *, seed: int) -> frozenset[ImageKey]:
    """The images to train on when ``fraction`` of ``keys`` is kept out, chosen at random.

    Each view and each light keeps an image to be learnt from; so at most as many are kept out as that allows.
    Raises SubsetError when none can be.
    """
    if not 0.0 <= fraction < 1.0:
        raise SubsetError(f"The fraction to keep out of training must lie in [0, 1), not {fraction:g}.")
    wanted = round(fraction * len(keys))
    remaining = set(keys)
    views, lights = Counter(key.view for key in keys), Counter(key.light for key in keys)
    order = sorted(keys)
    np.random.default_rng(seed).shuffle(order)
    for key in order:
        if len(keys) - len(remaining) == wanted:
            break
        if views[key.view] > 1 and lights[key.light] > 1:
            remaining.remove(key)
            views[key.view] -= 1
            lights[key.light] -= 1
    if wanted > 0 and len(remaining) == len(keys):
        raise SubsetError("No image can be kept out of training: each is the only one of its view or its light.")
    return frozenset(remaining)
