"""A capture in figures: what it holds, and what training on it will need at which size."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import dearpygui.dearpygui as dpg

from widgets.check_data import CheckedView
from widgets.controls import Tag, caption
from widgets.status_bar import duration, memory
from widgets.theme import COLOURS, SPACING, font, scaled

if TYPE_CHECKING:
    from core.capture.report import Report

_TAG = "check.facts"
_HEADS = ("Size", "Memory", "On disk", "To open")


def lights_in_short(views: Mapping[int, CheckedView]) -> str:
    """How many photographs, one a light, the views have."""
    counts = [view.photographs for view in views.values()]
    if not counts:
        return "–"
    if min(counts) == max(counts):
        return f"{counts[0]} in each view"
    fewest = [f"V{view:02d}" for view, each in views.items() if each.photographs == min(counts)]
    more = f" and {len(fewest) - 3} more" if len(fewest) > 3 else ""
    return f"{min(counts)} to {max(counts)} a view; fewest in {', '.join(fewest[:3])}{more}"


class CaptureFacts:
    """Fills the panel given as its parent."""

    def __init__(self, parent: Tag) -> None:
        with dpg.group(parent=parent, tag=_TAG):
            pass

    def show(self, report: "Report", views: Mapping[int, CheckedView]) -> None:
        """Show the figures of a report."""
        dpg.delete_item(_TAG, children_only=True)
        facts: Sequence[tuple[str, str]] = (*report.facts, ("Lights", lights_in_short(views)))
        with dpg.table(parent=_TAG, header_row=False, policy=dpg.mvTable_SizingFixedFit):
            dpg.add_table_column()
            dpg.add_table_column(width_stretch=True)
            for what, value in facts:
                with dpg.table_row():
                    caption(what.capitalize())
                    dpg.bind_item_font(dpg.add_text(value, wrap=0), font("small"))
        if report.estimates:
            self._add_estimates(report)

    @staticmethod
    def _add_estimates(report: "Report") -> None:
        dpg.add_spacer(height=scaled(SPACING.small), parent=_TAG)
        caption("What training will need", parent=_TAG)
        with dpg.table(parent=_TAG, header_row=False, policy=dpg.mvTable_SizingStretchProp):
            for _ in range(len(_HEADS)):
                dpg.add_table_column()
            with dpg.table_row():
                for head in _HEADS:
                    caption(head)
            for estimate in report.estimates:
                applied = estimate.reduce == report.applied_reduce
                cache = memory(estimate.cache_bytes) if estimate.cache_bytes else "–"
                opening = "under 1 s" if estimate.open_seconds < 1.0 else duration(estimate.open_seconds)
                size = f"{'●  ' if applied else ''}{estimate.width} × {estimate.height}"
                with dpg.table_row():
                    for text in (size, memory(estimate.memory_bytes), cache, opening):
                        item = dpg.add_text(text, color=COLOURS.text if applied else COLOURS.muted)
                        dpg.bind_item_font(item, font("small"))
        caption("●  will be applied", parent=_TAG)
