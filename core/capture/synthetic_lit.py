"""An object with its material, photographed under lamps: direct light, light once reflected, light through wax.

Once reflected means matte to matte (``synthetic_transport``), and what metals mirror: from each hit the eye looks by
way of some facets of the surface, drawn as dense as D(h) (n.h) (Walter et al. 2007), at other parts and what these send
back, by their whole reflectance. Left out are highlights that fall on matte surfaces, and what glaze and coats mirror
of the object.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.capture.synthetic_lamps import Lamp, disc_places
from core.capture.synthetic_materials import Surface
from core.capture.synthetic_render import LIFT, Hits, Stage, reflected, unit
from core.capture.synthetic_shape import Mesh
from core.capture.synthetic_transport import blur_over, bounces, frames
from core.types import FloatArray

_DISC_SAMPLES = 9
"""Points of a lamp's disc that are asked from each hit; a pixel has four hits, and each asks other points."""
_DISC_SAMPLES_STORED = 4
"""From each vertex, whose light is spread over many others before it is seen."""

_FACETS = 8
"""By which each hit of metal mirrors the rest; a pixel has four hits."""
_METAL = 0.1
"""Reflectance at normal incidence from which on a surface is metal."""

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
        self._mirrors = bounce and bool((surface.facing > _METAL).any())
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
        seen = direct if stored is None else direct + self.stage.at(hits, stored)
        return seen + self._mirrored(hits, columns, lamp, rng) if self._mirrors else seen

    def _mirrored(self, hits: Hits, columns: FloatArray, lamp: Lamp, rng: np.random.Generator) -> FloatArray:
        """[hits, 3] what metal shows of the rest of the object."""
        total = np.zeros((len(columns), 3), np.float32)
        metal = np.flatnonzero((columns[:, 3:6] > _METAL).any(axis=1))
        surface, normals, to_eye = self.surface.unstacked(columns[metal]), hits.normals[metal], hits.to_eye[metal]
        starts = hits.positions[metal] + np.float32(LIFT) * normals
        for _ in range(_FACETS):
            ways, share = _mirror_ways(surface, normals, to_eye, rng)
            met, triangles, places = self.stage.met(np.concatenate([starts, ways], axis=1))
            far = self._sent(triangles, places, -ways[met], lamp, rng)
            total[metal[met]] += share[met] * far / np.float32(_FACETS)
        return total

    def _sent(
        self, triangles: NDArray[Any], places: FloatArray, to_first: FloatArray, lamp: Lamp, rng: np.random.Generator
    ) -> FloatArray:
        """[places, 3] direct light that places inside triangles send toward ``to_first`` [places, 3]."""
        points, columns = (self.stage.inside(v, triangles, places) for v in (self.mesh.vertices, self._columns))
        normals = unit(self.stage.inside(self.mesh.normals, triangles, places))

        def gain(chosen: Indices, to_light: FloatArray) -> FloatArray:
            surface = self.surface.unstacked(columns[chosen])
            return surface.leaving(normals[chosen], to_first[chosen], to_light)

        return self._lit(points, normals, lamp, rng, _DISC_SAMPLES_STORED, gain)

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


def _mirror_ways(
    surface: Surface, normals: FloatArray, to_eye: FloatArray, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Unit vectors [points, 3] in which eyes look by way of a facet each, and what of the light from there they see.

    The second is BRDF times cosine over the vectors' density, [points, 3]; 0 below the horizon.
    """
    slope2 = surface.roughness**4
    share, angle = rng.random(len(normals)), 2.0 * np.pi * rng.random(len(normals))
    height = np.sqrt((1.0 - share) / (1.0 + (slope2 - 1.0) * share))
    radius = np.sqrt(1.0 - height * height)
    local = np.stack([radius * np.cos(angle), radius * np.sin(angle), height], axis=1)
    facets = np.einsum("pk,pkj->pj", local, frames(normals))
    v_h = np.einsum("pj,pj->p", facets, to_eye)
    ways = 2.0 * v_h[:, None] * facets - to_eye
    density = slope2 / (np.pi * (height * height * (slope2 - 1.0) + 1.0) ** 2) * height / (4.0 * np.maximum(v_h, 1e-3))
    seen = (v_h > 1e-3) & (np.einsum("pj,pj->p", ways, normals) > 0.0)
    black = np.zeros_like(surface.albedo)
    mirror = reflected(normals, to_eye, ways.astype(np.float32), black, surface.roughness, surface.facing)
    return ways.astype(np.float32), (mirror * (seen / density)[:, None]).astype(np.float32)
