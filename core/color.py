"""Colour for displays: the sRGB curve, normals as colours, and a colour map for errors.

Everything inside Chiaro is linear RGB; these functions are the only way to display-referred colour.
"""

import numpy as np

from core.types import DoubleArray, FloatArray

LUMINANCE: FloatArray = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Of linear RGB with sRGB's primaries (ITU-R BT.709)."""


def srgb_from_linear(linear: FloatArray) -> FloatArray:
    """Linear light [...] to display values in [0, 1]; light outside [0, 1] is clipped, not-a-number becomes 0.

    IEC 61966-2-1: v = 12.92 l for l <= 0.0031308, else 1.055 l^(1/2.4) - 0.055.
    """
    light = np.clip(np.nan_to_num(np.asarray(linear, dtype=np.float32), nan=0.0), 0.0, 1.0)
    curve = np.float32(1.055) * light ** np.float32(1.0 / 2.4) - np.float32(0.055)
    return np.where(light <= 0.0031308, np.float32(12.92) * light, curve).astype(np.float32, copy=False)


def linear_from_srgb(display: FloatArray) -> FloatArray:
    """Display values [...] in [0, 1] to linear light; the inverse of ``srgb_from_linear``."""
    value = np.clip(np.asarray(display, dtype=np.float32), 0.0, 1.0)
    curve = ((value + np.float32(0.055)) / np.float32(1.055)) ** np.float32(2.4)
    return np.where(value <= 0.04045, value / np.float32(12.92), curve).astype(np.float32, copy=False)


def normal_colours(normals: FloatArray) -> FloatArray:
    """Unit normals [..., 3] as colours (n + 1) / 2; black where there is no normal (a zero vector)."""
    known = np.any(normals != 0.0, axis=-1, keepdims=True)
    colours = np.clip((normals + np.float32(1.0)) * np.float32(0.5), 0.0, 1.0)
    return np.where(known, colours, np.float32(0.0)).astype(np.float32, copy=False)


def error_colours(error: FloatArray, limit: float) -> FloatArray:
    """Errors [...] as display colours [..., 3]: 0 is the map's first colour, ``limit`` and above its last.

    Not-a-number is drawn in the last colour, so that a fault is seen. ``limit`` must be positive.
    """
    if not limit > 0.0:
        raise ValueError(f"the error drawn in the last colour must be positive, not {limit}")
    fraction = np.nan_to_num(np.asarray(error, dtype=np.float32) / np.float32(limit), nan=1.0, posinf=1.0, neginf=0.0)
    last = len(ERROR_COLOURS) - 1
    return ERROR_COLOURS[np.rint(np.clip(fraction, 0.0, 1.0) * last).astype(np.intp)]


# Oklab (lightness, green-red, blue-yellow) anchors at equal steps: lightness rises evenly from near black to pale
# yellow through blue, violet, red and orange, so that equal differences of error look equally different.
_ANCHORS = np.array(
    [
        [0.12, 0.000, -0.015],
        [0.25, 0.025, -0.105],
        [0.38, 0.105, -0.095],
        [0.51, 0.165, -0.010],
        [0.64, 0.150, 0.085],
        [0.77, 0.065, 0.140],
        [0.90, -0.010, 0.130],
        [0.985, -0.015, 0.045],
    ]
)
# Oklab to the cube roots of cone responses, and cone responses to linear sRGB (Ottosson 2020).
_CONES_FROM_OKLAB = np.array(
    [[1.0, 0.3963377774, 0.2158037573], [1.0, -0.1055613458, -0.0638541728], [1.0, -0.0894841775, -1.2914855480]]
)
_RGB_FROM_CONES = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)


def _error_table(colours: int = 256) -> FloatArray:
    place = np.linspace(0.0, len(_ANCHORS) - 1.0, colours)
    anchors = np.arange(float(len(_ANCHORS)))
    oklab: DoubleArray = np.stack([np.interp(place, anchors, _ANCHORS[:, i]) for i in range(3)], axis=-1)
    linear: DoubleArray = ((oklab @ _CONES_FROM_OKLAB.T) ** 3) @ _RGB_FROM_CONES.T
    return srgb_from_linear(linear.astype(np.float32))


ERROR_COLOURS: FloatArray = _error_table()
"""[256, 3] display colours of ``error_colours``, from no error to ``limit``; for legends."""
ERROR_COLOURS.setflags(write=False)
