"""Findings about masks: missing, meaningless, or at odds with the cameras; and about the sphere around the object."""

from dataclasses import dataclass, replace

import numpy as np

from core.capture.capture import Capture
from core.capture.import_options import ImportOptions, MaskChoice
from core.capture.masks import MasksMissing
from core.capture.report import Finding, Fix, Severity
from core.capture.silhouettes import Agreement, Silhouette, agreement, ray_distances, silhouettes_of, sphere_around
from core.types import DoubleArray, Progress

_FITS_WELL = 0.9
"""Overlap of masks and hull, by median, of captures whose cameras are right."""
_FITS_NOT = 0.6
"""Below this median, cameras and masks are of different things: right captures have over 0.9, linear first guesses of
poses 0.7, masks of other photographs under 0.4. What such masks say about the sphere means nothing either."""
_FAR_BELOW = 0.12
_HELD_PART = 0.995
_LARGEST = 3.0
"""A sphere more than so many times larger than the masks ask for wastes most of its resolution."""
_NAMED = 4


@dataclass(frozen=True, kw_only=True)
class MaskCheck:
    """What the masks say about cameras and sphere."""

    findings: tuple[Finding, ...]
    agreement: Agreement | None
    """None when there are no masks to compare."""
    sphere: tuple[DoubleArray, float] | None
    """(centre [3], radius) world units, around what the masks show."""


def missing_masks(error: MasksMissing, options: ImportOptions) -> Finding:
    """Views without a mask, and the four ways out."""
    return Finding(
        severity=Severity.MUST_FIX,
        topic="Masks",
        file="mask",
        text=str(error),
        fixes=mask_fixes(options, alpha=error.alpha),
        view=error.views[0] if error.views else None,
    )


def mask_fixes(options: ImportOptions, *, alpha: bool) -> tuple[Fix, ...]:
    """Where masks could come from instead; the alpha channel only where there is one, and then first.

    Without one, nobody can tell which is best: brightness is wrong where the surroundings are bright.
    """
    paint = Fix(label="Paint masks", action="paint_masks", likely=False)
    ways = [
        (MaskChoice.ALPHA, "Use the alpha channel"),
        (None, ""),
        (MaskChoice.THRESHOLD, "Take what is bright for the object"),
        (MaskChoice.NONE, "Go without masks"),
    ]
    return tuple(
        paint if way is None else _way(options, way, label)
        for way, label in ways
        if way is not options.masks and (alpha or way is not MaskChoice.ALPHA)
    )


def _way(options: ImportOptions, way: MaskChoice, label: str) -> Fix:
    return Fix(
        label=label,
        action="options",
        options=replace(options, masks=way),
        argument=f"--masks {way.value}",
        likely=way is MaskChoice.ALPHA,
    )


def mask_findings(capture: Capture, *, alpha: bool, progress: Progress) -> MaskCheck:
    """Compare the masks with each other and with the sphere. ``alpha``: the photographs have an alpha channel."""
    if not capture.masked:
        return MaskCheck(findings=_without_masks(capture), agreement=None, sphere=None)
    white = [view for view, mask in capture.masks.items() if mask.all()]
    findings = [_white(white, capture, alpha=alpha)] if white else []
    silhouettes = [s for s in silhouettes_of(capture) if s.view not in white]
    if len(silhouettes) < 2:
        return MaskCheck(findings=tuple(findings), agreement=None, sphere=None)
    progress("Looking where all masks meet", 0.1)
    sphere = sphere_around(silhouettes)
    if sphere is None:
        findings.append(_no_meeting_point())
        return MaskCheck(findings=tuple(findings), agreement=None, sphere=None)
    compared = agreement(silhouettes, *sphere, progress=lambda text, done: progress(text, 0.3 + 0.7 * done))
    if compared.median < _FITS_NOT:
        findings.append(_no_agreement(compared, capture, alpha=alpha))
    else:
        findings += _agreement_findings(compared, capture)
        findings += _sphere_findings(silhouettes, sphere, capture)
    return MaskCheck(findings=tuple(findings), agreement=compared, sphere=sphere)


def _without_masks(capture: Capture) -> tuple[Finding, ...]:
    if capture.file_frame is not None:
        text = "There are no masks: everything inside the sphere counts as the object. Place the sphere tightly."
        fixes = (Fix(label="Place the sphere", action="place_sphere"), Fix(label="Paint masks", action="paint_masks"))
        return (Finding(severity=Severity.NOTE, topic="Masks", file="", text=text, fixes=fixes),)
    text = "There are neither masks nor a sphere, so nothing says where the object is. Place the sphere around it."
    fix = Fix(label="Place the sphere", action="place_sphere", argument="--sphere X,Y,Z,RADIUS")
    return (Finding(severity=Severity.LOOK, topic="Sphere", file="", text=text, fixes=(fix,)),)


