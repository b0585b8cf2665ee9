"""A batch of photograph pixels as the model renders them."""

from dataclasses import dataclass

from torch import Tensor

from core.fields.model import Model
from core.fit import schedule
from core.fit.config import FitConfig
from core.render.composite import SurfaceHits, first_rays, trace
from core.render.shade import Shaded, shade_hits
from core.scene.pixels import RayBatch


@dataclass(frozen=True, kw_only=True)
class RenderedBatch:
    """Geometry of all rays of a batch, and light of those on the object."""

    hits: SurfaceHits
    """Of all rays."""
    points: Tensor
    """[object rays, 3] surface points, scene frame."""
    shaded: Shaded
    """Of the object rays."""
    shadows: float
    """How dark cast shadows were taken to be."""


def rendered_batch(
    model: Model, batch: RayBatch, config: FitConfig, *, jitter: Tensor, stage: float, masked: bool
) -> RenderedBatch:
    """Trace and shade a batch; ``jitter`` [rays] in [0, 1) places the samples along each ray.

    ``masked``: whether masks hold the shape, so that the edges of cast shadows may move it.
    """
    hits = trace(
        model,
        batch.origins,
        batch.directions,
        sections=config.sections,
        jitter=jitter,
        straightness=schedule.straightness(stage),
    )
    seen = first_rays(hits, len(batch.colours))
    shadows = model.shadow_strength * model.shadow_trust
    learn_from = config.shadow_gradients_from
    learns = masked and learn_from is not None and stage >= learn_from
    shaded = _shaded(model, batch, seen, shadows=shadows, learn_shadows=learns)
    return RenderedBatch(hits=hits, points=seen.points, shaded=shaded, shadows=shadows)


def _shaded(model: Model, batch: RayBatch, seen: SurfaceHits, *, shadows: float, learn_shadows: bool) -> Shaded:
    """The object rays of a batch under the lights of their photographs."""
    on = len(batch.colours)
    light = model.lights.incident(
        batch.lights,
        batch.images,
        seen.points,
        world_from_rig=batch.world_from_rig,
        camera_centres=batch.origins[:on],
    )
    to_eye = batch.directions[:on]
    return shade_hits(
        model, seen, to_eye, light.to_light, light.intensity, shadows=shadows, learn_shadows=learn_shadows
    )
