"""Whether a run still gets better: the colour error of stretches of it, compared with the stretches before."""

from dataclasses import dataclass, field

STRETCH_STEPS = 400
"""Steps whose mean error is one figure: a single batch's error is noise."""
COMPARED = 3
"""Stretches that are compared with as many before them."""
LEAST_GAIN = 0.01
"""Relative fall of the error over ``COMPARED`` stretches below which a run has converged."""


@dataclass(kw_only=True)
class Convergence:
    """Watches the colour error of every step while a run settles."""

    means: list[float] = field(default_factory=list[float])
    """Mean error of every finished stretch."""
    total: float = 0.0
    """Sum over the stretch under way."""
    count: int = 0
    """Its steps so far."""

    def add(self, error: float) -> None:
        """Take note of one step's error."""
        self.total += error
        self.count += 1
        if self.count == STRETCH_STEPS:
            self.means.append(self.total / self.count)
            self.total, self.count = 0.0, 0

    @property
    def reached(self) -> bool:
        """Whether the last stretches are hardly better than those before them."""
        if self.count or len(self.means) < 2 * COMPARED:
            return False
        before, after = sum(self.means[-2 * COMPARED : -COMPARED]), sum(self.means[-COMPARED:])
        return after > (1.0 - LEAST_GAIN) * before
