"""The report of a check as tables for the terminal."""

from collections.abc import Iterable

from rich.columns import Columns
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from app.terminal_tables import quiet_table, rendered
from core.capture.report import Finding, Fix, FixAction, Report, Severity

_STYLES = {Severity.MUST_FIX: "bold red", Severity.LOOK: "yellow", Severity.NOTE: "dim"}
_WORTH_A_WORD = 0.2
"""Certainty of a guess, below which the layout lacks the files that would make it one."""
_ELSEWHERE: dict[FixAction, str] = {
    "options": "",
    "paint_masks": "in the studio",
    "untick": "in the studio, or train with --index",
    "place_sphere": "in the studio, or --sphere X,Y,Z,R",
}


def report_lines(report: Report) -> list[str]:
    """Facts, findings with their fixes, agreement of masks and cameras, needs, and the verdict."""
    parts: list[RenderableType] = [_facts(report)]
    if report.findings:
        parts += ["", _findings(report.findings)]
    if report.agreement:
        parts += ["", *_agreement(report)]
    if report.estimates:
        parts += ["", _estimates(report)]
    return rendered([*parts, "", _verdict(report)])


def _facts(report: Report) -> Table:
    table = quiet_table()
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("Capture", Text(str(report.folder)))
    for what, value in report.facts:
        table.add_row(what, Text(value))
    others = [g.layout for g in report.guesses if g.layout != report.layout and g.certainty >= _WORTH_A_WORD]
    if others and report.facts:  # where nothing could be read, fixes name those as which it can be
        table.add_row("Could also be", Text(f"{', '.join(others)} (--layout NAME)"))
    return table


def _findings(findings: Iterable[Finding]) -> Table:
    table = quiet_table("", "About", "What and how to mend it")
    for finding in findings:
        text = Text(finding.text)
        for fix in finding.fixes:
            text.append(f"\n→ {_fix(fix)}", style="cyan")
        about = finding.topic + (f"\n{finding.file}" if finding.file else "")
        table.add_row(Text(finding.severity.value, style=_STYLES[finding.severity]), Text(about), text)
    return table


def _fix(fix: Fix) -> str:
    how = fix.argument or _ELSEWHERE[fix.action]
    return f"{fix.label} ({how})" if how else fix.label


def _agreement(report: Report) -> list[RenderableType]:
    """Every view's overlap, the worst marked."""
    worst = min(report.agreement, key=lambda view: report.agreement[view])
    head = (
        f"Overlap of masks with the shape they leave: median {report.median_agreement:.3f}, "
        f"worst V{worst:02d} with {report.agreement[worst]:.3f}."
    )
    cells = [
        Text(f"V{view:02d} {overlap:.3f}", style="bold yellow" if view == worst else "")
        for view, overlap in sorted(report.agreement.items())
    ]
    return [Text(head), Columns(cells, padding=(0, 2))]


def _estimates(report: Report) -> Table:
    table = quiet_table("Size", "Pixels", "Memory", "Disk cache", "Opening")
    for estimate in report.estimates:
        applied = estimate.reduce == report.applied_reduce
        size = "full" if estimate.reduce == 1 else f"1/{estimate.reduce}"
        table.add_row(
            f"{size} (applied)" if applied else f"{size} (--reduce {estimate.reduce})",
            f"{'up to ' if estimate.mixed else ''}{estimate.width} x {estimate.height}",
            _bytes(estimate.memory_bytes),
            _bytes(estimate.cache_bytes) if estimate.cache_bytes else "none",
            _seconds(estimate.open_seconds),
            style="bold" if applied else "",
        )
    return table


def _verdict(report: Report) -> Text:
    must = sum(finding.severity is Severity.MUST_FIX for finding in report.findings)
    if must:
        return Text(f"{must} thing{'' if must == 1 else 's'} must be fixed before training.", style="bold red")
    return Text("Nothing must be fixed; the capture can be trained on.", style="green")


def _bytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def _seconds(seconds: float) -> str:
    if seconds < 1.0:
        return "under 1 s"
    return f"about {seconds:.0f} s" if seconds < 90.0 else f"about {seconds / 60.0:.0f} min"
