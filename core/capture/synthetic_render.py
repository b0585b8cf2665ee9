"""Photographs of a mesh under single distant lights: ray casting, a GGX and diffuse surface, cast shadows.

Radiance of a surface point with normal n, seen along v, lit along l by a light of RGB intensity e:

    radiance = e (n·l) s ((1 - F) albedo / π + D G F / (4 (n·l) (n·v)))

with s = 0 in shadow and 1 elsewhere, D the GGX distribution of slope roughness², G Smith's height-correlated masking
and shadowing (Walter et al. 2007, Heitz 2014) and F Schlick's Fresnel term from 4.5 % at normal incidence.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.capture.synthetic_shape import Mesh
from core.types import BoolArray, Camera, FloatArray

FRESNEL = 0.045
"""Mirror reflectance of glaze at normal incidence."""
_SAMPLES = ((-0.125, -0.375), (0.375, -0.125), (0.125, 0.375), (-0.375, 0.125))
"""Where a pixel is sampled, about its centre: a turned square, which smooths near-level edges too."""
LIFT = 0.004
"""Shadow rays start this far above the surface, world units: less than a groove, more than the facets' error."""


@dataclass(frozen=True, kw_only=True)
class Hits:
    """Where the rays of one camera meet the surface. Directions are unit vectors, world frame."""

    camera: Camera
    pixels: NDArray[np.intp]
    """[hits] row-major pixel index."""
    positions: FloatArray
    """[hits, 3] world."""
    normals: FloatArray
    """[hits, 3]"""
    to_eye: FloatArray
    """[hits, 3]"""
    albedo: FloatArray
    """[hits, 3] linear RGB."""
    roughness: FloatArray
    """[hits]"""
    triangles: NDArray[np.integer[Any]]
    """[hits] which triangle was met."""
    places: FloatArray
    """[hits, 2] where in it: weights of its second and third corner."""

    def mean(self, values: FloatArray) -> FloatArray:
        """Per-hit values [hits, 3] averaged over each pixel's samples: [height, width, 3]; what misses counts 0."""
        cells = self.camera.height * self.camera.width
        sums = [np.bincount(self.pixels, weights=values[:, channel], minlength=cells) for channel in range(3)]
        image = np.stack(sums, axis=1).reshape(self.camera.height, self.camera.width, 3)
        return (image / len(_SAMPLES)).astype(np.float32)

    def mask(self) -> BoolArray:
        """[height, width] true where at least half of a pixel is covered."""
        count = np.bincount(self.pixels, minlength=self.camera.height * self.camera.width)
        return (2 * count >= len(_SAMPLES)).reshape(self.camera.height, self.camera.width)

    def normals_gl(self) -> FloatArray:
        """[height, width, 3] unit mean normals in the OpenGL camera frame, zero where nothing was met."""
        in_camera = self.mean(self.normals) @ self.camera.rotation.astype(np.float32)
        length = np.linalg.norm(in_camera, axis=-1, keepdims=True)
        unit = np.where(length > 0.0, in_camera / np.maximum(length, 1e-12), 0.0)
        return (unit * np.array([1.0, -1.0, -1.0])).astype(np.float32)


