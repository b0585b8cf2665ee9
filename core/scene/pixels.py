"""Photographs as the optimiser sees them: the pixels inside the masks, and which lights each was seen under.

Only mask pixels are kept, as stored integers, so memory grows with the object and not with the frame. Pixels are
laid out pose group by pose group; inside a group image by image, so that the colour of pixel p under image j is one
index away.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor

from core.capture.capture import Capture, Photograph
from core.scene.frame import SceneFrame
from core.types import Camera


@dataclass(frozen=True, kw_only=True)
class RayBatch:
    """Rays through photograph pixels; the first ``colours.shape[0]`` rays are on the object, the rest beside it."""

    origins: Tensor
    """[rays, 3] camera centres, scene frame."""
    directions: Tensor
    """[rays, 3] unit, scene frame."""
    world_from_rig: Tensor
    """[object rays, 3, 3] rotation of each ray's camera."""
    images: Tensor
    """[object rays, lights] image index of each colour."""
    lights: Tensor
    """[object rays, lights] row in the light table."""
    valid: Tensor
    """[object rays, lights] false where a pose has fewer images than the batch is wide."""
    colours: Tensor
    """[object rays, lights, 3] linear RGB times the pool's exposure."""


class PixelPool:
    """Draws ray batches from the included images of a capture."""

    def __init__(self, capture: Capture, frame: SceneFrame, *, device: torch.device) -> None:
        self.device = device
        groups = capture.pose_groups()
        light_row = {light: row for row, light in enumerate(capture.light_ids)}
        self._image_light = torch.tensor([light_row[k.light] for k in capture.keys], device=device)
        self._set_cameras([g.camera for g in groups], frame)
        inside: list[NDArray[np.int32]] = []
        rim: list[NDArray[np.int32]] = []
        colours: list[Photograph] = []
        start = np.zeros(len(groups), np.int64)
        image_slot = np.zeros(len(capture.keys), np.int64)
        stored = 0
        for g, group in enumerate(groups):
            mask = capture.masks[group.view]
            inside.append(_pixel_list(mask, g))
            rim.append(_background_list(mask, g))
            start[g] = stored
            for slot, image in enumerate(group.images):
                image_slot[image] = slot
                colours.append(capture.photographs[image][mask])
                stored += len(inside[-1])
        self._images_of_group = [torch.tensor(g.images, device=device) for g in groups]
        self._inside = [torch.from_numpy(a).to(device) for a in inside]
        self._rim = [torch.from_numpy(a).to(device) for a in rim]
        self._counts = torch.tensor([len(a) for a in inside], device=device)
        self._start = torch.from_numpy(start).to(device)
        self._image_slot = torch.from_numpy(image_slot).to(device)
        self._store_colours(colours)
        self.include(range(len(capture.keys)))

    def _set_cameras(self, cameras: list[Camera], frame: SceneFrame) -> None:
        def table(rows: list[NDArray[np.float64]]) -> Tensor:
            return torch.tensor(np.stack(rows), dtype=torch.float32, device=self.device)

        self._centre = table([frame.scene_from_world(c.centre) for c in cameras])
        self._rotation = table([c.rotation for c in cameras])
        self._ray = table([c.rotation @ np.linalg.inv(c.intrinsics) for c in cameras])

    def _store_colours(self, colours: list[Photograph]) -> None:
        """Keep integers as they are; bring the mean mask pixel to a quarter, so that losses have one scale."""
        flat = np.concatenate(colours)
        limit = {"uint8": 255.0, "uint16": 65535.0}.get(flat.dtype.name, 1.0)
        mean = float(flat[:: max(1, len(flat) // 1_000_000)].mean(dtype=np.float64)) / limit
        self.exposure = 0.25 / max(mean, 1e-6)
        self._scale = self.exposure / limit
        self.ceiling = self.exposure if flat.dtype.kind == "u" else float("inf")
        """The colour, times the exposure, at which integer photographs are cut off."""
        # Not every device can index 16-bit unsigned tensors; the same bits as signed ones travel everywhere.
        self._unsigned_16 = flat.dtype == np.uint16
        self._colours = torch.from_numpy(flat.view(np.int16) if self._unsigned_16 else flat).to(self.device)

    def include(self, images: range | list[int]) -> None:
        """Draw from these images only."""
        chosen = torch.zeros(len(self._image_light), dtype=torch.bool, device=self.device)
        chosen[list(images)] = True
        kept = [ids[chosen[ids]] for ids in self._images_of_group]
        self._widest = max(len(ids) for ids in kept)
        self._table = torch.full((len(kept), self._widest), -1, dtype=torch.long, device=self.device)
        for g, ids in enumerate(kept):
            self._table[g, : len(ids)] = ids
        used = [g for g, ids in enumerate(kept) if len(ids)]
        self._active_inside = torch.cat([self._inside[g] for g in used])
        self._active_rim = torch.cat([self._rim[g] for g in used])
        self.lights_per_ray = self._widest

    def draw(self, rays: int, beside: int, lights: int, generator: torch.Generator) -> RayBatch:
        """``rays`` random object pixels under up to ``lights`` of their images, and ``beside`` background pixels."""

        def pick(pool: Tensor, count: int) -> Tensor:
            index = torch.randint(len(pool), (count,), generator=generator).to(self.device)
            return pool[index].long()

        on = pick(self._active_inside, rays)
        off = pick(self._active_rim, beside)
        group, order = on[:, 0], on[:, 3]
        table = self._table[group]
        width = min(lights, self._widest)
        key = torch.rand(table.shape, generator=generator).to(self.device)
        choice = key.masked_fill(table < 0, -1.0).topk(width, dim=1).indices
        images = table.gather(1, choice)
        valid = images >= 0
        images = images.clamp_min(0)
        row = self._start[group][:, None] + self._image_slot[images] * self._counts[group][:, None] + order[:, None]
        both = torch.cat([on, off])
        directions = self._directions(both[:, 0], both[:, 1:3])
        return RayBatch(
            origins=self._centre[both[:, 0]],
            directions=directions,
            world_from_rig=self._rotation[group],
            images=images,
            lights=self._image_light[images],
            valid=valid,
            colours=self._read(row.clamp(max=len(self._colours) - 1)) * self._scale,
        )

    def _read(self, row: Tensor) -> Tensor:
        """Stored colours [..., 3] of rows [...] as floats."""
        stored = self._colours[row]
        return (stored.int() & 0xFFFF).float() if self._unsigned_16 else stored.float()

    def _directions(self, group: Tensor, pixels: Tensor) -> Tensor:
        homogeneous = torch.cat([pixels.float(), torch.ones_like(pixels[:, :1], dtype=torch.float32)], 1)
        direction = torch.bmm(self._ray[group], homogeneous[:, :, None])[:, :, 0]
        return torch.nn.functional.normalize(direction, dim=1)


def _pixel_list(mask: NDArray[np.bool_], group: int) -> NDArray[np.int32]:
    """[pixels, 4]: group, u, v, order inside the group."""
    v, u = np.nonzero(mask)
    return np.stack([np.full(len(u), group), u, v, np.arange(len(u))], 1).astype(np.int32)


def _background_list(mask: NDArray[np.bool_], group: int) -> NDArray[np.int32]:
    """Pixels beside the object: the rim around the mask, and an equal number spread over the rest."""
    radius = max(3, round(0.04 * max(mask.shape)))
    distance = np.asarray(ndimage.distance_transform_edt(~mask), np.float64)
    near = (distance > 0) & (distance <= radius)
    far = distance > radius
    keep = np.zeros_like(far)
    stride = max(1, round(far.sum() / max(near.sum(), 1)))
    keep.ravel()[np.flatnonzero(far)[::stride]] = True
    return _pixel_list(near | keep, group)
