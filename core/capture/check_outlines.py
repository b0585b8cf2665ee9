"""Findings about photographs whose light does not lie where the mask of their view says: swapped, or moved.

What a photograph lights has an outline; that of a photograph under the wrong name is the outline of another view. Light
beside the mask is a sign, a dark part of the mask is none, as hard shadows make it. Where the surroundings are lit as a
rule, little is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.capture.capture import Capture
from core.capture.check_outline_fits import OutlineFits, outline_fits
from core.capture.report import Finding, Fix, Severity
from core.types import DoubleArray, ImageKey, Progress, silent

_LEAST_OUTSIDE = 0.02
"""Part of a photograph's lit pixels outside the mask before anything is said,"""
_LEAST_OUTSIDE_ALONE = 0.15
"""the same where no other mask fits better."""
_SPREADS = 6.0
"""Robust standard deviations over the usual part, likewise."""
_LIT_ROOM = 0.1
"""The usual part outside beyond which the surroundings are lit and only a very clear fit counts."""
_CLEARER = 0.07
"""How much better (intersection over union) another mask has to fit; clean photographs never come up to 0."""
_MUCH_CLEARER = 0.1
_FITS = 0.7
_FITS_WELL = 0.85
"""So well the light has to fill another mask where none of it lies outside the photograph's own."""
_LEFT = 1 / 3
"""Part of what lies outside the own mask that may lie outside one that fits better."""
_FEW = 0.05
"""Part of the photographs, two at least, beyond which light beside the object belongs to the set-up."""
_NAMED = 4


@dataclass(frozen=True, kw_only=True)
class Misfit:
    """A photograph whose light lies elsewhere than its mask."""

    key: ImageKey
    outside: float
    """Part of its lit pixels outside the mask."""
    usual: float
    """The same of the capture's photographs, by median."""
    fits: int | None
    """The view whose mask it fits clearly better; None when there is none."""
    partner: ImageKey | None = None
    """The photograph of that view which fits the mask of this one's view."""


def outline_findings(capture: Capture, progress: Progress | None = None) -> list[Finding]:
    """What photographs show light where their mask has none. Raises Cancelled when ``progress`` does."""
    found = misfits(capture, progress)
    if not found:
        return []
    if 2 * len(found) > len(capture.keys):
        return [_most(found, capture)]
    once = _told_once(found)
    return [_finding(each) for each in once[:_NAMED]] + ([_others(once[_NAMED:])] if len(once) > _NAMED else [])


def misfits(capture: Capture, progress: Progress | None = None) -> list[Misfit]:
    """Photographs whose light does not lie where their mask says, the clearest first; none without masks."""
    if not capture.masked:
        return []
    told = progress or silent
    found = [each for fits in outline_fits(capture, told) for each in _misfits(fits, capture.keys)]
    alone = [each for each in found if each.fits is None]
    if _belong_to_set_up([each.key for each in alone], of=len(capture.keys)):
        found = [each for each in found if each.fits is not None]
    return sorted(found, key=lambda each: -each.outside)


def _belong_to_set_up(keys: Sequence[ImageKey], *, of: int) -> bool:
    """Whether light beside the object is usual: in many photographs, or again under the same light."""
    return len(keys) > max(2.0, _FEW * of) or len({key.light for key in keys}) < len(keys)


def _misfits(fits: OutlineFits, keys: Sequence[ImageKey]) -> list[Misfit]:
    images = np.arange(len(fits.images))
    outside = fits.outside[images, fits.own]
    usual, least = _usual(outside[fits.told])
    dark = float(np.median(fits.around)) <= _LEAST_OUTSIDE
    found: list[Misfit] = []
    for row in np.flatnonzero(fits.told):
        column = _better(fits, int(row), usual, least)
        alone = dark and outside[row] > max(_LEAST_OUTSIDE_ALONE, least)
        if column is None and not alone:
            continue
        found.append(
            Misfit(
                key=keys[fits.images[row]],
                outside=float(outside[row]),
                usual=usual,
                fits=None if column is None else fits.views[column],
                partner=None if column is None else _partner(fits, int(fits.own[row]), column, keys),
            )
        )
    return found


