"""A whole camera's view, in two steps: trace it once, then shade it under any light.

Tracing is a generator of tiles, so that it can be spread between training steps and dropped when the camera moves.
The resulting ``SurfaceBuffer`` holds positions, normals, features and material of every pixel that sees the object;
moving a light only re-shades it and re-casts its shadows.

Intensities are relative to the capture's mean light: the mean light is 1 in every channel, and a light of intensity
1 makes a white, perfectly diffuse surface that faces it appear as bright as 1.0 in a photograph. The scale shared by
light and albedo cannot be known from photographs; this convention fixes it.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.fields.model import Model
from core.fields.reflectance import Material
from core.render.bounce import PICTURE_RAYS
from core.render.composite import SurfaceHits, sphere_span, trace
from core.render.shade import shade_hits
from core.scene.frame import SceneFrame
from core.scene.incident import Incident, arriving, falloff
from core.scene.lamp import Lamp
from core.types import Camera, FloatArray, gl_from_camera

TILE_RAYS = 4096
_SECTIONS = 16


@dataclass(frozen=True, kw_only=True)
class ViewMaps:
    """Maps of one view. NumPy float32."""

    normals_gl: FloatArray
    """[height, width, 3] unit, OpenGL camera frame; zero where nothing is near. Also set a little beyond the
    silhouette, where ``opacity`` is low."""
    albedo: FloatArray
    """[height, width, 3] diffuse colour, linear, zero outside the object."""
    specular: FloatArray
    """[height, width, 3] reflectance at normal incidence, linear."""
    roughness: FloatArray
    """[height, width] GGX roughness."""
    depth: FloatArray
    """[height, width] z in the camera frame, world units, 0 outside the object."""
    opacity: FloatArray
    """[height, width] in [0, 1]."""


@dataclass(frozen=True, kw_only=True)
class ShadedView:
    """One view under one light. NumPy float32, linear, photograph units, black outside the object."""

    render: FloatArray
    """[height, width, 3] with cast shadows and, where accounted for, light reflected by the object onto itself."""
    unshadowed: FloatArray
    """[height, width, 3] without either."""
    shading: FloatArray
    """[height, width, 3] render divided by albedo: cosine, shine and shadow alone."""
    shadow: FloatArray
    """[height, width] 1 = lit, 0 = in cast shadow; 1 outside the object."""


@dataclass(frozen=True, kw_only=True)
class SurfaceBuffer:
    """What each pixel of a camera sees; torch tensors over the pixels near the object, no gradients."""

    camera: Camera
    frame: SceneFrame
    pixels: Tensor
    """[pixels] flat indices (row-major) of the pixels traced."""
    hits: SurfaceHits
    """Over ``pixels``, scene frame."""
    directions: Tensor
    """[pixels, 3] viewing rays, scene frame."""
    albedo: Tensor
    """[pixels, 3]"""
    specular: Tensor
    """[pixels, 3]"""
    roughness: Tensor
    """[pixels]"""

    def image(self, values: Tensor, *, outside: float = 0.0) -> FloatArray:
        """Per-pixel ``values`` [pixels, ...] as an image [height, width, ...]."""
        shape = (self.camera.height * self.camera.width, *values.shape[1:])
        out = np.full(shape, outside, np.float32)
        out[self.pixels.cpu().numpy()] = values.detach().cpu().numpy()
        return out.reshape(self.camera.height, self.camera.width, *values.shape[1:])

    def images(self) -> ViewMaps:
        """The light-independent maps."""
        hits, camera = self.hits, self.camera
        rotation = torch.as_tensor(camera.rotation, dtype=torch.float32, device=hits.normal.device)
        normals: NDArray[np.floating] = gl_from_camera(self.image(hits.normal @ rotation))
        depth = hits.distance * (self.directions @ rotation)[:, 2] * self.frame.scale
        seen = (hits.opacity > 0.5).float()
        return ViewMaps(
            normals_gl=normals.astype(np.float32),
            albedo=self.image(self.albedo * seen[:, None]),
            specular=self.image(self.specular * seen[:, None]),
            roughness=self.image(self.roughness * seen),
            depth=self.image(depth * seen),
            opacity=self.image(hits.opacity),
        )


def camera_rays(camera: Camera, frame: SceneFrame, device: torch.device) -> tuple[Tensor, Tensor]:
    """Origin [3] and unit directions [height * width, 3] of a camera's pixels, row-major, scene frame."""
    v, u = np.mgrid[: camera.height, : camera.width].astype(np.float64)
    pixels = np.stack([u.ravel(), v.ravel(), np.ones(u.size)], 1)
    directions = pixels @ (camera.rotation @ np.linalg.inv(camera.intrinsics)).T
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    origin = torch.tensor(frame.scene_from_world(camera.centre), dtype=torch.float32, device=device)
    return origin, torch.tensor(directions, dtype=torch.float32, device=device)


def trace_view(
    model: Model, camera: Camera, frame: SceneFrame, *, sections: int = _SECTIONS
) -> Generator[float, None, SurfaceBuffer]:
    """Trace a camera tile by tile. Yields the fraction done; the generator's return value is the SurfaceBuffer.

    Six ``sections`` a ray look the same as the default at a glance, and take two thirds of the time.
    """
    device = model.cache.grid.device
    origin, directions = camera_rays(camera, frame, device)
    pixels = _near_object(model, origin, directions)
    directions = directions[pixels]
    parts: list[SurfaceHits] = []
    materials: list[Material] = []
    for start in range(0, len(pixels), TILE_RAYS):
        with torch.no_grad():
            tile = directions[start : start + TILE_RAYS]
            half = torch.full((len(tile),), 0.5, device=device)
            hits = trace(model, origin.expand_as(tile), tile, sections=sections, jitter=half)
            materials.append(model.shown_material(hits.features))
        parts.append(_without_gradient(hits))
        yield min(1.0, (start + TILE_RAYS) / len(pixels))
    with torch.no_grad():
        hits = _joined(parts, model, device)
        return _buffer(camera, frame, pixels, directions, hits, materials or [model.shown_material(hits.features)])


