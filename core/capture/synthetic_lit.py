"""An object with its material, photographed under lamps: direct light, light once reflected, light through wax."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.capture.synthetic_lamps import Lamp, disc_places
from core.capture.synthetic_materials import Surface
from core.capture.synthetic_render import LIFT, Hits, Stage
from core.capture.synthetic_shape import Mesh
from core.capture.synthetic_transport import blur_over, bounces
from core.types import FloatArray

_DISC_SAMPLES = 9
"""Points of a lamp's disc that are asked from each hit; a pixel has four hits, and each asks other points."""
_DISC_SAMPLES_STORED = 4
"""From each vertex, whose light is spread over many others before it is seen."""


class LitObject:
    """Radiance of an object's surface points under lamps. Everything random follows from the seeds given."""

    def __init__(self, mesh: Mesh, surface: Surface, *, bounce: bool, seed: int) -> None:
        self.mesh = mesh
        self.surface = surface
        self.stage = Stage(mesh, surface.albedo, surface.roughness)
        self._columns = surface.stacked()
        self._bounces: Any = bounces(self.stage, mesh, seed=seed) if bounce else None
        self._blurs: list[Any] = [blur_over(mesh, width) for width in surface.scatter or ()]

    def stored(self, lamps: Sequence[Lamp], seed: Sequence[int]) -> FloatArray | None:
        """Radiance that leaves the vertices diffusely and is not direct light, [lamps, vertices, 3]; None: nothing."""
        if self._bounces is None and not self._blurs:
            return None
        arriving = [self.irradiance(lamp, np.random.default_rng((*seed, 1, i))) for i, lamp in enumerate(lamps)]
        direct = np.stack([self._blurred(light) for light in arriving])
        stored = direct if self._blurs else np.zeros_like(direct)
        diffuse = self.surface.diffuse()
        if self._bounces is not None:
            sources = np.moveaxis(direct * diffuse, 0, 1).reshape(len(diffuse), -1)
            again = (self._bounces @ sources).reshape(len(diffuse), len(lamps), 3)
            stored = stored + np.moveaxis(again, 1, 0)
        return np.asarray(stored * diffuse / np.pi, dtype=np.float32)

    def irradiance(self, lamp: Lamp, rng: np.random.Generator) -> FloatArray:
        """Direct irradiance of the vertices, [vertices, 3]."""
        samples = _DISC_SAMPLES_STORED if lamp.disc > 0.0 else 1
        return self._lit(self.mesh.vertices, self.mesh.normals, None, None, lamp, rng, samples)

    def radiance(self, hits: Hits, lamp: Lamp, stored: FloatArray | None, rng: np.random.Generator) -> FloatArray:
        """What the camera sees at its hits, [hits, 3]; ``stored`` is this lamp's row of ``stored``."""
        surface = self.surface.unstacked(self.stage.at(hits, self._columns))
        samples = _DISC_SAMPLES if lamp.disc > 0.0 else 1
        direct = self._lit(hits.positions, hits.normals, hits.to_eye, surface, lamp, rng, samples)
        return direct if stored is None else direct + self.stage.at(hits, stored)

    def _blurred(self, irradiance: FloatArray) -> FloatArray:
        """[vertices, 3] as the diffuse reflection of wax sees it; of everything else as it is."""
        if not self._blurs:
            return irradiance
        channels = [out_of @ (into @ irradiance[:, i]) for i, (out_of, into) in enumerate(self._blurs)]
        return np.stack(channels, axis=1).astype(np.float32)

    def _lit(
        self,
        points: FloatArray,
        normals: FloatArray,
        to_eye: FloatArray | None,
        surface: Surface | None,
        lamp: Lamp,
        rng: np.random.Generator,
        samples: int,
    ) -> FloatArray:
        """[points, 3] direct light: radiance toward the eye, or without a surface the irradiance."""
        total = np.zeros((len(points), 3), np.float32)
        turns = rng.uniform(0.0, 2.0 * np.pi, len(points)).astype(np.float32)
        columns = None if surface is None else surface.stacked()
        for sample in range(samples):
            places = disc_places(len(points), sample, samples, turns)
            to_light, strength, far = lamp.arriving(points, places)
            cosine = np.einsum("ij,ij->i", normals, to_light)
            chosen = np.flatnonzero((cosine > 0.0) & (strength > 0.0))
            chosen = chosen[~self._blocked(points[chosen], normals[chosen], to_light[chosen], far[chosen])]
            if surface is None or columns is None or to_eye is None:
                gain = cosine[chosen, None]
            else:
                gain = surface.unstacked(columns[chosen]).leaving(normals[chosen], to_eye[chosen], to_light[chosen])
            total[chosen] += strength[chosen, None] * gain
        return np.asarray(total * (lamp.intensity / samples), dtype=np.float32)

    def _blocked(self, points: FloatArray, normals: FloatArray, to_light: FloatArray, far: FloatArray) -> Any:
        """[points] whether something of the object stands before the lamp."""
        # Nothing of the object is farther away than its own diameter, so a ray to a distant lamp may end there.
        reach = np.minimum(far, np.float32(4.0))[:, None]
        rays = np.concatenate([points + np.float32(LIFT) * normals, reach * to_light], axis=1)
        return self.stage.blocked(rays, far=1.0)
