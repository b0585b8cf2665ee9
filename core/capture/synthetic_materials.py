"""What generated objects are made of: a function from points on the surface to a ``Surface``, one a material.

Radiance of a point with normal n, seen along v, lit along l, over the light's irradiance on a plane that faces it:

    (n·l) ((1 - c C) ((1 - F) albedo / π + D G F / (4 (n·l) (n·v)) + sheen (1 - v·h)^5) + c D' G' C / (4 (n·l) (n·v)))

with h between l and v, D, G, F as in ``synthetic_render`` (F from ``facing`` at normal incidence) and a clear coat of
strength c: C Schlick's Fresnel term from 4 %, D' and G' those of the coat's roughness.

Wax scatters light below its surface: there, the cosine n·l of the diffuse term is replaced by the irradiance blurred
over the surface (``synthetic_transport.blur_over``), shadows included. An approximation; what it keeps is that light
bleeds into shadows, red the farthest.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from core.capture.synthetic_owl import owl_material
from core.capture.synthetic_render import FRESNEL, reflected
from core.capture.synthetic_solids import Points, Values, smoothstep
from core.types import FloatArray

COAT = 0.04
"""Mirror reflectance of a clear coat at normal incidence."""


@dataclass(frozen=True, kw_only=True)
class Surface:
    """The material of points on a surface."""

    albedo: FloatArray
    """[points, 3] diffuse, linear RGB."""
    facing: FloatArray
    """[points, 3] mirror reflectance at normal incidence (F0), linear RGB."""
    roughness: FloatArray
    """[points] GGX: its slope is the square."""
    coat: FloatArray
    """[points] strength of a clear coat."""
    coat_roughness: float = 0.1
    sheen: float = 0.0
    """Of dust or short fibres, at grazing angles; the same in every channel."""
    scatter: tuple[float, float, float] | None = None
    """How far light travels below the surface, world units a channel (the blur's standard deviation); None: not."""

    def diffuse(self) -> FloatArray:
        """[points, 3] part of the light from all around that leaves diffusely."""
        return np.asarray(self.albedo * (1.0 - self.facing), dtype=np.float32)

    def stacked(self) -> FloatArray:
        """[points, 8] everything that changes over the surface, to be interpolated."""
        return np.concatenate([self.albedo, self.facing, self.roughness[:, None], self.coat[:, None]], axis=1)

    def unstacked(self, columns: FloatArray) -> "Surface":
        """The same material at other points, from interpolated ``stacked`` columns."""
        parts = {"albedo": columns[:, :3], "facing": columns[:, 3:6], "roughness": columns[:, 6], "coat": columns[:, 7]}
        return replace(self, **parts)

    def leaving(self, normals: FloatArray, to_eye: FloatArray, to_light: FloatArray) -> FloatArray:
        """[points, 3] see the module; unit vectors [points, 3] of one frame. Of wax, only what is mirrored."""
        half = to_eye + to_light
        half = half / np.maximum(np.linalg.norm(half, axis=1, keepdims=True), 1e-12)
        grazing = (1.0 - np.clip(np.einsum("ij,ij->i", to_eye, half), 0.0, 1.0)) ** 5
        albedo = self.albedo if self.scatter is None else np.zeros_like(self.albedo)
        base = reflected(normals, to_eye, to_light, albedo, self.roughness, self.facing)
        if self.sheen > 0.0:
            n_l = np.maximum(np.einsum("ij,ij->i", normals, to_light), 0.0)
            base = base + (self.sheen * grazing * n_l)[:, None]
        if not self.coat.any():
            return base
        rough = np.full(len(normals), self.coat_roughness, np.float32)
        shine = reflected(normals, to_eye, to_light, np.zeros_like(albedo), rough, COAT)
        passing = 1.0 - self.coat * (COAT + (1.0 - COAT) * grazing)
        return np.asarray(passing[:, None] * base + self.coat[:, None] * shine, dtype=np.float32)


MaterialPreset = Callable[[FloatArray], Surface]
"""From points [points, 3] on the surface, world frame, to what is there."""


def glazed_owl(points: FloatArray) -> Surface:
    """The demo's clay, cream and glaze: patches that only fit the owl."""
    albedo, roughness = owl_material(points)
    return _surface(albedo, (FRESNEL,) * 3, roughness)


def painted(points: FloatArray) -> Surface:
    """Matt and satin paints in bands and dots."""
    bands = _edge(np.sin(9.0 * points[:, 1] + 1.5 * np.sin(4.0 * points[:, 0])), 0.25)
    dots = _edge(np.prod(np.sin(11.0 * points + 0.7), axis=1) - 0.25, 0.08)
    albedo = _mixed(_mixed(_of(points, (0.62, 0.12, 0.07)), (0.75, 0.62, 0.35), bands), (0.05, 0.20, 0.42), dots)
    roughness = 0.55 - 0.15 * bands - 0.10 * dots
    return _surface(albedo * _waves(points, 0.08)[:, None], (0.04,) * 3, roughness)


def porcelain(points: FloatArray) -> Surface:
    """White, with blue brushwork under a smooth glaze: sharp highlights on a bright ground."""
    brush = _edge(np.sin(8.0 * points[:, 0] + 2.0 * np.sin(7.0 * points[:, 1])) * np.sin(8.0 * points[:, 2]) - 0.3, 0.1)
    albedo = _mixed(_of(points, (0.80, 0.79, 0.76)), (0.06, 0.11, 0.38), brush)
    return _surface(albedo, (0.045,) * 3, np.full(len(points), 0.20))


def bronze(points: FloatArray) -> Surface:
    """Polished bronze with patches of green patina, which is matt."""
    patina = _edge(_waves(points, 1.0) - 1.25, 0.25)
    albedo = _mixed(_of(points, (0.02, 0.012, 0.006)), (0.12, 0.26, 0.20), patina)
    facing = _mixed(_of(points, (0.72, 0.45, 0.20)), (0.05, 0.05, 0.05), patina)
    return replace(_surface(albedo, (0.0,) * 3, 0.34 + 0.31 * patina), facing=facing)


def dark_metal(points: FloatArray) -> Surface:
    """Blackened steel, brushed in places, under a thin clear lacquer."""
    brushed = _edge(np.sin(10.0 * points[:, 1]), 0.4)
    surface = _surface(_of(points, (0.012, 0.012, 0.014)), (0.21, 0.20, 0.195), 0.40 + 0.12 * brushed)
    return replace(surface, coat=np.full(len(points), 0.5, np.float32), coat_roughness=0.22)


def waxy(points: FloatArray) -> Surface:
    """Honey-coloured wax: light bleeds a twentieth of the object's radius into shadows."""
    albedo = _of(points, (0.78, 0.58, 0.34)) * _waves(points, 0.06)[:, None]
    return replace(_surface(albedo, (0.04,) * 3, np.full(len(points), 0.38)), scatter=(0.055, 0.038, 0.024))


def clay(points: FloatArray) -> Surface:
    """Dry terracotta with a dusty sheen, nearly without a highlight."""
    albedo = _of(points, (0.52, 0.24, 0.13)) * _waves(points, 0.15)[:, None]
    return replace(_surface(albedo, (0.03,) * 3, np.full(len(points), 0.85)), sheen=0.06)


def _surface(albedo: Points, facing: tuple[float, ...], roughness: Values) -> Surface:
    """Without coat, sheen and scattering; ``facing`` the same everywhere."""
    points = len(albedo)
    return Surface(
        albedo=np.asarray(np.clip(albedo, 0.0, 0.95), dtype=np.float32),
        facing=np.tile(np.array(facing, np.float32), (points, 1)),
        roughness=np.asarray(roughness, dtype=np.float32),
        coat=np.zeros(points, np.float32),
    )


def _of(points: Points, colour: tuple[float, float, float]) -> FloatArray:
    return np.tile(np.array(colour, np.float32), (len(points), 1))


def _mixed(under: Points, colour: tuple[float, float, float], share: Values) -> FloatArray:
    """``colour`` laid over ``under`` [points, 3] by ``share`` [points] in [0, 1]."""
    return np.asarray(under + share[:, None] * (np.array(colour) - under), dtype=np.float32)


def _edge(values: Values, width: float) -> Values:
    """0 where ``values`` are negative, 1 where positive, smooth over ``width``."""
    return np.asarray(smoothstep(0.5 + values / width), dtype=np.float32)


def _waves(points: Points, height: float) -> Values:
    """Waves across each other, about 1."""
    wide = np.sin(5.0 * points[:, 0] + 2.0 * np.sin(4.0 * points[:, 1])) * np.sin(
        6.0 * points[:, 1] + 3.0 * points[:, 2]
    )
    fine = np.sin(13.0 * points[:, 2] + 3.0 * np.sin(9.0 * points[:, 0])) * np.sin(15.0 * points[:, 1])
    return np.asarray(1.0 + height * (0.7 * wide + 0.3 * fine), dtype=np.float32)
