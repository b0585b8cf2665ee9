"""``check``: what a capture is, what is wrong with it, and how to mend it."""

from typing import Any

from app.arguments import Check
from app.commands.check_tables import report_lines
from app.outcome import Outcome
from app.progress import progress_bar
from core.capture.check_capture import check_capture
from core.capture.folder import check_folder
from core.capture.report import Estimate, Finding, Fix, Report

_MUST_BE_FIXED = 1


def check(arguments: Check) -> Outcome:
    """Check a capture. The exit code says whether something must be fixed first.

    Raises CaptureError when the options that were given cannot be: then nothing is said about the capture.
    """
    check_folder(arguments.capture)
    options = arguments.importing.chosen(arguments.capture)
    with progress_bar("Checking") as progress:
        checked = check_capture(arguments.capture, options, progress=progress)
    if checked.mistake is not None and options is not None:
        raise checked.mistake
    report = checked.report
    exit_code = 0 if report.trainable else _MUST_BE_FIXED
    return Outcome(lines=report_lines(report), data=_data(report), exit_code=exit_code)


def _data(report: Report) -> dict[str, Any]:
    worst = min(report.agreement, key=lambda view: report.agreement[view], default=None)
    return {
        "folder": str(report.folder),
        "layout": report.layout,
        "guesses": [
            {"layout": guess.layout, "certainty": guess.certainty, "reasons": list(guess.reasons)}
            for guess in report.guesses
        ],
        "photographs": report.photographs,
        "views": report.views,
        "lights": report.lights,
        "trainable": report.trainable,
        "facts": [{"what": what, "value": value} for what, value in report.facts],
        "findings": [_finding(finding) for finding in report.findings],
        "agreement": {f"V{view:02d}": overlap for view, overlap in report.agreement.items()},
        "median_agreement": report.median_agreement,
        "worst_view": None if worst is None else f"V{worst:02d}",
        "estimates": [_estimate(estimate, report) for estimate in report.estimates],
        "applied_reduce": report.applied_reduce,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity.value,
        "topic": finding.topic,
        "file": finding.file,
        "text": finding.text,
        "view": finding.view,
        "fixes": [_fix(fix) for fix in finding.fixes],
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "label": fix.label,
        "action": fix.action,
        "argument": fix.argument,
        "options": None if fix.options is None else fix.options.to_json(),
        "keys": [key.name for key in fix.keys],
    }


def _estimate(estimate: Estimate, report: Report) -> dict[str, Any]:
    return {
        "reduce": estimate.reduce,
        "applied": estimate.reduce == report.applied_reduce,
        "width": estimate.width,
        "height": estimate.height,
        "mixed": estimate.mixed,
        "memory_bytes": estimate.memory_bytes,
        "cache_bytes": estimate.cache_bytes,
        "open_seconds": estimate.open_seconds,
    }
