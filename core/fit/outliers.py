"""Photographs that do not fit the others, and what seems to be wrong with each, in plain words."""

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from core.fit.image_figures import stands_out_from
from core.fit.outlier import Outlier
from core.render.composite import trace
from core.render.shade import shade_hits
from core.scene.pixels import RayBatch

if TYPE_CHECKING:
    from core.fit.trainer import Trainer

_PIXELS = 400
"""Pixels of a photograph that are looked at."""
_EXPLAINED = 0.6
"""A cause is named when it leaves at most this part of the error."""
_BLACK = 0.04
"""Brightness, relative to what was expected, below which a flash is taken to have failed."""
_BAD_VIEW = 0.7
"""Part of a view's photographs that must stand out for its camera or mask to be named instead."""


@torch.no_grad()
def find_outliers(trainer: "Trainer") -> tuple[Outlier, ...]:
    """The included photographs that stand out, the worst first; empty while the run is too young to tell.

    Looks into a few hundred pixels of each, so it takes some milliseconds a photograph; changes nothing.
    """
    opening = trainer.plan.settling is None and not trainer.plan.extension
    if opening or not bool((trainer.images.weight < 1.0).any()):
        return ()
    errors, keys = trainer.images.errors(), trainer.capture.keys
    typical = float(errors[errors.isfinite()].median())
    worst_first = [i for i in errors.nan_to_num(0.0).argsort(descending=True).tolist() if keys[i] in trainer.included]
    found = [i for i in worst_first if errors[i] > stands_out_from(errors)]
    bad_views = _bad_views(trainer, found)
    return tuple(
        Outlier(
            key=keys[i],
            weight=float(trainer.images.weight[i]),
            error_ratio=float(errors[i]) / typical,
            reason=bad_views.get(keys[i].view) or _reason(trainer, i),
        )
        for i in found
    )


def _bad_views(trainer: "Trainer", found: list[int]) -> dict[int, str]:
    """Views nearly all of whose photographs stand out: no single light explains that."""
    keys = trainer.capture.keys
    of_view = {view: [key for key in trainer.included if key.view == view] for view in {keys[i].view for i in found}}
    standing_out = [keys[i].view for i in found]
    text = "its whole view does not fit: check the camera and the mask"
    return {
        view: text
        for view, included in of_view.items()
        if len(included) > 1 and standing_out.count(view) >= _BAD_VIEW * len(included)
    }


def _reason(trainer: "Trainer", image: int) -> str:
    batch = trainer.pool.of_image(image, _PIXELS)
    table = trainer.model.lights.trained.nonzero()[:, 0]
    own = int(batch.lights[0, 0])
    renders = _under(trainer, batch, table)
    seen = batch.colours[:, 0]
    mine = renders[:, table.tolist().index(own)]
    brightness = float(seen.sum() / mine.sum().clamp_min(1e-9))
    if brightness < _BLACK:
        return "almost black: did the flash fail?"
    errors = _errors(renders, seen[:, None], trainer.config.weights.colour_floor)
    error = float(errors[table.tolist().index(own)])
    best = int(errors.argmin())
    if int(table[best]) != own and float(errors[best]) < _EXPLAINED * error:
        return f"looks as if lit by light {trainer.capture.light_ids[int(table[best])]}: check its light id"
    scaled = float(_errors(mine[:, None] * brightness, seen[:, None], trainer.config.weights.colour_floor)[0])
    if scaled < _EXPLAINED * error:
        return f"{brightness:.2g} times as bright as expected: model the exposure of every photograph, or leave it out"
    return "shows something else: is anything in front of the object, or is it blurred?"


def _under(trainer: "Trainer", batch: RayBatch, lights: Tensor) -> Tensor:
    """[pixels, lights, 3] the object at the batch's pixels under each of ``lights`` (rows of the light table)."""
    model, rays = trainer.model, len(batch.origins)
    middle = torch.full((rays,), 0.5, device=trainer.device)
    hits = trace(model, batch.origins, batch.directions, sections=trainer.config.sections, jitter=middle)
    lit = model.lights.incident(
        lights.expand(rays, -1),
        batch.images.expand(-1, len(lights)),
        hits.points,
        world_from_rig=batch.world_from_rig,
        camera_centres=batch.origins,
    )
    strength = model.shadow_strength * model.shadow_trust
    shaded = shade_hits(model, hits, batch.directions, lit.to_light, lit.intensity, shadows=strength)
    return shaded.radiance.clamp(max=trainer.pool.ceiling)


def _errors(renders: Tensor, seen: Tensor, floor: float) -> Tensor:
    """[lights] mean relative colour error, as in the loss."""
    return ((renders - seen).abs() / (renders + floor)).mean(dim=(0, 2))
