"""Photographs as the optimiser sees them: the pixels inside the masks, and which lights each was seen under.

Only mask pixels are kept, as stored integers, so memory grows with the object and not with the frame; those of large
captures stay in their mapped file. They lie photograph by photograph, each in row-major order, so that the colour of
pixel p under image j is one index away.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor

from core.capture.capture import Capture, PoseGroup, full_range
from core.capture.mapped import MappedPhotographs, rim_width
from core.scene.frame import SceneFrame
from core.types import Camera

_MEAN_OF = 1_000_000
"""Pixels the mean colour is taken from, about."""


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
    edge: Tensor
    """[object rays] whether the pixel is at the mask's edge, so that it may show only part of the object."""
    clear: Tensor
    """[background rays] whether no neighbour of the pixel is on the object either: it surely shows none of it."""
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
        self._images_of_group = [torch.tensor(g.images, device=device) for g in groups]
        masks = [capture.masks[g.view] for g in groups]
        self._widths = torch.tensor([mask.shape[1] for mask in masks], device=device)
        self._inside = [_flat_pixels(mask, device) for mask in masks]
        self._edge = [torch.from_numpy(_at_edge(mask)[mask]).to(device) for mask in masks]
        # Without masks nothing is known to be beside the object.
        rims = [_beside(mask) if capture.masked else np.zeros_like(mask) for mask in masks]
        self._rim = [_flat_pixels(rim, device) for rim in rims]
        self._clear = [torch.from_numpy(_clear(mask)[rim]).to(device) for mask, rim in zip(masks, rims, strict=True)]
        self._set_colours(capture, groups)
        self.include(range(len(capture.keys)))

    def _set_cameras(self, cameras: list[Camera], frame: SceneFrame) -> None:
        def table(rows: list[NDArray[np.float64]]) -> Tensor:
            return torch.tensor(np.stack(rows), dtype=torch.float32, device=self.device)

        self._centre = table([frame.scene_from_world(c.centre) for c in cameras])
        self._rotation = table([c.rotation for c in cameras])
        self._ray = table([c.rotation @ np.linalg.inv(c.intrinsics) for c in cameras])

    def _set_colours(self, capture: Capture, groups: tuple[PoseGroup, ...]) -> None:
        """The colours of mask pixels, as stored, and where each photograph's begin; mapped ones stay in their file."""
        order: list[NDArray[np.int32]] | None = None
        if isinstance(capture.photographs, MappedPhotographs):
            flat, start = capture.photographs.table, capture.photographs.starts[:-1]
            order = [capture.photographs.views[g.view].object_order for g in groups]
        else:
            colours = [capture.object_pixels(image) for image in range(len(capture.keys))]
            start = np.cumsum([0, *(len(pixels) for pixels in colours)])[:-1]
            flat = np.concatenate(colours)
        self._image_start = torch.from_numpy(np.asarray(start, np.int64)).to(self.device)
        self._order = None if order is None else [torch.from_numpy(places).to(self.device) for places in order]
        mean, median = _brightness(capture)
        self._scale_colours(flat, mean)
        self.evenness = median / max(mean, 1e-6)
        """How bright most mask pixels are over the mean: about 1 for matte objects, far less for metals."""

    def _scale_colours(self, flat: NDArray[Any], mean: float) -> None:
        """Keep integers as they are; bring the mean mask pixel to a quarter, so that losses have one scale."""
        self.exposure = 0.25 / max(mean, 1e-6)
        self._scale = self.exposure / full_range(flat)
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
        self._active_inside = _Pixels(self._inside, used, self._order)
        self._active_edge = torch.cat([self._edge[g] for g in used])
        self._active_rim = _Pixels(self._rim, used, None)
        self._active_clear = torch.cat([self._clear[g] for g in used])
        self.lights_per_ray = self._widest

    def draw(self, rays: int, beside: int, lights: int, generator: torch.Generator) -> RayBatch:
        """``rays`` random object pixels under up to ``lights`` of their images, and ``beside`` background pixels."""
        index, group, pixel, order = self._active_inside.pick(rays, generator, self.device)
        if len(self._active_rim) > 0:
            off, group_off, pixel_off, _ = self._active_rim.pick(beside, generator, self.device)
        else:
            off = group_off = pixel_off = torch.zeros(0, dtype=torch.long, device=self.device)
        table = self._table[group]
        width = min(lights, self._widest)
        key = torch.rand(table.shape, generator=generator).to(self.device)
        choice = key.masked_fill(table < 0, -1.0).topk(width, dim=1).indices
        images = table.gather(1, choice)
        valid = images >= 0
        images = images.clamp_min(0)
        row = self._image_start[images] + order[:, None]
        groups = torch.cat([group, group_off])
        return RayBatch(
            origins=self._centre[groups],
            directions=self._directions(groups, torch.cat([pixel, pixel_off])),
            world_from_rig=self._rotation[group],
            images=images,
            lights=self._image_light[images],
            edge=self._active_edge[index],
            clear=self._active_clear[off],
            valid=valid,
            colours=self._read(row.clamp(max=len(self._colours) - 1)) * self._scale,
        )

    def of_image(self, image: int, pixels: int) -> RayBatch:
        """Up to ``pixels`` object rays of one image, evenly spread over it, with the one colour each; none beside."""
        group = next(g for g, ids in enumerate(self._images_of_group) if bool((ids == image).any()))
        flat = self._inside[group].long()
        place = torch.linspace(0, len(flat) - 1, min(pixels, len(flat)), device=self.device).round().long()
        groups = torch.full_like(place, group)
        order = place if self._order is None else self._order[group][place].long()
        images = torch.full((len(place), 1), image, device=self.device)
        return RayBatch(
            origins=self._centre[groups],
            directions=self._directions(groups, flat[place]),
            world_from_rig=self._rotation[groups],
            images=images,
            lights=self._image_light[images],
            edge=self._edge[group][place],
            clear=torch.zeros(0, dtype=torch.bool, device=self.device),
            valid=torch.ones_like(images, dtype=torch.bool),
            colours=self._read(self._image_start[images] + order[:, None]) * self._scale,
        )

    def _read(self, row: Tensor) -> Tensor:
        """Stored colours [..., 3] of rows [...] as floats."""
        stored = self._colours[row]
        return (stored.int() & 0xFFFF).float() if self._unsigned_16 else stored.float()

    def _directions(self, group: Tensor, pixel: Tensor) -> Tensor:
        width = self._widths[group]
        u, v = (pixel % width).float(), torch.div(pixel, width, rounding_mode="floor").float()
        homogeneous = torch.stack([u, v, torch.ones_like(u)], 1)
        direction = torch.bmm(self._ray[group], homogeneous[:, :, None])[:, :, 0]
        return torch.nn.functional.normalize(direction, dim=1)


