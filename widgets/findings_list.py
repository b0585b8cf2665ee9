"""What the check has found, worst first, in plain words, each with the buttons that mend it."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable
from typing import TYPE_CHECKING

import dearpygui.dearpygui as dpg

from core.types import ImageKey
from widgets.controls import Tag, button, caption, text_width, wrapped
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


def is_left_out(fix: "Fix", left_out: frozenset[ImageKey]) -> bool:
    """Whether a fix leaves photographs out, and all of them are."""
    return bool(fix.keys) and left_out.issuperset(fix.keys)


class FindingsList:
    """Fills the panel given as its parent."""

    def __init__(self, parent: Tag, *, on_fix: Callable[["Fix"], object], on_view: Callable[[int], object]) -> None:
        self._on_fix, self._on_view = on_fix, on_view
        self._left_out: frozenset[ImageKey] = frozenset()
        self._shown: tuple[Finding, ...] = ()
        self._width = 0
        with dpg.group(parent=parent, tag=_TAG):
            pass

    def show(
        self, findings: "tuple[Finding, ...]", *, complete: bool, left_out: frozenset[ImageKey] = frozenset()
    ) -> None:
        """List these, as they come; ``complete``: there are no more to come; ``left_out``: photographs not used."""
        self._left_out = left_out
        dpg.delete_item(_TAG, children_only=True)
        self._shown = findings
        if not findings and complete:
            dpg.add_text("Nothing stands out.", parent=_TAG, color=COLOURS.running)
            caption("The capture can be trained on as it is.", parent=_TAG)
        elif not findings:
            caption("Nothing stands out so far.", parent=_TAG)
        for number, finding in enumerate(findings):
            self._add(number, finding)
        self._flow()

    def place(self, width: int) -> None:
        """Fill a panel ``width`` pixels wide."""
        if width != self._width and width > 0:
            self._width = width
            self._flow()

    def _flow(self) -> None:
        """Break the texts, and give a topic its own line where there is no room beside the severity."""
        if not self._width or not text_width("0"):
            return
        for number, finding in enumerate(self._shown):
            word, topic = _LOOKS[finding.severity.value][0], finding.topic.capitalize()
            needed = _small(word) + _small(topic) + scaled(SPACING.normal)
            dpg.configure_item(f"{_TAG}.{number}.head", horizontal=needed <= self._width)
            for part, text in (("file", finding.file), ("text", finding.text)):
                if text:
                    dpg.set_value(f"{_TAG}.{number}.{part}", wrapped(text, self._width, _small))

    def _add(self, number: int, finding: "Finding") -> None:
        word, colour = _LOOKS[finding.severity.value]
        with dpg.group(parent=_TAG):
            with dpg.group(horizontal=True, tag=f"{_TAG}.{number}.head"):
                dpg.bind_item_font(dpg.add_text(word, color=colour), font("small"))
                caption(finding.topic.capitalize())
            if finding.file:
                dpg.bind_item_font(
                    dpg.add_text(finding.file, tag=f"{_TAG}.{number}.file", color=COLOURS.faint), font("small")
                )
            dpg.bind_item_font(
                dpg.add_text(finding.text, tag=f"{_TAG}.{number}.text", color=COLOURS.text), font("small")
            )
            self._add_fixes(number, finding)
            dpg.add_spacer(height=scaled(SPACING.small))

    def _add_fixes(self, number: int, finding: "Finding") -> None:
        """One button a line: their words are sentences."""
        for place, fix in enumerate(finding.fixes):
            tag = f"{_TAG}.{number}.{place}"
            kind = "primary" if finding.severity.value == "must fix" and place == 0 and fix.likely else "normal"
            tip = fix.argument and f"The same on the command line: {fix.argument}"
            done = is_left_out(fix, self._left_out)
            if done:
                caption(f"Done: {fix.label.replace('Leave out', 'left out', 1)}")
            button(
                "Use again" if done else fix.label,
                lambda f=fix: self._on_fix(f),
                tag=tag,
                small=True,
                kind=kind,
                tip=tip,
            )
        if finding.view is not None:
            view = finding.view
            button(f"Show V{view:02d}", lambda: self._on_view(view), tag=f"{_TAG}.{number}.view", small=True,
                   kind="quiet")  # fmt: skip


def _small(text: str) -> float:
    return text_width(text, font("small"))
