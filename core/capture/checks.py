"""What is odd about a capture that can still be used: each oddity once, with its worst case."""

from collections import Counter
from collections.abc import Mapping, Sized
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.capture.capture import Photograph, Problem
from core.capture.decode import is_raw
from core.capture.images import has_rotation
from core.capture.listing import Listing
from core.errors import CaptureError
from core.types import BoolArray, Camera, ImageKey

SATURATED_PART = 0.01
"""Part of the object's pixels that may be at the file's limit before it is mentioned."""
DARK_LEVEL = 0.005
"""A photograph whose object stays below this part of the full range (but for 1 % of its pixels) is almost black."""


@dataclass(frozen=True, kw_only=True)
class Exposure:
    """How one photograph uses its range, on the object."""

    saturated: float
    """Part of the object's pixels with a channel at the file's limit; 0 for floating-point files."""
    bright_level: float
    """The 99th percentile of the brightest channel, 1.0 = full range."""


def exposure(pixels: Photograph, mask: BoolArray) -> Exposure:
    """Measure a photograph [height, width, 3] on its mask [height, width]."""
    return exposure_of(pixels[mask])


def exposure_of(object_pixels: Photograph) -> Exposure:
    """Measure a photograph by its pixels on the object [pixels, 3]."""
    brightest = np.asarray(object_pixels.max(axis=1), dtype=np.float32)
    full = {"uint8": 255.0, "uint16": 65535.0}.get(object_pixels.dtype.name)
    bright = float(np.percentile(brightest, 99.0)) / (full or 1.0)
    return Exposure(saturated=float(np.mean(np.equal(brightest, full))) if full else 0.0, bright_level=bright)


def photograph_problems(exposures: Mapping[ImageKey, Exposure]) -> list[Problem]:
    """Saturated and almost black photographs."""
    saturated = {key: e.saturated for key, e in exposures.items() if e.saturated > SATURATED_PART}
    dark = {key: e.bright_level for key, e in exposures.items() if e.bright_level < DARK_LEVEL}
    problems: list[Problem] = []
    if saturated:
        worst = max(saturated, key=lambda key: saturated[key])
        what = f"saturated on more than {SATURATED_PART:.0%} of the object's pixels"
        text = f"{_share(saturated, exposures)} {what}, {worst.name} on {saturated[worst]:.1%}; expose shorter."
        problems.append(Problem(file=worst.name, text=text))
    if dark:
        worst = min(dark, key=lambda key: dark[key])
        what = f"almost black, under {DARK_LEVEL:.1%} of the file's range"
        text = f"{_share(dark, exposures)} {what}, {worst.name} most of all; untick or expose longer."
        problems.append(Problem(file=worst.name, text=text))
    return problems


def rotation_problems(listing: Listing) -> list[Problem]:
    """Photographs that ask to be shown turned, which structure from motion does not look at, nor does Chiaro."""
    turned = [shot.file for shot in listing.shots if not is_raw(shot) and _is_turned(shot.file)]
    if not turned:
        return []
    text = (
        f"{len(turned)} photograph{'s carry' if len(turned) > 1 else ' carries'} an EXIF rotation, which is not "
        "applied: pixels are read as they are stored, as COLMAP does. Where cameras or masks are of upright "
        "photographs, save the photographs upright."
    )
    return [Problem(file=turned[0].relative_to(listing.folder).as_posix(), text=text)]


def _is_turned(file: Path) -> bool:
    try:
        return has_rotation(file)
    except CaptureError:  # whoever reads the photograph says what is wrong with it
        return False


def layout_problems(cameras: Mapping[ImageKey, Camera], camera_file: str) -> list[Problem]:
    """Too few views, lights seen once among lights seen often, optical axes outside the photograph."""
    problems: list[Problem] = []
    views = {key.view for key in cameras}
    if len(views) < 2:
        text = "All photographs show one view; training needs at least two."
        problems.append(Problem(file="image", text=text))
    count = Counter(key.light for key in cameras)
    single = sorted(light for light, images in count.items() if images == 1)
    if single and max(count.values()) > 1:
        names = ", ".join(f"L{light:02d}" for light in single[:4]) + (" and others" if len(single) > 4 else "")
        text = f"Lights with a single photograph: {names}; their direction rests on that one alone."
        problems.append(Problem(file="image", text=text))
    outside = [key for key, camera in cameras.items() if not _axis_inside(camera)]
    if outside:
        text = f"The optical axis of {outside[0].name} lies outside the photograph; check cx and cy, in pixels."
        problems.append(Problem(file=camera_file, text=text))
    return problems


def _axis_inside(camera: Camera) -> bool:
    u, v = camera.intrinsics[0, 2], camera.intrinsics[1, 2]
    return bool(-0.5 <= u <= camera.width - 0.5 and -0.5 <= v <= camera.height - 0.5)


def _share(part: Sized, whole: Sized) -> str:
    return f"{len(part)} of {len(whole)} photographs {'is' if len(part) == 1 else 'are'}"
