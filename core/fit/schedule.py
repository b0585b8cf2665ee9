"""How the run changes over its planned length: pure functions of the fraction done, and the plan itself."""

from dataclasses import dataclass

OPENING = 0.4
"""Stage at which the opening of a run ends."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A stretch of a run, by steps or by seconds (or both: whichever ends first)."""

    first_step: int
    first_second: float
    last_step: int | None
    last_second: float | None
    extension: bool
    """Whether it continues a run that had reached the end of an earlier plan."""
    opened: tuple[int, float] | None = None
    """Step and second at which the opening was over; None while it lasts."""

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
        if self.opened is not None:
            return 1.0
        return max((step - self.first_step) / opening_steps, self.progress(step, seconds) / OPENING)

    def stage(self, step: int, seconds: float, opening_steps: int) -> float:
        """Where the run stands in its course, 0 to 1; everything that changes during a run is a function of this.

        In the opening, up to ``OPENING``, everything finds its place at full learning rates; then it settles. A long
        run needs no longer opening than a short one, but profits from settling slowly.
        """
        if self.extension:  # goes on as a run ends
            return 1.0
        if self.opened is None:
            return OPENING * min(self.open_share(step, seconds, opening_steps), 1.0)
        begun = self.progress(*self.opened)
        return OPENING + (1.0 - OPENING) * (self.progress(step, seconds) - begun) / max(1.0 - begun, 1e-9)


def rate_factor(stage: float) -> float:
    """Learning rates: constant during the opening, then exponential to 5 %."""
    return 1.0 if stage < OPENING else 0.05 ** ((stage - OPENING) / (1.0 - OPENING))


def extension_rate_factor(progress: float) -> float:
    """Learning rates of an extension: from 30 % to 5 %."""
    return 0.3 * (0.05 / 0.3) ** progress


def light_factor(progress: float) -> float:
    """Further factor for the lights: they travel far at first, then hold still while the shape sharpens."""
    return 0.3 ** min(max((progress - 0.1) / 0.3, 0.0), 1.0)


def active_levels(progress: float, levels: int) -> int:
    """Coarse grid levels first (four at the start), all of them by half time."""
    first = min(4, levels)
    return min(levels, first + int((levels - first) * progress / 0.5))


def mask_weight(progress: float, first: float, last: float) -> float:
    """From ``first`` to ``last``, geometrically, between 15 % and 40 % of the run."""
    return first * (last / first) ** min(max((progress - 0.15) / 0.25, 0.0), 1.0)


def shadow_strength(progress: float) -> float:
    """Shadows are meaningless before there is a shape: off at first, fully on after a fifth of the run."""
    return min(max((progress - 0.1) / 0.1, 0.0), 1.0)


def straightness(progress: float) -> float:
    """NeuS's annealing of the slope along the ray, over the first tenth of the run."""
    return min(1.0, progress / 0.1)


def refresh_shares(progress: float) -> int:
    """The cached grid is renewed every so many refreshes: quickly while the surface still travels."""
    return 4 if progress < 0.2 else 48