class _Pixels:
    """Pixels of several pose groups, any of which is drawn with equal chance."""

    def __init__(self, of_group: list[Tensor], used: list[int], order: list[Tensor] | None) -> None:
        self._flat = torch.cat([of_group[g] for g in used])
        self._groups = torch.tensor(used, device=self._flat.device)
        counts = torch.tensor([len(of_group[g]) for g in used], device=self._flat.device)
        self._end = counts.cumsum(0)
        self._first = self._end - counts
        self._order = None if order is None else torch.cat([order[g] for g in used])

    def __len__(self) -> int:
        return len(self._flat)

    def pick(
        self, count: int, generator: torch.Generator, device: torch.device
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """``count`` random pixels: place among all these, group, row-major index in the photograph, place among the
        group's stored pixels.
        """
        index = torch.randint(len(self._flat), (count,), generator=generator).to(device)
        slot = torch.searchsorted(self._end, index, right=True)
        order = index - self._first[slot] if self._order is None else self._order[index].long()
        return index, self._groups[slot], self._flat[index].long(), order


def _flat_pixels(mask: NDArray[np.bool_], device: torch.device) -> Tensor:
    """[pixels] int32 row-major indices of true pixels."""
    return torch.from_numpy(np.flatnonzero(mask).astype(np.int32)).to(device)


def _at_edge(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mask pixels with a neighbour beside the object; the frame of the photograph is no edge."""
    return mask & ~np.asarray(ndimage.binary_erosion(mask, border_value=1), np.bool_)


def _clear(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels beside the object none of whose neighbours are on it."""
    return ~np.asarray(ndimage.binary_dilation(mask), np.bool_)


def _brightness(capture: Capture) -> tuple[float, float]:
    """Mean and median over mask pixels, 1.0 = full range, from about as many pixels of every photograph.

    The mean is over channels, too; the median is of the channels' mean.
    """
    total = sum(int(capture.masks[key.view].sum()) for key in capture.keys)
    stride = max(1, total // _MEAN_OF)
    means = [capture.object_pixels(image)[::stride].mean(1, dtype=np.float64) for image in range(len(capture.keys))]
    pixels = np.concatenate(means) / full_range(capture.photographs[0])
    return (float(pixels.mean()), float(np.median(pixels))) if len(pixels) else (0.0, 0.0)


def _beside(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels beside the object: the rim around the mask, and an equal number spread over the rest."""
    radius = rim_width(mask.shape)
    distance = np.asarray(ndimage.distance_transform_edt(~mask), np.float32)
    near = (distance > 0) & (distance <= radius)
    far = distance > radius
    keep = np.zeros_like(far)
    stride = max(1, round(far.sum() / max(near.sum(), 1)))
    keep.ravel()[np.flatnonzero(far)[::stride]] = True
    return near | keep
