"""How far a run has come and how far it is to go: its steps, its time, its plan, and whether going on brings more."""

from core.fit import schedule
from core.fit.config import FitConfig
from core.fit.convergence import Convergence
from core.fit.schedule import Plan


class Course:
    """The way of one run through its plan, which may be stretched, or end early."""

    def __init__(self, config: FitConfig) -> None:
        self._opening_steps = config.opening_steps
        self._until_converged = config.until_converged
        self.plan = Plan(
            first_step=0, first_second=0.0, last_step=config.steps, last_second=config.seconds, extension=False
        )
        self.steps = 0
        """Steps made."""
        self.seconds = 0.0
        """Optimisation time spent."""
        self.convergence = Convergence()

    @property
    def progress(self) -> float:
        """Fraction of the plan that is done."""
        return self.plan.progress(self.steps, self.seconds)

    @property
    def stage(self) -> float:
        """Where the run stands in its course, 0 to 1."""
        return self.plan.stage(self.steps, self.seconds, self._opening_steps)

    def advance(self, seconds: float) -> None:
        """Take note of a step that took so long."""
        self.steps += 1
        self.seconds += seconds

    def enter_stage(self) -> float:
        """Where the run stands, 0 to 1, as the next step begins; takes note of the end of the opening."""
        opening = self._opening_steps
        if self.plan.settling is None and self.plan.open_share(self.steps, self.seconds, opening) >= 1.0:
            self.plan = self.plan.settled_from(self.steps, self.seconds, schedule.OPENING)
        return self.stage

    def rate_factor(self, stage: float) -> float:
        """Factor of all learning rates: an extension goes on as a run ends, but its rates start higher again."""
        return schedule.extension_rate_factor(self.progress) if self.plan.extension else schedule.rate_factor(stage)

    def watch(self, colour: float, stage: float) -> None:
        """Take note of a step's colour error, and end the run early where going on brings no more."""
        watched = self._until_converged and not self.plan.extension and not self.plan.converged
        if watched and stage > schedule.OPENING:
            self.convergence.add(colour)
            if self.convergence.reached:
                self.plan = self.plan.shortened(self.steps, self.seconds, stage)

    def extend(self, *, seconds: float | None, steps: int | None) -> None:
        """Plan further, as ``Trainer.extend`` tells."""
        self.plan = self.plan.extended(self.steps, self.seconds, more_steps=steps, more_seconds=seconds)
        self.watch_anew()  # whoever asks for more time gets it

    def watch_anew(self) -> None:
        """Forget how the error went so far: something has changed that it depends on."""
        self.convergence = Convergence()
