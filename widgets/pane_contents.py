"""What an image pane can show, and how a pixel of it reads in numbers; no window."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.color import linear_from_srgb
from core.types import FloatArray

Reading = Literal["colour", "normal", "grey", "error"]


@dataclass(frozen=True, kw_only=True)
class Content:
    """One kind of picture."""

    name: str
    title: str
    reading: Reading
    """How its pixel values are written."""


CONTENTS = (
    Content(name="photograph", title="Photograph", reading="colour"),
    Content(name="render", title="Render", reading="colour"),
    Content(name="error", title="Error", reading="error"),
    Content(name="normals", title="Normals", reading="normal"),
    Content(name="albedo", title="Albedo", reading="colour"),
    Content(name="shading", title="Shading", reading="colour"),
    Content(name="roughness", title="Roughness", reading="grey"),
    Content(name="shadow", title="Shadow", reading="grey"),
    Content(name="depth", title="Depth", reading="grey"),
)
TITLES = {content.name: content.title for content in CONTENTS}
NAMES = {content.title: content.name for content in CONTENTS}


def pixel(picture: FloatArray, fraction: tuple[float, float]) -> FloatArray:
    """[channels] of the picture's pixel at a point given as fractions of its width and height in [0, 1)."""
    height, width = picture.shape[:2]
    return picture[min(int(fraction[1] * height), height - 1), min(int(fraction[0] * width), width - 1)]


def values_text(pictures: Mapping[str, FloatArray], name: str, fraction: tuple[float, float]) -> str:
    """The pixel of picture ``name`` in numbers: colours as display values in [0, 1], normals as unit vectors.

    The error reads as the mean absolute difference of photograph and render in linear light.
    """
    reading = next(content.reading for content in CONTENTS if content.name == name)
    if reading == "error":
        return _error_text(pictures, fraction)
    value = pixel(pictures[name], fraction)
    if reading == "grey":
        return f"{float(value[0]):.3f}"
    if reading == "normal":
        return "outside" if not value.any() else _triple(value * 2.0 - 1.0, "+.2f")
    return _triple(value, ".3f")


def _error_text(pictures: Mapping[str, FloatArray], fraction: tuple[float, float]) -> str:
    if "photograph" not in pictures or "render" not in pictures:
        return "–"
    photograph, render = (linear_from_srgb(pixel(pictures[n], fraction)) for n in ("photograph", "render"))
    return f"{float(np.abs(photograph - render).mean()):.4f}"


def _triple(value: FloatArray, form: str) -> str:
    return " ".join(format(float(channel), form) for channel in value[:3])
