"""The optimiser: one object that owns the model of a capture and improves it step by step.

No thread, no window, no files. Randomness comes from one seeded generator, so that two runs of equal steps are equal.
"""

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass

import torch

from core.capture.capture import Capture
from core.capture.subset import check_subset
from core.errors import FitError, SubsetError
from core.fields.kernels import compile_kernels
from core.fields.model import Model
from core.fit import schedule
from core.fit.compared_batch import ComparedBatch, compared_batch, trust_after
from core.fit.config import FitConfig
from core.fit.course import Course
from core.fit.error_volume import ErrorVolume
from core.fit.image_figures import ImageFigures
from core.fit.last_good import LastGood
from core.fit.light_estimate import LightEstimate, estimated_lights
from core.fit.light_search import search_lights
from core.fit.losses import Losses
from core.fit.mirror_trial import MirrorTrial, begun, is_due, one_sided
from core.fit.mirrored_lights import MirroredLights
from core.fit.optimiser import make_optimiser, move_parameters
from core.scene.frame import SceneFrame, scene_frame
from core.scene.light_start import light_start
from core.scene.pixels import PixelPool
from core.types import ImageKey, Progress

_KEEP_EVERY = 100
"""Steps between copies of the last good state."""
_FADE_EVERY = 200
"""Steps between halvings of the running errors."""
_WEIGH_FROM = 0.2
"""Stage before which nothing can be said about single photographs."""
_WEIGH_EVERY = 25
"""Steps between looks at which photographs stand out."""
SEARCH_AT = (0.15, 0.3)
"""Stages at which lights in wrong places are looked for: there is a rough shape, and time enough to mend it."""


@dataclass(frozen=True, kw_only=True)
class StepStats:
    """What one optimisation step did."""

    step: int
    """Steps made so far, this one included."""
    losses: dict[str, float]
    """``colour``, ``mask`` (where there are masks), ``eikonal`` unweighted, and their weighted ``total``."""
    seconds: float
    """How long the step took."""


