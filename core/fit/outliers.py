"""Photographs that do not fit the others, and what seems to be wrong with each, in plain words."""

from collections import Counter
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from core.fit.outlier import Outlier
from core.render.composite import trace
from core.render.shade import shade_hits
from core.scene.pixels import RayBatch

if TYPE_CHECKING:
    from core.fit.trainer import Trainer

_PIXELS = 200
"""Pixels of a photograph that are looked at."""
_LOOKS = 2
"""Photographs looked into at a time while a run goes on."""
_EXPLAINED = 0.6
"""A cause is named when it leaves at most this part of the error,"""
_STILL_ODD = 3.0
"""and less than so many times the usual error: some light is always less wrong for a photograph of another view."""
_BLACK = 0.04
"""Brightness, relative to what was expected, below which a flash is taken to have failed."""
_BAD_VIEW = 0.7
"""Part of a view's photographs that must stand out for its camera or mask to be named instead."""
_NOT_YET = "why is being looked into"


def find_outliers(trainer: "Trainer") -> tuple[Outlier, ...]:
    """The included photographs that stand out, the worst first; empty while the run is too young to tell.

    Looks into each at once: on the order of a tenth of a second a photograph where a view has many lights. Changes
    nothing.
    """
    found = _standing_out(trainer)
    reasons = _bad_views(trainer, found)
    return _told(trainer, found, {i: reasons.get(i) or _reason(trainer, i) for i in found})


class OutlierWatch:
    """Looks for outliers again and again while a run goes on, at a cost that does not grow with their number."""

    def __init__(self, trainer: "Trainer") -> None:
        self._trainer = trainer
        self._reasons: dict[int, str] = {}
        """Of photographs that were looked into, the one longest ago first."""
        self.unfinished = False
        """Whether there are some that were not looked into yet."""

    def look(self) -> tuple[Outlier, ...]:
        """As ``find_outliers``, but looks into no more than a few: what is new first, then what is known longest."""
        found = _standing_out(self._trainer)
        of_views = _bad_views(self._trainer, found)
        single = [i for i in found if i not in of_views]
        self._reasons = {i: reason for i, reason in self._reasons.items() if i in single}
        new = [i for i in single if i not in self._reasons]
        for i in [*new, *self._reasons][:_LOOKS]:
            self._reasons.pop(i, None)
            self._reasons[i] = _reason(self._trainer, i)
        self.unfinished = len(new) > _LOOKS
        return _told(self._trainer, found, self._reasons | of_views)


def _standing_out(trainer: "Trainer") -> list[int]:
    """Included images whose error stands out, the worst first; none while the run is too young to tell."""
    plan = trainer.course.plan
    opening = plan.settling is None and not plan.extension
    if opening or not bool((trainer.images.weight < 1.0).any()):
        return []
    standing, keys = trainer.images.standing(), trainer.capture.keys
    worst_first = standing.ratio.nan_to_num(0.0).argsort(descending=True).tolist()
    return [i for i in worst_first if keys[i] in trainer.included and standing.ratio[i] > standing.least[i]]


def _told(trainer: "Trainer", found: list[int], reasons: dict[int, str]) -> tuple[Outlier, ...]:
    ratio = trainer.images.standing().ratio
    return tuple(
        Outlier(
            key=trainer.capture.keys[i],
            weight=float(trainer.images.weight[i]),
            error_ratio=float(ratio[i]),
            reason=reasons.get(i, _NOT_YET),
        )
        for i in found
    )


def _bad_views(trainer: "Trainer", found: list[int]) -> dict[int, str]:
    """What is wrong with those of views nearly all of whose photographs stand out: no single light explains that."""
    keys = trainer.capture.keys
    included = Counter(key.view for key in trainer.included)
    standing_out = Counter(keys[i].view for i in found)
    bad = {view for view, count in standing_out.items() if included[view] > 1 and count >= _BAD_VIEW * included[view]}
    text = "its whole view does not fit; check the camera and the mask"
    return {i: text for i in found if keys[i].view in bad}


@torch.no_grad()
def _reason(trainer: "Trainer", image: int) -> str:
    batch = trainer.pool.of_image(image, _PIXELS)
    lights = _tried(trainer, image)
    renders = _under(trainer, batch, torch.tensor(lights, device=trainer.device))
    seen, mine, floor = batch.colours[:, 0], renders[:, 0], trainer.colour_floor
    brightness = float(seen.sum() / mine.sum().clamp_min(1e-9))
    if brightness < _BLACK:
        return "almost black; did the flash fail?"
    errors = _errors(renders, seen[:, None], floor)
    best, ratio = int(errors.argmin()), float(trainer.images.standing().ratio[image])
    explained = float(errors[0]) * min(_EXPLAINED, _STILL_ODD / ratio)
    if best > 0 and float(errors[best]) < explained:
        return f"looks as if lit by light {trainer.capture.light_ids[lights[best]]}; check its light id"
    scaled = float(_errors(mine[:, None] * brightness, seen[:, None], floor)[0])
    if scaled < explained:
        return f"{brightness:.2g} times as bright as expected; model the exposure of every photograph, or leave it out"
    return "does not fit its view; was it swapped, moved or blurred, or is something else in the frame?"


def _tried(trainer: "Trainer", image: int) -> list[int]:
    """Rows of the light table: the image's own first, then those of its view, among which ids are mixed up.

    Where every shot has its own light, there is nothing to mix up.
    """
    capture, rows = trainer.capture, trainer.model.lights.image_lights.tolist()
    if len(capture.light_ids) == len(capture.keys):
        return [rows[image]]
    view = capture.keys[image].view
    of_view = {rows[i] for i, key in enumerate(capture.keys) if key.view == view and key in trainer.included}
    return [rows[image], *sorted(of_view - {rows[image]})]


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
