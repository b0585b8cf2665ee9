"""The scale at which a run's materials are written for glTF, from what the photographs' cameras see of the object.

What no camera sees is not asked: nothing ties it down, and it may be brighter than everything else.
"""

import numpy as np

from core.fit.sampled_errors import coarse, spread
from core.fit.traced import first_images
from core.fit.trainer import Trainer
from core.mesh.metal_rough import viewer_factor
from core.render.view import trace_view_now
from core.types import FloatArray

_VIEWS = 8


def gltf_factor(trainer: Trainer) -> float:
    """What albedo and specular colour are multiplied by before they become base colour and metallic value."""
    trained = {key.view for key in trainer.included}
    images = [image for view, image in sorted(first_images(trainer).items()) if view in trained]
    found = [_seen(trainer, image) for image in spread(images, _VIEWS)]
    albedo, specular = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return viewer_factor(albedo, specular)


def _seen(trainer: Trainer, image: int) -> tuple[FloatArray, FloatArray]:
    """Albedo and specular colour [N, 3] of a coarse grid of the object's pixels in a photograph."""
    camera, _, _ = coarse(trainer.capture.cameras[image])
    maps = trace_view_now(trainer.model, camera, trainer.frame).images()
    seen = maps.opacity > 0.5
    return maps.albedo[seen], maps.specular[seen]
