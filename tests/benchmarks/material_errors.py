"""Estimated materials beside true ones, pixel by pixel.

Photographs fix only the product of light and albedo. The estimate is brought to the truth's units by the true mean
intensity (its own mean light is 1, and a white surface facing it appears as 1.0), and after that by one factor for all
colours of all pixels, which takes away what is left of the ambiguity. Roughness has no scale.
"""

from dataclasses import dataclass

import numpy as np

from core.capture.synthetic_materials import Surface
from core.capture.synthetic_render import Stage
from core.render.view import ViewMaps
from core.types import BoolArray, Camera, FloatArray

_COVERED = 0.99
_SEEN = 0.9
"""Least opacity of an estimate that is compared; what is missing is counted by the normals."""


@dataclass(frozen=True, kw_only=True)
class TrueMaps:
    """What a camera sees of the true material."""

    diffuse: FloatArray
    """[height, width, 3] diffuse albedo, what is mirrored taken off."""
    facing: FloatArray
    """[height, width, 3] mirror reflectance at normal incidence."""
    roughness: FloatArray
    """[height, width]"""
    covered: BoolArray
    """[height, width] whether the whole pixel sees the object."""


def true_maps(stage: Stage, surface: Surface, camera: Camera) -> TrueMaps:
    """The true material as ``camera`` sees it, averaged over each pixel."""
    hits = stage.seen_by(camera)
    cover = hits.mean(np.ones((len(hits.pixels), 3), np.float32))[..., 0]
    rough = np.repeat(stage.at(hits, surface.roughness[:, None]), 3, axis=1)
    return TrueMaps(
        diffuse=hits.mean(stage.at(hits, surface.diffuse())),
        facing=hits.mean(stage.at(hits, surface.facing)),
        roughness=hits.mean(rough)[..., 0],
        covered=cover > _COVERED,
    )


class MaterialErrors:
    """Collects pixels of several views; the scale is one for all of them."""

    def __init__(self, mean_intensity: FloatArray) -> None:
        self._units = np.pi / mean_intensity
        self._pixels: list[FloatArray] = []

    def add(self, estimate: ViewMaps, truth: TrueMaps, mask: BoolArray) -> None:
        """Compare a view from here on."""
        seen = mask & truth.covered & (estimate.opacity > _SEEN)
        parts = [
            estimate.albedo[seen] * self._units,
            estimate.specular[seen] * self._units,
            estimate.roughness[seen][:, None],
            truth.diffuse[seen],
            truth.facing[seen],
            truth.roughness[seen][:, None],
        ]
        self._pixels.append(np.concatenate(parts, axis=1).astype(np.float32))

    def errors(self) -> dict[str, float]:
        """Mean absolute errors of diffuse albedo, mirror reflectance, their sum (all 0 to 1) and roughness; the scale.

        The sum, because a very rough mirror looks like a diffuse surface: photographs hardly tell them apart.
        """
        pixels = np.concatenate(self._pixels).astype(np.float64)
        albedo, specular, rough, true_albedo, true_specular, true_rough = np.split(pixels, [3, 6, 7, 10, 13], axis=1)
        colour, true_colour = albedo + specular, true_albedo + true_specular
        scale = float((colour * true_colour).sum() / max((colour * colour).sum(), 1e-12))
        return {
            "colour_error": float(np.abs(scale * colour - true_colour).mean()),
            "albedo_error": float(np.abs(scale * albedo - true_albedo).mean()),
            "specular_error": float(np.abs(scale * specular - true_specular).mean()),
            "roughness_error": float(np.abs(rough - true_rough).mean()),
            "colour_scale": scale,
        }
