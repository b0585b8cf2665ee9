"""An object with its material, photographed under lamps: direct light, light once reflected, light through wax."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

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

Indices = NDArray[np.intp]
Gain = Callable[[Indices, FloatArray], FloatArray]
"""From which points, and unit vectors to the light [chosen, 3], to what they make of the light [chosen, 1 or 3]."""


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
        normals = self.mesh.normals

        def gain(chosen: Indices, to_light: FloatArray) -> FloatArray:
            return np.einsum("ij,ij->i", normals[chosen], to_light)[:, None]

        return self._lit(self.mesh.vertices, normals, lamp, rng, _DISC_SAMPLES_STORED, gain)

    def radiance(self, hits: Hits, lamp: Lamp, stored: FloatArray | None, rng: np.random.Generator) -> FloatArray:
        """What the camera sees at its hits, [hits, 3]; ``stored`` is this lamp's row of ``stored``."""
        columns = self.stage.at(hits, self._columns)

        def gain(chosen: Indices, to_light: FloatArray) -> FloatArray:
            surface = self.surface.unstacked(columns[chosen])
            return surface.leaving(hits.normals[chosen], hits.to_eye[chosen], to_light)

        direct = self._lit(hits.positions, hits.normals, lamp, rng, _DISC_SAMPLES, gain)
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
        lamp: Lamp,
        rng: np.random.Generator,
        disc_samples: int,
        gain: Gain,
    ) -> FloatArray:
        """[points, 3] direct light, shadows included, times ``gain``."""
        samples = disc_samples if lamp.disc > 0.0 else 1
        total = np.zeros((len(points), 3), np.float32)
        turns = rng.uniform(0.0, 2.0 * np.pi, len(points)).astype(np.float32)
        for sample in range(samples):
            places = disc_places(len(points), sample, samples, turns)
            to_light, strength, far = lamp.arriving(points, places)
            chosen = np.flatnonzero((np.einsum("ij,ij->i", normals, to_light) > 0.0) & (strength > 0.0))
            chosen = chosen[~self._blocked(points[chosen], normals[chosen], to_light[chosen], far[chosen])]
            total[chosen] += strength[chosen, None] * gain(chosen, to_light[chosen])
        return np.asarray(total * (lamp.intensity / samples), dtype=np.float32)

    def _blocked(self, points: FloatArray, normals: FloatArray, to_light: FloatArray, far: FloatArray) -> Any:
        """[points] whether something of the object stands before the lamp."""
        # Nothing of the object is farther away than its own diameter, so a ray to a distant lamp may end there.
        reach = np.minimum(far, np.float32(4.0))[:, None]
        rays = np.concatenate([points + np.float32(LIFT) * normals, reach * to_light], axis=1)
        return self.stage.blocked(rays, far=1.0)
