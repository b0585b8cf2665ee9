"""What is odd about a capture, in a few words that open into lists: what reading it found, and what does not fit."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable, Sequence
from typing import Literal

import dearpygui.dearpygui as dpg

from core.fit.outlier import Outlier
from core.types import ImageKey
from widgets.controls import Tag, button, caption
from widgets.theme import COLOURS, font, scaled, style

_LIST = "capture.problems.list"
Listing = Literal["", "problems", "outliers"]


class CaptureNotes:
    """See the module. At most one list is open."""

    def __init__(
        self, parent: Tag, *, on_outlier: Callable[[ImageKey], object], on_leave_out: Callable[[], object]
    ) -> None:
        self._on_outlier, self._on_leave_out = on_outlier, on_leave_out
        self._problems: tuple[tuple[str, str], ...] = ()
        self._outliers: tuple[Outlier, ...] = ()
        self.listing: Listing = ""
        """What is listed."""
        with dpg.group(parent=parent):
            with dpg.group(horizontal=True):
                button("", lambda: self._toggle("problems"), tag="capture.problems", kind="quiet", small=True)
                tip = "Their error stands out and they count less; a corner of their cell is cut off. Click to list."
                button(
                    "", lambda: self._toggle("outliers"), tag="capture.outliers", kind="warning", small=True, tip=tip
                )
            dpg.add_child_window(tag=_LIST, height=1, width=-1, show=False, always_use_window_padding=True)
            dpg.bind_item_theme(_LIST, "surface.list")
        self.show_problems(())
        self.show_outliers(())

    def show_problems(self, problems: Sequence[tuple[str, str]]) -> None:
        """List what was found on reading the capture, as (file, sentence)."""
        self._problems = tuple(problems)
        count = len(problems)
        label = "No problems found" if not count else f"{count} problem{'s' if count != 1 else ''} found"
        dpg.configure_item("capture.problems", label=label)
        dpg.bind_item_theme("capture.problems", style("warning", small=True) if count else "style.label.small")
        if self.listing == "problems":
            self._list("")

    def show_outliers(self, outliers: Sequence[Outlier]) -> None:
        """List the photographs that do not fit."""
        listed = {outlier.key for outlier in self._outliers}
        self._outliers = tuple(outliers)
        count = len(outliers)
        dpg.configure_item("capture.outliers", label=f"{count} do{'es' if count == 1 else ''} not fit", show=count > 0)
        if self.listing != "outliers":
            return
        if listed == {outlier.key for outlier in outliers}:
            # The buttons stay as they are: one may be under the mouse, and they change every few seconds.
            for outlier in outliers:
                dpg.set_value(f"capture.outlier.{outlier.key.name}.sentence", outlier.sentence)
        else:
            self._list("outliers" if count else "")

    def place(self, height: int) -> None:
        """Give an open list this much height."""
        dpg.configure_item(_LIST, height=height)

    def _toggle(self, name: Listing) -> None:
        entries = self._problems if name == "problems" else self._outliers
        self._list("" if self.listing == name or not entries else name)

    def _list(self, name: Listing) -> None:
        self.listing = name
        dpg.configure_item(_LIST, show=bool(name))
        dpg.delete_item(_LIST, children_only=True)
        if name == "problems":
            for file, sentence in self._problems:
                heading = dpg.add_text(file, parent=_LIST, color=COLOURS.paused)
                dpg.bind_item_font(heading, font("small"))
                caption(sentence, parent=_LIST, wrap=0)
        elif name == "outliers":
            self._list_outliers()

    def _list_outliers(self) -> None:
        button("Leave them out", self._on_leave_out, tag="capture.outliers.out", parent=_LIST, small=True,
               tip="Train on without all photographs in this list")  # fmt: skip
        for outlier in self._outliers:
            key = outlier.key
            button(
                key.name,
                lambda key=key: self._on_outlier(key),
                tag=f"capture.outlier.{key.name}",
                parent=_LIST,
                kind="warning",
                small=True,
                tip="Show this photograph and where it is off",
            )
            said = caption(outlier.sentence, tag=f"capture.outlier.{key.name}.sentence", parent=_LIST, wrap=0)
            dpg.configure_item(said, indent=scaled(5))
