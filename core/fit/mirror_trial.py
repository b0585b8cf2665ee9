"""A hollow that was taken for a bump is found out, where that can happen.

Seen from one side only, a hollow under lights from the left looks like a bump under lights from the right (the
convex/concave ambiguity of shape from shading). Training begins with a ball under lights at the camera, so it finds the
bump, and single lights that are tried elsewhere fit its shape less well. Cameras all around the object rule that out
by its outlines. Where they stand on one side, the run is repeated up to the same step with all lights on the other
side, held there until a shape has formed under them; what explains the photographs clearly better goes on.
"""

import copy
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from core.errors import FitError
from core.fit.compared_batch import compared_batch
from core.fit.image_figures import ImageFigures
from core.fit.last_good import LastGood
from core.fit.light_search import mirrored_in_rig
from core.fit.mirrored_lights import MirroredLights
from core.fit.schedule import OPENING, Plan
from core.scene.frame import SceneFrame
from core.scene.light_start import to_cameras
from core.types import Camera

if TYPE_CHECKING:
    from core.fit.trainer import Trainer

_NARROW_DEG = 40.0
"""Half the angle of the cone in which all cameras stand, up to which outlines leave the question open."""
_TRY_AT = 0.35
"""Stage: the errors of hollow and bump have parted; at 0.25 a relief's dents under the right lights explained less
than its bumps under the wrong ones."""
_FEWEST_STEPS = 20
"""Of a run that has fewer there is nothing to compare: it was thrown back to its beginning."""
_FAR_DEG = 20.0
"""What the lights must move by in the mean: mirrored about the camera beside which they hang, they would stay there."""
_HELD = 0.24
"""Part of the trial in which the lights stay where they were put."""
_HOPELESS_AT, _HOPELESS = 0.4, 1.3
"""Part of the trial after which it is given up when its error is still so many times that of the run."""
_BATCHES = 8
"""Compared to tell an error."""


def begun(trainer: "Trainer") -> "MirrorTrial | MirroredLights":
    """A trial of the run as it stands, or why there can be none: its numbers are bad, or memory is short."""
    try:
        error = _error(trainer)
        if not (math.isfinite(error) and LastGood(trainer).sound):
            return MirroredLights(error=None, mirrored_error=None, trouble="the run holds what are no numbers")
        return MirrorTrial(trainer, error)
    except (MemoryError, RuntimeError) as fault:
        return MirroredLights(error=None, mirrored_error=None, trouble=_told(fault))


class MirrorTrial:
    """The run repeated with all lights mirrored, step by step."""

    def __init__(self, trainer: "Trainer", error: float) -> None:
        self._trainer = trainer
        self._error = error
        self._rival = _with_mirrored_lights(trainer)
        self.outcome: MirroredLights | None = None
        """Known when the trial is over."""

    @property
    def part(self) -> float:
        """How much of it is done, 0 to 1."""
        return self._rival.steps / self._trainer.steps

    def step(self) -> None:
        """One step; the last one decides, and puts the trainer where the trial is when that is better."""
        try:
            self._improve()
            if self._rival.steps == math.ceil(_HOPELESS_AT * self._trainer.steps) or self.part >= 1.0:
                self._judge()
        except (FitError, MemoryError, RuntimeError) as fault:  # whatever it is, the run itself is sound
            self.outcome = MirroredLights(error=self._error, mirrored_error=None, trouble=_told(fault))

    def _improve(self) -> None:
        lights = self._rival.model.lights
        held = lights.direction.detach().clone() if self.part < _HELD else None
        self._rival.step()
        if held is not None:
            with torch.no_grad():
                lights.direction.copy_(held)

    def _judge(self) -> None:
        error, state = _error(self._rival), LastGood(self._rival)
        if not (math.isfinite(error) and state.sound):
            raise FitError("its numbers went bad")
        outcome = MirroredLights(error=self._error, mirrored_error=error)
        if self.part >= 1.0 and outcome.taken:
            self._take(state)
        if self.part >= 1.0 or error > _HOPELESS * self._error:
            self.outcome = outcome

    def _take(self, state: LastGood) -> None:
        """Put the trainer into the trial's state, or leave it in its own."""
        before = LastGood(self._trainer)
        try:
            state.restore(self._trainer)
        except Exception:
            before.restore(self._trainer)
            raise
        self._trainer.errors = self._rival.errors


