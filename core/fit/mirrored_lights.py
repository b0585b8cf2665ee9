"""What came of the trial of a run with all lights on the other side; see ``core.fit.mirror_trial``."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from core.fit.saved_values import saved_entries, saved_figure, saved_text

MIRRORED = "all moved to the other side: a hollow explains the photographs better than a bump"
"""What is said of a run that went on from the trial."""
_CLEARLY = 0.75
"""Part of the run's error that the trial's must come below."""


@dataclass(frozen=True, kw_only=True)
class MirroredLights:
    """What came of the trial: mean colour errors at the same step, linear, of full range."""

    error: float | None
    """Of the run as it was; None where there could be no trial."""
    mirrored_error: float | None
    """With all lights mirrored; None where the trial came to no end."""
    trouble: str = ""
    """Why it came to none."""

    @property
    def taken(self) -> bool:
        """Whether the run went on from the trial."""
        if self.error is None or self.mirrored_error is None:
            return False
        return self.mirrored_error < _CLEARLY * self.error

    @property
    def told(self) -> str:
        """What came of it, for a note."""
        if self.mirrored_error is None:
            return f"Lights could not be tried on the other side: {self.trouble}"
        return f"Lights {MIRRORED}" if self.taken else "The lights stay: on the other side they explain less"

    def to_json(self) -> dict[str, Any]:
        """Plain values for files."""
        return {**asdict(self), "taken": self.taken}

    @classmethod
    def from_json(cls, values: Mapping[str, Any] | None) -> Self | None:
        """What ``to_json`` wrote, or None for None. Raises ValueError for what no trial can have."""
        if values is None:
            return None
        entries = saved_entries("mirrored_lights", values)
        return cls(
            error=saved_figure("error", entries.get("error")),
            mirrored_error=saved_figure("mirrored_error", entries.get("mirrored_error")),
            trouble=saved_text("trouble", entries.get("trouble", "")),
        )
