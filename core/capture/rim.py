"""The rim around an object that is kept with it."""

from typing import Any

import cv2
import numpy as np

from core.capture.mapped import rim_width
from core.types import BoolArray


def kept_pixels(mask: BoolArray) -> BoolArray:
    """[height, width] the mask and a rim around it."""
    distance: Any = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(distance <= rim_width(mask.shape))
