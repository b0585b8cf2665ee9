"""What the check has found, worst first, in plain words, each with the buttons that mend it."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable
from typing import TYPE_CHECKING

import dearpygui.dearpygui as dpg

from widgets.controls import Tag, button, caption
from widgets.theme import COLOURS, SPACING, Rgba, font, scaled

if TYPE_CHECKING:
    from core.capture.report import Finding, Fix

_LOOKS: dict[str, tuple[str, Rgba]] = {
    "must fix": ("●  Must be fixed", COLOURS.failed),
    "look": ("▲  Look at this", COLOURS.paused),
    "note": ("○  Note", COLOURS.muted),
}
"""By the value of a severity: what stands before a finding, and its colour."""
_TAG = "check.findings"


class FindingsList:
    """Fills the panel given as its parent."""

    def __init__(self, parent: Tag, *, on_fix: Callable[["Fix"], object], on_view: Callable[[int], object]) -> None:
        self._on_fix, self._on_view = on_fix, on_view
        with dpg.group(parent=parent, tag=_TAG):
            pass

    def show(self, findings: "tuple[Finding, ...]", *, complete: bool) -> None:
        """List these, as they come; ``complete``: there are no more to come."""
        dpg.delete_item(_TAG, children_only=True)
        if not findings and complete:
            dpg.add_text("Nothing stands out.", parent=_TAG, color=COLOURS.running)
            caption("The capture can be trained on as it is.", parent=_TAG)
        for number, finding in enumerate(findings):
            self._add(number, finding)

    def _add(self, number: int, finding: "Finding") -> None:
        word, colour = _LOOKS[finding.severity.value]
        with dpg.group(parent=_TAG):
            with dpg.group(horizontal=True):
                dpg.bind_item_font(dpg.add_text(word, color=colour), font("small"))
                caption(finding.topic.capitalize())
            if finding.file:
                dpg.bind_item_font(dpg.add_text(finding.file, color=COLOURS.faint, wrap=0), font("small"))
            dpg.bind_item_font(dpg.add_text(finding.text, color=COLOURS.text, wrap=0), font("small"))
            self._add_fixes(number, finding)
            dpg.add_spacer(height=scaled(SPACING.small))

    def _add_fixes(self, number: int, finding: "Finding") -> None:
        """One button a line: their words are sentences."""
        for place, fix in enumerate(finding.fixes):
            tag = f"{_TAG}.{number}.{place}"
            kind = "primary" if finding.severity.value == "must fix" and place == 0 else "normal"
            tip = fix.argument and f"The same on the command line: {fix.argument}"
            button(fix.label, lambda f=fix: self._on_fix(f), tag=tag, small=True, kind=kind, tip=tip)
        if finding.view is not None:
            view = finding.view
            button(f"Show V{view:02d}", lambda: self._on_view(view), tag=f"{_TAG}.{number}.view", small=True,
                   kind="quiet")  # fmt: skip
