"""Everything that can be said about a capture before it is trained on.

What stops it from being used is a finding like any other, so that window and command line show one list.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.capture.capture import Capture, Problem
from core.capture.check_cameras import camera_findings
from core.capture.check_facts import facts
from core.capture.check_files import file_findings
from core.capture.check_layouts import about_folder, other_captures, unreadable
from core.capture.check_lights import (
    exposure_findings,
    exposures,
    repeated_findings,
    set_findings,
    under_exposed_findings,
)
from core.capture.check_masks import MaskCheck, mask_findings, missing_masks
from core.capture.check_outlines import outline_findings
from core.capture.checks import layout_problems, photograph_problems
from core.capture.choices import load_choices
from core.capture.decode import is_raw
from core.capture.duplicates import Pair, same_files, same_lights
from core.capture.estimate import estimates
from core.capture.images import has_alpha
from core.capture.import_options import ImportOptions
from core.capture.listing import Guess, Listing
from core.capture.masks import WITHOUT_MASKS, MasksMissing
from core.capture.read import read_listing
from core.capture.recognise import guesses, list_capture
from core.capture.report import Finding, Report, Severity
from core.errors import CaptureError, OptionError
from core.types import Progress, silent

_ORDER = (Severity.MUST_FIX, Severity.LOOK, Severity.NOTE)
_MASKS = "Masks"
_SHARES = {"listing": 0.05, "reading": 0.6, "masks": 0.8, "outlines": 0.83, "exposures": 0.9, "duplicates": 0.95}
"""The progress at the end of each part."""


@dataclass(frozen=True, kw_only=True)
class CheckedCapture:
    """A capture and what is to be said about it."""

    report: Report
    listing: Listing | None
    """None when no layout fits or its files cannot be read."""
    capture: Capture | None
    """None when it cannot be used as it is."""
    masks: MaskCheck | None = None
    """What masks, cameras and sphere say about each other; None without a capture."""
    mistake: OptionError | None = None
    """Nothing could be read because an option cannot be; the capture itself may be well."""


def check_capture(
    folder: Path,
    options: ImportOptions | None = None,
    *,
    read: tuple[Listing, Capture] | None = None,
    progress: Progress | None = None,
) -> CheckedCapture:
    """Read and judge the capture in ``folder``; without options with those saved beside it.

    ``read``: what has been listed and read of it with these options, which is then not done again. What is wrong with
    the capture is never raised: it is in the report. Raises Cancelled when ``progress`` does.
    """
    report = progress or silent
    found: tuple[Guess, ...] = ()
    chosen = options or ImportOptions()
    try:
        found = guesses(folder)
        chosen = load_choices(folder) if options is None else options
        listing = read[0] if read else list_capture(folder, chosen, _part(report, 0.0, _SHARES["listing"]))
    except (CaptureError, OSError) as error:
        return _unreadable(folder, found, error, chosen)
    with np.errstate(all="ignore"):  # cameras at absurd places overflow; what comes of it is judged by its size
        return _checked(listing, chosen, found, report, None if read is None else read[1])


def _unreadable(folder: Path, found: tuple[Guess, ...], error: Exception, options: ImportOptions) -> CheckedCapture:
    finding = unreadable(folder, found, error, options)
    report = Report(
        folder=folder,
        layout=found[0].layout if found else "",
        guesses=found,
        views=0,
        lights=0,
        photographs=0,
        findings=(replace(finding, text=about_folder(finding.text, folder)),),
        agreement={},
        estimates=(),
        applied_reduce=1,
        facts=(),
    )
    mistake = error if isinstance(error, OptionError) else None
    return CheckedCapture(report=report, listing=None, capture=None, mistake=mistake)


def _checked(
    listing: Listing, options: ImportOptions, found: tuple[Guess, ...], report: Progress, capture: Capture | None
) -> CheckedCapture:
    findings = [
        *_files(listing, options),
        *other_captures(listing, found, options),
        *set_findings([shot.key for shot in listing.shots]),
    ]
    masks: MaskCheck | None = None
    try:
        capture = capture or read_listing(
            listing, options, progress=_part(report, _SHARES["listing"], _SHARES["reading"])
        )
    except MasksMissing as error:
        findings.append(missing_masks(error, options))
    except CaptureError as error:
        findings.append(Finding(severity=Severity.MUST_FIX, topic="Files", file="", text=str(error)))
    if capture is None:
        findings += [_problem(problem, listing) for problem in listing.problems]
    else:
        masks = mask_findings(
            capture, alpha=_has_alpha(listing), progress=_part(report, _SHARES["reading"], _SHARES["masks"])
        )
        findings += [*masks.findings, *_about(capture, listing, masks, report)]
    finished = _report(listing, options, found, findings, capture, masks)
    report("Checked", 1.0)
    return CheckedCapture(report=finished, listing=listing, capture=capture, masks=masks)


def _files(listing: Listing, options: ImportOptions) -> list[Finding]:
    try:
        return file_findings(listing, options)
    except CaptureError:  # a damaged photograph: reading it tells which and why
        return []


def _about(capture: Capture, listing: Listing, masks: MaskCheck, report: Progress) -> list[Finding]:
    """Findings that need the pixels."""
    outlines = outline_findings(capture, _part(report, _SHARES["masks"], _SHARES["outlines"]))
    exposed = exposures(capture, _part(report, _SHARES["outlines"], _SHARES["exposures"]))
    copies = _copies(listing)
    alike = same_lights(capture, apart_from=copies, progress=_part(report, _SHARES["exposures"], _SHARES["duplicates"]))
    told = {*photograph_problems(exposed), *_layout_problems(capture, listing)}
    rest = [problem for problem in capture.problems if problem not in told and not _is_told(problem, capture, listing)]
    return [
        *camera_findings(capture, listing, None if masks.sphere is None else masks.sphere[0]),
        *outlines,
        *exposure_findings(exposed),
        *under_exposed_findings(capture),
        *repeated_findings(copies, alike),
        *_grouped(_problem(problem, listing) for problem in rest),
    ]


def _copies(listing: Listing) -> list[Pair]:
    try:
        return same_files(listing.shots)
    except OSError:  # a file has gone since it was read; whoever reads it next tells which
        return []


def _layout_problems(capture: Capture, listing: Listing) -> list[Problem]:
    return layout_problems(dict(zip(capture.keys, capture.cameras, strict=True)), listing.camera_file)


def _is_told(problem: Problem, capture: Capture, listing: Listing) -> bool:
    """Whether a finding of its own says the same: photographs without a camera, white masks, no masks."""
    if problem.file in listing.without_camera:
        return True
    white = {view for view, mask in capture.masks.items() if mask.all()}
    of_white = {file.name for view in white for file in listing.masks.get(view, ())}
    return problem.text == WITHOUT_MASKS or Path(problem.file).name in of_white


def _problem(problem: Problem, listing: Listing) -> Finding:
    """A reader's remark as a finding."""
    mask_names = {file.name for files in listing.masks.values() for file in files}
    is_mask = problem.file.partition("/")[0].lower().startswith("mask") or (
        Path(problem.file).name in mask_names and "mask" in problem.text.lower()
    )
    known = problem.text.startswith("Ground truth") or "left out" in problem.text
    return Finding(
        severity=Severity.NOTE if known else Severity.LOOK,
        topic=_MASKS if is_mask else "Files",
        file=problem.file,
        text=problem.text,
    )


