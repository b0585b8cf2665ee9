"""From diffuse and specular colour to the base colour and metallic value that glTF and most viewers take.

glTF's surface has one colour and one switch: with base colour c and metallic m its diffuse colour and its reflectance
at normal incidence are

    diffuse  = c (1 - m) (1 - r)          r = 0.04, what a dielectric reflects at normal incidence
    specular = r (1 - m) + c m

Given both, putting c from the first line into the second leaves a quadratic in m (with the brightness of the two
colours in place of the colours), r m^2 + (d / (1 - r) + s - 2 r) m + (r - s) = 0, solved by ``metallic_of``. The base
colour is then the one the diffuse colour asks for where m is small and the one the specular colour asks for where m is
large. Source: the conversion of materials published with the glTF extension KHR_materials_pbrSpecularGlossiness
(Khronos Group, examples/convert-between-workflows). Its diffuse colour is still to be multiplied by 1 - max(specular);
ours is what the surface sends back already, so that factor is left out.

Photographs fix light times colour, not either of them. The conversion, though, asks how a reflectance compares with the
absolute 0.04, so both colours are first brought to one scale by ``viewer_factor``: a metal photographed without
clipping would otherwise be taken for a black dielectric.
"""

import numpy as np

from core.color import LUMINANCE
from core.types import FloatArray

DIELECTRIC = 0.04
"""Reflectance at normal incidence of what is no metal, in glTF."""
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)

_WHITE, _PART = 0.8, 0.99
_DARKEST = 1e-4


def viewer_factor(diffuse: FloatArray, specular: FloatArray) -> float:
    """What diffuse and specular colours [N, 3] of an object are to be multiplied by before the conversion.

    The 99th percentile of the luminance that both send back together becomes 0.8, as of a bright paint or a metal, or
    less where a channel would exceed 1. An object without anything bright cannot be told from a brighter one under
    less light: a plain black glossy plastic comes out as a metal. 1 where there is no object or it is black.
    """
    together = np.maximum(diffuse, 0.0) + np.maximum(specular, 0.0)
    if len(together) == 0:
        return 1.0
    bright = float(np.quantile(together @ LUMINANCE, _PART))
    brightest = float(np.quantile(together.max(axis=1), _PART))
    return 1.0 if bright < _DARKEST else min(_WHITE / bright, 1.0 / brightest)


def base_colour_and_metallic(diffuse: FloatArray, specular: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Base colour [N, 3], linear in [0, 1], and metallic value [N] in [0, 1] of linear colours [N, 3]."""
    diffuse, specular = np.maximum(diffuse, 0.0), np.maximum(specular, 0.0)
    metallic = metallic_of(_brightness(diffuse), _brightness(specular))
    m = metallic[:, None]
    from_diffuse = diffuse / ((1.0 - DIELECTRIC) * np.maximum(1.0 - m, 1e-3))
    from_specular = (specular - DIELECTRIC * (1.0 - m)) / np.maximum(m, 1e-3)
    colour = from_diffuse + (from_specular - from_diffuse) * m * m
    return np.clip(colour, 0.0, 1.0).astype(np.float32), metallic


def metallic_of(diffuse: FloatArray, specular: FloatArray) -> FloatArray:
    """Metallic value [N] in [0, 1] for the brightness of both colours [N]; 0 where the shine is a dielectric's."""
    b = diffuse / (1.0 - DIELECTRIC) + specular - 2.0 * DIELECTRIC
    root = np.sqrt(np.maximum(b * b - 4.0 * DIELECTRIC * (DIELECTRIC - specular), 0.0))
    metallic = np.clip((root - b) / (2.0 * DIELECTRIC), 0.0, 1.0)
    return np.where(specular <= DIELECTRIC, 0.0, metallic).astype(np.float32)


def _brightness(colour: FloatArray) -> FloatArray:
    """Perceived brightness: the root of the weighted mean of squares."""
    return np.sqrt(colour**2 @ _LUMA)
