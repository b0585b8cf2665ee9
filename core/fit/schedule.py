"""How the run changes over its planned length: pure functions of the fraction done, and the plan itself."""

from dataclasses import dataclass, replace

OPENING = 0.4
"""Stage at which the opening of a run ends."""
LAST_STRETCH = 0.15
"""A converged run is brought to its end over this part of its length so far."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A moment of a run, and its stage at that moment."""

    step: int
    second: float
    stage: float


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A stretch of a run, by steps or by seconds (or both: whichever ends first)."""

    first_step: int
    first_second: float
    last_step: int | None
    last_second: float | None
    extension: bool
    """Whether it continues a run that had reached the end of an earlier plan."""
    settling: "Mark | None" = None
    """From where the run settles: the end of its opening, or where it was found to have converged; None before."""
    converged: bool = False
    """Whether it was found that going on brings no more, so that the plan was shortened."""

    def progress(self, step: int, seconds: float) -> float:
        """Fraction done, 0 to 1."""
        done = 0.0
        if self.last_step is not None:
            done = (step - self.first_step) / max(self.last_step - self.first_step, 1)
        if self.last_second is not None:
            done = max(done, (seconds - self.first_second) / max(self.last_second - self.first_second, 1e-9))
        return min(max(done, 0.0), 1.0)

    def open_share(self, step: int, seconds: float, opening_steps: int) -> float:
        """How much of the opening is done, 1 when it is over: after ``opening_steps`` or 40 % of the plan."""
        if self.settling is not None:
            return 1.0
        return max((step - self.first_step) / opening_steps, self.progress(step, seconds) / OPENING)

    def stage(self, step: int, seconds: float, opening_steps: int) -> float:
        """Where the run stands in its course, 0 to 1; everything that changes during a run is a function of this.

        In the opening, up to ``OPENING``, everything finds its place at full learning rates; then it settles. A long
        run needs no longer opening than a short one, but profits from settling slowly.
        """
        if self.extension:  # goes on as a run ends
            return 1.0
        mark = self.settling
        if mark is None:
            return OPENING * min(self.open_share(step, seconds, opening_steps), 1.0)
        begun = self.progress(mark.step, mark.second)
        return mark.stage + (1.0 - mark.stage) * (self.progress(step, seconds) - begun) / max(1.0 - begun, 1e-9)

    def extended(self, step: int, seconds: float, *, more_steps: int | None, more_seconds: float | None) -> "Plan":
        """This plan, so much longer than its end, or than now when that is later; None is not planned by.

        Before the end the course is stretched; after it a new stretch begins here.
        """
        over = self.progress(step, seconds) >= 1.0
        last_second = max(self.last_second or 0.0, seconds) + more_seconds if more_seconds is not None else None
        return Plan(
            first_step=step if over else self.first_step,
            first_second=seconds if over else self.first_second,
            last_step=max(self.last_step or 0, step) + more_steps if more_steps is not None else None,
            last_second=last_second,
            extension=over or self.extension,
            settling=self.settling,
        )

    def settled_from(self, step: int, seconds: float, stage: float) -> "Plan":
        """This plan, settling from here."""
        return replace(self, settling=Mark(step=step, second=seconds, stage=stage))

    def shortened(self, step: int, seconds: float, stage: float) -> "Plan":
        """This plan, ending after another ``LAST_STRETCH`` of what is done: found converged at this ``stage``."""
        last_step = step + max(1, round(LAST_STRETCH * (step - self.first_step)))
        last_second = seconds + LAST_STRETCH * (seconds - self.first_second)
        plan = self.settled_from(step, seconds, stage)
        return replace(
            plan,
            converged=True,
            last_step=None if self.last_step is None else min(last_step, self.last_step),
            last_second=None if self.last_second is None else min(last_second, self.last_second),
        )


def rate_factor(stage: float) -> float:
    """Learning rates: constant during the opening, then exponential to 5 %."""
    return 1.0 if stage < OPENING else 0.05 ** ((stage - OPENING) / (1.0 - OPENING))


def extension_rate_factor(progress: float) -> float:
    """Learning rates of an extension: from 30 % to 5 %."""
    return 0.3 * (0.05 / 0.3) ** progress


def light_factor(stage: float) -> float:
    """Further factor for the lights: they travel far at first, then hold still while the shape sharpens."""
    return 0.3 ** min(max((stage - 0.1) / 0.3, 0.0), 1.0)


def active_levels(stage: float, levels: int) -> int:
    """Coarse grid levels first (four at the start), all of them by stage 0.5."""
    first = min(4, levels)
    return min(levels, first + int((levels - first) * stage / 0.5))


def mask_weight(stage: float, first: float, last: float) -> float:
    """From ``first`` to ``last``, geometrically, between the stages 0.15 and 0.4."""
    return first * (last / first) ** min(max((stage - 0.15) / 0.25, 0.0), 1.0)


def shadow_strength(stage: float) -> float:
    """Shadows are meaningless before there is a shape: off up to stage 0.1, fully on from 0.2."""
    return min(max((stage - 0.1) / 0.1, 0.0), 1.0)


def straightness(stage: float) -> float:
    """NeuS's annealing of the slope along the ray, up to stage 0.1."""
    return min(1.0, stage / 0.1)


def refresh_shares(stage: float) -> int:
    """The cached grid is renewed every so many refreshes: quickly while the surface still travels."""
    return 4 if stage < 0.2 else 48
