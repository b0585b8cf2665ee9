"""How bright linear light is shown: one factor for a whole capture, so that brightness never jumps."""

import numpy as np

from core.capture.capture import Capture

_SAMPLED_IMAGES = 24
_BRIGHT_PERCENTILE = 98.0
_BRIGHT = 0.85
"""Where that percentile of the photographs' light is shown, as a fraction of the display's full light."""


def display_gain(capture: Capture) -> float:
    """The factor on linear light that shows a capture's bright pixels without clipping more than its highlights."""
    count = len(capture.keys)
    chosen = np.unique(np.linspace(0, count - 1, min(count, _SAMPLED_IMAGES)).round().astype(int))
    bright = [_bright_light(capture, int(image)) for image in chosen]
    return _BRIGHT / max(float(np.percentile(bright, 90.0)), 1e-6)


def _bright_light(capture: Capture, image: int) -> float:
    mask = capture.masks[capture.keys[image].view]
    pixels = capture.linear(image)[mask]
    return float(np.percentile(pixels.max(axis=-1), _BRIGHT_PERCENTILE)) if len(pixels) else 0.0