def _white(views: list[int], capture: Capture, *, alpha: bool) -> Finding:
    whole = len(views) == len(capture.masks)
    named = "of every view covers" if whole else f"of {_names(views)} covers"
    text = f"The mask {named} the whole photograph, so it tells nothing about the outline."
    return Finding(
        severity=Severity.LOOK,
        topic="Masks",
        file=f"V{views[0]:02d}",
        text=text,
        fixes=mask_fixes(capture.options, alpha=alpha),
        view=views[0],
    )


def _no_meeting_point() -> Finding:
    text = (
        "The cameras do not look at one place through their masks: either all stand on one line, or their poses are "
        "in another convention (world from camera; x right, y down, z forward)."
    )
    return Finding(severity=Severity.MUST_FIX, topic="Cameras", file="", text=text)


def _no_agreement(compared: Agreement, capture: Capture, *, alpha: bool) -> Finding:
    """Nothing fits: rather the whole set of cameras or of masks than single views."""
    by_level = capture.options.masks is MaskChoice.THRESHOLD
    why = (
        "Brightness does not tell the object from its surroundings here; take masks from elsewhere."
        if by_level
        else "The camera file or its convention is wrong, or masks belong to other views."
    )
    return Finding(
        severity=Severity.MUST_FIX,
        topic="Masks" if by_level else "Cameras",
        file="",
        text=f"Masks and cameras do not fit together (median overlap {compared.median:.0%}). {why}",
        fixes=mask_fixes(capture.options, alpha=alpha) if by_level else (),
        view=compared.worst,
    )


def _agreement_findings(compared: Agreement, capture: Capture) -> list[Finding]:
    outliers = compared.outliers
    findings: list[Finding] = []
    if outliers:
        worst = outliers[0]
        others = "" if len(outliers) == 1 else f", then {_names(outliers[1:])}"
        far = compared.overlap[worst] < compared.median - _FAR_BELOW
        verdict = "Its camera or mask is wrong." if far else "Its camera or mask may be a little off."
        text = (
            f"The mask of V{worst:02d} agrees worst with the shape that the other masks leave: overlap "
            f"{compared.overlap[worst]:.0%} where {compared.median:.0%} is usual{others}. {verdict}"
        )
        keys = tuple(key for key in capture.keys if key.view in outliers)
        fixes = (
            Fix(label=f"Leave out {_names(outliers)}", action="untick", keys=keys),
            Fix(label="Paint masks", action="paint_masks"),
        )
        findings.append(
            Finding(severity=Severity.LOOK, topic="Cameras", file=f"V{worst:02d}", text=text, fixes=fixes, view=worst)
        )
    if compared.median < _FITS_WELL:
        text = (
            f"Masks and cameras agree only roughly: median overlap {compared.median:.0%}, worst "
            f"{compared.overlap[compared.worst]:.0%} in V{compared.worst:02d}. Check masks, poses and lens distortion."
        )
        findings.append(Finding(severity=Severity.LOOK, topic="Cameras", file="", text=text, view=compared.worst))
    return findings


def _sphere_findings(
    silhouettes: list[Silhouette], found: tuple[DoubleArray, float], capture: Capture
) -> list[Finding]:
    """About the sphere that files or user declare, or that lies around sparse points."""
    if capture.file_frame is None:
        return []
    centre, radius = np.array(capture.file_frame[0]), capture.file_frame[1]
    held = float(np.mean([np.mean(ray_distances(s, centre) <= radius) for s in silhouettes]))
    if held >= _HELD_PART and radius <= _LARGEST * found[1]:
        return []
    why = f"holds only {held:.0%} of the object" if held < _HELD_PART else f"is {radius / found[1]:.0f} times too large"
    text = f"The object's sphere {why}. Use one that fits the masks, or place it yourself."
    x, y, z = (round(float(value), 6) for value in found[0])
    sphere = ((x, y, z), round(found[1], 6))
    fixes = (
        Fix(
            label="Use the sphere that fits the masks",
            action="options",
            options=replace(capture.options, sphere=sphere),
            argument=f"--sphere {x:g},{y:g},{z:g},{sphere[1]:g}",
        ),
        Fix(label="Place the sphere", action="place_sphere"),
    )
    return [Finding(severity=Severity.LOOK, topic="Sphere", file="", text=text, fixes=fixes)]


def _names(views: tuple[int, ...] | list[int]) -> str:
    names = ", ".join(f"V{view:02d}" for view in views[:_NAMED])
    return names if len(views) <= _NAMED else f"{names} and {len(views) - _NAMED} more"