def _usual(outside: DoubleArray) -> tuple[float, float]:
    """(what part of the lit pixels is outside as a rule, how much is more than that)."""
    if not outside.size:
        return 0.0, 1.0
    usual = float(np.median(outside))
    spread = 1.4826 * float(np.median(np.abs(outside - usual)))
    return usual, max(_LEAST_OUTSIDE, usual + _SPREADS * spread)


def _better(fits: OutlineFits, row: int, usual: float, least: float) -> int | None:
    """The column of the mask that fits a photograph clearly better than its own."""
    overlap, outside, own = fits.overlap[row], fits.outside[row], fits.own[row]
    best = int(np.argmax(overlap))
    gain = overlap[best] - overlap[own]
    if usual > _LIT_ROOM:
        return best if overlap[best] >= _FITS and gain >= _MUCH_CLEARER else None
    beside = outside[own] > least and outside[best] <= _LEFT * outside[own]
    return best if gain >= _CLEARER and (beside or overlap[best] >= _FITS_WELL) else None


def _partner(fits: OutlineFits, view: int, other: int, keys: Sequence[ImageKey]) -> ImageKey | None:
    """Of the photographs of ``other`` the one that fits the mask of ``view`` best, if better than its own."""
    rows = np.flatnonzero((fits.own == other) & fits.told)
    if not rows.size:
        return None
    gain = fits.overlap[rows, view] - fits.overlap[rows, other]
    return keys[fits.images[rows[int(np.argmax(gain))]]] if gain.max() > 0.0 else None


def _told_once(found: Sequence[Misfit]) -> list[Misfit]:
    """Without the second of two that are each other's partner."""
    once: list[Misfit] = []
    named: set[ImageKey] = set()
    for each in found:
        if each.key not in named:
            once.append(each)
            named |= set(_keys(each))
    return once


def _keys(misfit: Misfit) -> tuple[ImageKey, ...]:
    return (misfit.key,) if misfit.partner is None else (misfit.key, misfit.partner)


def _finding(misfit: Misfit) -> Finding:
    name, view = misfit.key.name, _view(misfit.key.view)
    beside = (
        f"{name} shows light where the mask of {view} has none ({misfit.outside:.0%} of what it lights, "
        f"{misfit.usual:.0%} is usual)"
    )
    if misfit.fits is None:
        text = f"{beside}. Did the object or the camera move, or is something else in the frame?"
        return _about(misfit, text)
    begin = f"{beside}; it fits" if misfit.outside >= _LEAST_OUTSIDE else f"{name} does not fit the mask of {view} but"
    question = (
        f"Does it belong to {_view(misfit.fits)}?"
        if misfit.partner is None
        else f"Are {name} and {misfit.partner.name} swapped?"
    )
    return _about(misfit, f"{begin} that of {_view(misfit.fits)}. {question}")


def _about(misfit: Misfit, text: str) -> Finding:
    keys = tuple(sorted(_keys(misfit)))
    label = f"Leave out {' and '.join(key.name for key in keys)}"
    fix = Fix(label=label, action="untick", keys=keys)
    key = misfit.key
    return Finding(severity=Severity.LOOK, topic="Photographs", file=key.name, text=text, fixes=(fix,), view=key.view)


def _others(found: Sequence[Misfit]) -> Finding:
    keys = tuple(sorted({key for each in found for key in _keys(each)}))
    names = ", ".join(key.name for key in keys[:_NAMED]) + (" and others" if len(keys) > _NAMED else "")
    text = f"{len(keys)} more photographs do not fit the masks of their views: {names}."
    fix = Fix(label=f"Leave out {len(keys)} photographs", action="untick", keys=keys)
    return Finding(
        severity=Severity.LOOK, topic="Photographs", file=keys[0].name, text=text, fixes=(fix,), view=keys[0].view
    )


def _most(found: Sequence[Misfit], capture: Capture) -> Finding:
    worst = found[0]
    text = (
        f"{len(found)} of {len(capture.keys)} photographs do not fit the masks of their views, {worst.key.name} most "
        "clearly. Do photographs and masks go by the same view numbers?"
    )
    return Finding(severity=Severity.LOOK, topic="Photographs", file=worst.key.name, text=text, view=worst.key.view)


def _view(view: int) -> str:
    return f"view V{view:02d}"