def _near_object(model: Model, origin: Tensor, directions: Tensor) -> Tensor:
    """Indices of rays that pass within a few cells of the cached surface."""
    origins = origin.expand_as(directions)
    near, far = sphere_span(origins, directions)
    start = origins + near[:, None] * directions
    least, _ = model.cache.closest_approach(start, directions, start=0.0)
    misses_sphere = far - near < 0.03
    return ((least < 3.0 * model.cache.cell_size) & ~misses_sphere).nonzero()[:, 0]


def _without_gradient(hits: SurfaceHits) -> SurfaceHits:
    """A tile's hits without the per-section gradients, which only training needs."""
    return SurfaceHits(
        opacity=hits.opacity,
        distance=hits.distance,
        normal=hits.normal,
        features=hits.features,
        gradient=hits.gradient[:, :0],
        points=hits.points,
    )


def _joined(parts: list[SurfaceHits], model: Model, device: torch.device) -> SurfaceHits:
    def join(values: list[Tensor], *shape: int) -> Tensor:
        return torch.cat(values) if values else torch.zeros((0, *shape), device=device)

    return SurfaceHits(
        opacity=join([p.opacity for p in parts]),
        distance=join([p.distance for p in parts]),
        normal=join([p.normal for p in parts], 3),
        features=join([p.features for p in parts], model.config.sdf.features),
        gradient=join([p.gradient for p in parts], 0, 3),
        points=join([p.points for p in parts], 3),
    )


def _buffer(
    camera: Camera,
    frame: SceneFrame,
    pixels: Tensor,
    directions: Tensor,
    hits: SurfaceHits,
    materials: list[Material],
) -> SurfaceBuffer:
    return SurfaceBuffer(
        camera=camera,
        frame=frame,
        pixels=pixels,
        hits=hits,
        directions=directions,
        albedo=torch.cat([material.albedo for material in materials]),
        specular=torch.cat([material.specular for material in materials]),
        roughness=torch.cat([material.roughness for material in materials]),
    )


def trace_view_now(
    model: Model, camera: Camera, frame: SceneFrame, progress: Callable[[float], object] | None = None
) -> SurfaceBuffer:
    """Trace a camera in one go; ``progress`` is called after each tile with the part done, and may raise."""
    tiles = trace_view(model, camera, frame)
    while True:
        try:
            done = next(tiles)
            if progress is not None:
                progress(done)
        except StopIteration as end:
            return end.value


@torch.no_grad()
def incident_from(lamp: Lamp, buffer: SurfaceBuffer) -> Incident:
    """What arrives at each pixel of a traced view from one lamp; intensities relative to the mean light."""
    device = buffer.directions.device

    def in_scene(vector: FloatArray) -> Tensor:
        turned = buffer.camera.rotation @ np.asarray(vector, np.float64)
        return torch.tensor(np.asarray(turned, np.float32), device=device)

    direction = in_scene(lamp.to_light)
    energy = torch.tensor(np.float32(lamp.exposure) * np.asarray(lamp.intensity, np.float32), device=device)
    to_light, intensity = direction.expand(len(buffer.pixels), 3), energy.expand(len(buffer.pixels), 3)
    if lamp.nearness > 0.0:
        camera_centre = buffer.frame.scene_from_world(buffer.camera.centre)
        centre = in_scene(lamp.centre) + torch.tensor(camera_centre, dtype=torch.float32, device=device)
        to_light, share = arriving(direction, torch.tensor(lamp.nearness, device=device), centre - buffer.hits.points)
        if lamp.beam is not None:
            share = share * falloff(in_scene(lamp.beam), torch.tensor(lamp.exponent, device=device), to_light)
        intensity = intensity * share
    return Incident(to_light=to_light[:, None], intensity=intensity[:, None])


@torch.no_grad()
def shade(
    model: Model,
    buffer: SurfaceBuffer,
    lamp: Lamp,
    *,
    shadows: bool = True,
    relit: bool = False,
    bounce_rays: int = PICTURE_RAYS,
) -> ShadedView:
    """Light a traced view.

    ``relit``: by a lamp of its own, whose shadows are whole, rather than by the light of a photograph. ``bounce_rays``:
    directions a point in which bounced light is looked for; with 0 it is left out, for pictures that follow a hand.
    """
    light = incident_from(lamp, buffer)
    strength = model.shadow_strength * (1.0 if relit else model.shadow_trust) if shadows else 0.0
    energy = light.intensity * model.mean_intensity()
    shaded = shade_hits(
        model,
        buffer.hits,
        buffer.directions,
        light.to_light,
        energy,
        shadows=strength,
        bounce_rays=bounce_rays,
    )
    cover = buffer.hits.opacity[:, None] / model.exposure
    render = shaded.radiance[:, 0] * cover
    shading = render / (buffer.albedo * buffer.hits.opacity[:, None]).clamp_min(1e-3)
    return ShadedView(
        render=buffer.image(render),
        unshadowed=buffer.image(shaded.unshadowed[:, 0] * cover),
        shading=buffer.image(shading * (buffer.hits.opacity > 0.5).float()[:, None]),
        shadow=buffer.image(1.0 - (1.0 - shaded.visibility[:, 0]) * buffer.hits.opacity, outside=1.0),
    )
