"""How much of the fit thread's time the window may take from training."""

_LONGEST_CREDIT = 0.25
"""Seconds: unused time is not saved up beyond this, so that no burst of pictures stalls training."""
_LONGEST_WAIT = 0.5
"""Seconds of training after which even the costliest part of a picture has been paid."""


class Budget:
    """An account in seconds: training steps earn a share of their time, pictures spend it."""

    def __init__(self, share: float) -> None:
        self._share = share
        self._credit = 0.0

    def set_share(self, share: float) -> None:
        """The part of all time that may be spent on pictures; in (0, 1)."""
        self._share = min(max(share, 0.01), 0.95)

    def earn(self, step_seconds: float) -> None:
        """A training step has taken this long."""
        self._credit = min(self._credit + self._earned(step_seconds), _LONGEST_CREDIT)

    def spend(self, seconds: float) -> None:
        """A part of a picture has taken this long; the account may be overdrawn, but not for long."""
        self._credit = max(self._credit - seconds, -self._earned(_LONGEST_WAIT))

    def reset(self) -> None:
        """Forget what was earned and spent."""
        self._credit = 0.0

    def _earned(self, step_seconds: float) -> float:
        return step_seconds * self._share / (1.0 - self._share)

    def affords(self) -> bool:
        """Whether there is time left for a picture."""
        return self._credit > 0.0