class Trainer:
    """Estimates shape, reflectance and lights of a capture.

    Raises SubsetError when ``included`` cannot be trained, FitError when memory does not suffice.
    """

    def __init__(
        self,
        capture: Capture,
        config: FitConfig,
        *,
        device: torch.device,
        seed: int = 0,
        included: Iterable[ImageKey] | None = None,
        progress: Progress | None = None,
    ) -> None:
        chosen = frozenset(capture.keys if included is None else included)
        _check_included(capture, chosen)
        if device.type == "cpu":
            compile_kernels(progress)
        self.capture = capture
        self.config = config
        self.device = device
        self.seed = seed
        self.frame: SceneFrame = scene_frame(capture)
        self.pool = PixelPool(capture, self.frame, device=device)
        self.colour_floor = config.weights.floor_at(self.pool.evenness)
        """Added below relative colour errors; see ``Weights``."""
        self.included = chosen
        self.start_over()

    def start_over(self) -> None:
        """Forget everything learnt and begin anew, with the same random numbers."""
        self.generator = torch.Generator().manual_seed(self.seed)
        self.model = self._first_model()
        self.model.exposure = self.pool.exposure
        self.optimiser = make_optimiser(self.model, self.config.rates)
        self.course = Course(self.config)
        self.errors = ErrorVolume(device=self.device)
        self.images = ImageFigures(self.capture.keys)
        self.searches = 0
        """How often lights in wrong places have been looked for."""
        self.mirrored_lights: MirroredLights | None = None
        """What came of the trial with all lights mirrored; None where it was not made."""
        self._trial: MirrorTrial | None = None
        self._values: dict[str, float] = {}
        self.include(self.included)
        self._last_good = LastGood(self)

    def _first_model(self) -> Model:
        config = self.config.model
        return Model(
            config,
            lights=len(self.capture.light_ids),
            device=self.device,
            generator=self.generator,
            light_start=light_start(self.capture, self.frame, config.lights, device=self.device),
        )

    # ---- the plan -----------------------------------------------------------------------------------------------

    @property
    def steps(self) -> int:
        """Steps made so far."""
        return self.course.steps

    @property
    def seconds(self) -> float:
        """Optimisation time spent so far."""
        return self.course.seconds

    @property
    def planned_seconds(self) -> float | None:
        """Optimisation time at which the plan ends, counted from the start of the run."""
        return self.course.plan.last_second

    @property
    def planned_steps(self) -> int | None:
        """Step at which the plan ends."""
        return self.course.plan.last_step

    @property
    def progress(self) -> float:
        """Fraction of the plan that is done."""
        return self.course.progress

    @property
    def finished(self) -> bool:
        """Whether the plan has been carried out; ``step`` goes on all the same."""
        return self.progress >= 1.0

    @property
    def converged(self) -> bool:
        """Whether the plan was shortened because going on would have brought no more."""
        return self.course.plan.converged

    def extend(self, *, seconds: float | None = None, steps: int | None = None) -> None:
        """Plan further: so much longer than the end of the plan, or than now when that is later.

        Before the end the schedule is stretched; after it a new stretch begins, at rates between start and end.
        """
        self.course.extend(seconds=seconds, steps=steps)

    def keep(self, state: LastGood) -> None:
        """Take ``state`` as the one to go back to when a step goes wrong."""
        self._last_good = state

    # ---- what is trained on -------------------------------------------------------------------------------------

    def include(self, keys: Iterable[ImageKey]) -> None:
        """Train on exactly these images from the next step on. Raises SubsetError, and changes nothing, when the
        subset cannot be trained.
        """
        chosen = frozenset(keys)
        _check_included(self.capture, chosen)
        images = [i for i, key in enumerate(self.capture.keys) if key in chosen]
        self.pool.include(images)
        self.images.include(images)
        if chosen != self.included:
            self.course.watch_anew()
            self._trial = None  # it would be judged by other photographs than it began with
        self.included = chosen
        self.one_sided = one_sided([self.capture.cameras[image] for image in images], self.frame)
        """Whether a hollow may have been taken for a bump."""
        self.model.lights.include(images)

    # ---- one step -----------------------------------------------------------------------------------------------

    def step(self) -> StepStats:
        """One optimisation step, or one of the trial with mirrored lights, during which the run itself stands still.

        Raises FitError, with the last good state restored, on NaN or lack of memory.
        """
        began = time.perf_counter()
        if self._trial is not None or is_due(self, self.course.stage):
            self._try_mirrored_lights()
            return StepStats(step=self.steps, losses=self._values, seconds=time.perf_counter() - began)
        values = self._values = self._named(self._improve_or_go_back())
        if not math.isfinite(values["total"]):
            self._last_good.restore(self)
            raise FitError(
                f"The optimisation produced values that are not numbers at step {self.steps + 1}; the last good state "
                "is kept. Look for damaged photographs, or go on from here."
            )
        spent = time.perf_counter() - began
        self.course.advance(spent)
        if self.steps % _KEEP_EVERY == 0 and (state := LastGood(self)).sound:
            self._last_good = state
        return StepStats(step=self.steps, losses=values, seconds=spent)

    def _try_mirrored_lights(self) -> None:
        """One step of the trial; it takes none of the run's steps and time."""
        trial = self._trial or begun(self)
        if isinstance(trial, MirroredLights):
            self.mirrored_lights = trial
            return
        trial.step()
        self.mirrored_lights = trial.outcome
        self._trial = trial if trial.outcome is None else None
        if trial.outcome is not None and trial.outcome.taken:
            self._last_good = LastGood(self)

    @property
    def trial_progress(self) -> float | None:
        """How much of the trial with all lights mirrored is done, 0 to 1; None while none is going on."""
        return None if self._trial is None else self._trial.part

    def _improve_or_go_back(self) -> Losses:
        """Improve the model; where that fails, restore the last good state. Raises FitError for lack of memory."""
        try:
            return self._improve()
        except (MemoryError, RuntimeError) as error:
            self._last_good.restore(self)
            if isinstance(error, MemoryError | torch.cuda.OutOfMemoryError) or "memory" in str(error):
                raise FitError(
                    "Out of memory during optimisation; the last good state is kept. Close other programs or untick "
                    "images, then go on."
                ) from error
            raise

    def _improve(self) -> Losses:
        """Compare a batch with the photographs, move every parameter, and take note of what was seen."""
        stage = self.course.enter_stage()
        self.model.sdf.active_levels = schedule.active_levels(stage, self.config.model.sdf.levels)
        self.model.shadow_strength = schedule.shadow_strength(stage)
        compared = compared_batch(self, stage)
        self.model.shadow_trust = trust_after(self, compared, stage)
        losses = compared.losses
        self.optimiser.zero_grad()
        losses.total.backward()
        if math.isfinite(float(losses.total.detach())):
            self._move(stage)
            self._observe(compared, stage)
            self.course.watch(float(losses.colour.detach()), stage)
            self._search_lights_when_due(stage)
            if self.steps % self.config.refresh_every == 0:
                self.model.cache.refresh(self.model.sdf, shares=schedule.refresh_shares(stage))
        return losses

    def _move(self, stage: float) -> None:
        """Move every parameter down its gradient, as far as this stage asks for."""
        factor = self.course.rate_factor(stage)
        lights = schedule.light_factor(stage)
        move_parameters(self.model, self.optimiser, grid_rate=self.config.rates.grid, factor=factor, lights=lights)

    def _search_lights_when_due(self, stage: float) -> None:
        if self.searches < len(SEARCH_AT) and stage >= SEARCH_AT[self.searches]:
            self.searches += 1
            search_lights(self)

    def _named(self, losses: Losses) -> dict[str, float]:
        names = ("colour", "mask", "eikonal", "total") if self.capture.masked else ("colour", "eikonal", "total")
        return {name: float(getattr(losses, name).detach()) for name in names}

    # ---- running figures ----------------------------------------------------------------------------------------

    def _observe(self, compared: ComparedBatch, stage: float) -> None:
        batch, losses = compared.batch, compared.losses
        share = batch.valid.float()
        self.errors.add(compared.drawn.points, (losses.relative * share).sum(1) / share.sum(1).clamp_min(1.0))
        self.images.observe(batch.images, losses.relative, losses.squared, batch.valid)
        if stage >= _WEIGH_FROM and self.steps % _WEIGH_EVERY == 0:
            self.images.weigh()
        if self.steps % _FADE_EVERY == 0:
            self.errors.fade(0.5)
            self.images.fade(0.5)

    def image_losses(self) -> dict[ImageKey, float]:
        """Running mean relative colour error of every image trained on so far."""
        errors = self.images.errors().tolist()
        return {key: error for key, error in zip(self.capture.keys, errors, strict=True) if math.isfinite(error)}

    def psnr_db(self) -> float:
        """Running PSNR of the photographs being trained on, over mask pixels, range 1; nan before the first step."""
        return -10.0 * math.log10(max(self.images.squared_error() / self.pool.exposure**2, 1e-12))

    def lights(self) -> LightEstimate:
        """The lights as they stand, in the frame and units of files."""
        return estimated_lights(self.model, self.capture, self.frame)


def _check_included(capture: Capture, chosen: frozenset[ImageKey]) -> None:
    check_subset(chosen)
    unknown = sorted(chosen - set(capture.keys))
    if unknown:
        raise SubsetError(f"The capture has no image {unknown[0].name}; choose among the images it has.")
