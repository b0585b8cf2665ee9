"""What the RAW panel shows of a photograph: plain values and small pictures."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.capture.import_options import RawCurve

Crop = tuple[int, int, int, int]
"""(left, top, width, height) in pixels of the developed frame."""


@dataclass(frozen=True, kw_only=True)
class RawPicture:
    """One RAW photograph."""

    file: Path
    curve: RawCurve
    developed: NDArray[np.uint8]
    """[height, width, 3] the whole developed frame, display-referred, reduced."""
    size: tuple[int, int]
    """(width, height) of the whole frame."""
    camera: NDArray[np.uint8] | None
    """[height, width, 3] the camera's own picture, reduced; None when the file holds none."""
    camera_size: tuple[int, int]
    """(width, height) of the camera's own picture as it is in the file."""
    published: Crop | None
    """The crop of the published MVSCPS photographs, when it lies inside the frame."""