def _told(fault: Exception) -> str:
    """What went wrong, on one line."""
    return " ".join((str(fault) or type(fault).__name__).split())[:200]


def is_due(trainer: "Trainer", stage: float) -> bool:
    """Whether the trial is to be made before the next step, which is at ``stage``."""
    return (
        trainer.one_sided
        and trainer.mirrored_lights is None
        and trainer.steps >= _FEWEST_STEPS
        and _TRY_AT <= stage < OPENING
        and _turned_deg(trainer) >= _FAR_DEG
    )


def one_sided(cameras: Sequence[Camera], frame: SceneFrame) -> bool:
    """Whether all cameras stand so near to each other, seen from the object, that outlines leave the question open."""
    places = to_cameras(cameras, frame)
    mean = places.mean(axis=0)
    cosines = places @ (mean / max(float(np.linalg.norm(mean)), 1e-9))
    return bool(cosines.min() >= math.cos(math.radians(_NARROW_DEG)))


@torch.no_grad()
def _error(trainer: "Trainer") -> float:
    """Mean absolute colour error over the same few batches for everyone, every photograph believed.

    With shadows and light that bounces, or without either, whichever explains more: of a rough shape they may hide what
    is right about it.
    """
    probe = copy.copy(trainer)
    probe.generator = torch.Generator().manual_seed(trainer.seed)
    probe.images = ImageFigures(trainer.capture.keys)
    totals, count = torch.zeros(2, device=trainer.device), 0.0
    for _ in range(_BATCHES):
        compared = compared_batch(probe, _TRY_AT)
        shaded, batch = compared.drawn.shaded, compared.batch
        share = batch.valid[..., None].to(batch.colours.dtype)
        for row, render in enumerate((shaded.radiance, shaded.unshadowed)):
            totals[row] += ((render.clamp(max=trainer.pool.ceiling) - batch.colours).abs() * share).sum()
        count += 3.0 * float(share.sum())
    return float(totals.min()) / max(count, 1.0) / trainer.pool.exposure


def _with_mirrored_lights(trainer: "Trainer") -> "Trainer":
    """The trainer before its first step, but for its lights: mirrored, with the intensities found so far."""
    rival = copy.copy(trainer)
    rival.start_over()
    # It reaches the stage of the run in as many steps, however that got there: by the clock, or with a changed plan.
    last_step = math.ceil(trainer.steps / trainer.course.stage)
    rival.course.plan = Plan(first_step=0, first_second=0.0, last_step=last_step, last_second=None, extension=False)
    rival.mirrored_lights = MirroredLights(error=None, mirrored_error=None)  # it makes no trial itself
    lights, found = rival.model.lights, trainer.model.lights
    with torch.no_grad():
        lights.direction.copy_(_mirrored(trainer, found.direction.detach()))
        lights.log_intensity.copy_(found.log_intensity)
    return rival


def _turned_deg(trainer: "Trainer") -> float:
    """How far the lights would move, mean over those that are trained, degrees."""
    lights = trainer.model.lights
    now = torch.nn.functional.normalize(lights.direction.detach()[lights.trained], dim=1)
    cosines = (now * _mirrored(trainer, now)).sum(1).clamp(-1.0, 1.0)
    return float(cosines.acos().mean().rad2deg())


def _mirrored(trainer: "Trainer", directions: Tensor) -> Tensor:
    """[lights, 3] turned by half a turn about the optical axis, or the mean direction to the cameras in the room."""
    if trainer.model.lights.model.fixed_to == "camera":
        return mirrored_in_rig(directions)
    keys = trainer.capture.keys
    cameras = [camera for key, camera in zip(keys, trainer.capture.cameras, strict=True) if key in trainer.included]
    axis = to_cameras(cameras, trainer.frame).mean(axis=0)
    turned = directions.new_tensor(axis / np.linalg.norm(axis))
    return 2.0 * (directions @ turned)[:, None] * turned - directions
