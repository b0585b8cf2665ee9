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


def rendered_batch(model: Model, batch: RayBatch, config: FitConfig, *, jitter: Tensor, stage: float) -> RenderedBatch:
    """Trace and shade a batch; ``jitter`` [rays] in [0, 1) places the samples along each ray."""
    on = len(batch.colours)
    hits = trace(
        model,
        batch.origins,
        batch.directions,
        sections=config.sections,
        jitter=jitter,
        straightness=schedule.straightness(stage),
    )
    seen = first_rays(hits, on)
    light = model.lights.incident(
        batch.lights,
        batch.images,
        seen.points,
        world_from_rig=batch.world_from_rig,
        camera_centres=batch.origins[:on],
    )
    shadows = model.shadow_strength * model.shadow_trust
    learn_from = config.shadow_gradients_from
    shaded = shade_hits(
        model,
        seen,
        batch.directions[:on],
        light.to_light,
        light.intensity,
        shadows=shadows,
        learn_shadows=learn_from is not None and stage >= learn_from,
    )
    return RenderedBatch(hits=hits, points=seen.points, shaded=shaded, shadows=shadows)
