"""What is good and bad about a capture before it is trained on, in plain words, with a way to mend each thing."""

import statistics
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

from core.capture.import_options import ImportOptions
from core.capture.listing import Guess
from core.types import ImageKey


class Severity(StrEnum):
    """How much a finding matters."""

    MUST_FIX = "must fix"
    """The capture cannot be trained on as it is."""
    LOOK = "look"
    """The result will suffer."""
    NOTE = "note"
    """Good to know."""


FixAction = Literal["options", "paint_masks", "untick", "place_sphere"]
"""``options``: read again with other options; ``paint_masks``: open the mask editor; ``untick``: leave images out."""


@dataclass(frozen=True, kw_only=True)
class Fix:
    """A way to mend a finding."""

    label: str
    """What a button says, and what the report prints: a few words that begin with a verb."""
    action: FixAction
    options: ImportOptions | None = None
    """For ``options``: the choices to read the folder with."""
    argument: str = ""
    """For ``options``: the same on the command line, such as ``--masks alpha``."""
    keys: tuple[ImageKey, ...] = ()
    """For ``untick``."""
    likely: bool = True
    """Whether it mends the finding as far as can be told; one that may be wrong is not offered as the thing to do."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing about the capture."""

    severity: Severity
    topic: str
    """Cameras, masks, exposure, ...: what the report is grouped by."""
    file: str
    """The file or folder it is about, relative to the capture."""
    text: str
    """What is wrong and what follows from it, one or two sentences."""
    fixes: tuple[Fix, ...] = ()
    view: int | None = None
    """The view to show when the finding is clicked."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What training will need at one size."""

    reduce: int
    """How many times smaller than the files along each side."""
    width: int
    height: int
    """Of the largest photograph at this size."""
    memory_bytes: int
    """At the peak, photographs and optimiser together."""
    cache_bytes: int
    """In the cache folder; 0 when the photographs fit in memory."""
    open_seconds: float
    """Reading and preparing, from the time the first photographs took."""
    mixed: bool = False
    """Photographs differ in size."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything the check of a capture has found."""

    folder: Path
    layout: str
    guesses: tuple[Guess, ...]
    views: int
    lights: int
    photographs: int
    findings: tuple[Finding, ...]
    """Worst first."""
    agreement: dict[int, float]
    """Per view id: intersection over union of its mask with the outline of the shape all masks leave."""
    estimates: tuple[Estimate, ...]
    """At full size first; empty when the photographs could not be listed."""
    applied_reduce: int
    """The reduction that will be applied."""
    facts: tuple[tuple[str, str], ...]
    """(what, value) pairs for the head of the report: size, encoding, cameras, masks, up axis, assumptions."""

    @property
    def trainable(self) -> bool:
        """Whether nothing must be fixed first."""
        return all(finding.severity is not Severity.MUST_FIX for finding in self.findings)

    @property
    def median_agreement(self) -> float | None:
        """Of the views; None when there were no masks to compare."""
        return statistics.median(self.agreement.values()) if self.agreement else None
