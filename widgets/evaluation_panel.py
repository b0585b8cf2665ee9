"""How good the run is: its figures, and every photograph with the worst first."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import dearpygui.dearpygui as dpg

from core.types import ImageKey
from widgets.controls import Tag, beside_button, button, caption, heading
from widgets.theme import COLOURS, font, scaled

MOST_ROWS = 400
"""Photographs listed, the worst ones; the report holds all."""
_FIGURES_WIDTH = 362
_EMPTY_WIDTH = 560
_EMPTY = (
    "Measuring renders every photograph; training waits meanwhile. Here come the figures of the run as a whole and of "
    "its kinds of photographs, and beside them every photograph, the worst first; a click on one selects it. Where the "
    "capture has ground truth, surface, lights and material are compared with it as well."
)
_TABLES = {
    "evaluation.figures": ("Figure", "Value"),
    "evaluation.groups": ("Photographs", "Images", "PSNR dB", "SSIM"),
    "evaluation.photographs": ("Worst first", "Use", "PSNR dB", "SSIM"),
}


@dataclass(frozen=True, kw_only=True)
class PhotographLine:
    """A photograph in the list."""

    key: ImageKey
    use: str
    """Trained on or kept out."""
    psnr_db: str
    ssim: str


class EvaluationPanel:
    """Shows what was measured last; a click on a photograph selects it."""

    def __init__(
        self,
        parent: Tag,
        *,
        on_measure: Callable[[], object],
        on_report: Callable[[], object],
        on_select: Callable[[ImageKey], object],
    ) -> None:
        self._on_select = on_select
        with dpg.child_window(parent=parent, tag="evaluation", width=-1, height=-1, no_scrollbar=True):
            with dpg.group(horizontal=True):
                beside_button(heading("Evaluation"))
                button("Measure", on_measure, tag="evaluation.measure", small=True, kind="primary",
                       tip="Render every photograph and compare it, and everything with the ground truth")  # fmt: skip
                button("Write report…", on_report, tag="evaluation.report", small=True,
                       tip="Measure, and write all figures, plots and error maps into one HTML file")  # fmt: skip
                beside_button(caption("", tag="evaluation.note"))
            caption(_EMPTY, tag="evaluation.empty", wrap=scaled(_EMPTY_WIDTH))
            with dpg.group(horizontal=True, tag="evaluation.found", show=False):
                with dpg.child_window(tag="evaluation.left", width=scaled(_FIGURES_WIDTH), height=-1):
                    self._add_table("evaluation.figures")
                    dpg.add_spacer(height=scaled(8))
                    self._add_table("evaluation.groups", airy=True)
                    dpg.add_group(tag="evaluation.notes")
                with dpg.child_window(tag="evaluation.right", width=-1, height=-1):
                    self._add_table("evaluation.photographs", scrolls=True)
        for name in ("evaluation", "evaluation.left", "evaluation.right"):
            dpg.bind_item_theme(name, "surface.bare")

    @staticmethod
    def _add_table(tag: str, *, scrolls: bool = False, airy: bool = False) -> None:
        """``scrolls``: it also takes all the width there is; ``airy``: its few columns stand farther apart."""
        policy = dpg.mvTable_SizingStretchProp if scrolls else dpg.mvTable_SizingFixedFit
        with dpg.table(
            tag=tag, policy=policy, row_background=True, scrollY=scrolls, freeze_rows=int(scrolls),
            height=-1 if scrolls else 0, no_host_extendX=not scrolls,
        ):  # fmt: skip
            for title in _TABLES[tag]:
                dpg.add_table_column(label=title)
        dpg.bind_item_font(tag, font("small"))
        dpg.bind_item_theme(tag, "style.airy" if airy else "style.dense")

    # ---- what the studio calls --------------------------------------------------------------------------------------

    def enable(self, possible: bool) -> None:
        """Whether there is something to measure."""
        for tag in ("evaluation.measure", "evaluation.report"):
            dpg.configure_item(tag, enabled=possible)

    def show_note(self, text: str) -> None:
        """Say when the run was measured, or why it was not."""
        dpg.set_value("evaluation.note", text)

    def show_empty(self) -> None:
        """Nothing of this run has been measured."""
        dpg.configure_item("evaluation.found", show=False)
        dpg.configure_item("evaluation.empty", show=True)

    def show(
        self,
        *,
        figures: Sequence[tuple[str, str]],
        groups: Sequence[tuple[str, str, str, str]],
        photographs: Sequence[PhotographLine],
        notes: Sequence[str],
    ) -> None:
        """Show what was measured."""
        dpg.configure_item("evaluation.found", show=True)
        dpg.configure_item("evaluation.empty", show=False)
        _fill("evaluation.figures", figures)
        _fill("evaluation.groups", groups)
        dpg.delete_item("evaluation.notes", children_only=True)
        for note in notes:
            caption(note, parent="evaluation.notes", wrap=0)
        dpg.delete_item("evaluation.photographs", children_only=True, slot=1)
        for line in photographs[:MOST_ROWS]:
            self._add_photograph(line)
        if len(photographs) > MOST_ROWS:
            rest = f"{len(photographs) - MOST_ROWS:,} better ones are in the report."
            caption(rest, parent="evaluation.notes", wrap=0)

    def _add_photograph(self, line: PhotographLine) -> None:
        with dpg.table_row(parent="evaluation.photographs"):
            dpg.add_selectable(
                label=line.key.name, tag=f"evaluation.{line.key.name}", span_columns=True,
                callback=lambda: self._choose(line.key),
            )  # fmt: skip
            dpg.add_text(line.use, color=COLOURS.muted)
            dpg.add_text(line.psnr_db)
            dpg.add_text(line.ssim)

    def _choose(self, key: ImageKey) -> None:
        """Selecting shows the photograph elsewhere; no row stays marked."""
        dpg.set_value(f"evaluation.{key.name}", False)
        self._on_select(key)


def _fill(tag: str, rows: Sequence[Sequence[str]]) -> None:
    """Replace a table's rows."""
    dpg.delete_item(tag, children_only=True, slot=1)
    for row in rows:
        with dpg.table_row(parent=tag):
            for number, text in enumerate(row):
                dpg.add_text(text, color=COLOURS.muted if number == 0 else COLOURS.text)
