"""The optimiser: one object that owns the model of a capture and improves it step by step.

No thread, no window, no files. Randomness comes from one seeded generator, so that two runs of equal steps are equal.
"""

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from core.capture.capture import Capture
from core.capture.subset import check_subset
from core.errors import FitError, SubsetError
from core.fields.kernels import compile_kernels
from core.fields.model import Model
from core.fit import schedule
from core.fit.config import FitConfig
from core.fit.convergence import Convergence
from core.fit.error_volume import ErrorVolume
from core.fit.image_figures import ImageFigures
from core.fit.last_good import LastGood
from core.fit.light_estimate import LightEstimate, estimated_lights
from core.fit.light_search import search_lights
from core.fit.losses import Losses, batch_losses
from core.fit.optimiser import BETAS, make_optimiser, set_rates
from core.fit.rendered_batch import rendered_batch
from core.fit.shadow_trust import TRUST_DECIDED, shadow_trust
from core.scene.frame import SceneFrame, scene_frame
from core.scene.light_start import light_start
from core.scene.pixels import PixelPool, RayBatch
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
        self.generator = torch.Generator().manual_seed(seed)
        self.model = Model(
            config.model,
            lights=len(capture.light_ids),
            device=device,
            generator=self.generator,
            light_start=light_start(capture, self.frame, config.model.lights, device=device),
        )
        self.pool = PixelPool(capture, self.frame, device=device)
        self.model.exposure = self.pool.exposure
        self.optimiser = make_optimiser(self.model, config.rates)
        self.plan = schedule.Plan(
            first_step=0, first_second=0.0, last_step=config.steps, last_second=config.seconds, extension=False
        )
        self.steps = 0
        self.seconds = 0.0
        self.errors = ErrorVolume(device=device)
        self.images = ImageFigures(capture.keys)
        self.convergence = Convergence()
        self.searches = 0
        """How often lights in wrong places have been looked for."""
        self.included: frozenset[ImageKey] = frozenset()
        self.include(chosen)
        self._last_good = LastGood(self)

    # ---- the plan -----------------------------------------------------------------------------------------------

    @property
    def planned_seconds(self) -> float | None:
        """Optimisation time at which the plan ends, counted from the start of the run."""
        return self.plan.last_second

    @property
    def planned_steps(self) -> int | None:
        """Step at which the plan ends."""
        return self.plan.last_step

    @property
    def progress(self) -> float:
        """Fraction of the plan that is done."""
        return self.plan.progress(self.steps, self.seconds)

    @property
    def finished(self) -> bool:
        """Whether the plan has been carried out; ``step`` goes on all the same."""
        return self.progress >= 1.0

    @property
    def converged(self) -> bool:
        """Whether the plan was shortened because going on would have brought no more."""
        return self.plan.converged

    def extend(self, *, seconds: float | None = None, steps: int | None = None) -> None:
        """Plan further: so much longer than the end of the plan, or than now when that is later.

        Before the end the schedule is stretched; after it a new stretch begins, at rates between start and end.
        """
        self.plan = self.plan.extended(self.steps, self.seconds, more_steps=steps, more_seconds=seconds)
        # Whoever asks for more time gets it.
        self.convergence = Convergence()

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
        self.convergence = Convergence() if chosen != self.included else self.convergence
        self.included = chosen
        self.model.lights.include(images)

    # ---- one step -----------------------------------------------------------------------------------------------

    def step(self) -> StepStats:
        """One optimisation step. Raises FitError, with the last good state restored, on NaN or lack of memory."""
        began = time.perf_counter()
        try:
            losses = self._improve()
        except (MemoryError, RuntimeError) as error:
            self._last_good.restore(self)
            if isinstance(error, MemoryError | torch.cuda.OutOfMemoryError) or "memory" in str(error):
                raise FitError(
                    "Out of memory during optimisation; the last good state is kept. Close other programs or untick "
                    "images, then go on."
                ) from error
            raise
        names = ("colour", "mask", "eikonal", "total") if self.capture.masked else ("colour", "eikonal", "total")
        values = {name: float(getattr(losses, name).detach()) for name in names}
        if not math.isfinite(values["total"]):
            self._last_good.restore(self)
            raise FitError(
                f"The optimisation produced values that are not numbers at step {self.steps + 1}; the last good state "
                "is kept. Look for damaged photographs, or go on from here."
            )
        self.steps += 1
        spent = time.perf_counter() - began
        self.seconds += spent
        if self.steps % _KEEP_EVERY == 0 and (state := LastGood(self)).sound:
            self._last_good = state
        return StepStats(step=self.steps, losses=values, seconds=spent)

    def _improve(self) -> Losses:
        """Draw a batch, render it, and move every parameter."""
        config, model = self.config, self.model
        stage = self._stage()
        model.sdf.active_levels = schedule.active_levels(stage, config.model.sdf.levels)
        model.shadow_strength = schedule.shadow_strength(stage)
        many = min(config.lights_per_ray, self.pool.lights_per_ray)
        rays = config.rays if many > 1 else config.rays_one_light
        batch = self.pool.draw(rays, config.rays_beside, many, self.generator)
        losses, points = self._losses(batch, stage)
        self.optimiser.zero_grad()
        losses.total.backward()
        # An extension goes on as a run ends; only its learning rates start higher again.
        extended = self.plan.extension
        factor = schedule.extension_rate_factor(self.progress) if extended else schedule.rate_factor(stage)
        set_rates(self.optimiser, factor=factor, lights=schedule.light_factor(stage))
        if math.isfinite(float(losses.total.detach())):
            self.optimiser.step()
            model.sdf.grid.adam(rate=config.rates.grid * factor, betas=BETAS, levels=model.sdf.active_levels)
            self._observe(batch, losses, points, stage)
            self._watch(float(losses.colour.detach()), stage)
            if self.searches < len(SEARCH_AT) and stage >= SEARCH_AT[self.searches]:
                self.searches += 1
                search_lights(self)
            if self.steps % config.refresh_every == 0:
                model.cache.refresh(model.sdf, shares=schedule.refresh_shares(stage))
        return losses

    def _stage(self) -> float:
        """Where the run stands in its course; takes note of the end of its opening."""
        opening = self.config.opening_steps
        if self.plan.settling is None and self.plan.open_share(self.steps, self.seconds, opening) >= 1.0:
            self.plan = self.plan.settled_from(self.steps, self.seconds, schedule.OPENING)
        return self.plan.stage(self.steps, self.seconds, opening)

    def _watch(self, colour: float, stage: float) -> None:
        """End the run early where going on brings no more."""
        watched = self.config.until_converged and not self.plan.extension and not self.plan.converged
        if watched and stage > schedule.OPENING:
            self.convergence.add(colour)
            if self.convergence.reached:
                self.plan = self.plan.shortened(self.steps, self.seconds, stage)

    def _losses(self, batch: RayBatch, stage: float) -> tuple[Losses, Tensor]:
        """Losses of a batch, and the surface points of its object rays [rays, 3]."""
        model, weights, ceiling = self.model, self.config.weights, self.pool.ceiling
        jitter = torch.rand(len(batch.origins), generator=self.generator).to(self.device)
        drawn = rendered_batch(model, batch, self.config, jitter=jitter, stage=stage)
        if stage <= TRUST_DECIDED:
            model.shadow_trust = shadow_trust(
                model.shadow_trust, drawn.shaded, batch, strength=drawn.shadows, ceiling=ceiling, stage=stage
            )
        losses = batch_losses(
            # A photograph cannot tell how much brighter than white a pixel was.
            radiance=drawn.shaded.radiance.clamp(max=ceiling),
            colours=batch.colours,
            valid=batch.valid,
            belief=self._belief(batch),
            opacity=drawn.hits.opacity,
            clear=batch.clear,
            gradient=drawn.hits.gradient,
            weights=weights,
            mask_weight=schedule.mask_weight(stage, weights.mask, weights.mask_end) if self.capture.masked else 0.0,
        )
        return losses, drawn.points

    def _belief(self, batch: RayBatch) -> Tensor:
        """[rays, lights] how much each colour counts."""
        edge = torch.where(batch.edge, self.config.weights.edge, 1.0)
        return self.images.weight.to(self.device)[batch.images] * edge[:, None]

    # ---- running figures ----------------------------------------------------------------------------------------

    def _observe(self, batch: RayBatch, losses: Losses, points: Tensor, stage: float) -> None:
        share = batch.valid.float()
        self.errors.add(points, (losses.relative * share).sum(1) / share.sum(1).clamp_min(1.0))
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
