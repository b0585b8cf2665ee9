"""What the object is made of, as spheres: one of each place's material, where that place is in the picture.

As MVSCPS shows reflectance, a sphere of the material is seen from the front under one light; where it is bright, how
wide and which colour its shine is tell diffuse from glossy at a glance.
"""

import numpy as np
import torch

from core.color import srgb_from_linear
from core.fields.model import Model
from core.fields.reflectance import cosines
from core.render.view import SurfaceBuffer
from core.types import BoolArray, FloatArray

COLUMNS = 11
"""Spheres across the object."""
SPHERE = 52
"""Pixels across a sphere, its gap included."""
_RADIUS = 0.46
"""Of a sphere, in parts of its cell."""
TO_LIGHT_GL = (-0.45, 0.55, 0.70)
"""Toward the light, from the upper left."""
GROUND = 0.36
"""Display grey that spheres lie on: the outline shows on the lit and on the black side."""
_RIM = 0.995
"""Of the radius: pixels that the outline cuts are lit as those just inside it."""


def sphere_colours(spheres: FloatArray, exposure: float) -> FloatArray:
    """Display colours [height, width, 3] of what the functions below make, on grey ground."""
    colours, cover = srgb_from_linear(spheres[..., :3] * np.float32(exposure)), spheres[..., 3:]
    return np.asarray(colours * cover + np.float32(GROUND) * (1.0 - cover), np.float32)


def lit_colours(spheres: FloatArray) -> FloatArray:
    """[n, 3] linear: the pixels of spheres that light reaches."""
    colours = spheres[..., :3]
    return colours[colours.any(axis=-1)]


@torch.no_grad()
def sphere_map(model: Model, buffer: SurfaceBuffer, mask: BoolArray) -> FloatArray:
    """[height, width, 4]: linear red, green, blue, photograph units under the mean light, and how far it is covered."""
    features = buffer.image(buffer.hits.features)
    seen = mask & (buffer.image(buffer.hits.opacity) > 0.5)
    if not seen.any():
        return np.zeros((SPHERE, SPHERE, 4), np.float32)
    rows, columns = np.nonzero(seen)
    step = max(np.ptp(rows), np.ptp(columns)) / COLUMNS + 1e-6
    down, across = int(np.ptp(rows) / step) + 1, int(np.ptp(columns) / step) + 1
    picture = np.zeros((down * SPHERE, across * SPHERE, 4), np.float32)
    for i in range(down):
        for j in range(across):
            v, u = int(rows.min() + (i + 0.5) * step), int(columns.min() + (j + 0.5) * step)
            if v < seen.shape[0] and u < seen.shape[1] and seen[v, u]:
                cell = np.s_[i * SPHERE : (i + 1) * SPHERE, j * SPHERE : (j + 1) * SPHERE]
                picture[cell] = material_sphere(model, features[v, u])
    return picture


@torch.no_grad()
def material_sphere(model: Model, features: FloatArray, *, size: int = SPHERE) -> FloatArray:
    """[size, size, 4] as ``sphere_map``: one sphere of the material at ``features`` [F], nothing beside it."""
    device = model.cache.grid.device
    place = (np.arange(size, dtype=np.float32) + 0.5) / size - 0.5
    x, y = np.meshgrid(place / _RADIUS, -place / _RADIUS)
    distance = np.hypot(x, y)
    cover = np.clip((1.0 - distance) * _RADIUS * size + 0.5, 0.0, 1.0)
    inside, inward = cover > 0.0, np.minimum(_RIM / np.maximum(distance, 1e-6), 1.0)
    x, y = x * inward, y * inward
    normals = torch.from_numpy(np.stack([x, y, np.sqrt(1.0 - x * x - y * y)], -1)[inside].astype(np.float32)).to(device)
    to_eye = torch.tensor([[0.0, 0.0, 1.0]], device=device).expand_as(normals)
    to_light = torch.nn.functional.normalize(torch.tensor([TO_LIGHT_GL], device=device), dim=1)
    c = cosines(normals, to_eye, to_light[:, None].expand(len(normals), 1, 3))
    at = torch.from_numpy(features).to(device).expand(len(normals), -1)
    reflected = model.reflectance(at, c)[:, 0] * c.n_l.clamp_min(0.0) * model.mean_intensity() / model.exposure
    picture = np.zeros((size, size, 4), np.float32)
    picture[inside, :3] = reflected.cpu().numpy()
    picture[..., 3] = cover
    return picture