class Stage:
    """A mesh with its material, ready to be photographed."""

    def __init__(self, mesh: Mesh, albedo: FloatArray, roughness: FloatArray) -> None:
        # Open3D takes a second to import, and only making the demo needs it here.
        import open3d as o3d

        self._tensor: Any = o3d.core.Tensor
        self._scene: Any = o3d.t.geometry.RaycastingScene()
        self._scene.add_triangles(self._tensor(mesh.vertices), self._tensor(mesh.faces.astype(np.uint32)))
        self._faces = mesh.faces
        self._attributes = np.concatenate([mesh.normals, albedo, roughness[:, None]], axis=1)

    def seen_by(self, camera: Camera) -> Hits:
        """Everything the camera sees."""
        pixels, rays = _rays(camera)
        answer = self._scene.cast_rays(self._tensor(rays), nthreads=1)  # views are what runs in parallel
        distance = answer["t_hit"].numpy()
        hit = np.isfinite(distance)
        triangles, places = answer["primitive_ids"].numpy()[hit], answer["primitive_uvs"].numpy()[hit]
        values = self.inside(self._attributes, triangles, places)
        return Hits(
            camera=camera,
            pixels=pixels[hit],
            positions=rays[hit, :3] + rays[hit, 3:] * distance[hit, None],
            normals=unit(values[:, :3]),
            to_eye=-rays[hit, 3:],
            albedo=values[:, 3:6],
            roughness=values[:, 6],
            triangles=triangles,
            places=places,
        )

    def lit(self, hits: Hits, to_light: FloatArray, intensity: FloatArray) -> FloatArray:
        """Radiance [hits, 3] under a distant light; ``to_light`` [3] unit, world; ``intensity`` [3] linear RGB."""
        turned_to = hits.normals @ to_light > 0.0
        starts = hits.positions[turned_to] + np.float32(LIFT) * hits.normals[turned_to]
        rays = np.concatenate([starts, np.broadcast_to(to_light, starts.shape)], axis=1)
        lit = turned_to.copy()
        lit[turned_to] = ~self.blocked(rays)
        radiance = np.zeros_like(hits.albedo)
        radiance[lit] = intensity * reflected(
            hits.normals[lit], hits.to_eye[lit], to_light, hits.albedo[lit], hits.roughness[lit]
        )
        return radiance

    def blocked(self, rays: NDArray[np.floating[Any]], far: float = np.inf) -> BoolArray:
        """Which rays [rays, 6] (origin, direction; world) meet the mesh before ``far`` lengths of their direction."""
        return np.asarray(self._scene.test_occlusions(self._tensor(rays), tfar=far, nthreads=1).numpy())

    def met(self, rays: NDArray[np.floating[Any]]) -> tuple[BoolArray, NDArray[np.integer[Any]], FloatArray]:
        """What rays [rays, 6] meet: whether anything from outside, then of those the triangle and the place in it."""
        answer = self._scene.cast_rays(self._tensor(rays), nthreads=1)
        towards = np.einsum("ij,ij->i", answer["primitive_normals"].numpy(), rays[:, 3:]) < 0.0
        hit = np.isfinite(answer["t_hit"].numpy()) & towards
        return hit, answer["primitive_ids"].numpy()[hit], answer["primitive_uvs"].numpy()[hit]

    def at(self, hits: Hits, values: FloatArray) -> FloatArray:
        """Values of the vertices [vertices, K] where the rays met the mesh, [hits, K]."""
        return self.inside(values, hits.triangles, hits.places)

    def inside(self, values: FloatArray, triangles: NDArray[Any], places: FloatArray) -> FloatArray:
        """Vertex values inside triangles, [places, K]; ``places`` are the weights of their second and third corner."""
        corners = values[self._faces[triangles]]
        weights = np.stack([1.0 - places[:, 0] - places[:, 1], places[:, 0], places[:, 1]], axis=1)
        return np.asarray(np.einsum("ij,ijk->ik", weights, corners), dtype=np.float32)


def reflected(
    normals: FloatArray,
    to_eye: FloatArray,
    to_light: FloatArray,
    albedo: FloatArray,
    roughness: FloatArray,
    facing: FloatArray | float = FRESNEL,
) -> FloatArray:
    """BRDF times cosine, [points, 3]. See the module.

    Unit vectors [points, 3] of one frame (``to_light`` also [3], the same for all); ``facing``, the reflectance at
    normal incidence, is a number or [points, 3] linear RGB.
    """
    half = unit(to_eye + to_light)
    n_l = np.maximum(_dot(normals, to_light), 0.0)
    n_v = np.maximum(_dot(normals, to_eye), 1e-3)
    n_h = np.clip(_dot(normals, half), 0.0, 1.0)
    v_h = np.clip(_dot(to_eye, half), 0.0, 1.0)
    slope2 = roughness**4
    spread = slope2 / (np.pi * (n_h * n_h * (slope2 - 1.0) + 1.0) ** 2)
    smith = n_l * np.sqrt(n_v * n_v * (1.0 - slope2) + slope2) + n_v * np.sqrt(n_l * n_l * (1.0 - slope2) + slope2)
    fresnel = facing + (1.0 - facing) * ((1.0 - v_h) ** 5)[:, None]
    mirror = spread[:, None] * fresnel * 0.5 / np.maximum(smith, 1e-6)[:, None]
    diffuse = (1.0 - fresnel) * albedo / np.pi
    return ((diffuse + mirror) * n_l[:, None]).astype(np.float32)


def unit(vectors: NDArray[Any]) -> NDArray[Any]:
    """Vectors [vectors, 3] made one long; zero stays zero."""
    length: NDArray[Any] = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    return vectors / np.maximum(length, 1e-12)[:, None]


def _dot(a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]:
    """[points] of vectors [points, 3] and [points, 3] or [3]."""
    return a @ b if b.ndim == 1 else np.einsum("ij,ij->i", a, b)


def _rays(camera: Camera) -> tuple[NDArray[np.intp], FloatArray]:
    """Pixel indices and rays [samples, 6] (origin, unit direction; world) of all samples of all pixels."""
    rows, columns = np.divmod(np.arange(camera.height * camera.width), camera.width)
    offsets = np.array(_SAMPLES, dtype=np.float32)
    u, v = (columns[:, None] + offsets[:, 0]).ravel(), (rows[:, None] + offsets[:, 1]).ravel()
    world_from_pixels = (camera.rotation @ np.linalg.inv(camera.intrinsics)).astype(np.float32)
    rays = np.empty((len(u), 6), dtype=np.float32)
    rays[:, :3] = camera.centre
    rays[:, 3:] = unit(np.stack([u, v, np.ones_like(u)], axis=1).astype(np.float32) @ world_from_pixels.T)
    return np.repeat(np.arange(camera.height * camera.width), len(offsets)), rays