def _grouped(findings: Iterable[Finding]) -> list[Finding]:
    """One finding where several files have the same fault."""
    of_text: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        of_text.setdefault((finding.topic, finding.text), []).append(finding)
    return [_several(alike) for alike in of_text.values()]


def _several(alike: Sequence[Finding]) -> Finding:
    first = alike[0]
    if len(alike) == 1:
        return first
    names = ", ".join(finding.file for finding in alike[1:4]) + (" and others" if len(alike) > 4 else "")
    text = f"{first.text} The same holds for {names} ({len(alike)} files in all)."
    return Finding(severity=first.severity, topic=first.topic, file=first.file, text=text)


def _report(
    listing: Listing,
    options: ImportOptions,
    found: tuple[Guess, ...],
    findings: Iterable[Finding],
    capture: Capture | None,
    masks: MaskCheck | None,
) -> Report:
    applied = _applied(listing, options, capture)
    pixels = None if capture is None else {view: int(m.sum()) * applied**2 for view, m in capture.masks.items()}
    compared = None if masks is None else masks.agreement
    told = [replace(finding, text=about_folder(finding.text, listing.folder)) for finding in findings]
    return Report(
        folder=listing.folder,
        layout=listing.layout,
        guesses=found,
        views=len({shot.key.view for shot in listing.shots}),
        lights=len({shot.key.light for shot in listing.shots}),
        photographs=len(listing.shots),
        findings=tuple(sorted(told, key=lambda finding: _ORDER.index(finding.severity))),
        agreement={} if compared is None else compared.overlap,
        estimates=estimates(listing, options, pixels, applied),
        applied_reduce=applied,
        facts=facts(listing, options, capture),
    )


def _applied(listing: Listing, options: ImportOptions, capture: Capture | None) -> int:
    if options.reduce is not None or capture is None:
        return options.reduce or 1
    return max(1, listing.shots[0].camera.width // capture.cameras[0].width)


def _has_alpha(listing: Listing) -> bool:
    first = listing.shots[0]
    return not is_raw(first) and has_alpha(first.file)


def _part(report: Progress, begin: float, end: float) -> Progress:
    def tell(text: str, fraction: float) -> None:
        report(text, begin + (end - begin) * fraction)

    return tell
