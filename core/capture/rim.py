"""The rim around an object that is kept with it."""

from typing import Any

import cv2
import numpy as np

from core.types import BoolArray

RIM = 0.04
"""Width of the rim, as a part of the photograph's longer side."""
_SMALLEST = 3


def kept_pixels(mask: BoolArray) -> BoolArray:
    """[height, width] the mask and a rim around it."""
    radius = max(_SMALLEST, round(RIM * max(mask.shape)))
    distance: Any = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(distance <= radius)
