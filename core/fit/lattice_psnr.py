"""PSNR of a photograph whose bounced light is rendered at a lattice of its pixels: enough for a mean over photographs.

Light that bounces is looked for in dozens of directions at every pixel, so rendering a photograph with it takes ten
times as long as without. Here all pixels are rendered without it, and only every n-th with it as well:

    PSNR = PSNR of all pixels without + (PSNR of the lattice with - PSNR of the lattice without).

Pixels differ far more in how well they fit than in what bounced light does to that, so the mean of 48 photographs is
within 0.05 dB of that of whole renders (four captures of 160 and 192 pixels a side, 400 steps).
"""

from dataclasses import replace

import numpy as np
import torch

from core.fit import metrics
from core.fit.known_lights import light_of
from core.fit.traced import TracedPose, as_photographed
from core.fit.trainer import Trainer
from core.render.composite import SurfaceHits
from core.render.view import SurfaceBuffer, shade
from core.types import BoolArray, Camera

_LONGEST = 80
"""Pixels of the lattice along the longer side, about."""


def lattice_psnr_db(trainer: Trainer, pose: TracedPose, image: int) -> float:
    """PSNR [dB] over mask pixels of one of a pose's photographs under its estimated light."""
    capture, model = trainer.capture, trainer.model
    key = capture.keys[image]
    photograph, mask, lamp = capture.linear(image), capture.masks[key.view], light_of(trainer, key)
    plain = as_photographed(trainer, shade(model, pose.buffer, lamp, bounce_rays=0).render)
    whole_db = metrics.psnr_db(plain, photograph, mask)
    chosen = lattice(pose.buffer.camera)
    some = mask & chosen
    if not (model.config.bounce and some.any() and np.isfinite(whole_db)):
        return whole_db
    render = as_photographed(trainer, shade(model, part_of(pose.buffer, chosen), lamp).render)
    return whole_db + metrics.psnr_db(render, photograph, some) - metrics.psnr_db(plain, photograph, some)


def lattice(camera: Camera) -> BoolArray:
    """[height, width] true at every n-th pixel along both sides; at all of them in a small picture."""
    step = max(1, round(max(camera.width, camera.height) / _LONGEST))
    chosen = np.zeros((camera.height, camera.width), np.bool_)
    chosen[step // 2 :: step, step // 2 :: step] = True
    return chosen


def part_of(buffer: SurfaceBuffer, chosen: BoolArray) -> SurfaceBuffer:
    """``buffer`` at those of its pixels that are ``chosen`` [height, width]; black elsewhere."""
    row = torch.from_numpy(chosen.ravel()).to(buffer.pixels.device)[buffer.pixels].nonzero()[:, 0]
    hits = buffer.hits
    return replace(
        buffer,
        pixels=buffer.pixels[row],
        hits=SurfaceHits(
            opacity=hits.opacity[row],
            distance=hits.distance[row],
            normal=hits.normal[row],
            features=hits.features[row],
            gradient=hits.gradient[row],
            points=hits.points[row],
        ),
        directions=buffer.directions[row],
        albedo=buffer.albedo[row],
        specular=buffer.specular[row],
        roughness=buffer.roughness[row],
    )
