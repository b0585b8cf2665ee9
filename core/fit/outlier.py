"""A photograph that does not fit the others, named without loading the optimiser."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.fit.saved_values import saved_entries, saved_list, saved_number, saved_text
from core.types import ImageKey


@dataclass(frozen=True, kw_only=True)
class Outlier:
    """A photograph that the estimate cannot explain as it explains the others."""

    key: ImageKey
    weight: float
    """How much it still counts, in (0, 1)."""
    error_ratio: float
    """Its error over what is usual for its view and its light."""
    reason: str
    """What seems wrong, one short clause."""

    @property
    def sentence(self) -> str:
        """How far it is off, and why."""
        reason = self.reason.replace(": ", "; ")  # as runs were saved before
        return f"Error {self.error_ratio:.1f} times the usual one: {reason}{'' if reason.endswith('?') else '.'}"


def outliers_to_json(found: Sequence[Outlier]) -> list[dict[str, Any]]:
    """Plain values for ``run.json``."""
    return [asdict(each) | {"key": each.key.name} for each in found]


def outliers_from_json(values: object) -> tuple[Outlier, ...]:
    """What ``outliers_to_json`` made. Raises ValueError naming what no outlier can have."""
    return tuple(_outlier(saved_entries("an outlier", each)) for each in saved_list("outliers", values))


def _outlier(values: Mapping[str, Any]) -> Outlier:
    return Outlier(
        key=ImageKey.parse(saved_text("key", values.get("key"))),
        weight=saved_number("weight", values.get("weight"), most=1.0),
        error_ratio=saved_number("error_ratio", values.get("error_ratio")),
        reason=saved_text("reason", values.get("reason")),
    )


def unfit_words(found: Sequence[Outlier], *, most: int = 3) -> str:
    """That photographs do not fit, and which, the worst first; "" when all do."""
    if not found:
        return ""
    names = ", ".join(each.key.name for each in found[:most])
    count = "1 photograph does" if len(found) == 1 else f"{len(found)} photographs do"
    return f"{count} not fit: {names}{', …' if len(found) > most else ''}"
