"""The line at the window's top: what opens, saves and exports, what is open, and what happened last."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable
from typing import Literal

import dearpygui.dearpygui as dpg

from widgets.controls import Tag, button, caption, room, text_width, tooltip
from widgets.theme import COLOURS, SPACING, font, scaled

Tone = Literal["quiet", "good", "warning"]
_TONES = {"quiet": COLOURS.muted, "good": COLOURS.running, "warning": COLOURS.paused}
_SAVING = ("toolbar.save", "toolbar.save_as", "toolbar.export")


class Toolbar:
    """See the module. ``update`` once a frame."""

    def __init__(
        self,
        parent: Tag,
        *,
        on_open: Callable[[], object],
        on_open_run: Callable[[], object],
        on_demo: Callable[[], object],
        on_save: Callable[[], object],
        on_save_as: Callable[[], object],
        on_export: Callable[[], object],
        on_scale: Callable[[float], object],
        on_shortcuts: Callable[[], object],
        scales: tuple[float, ...],
        scale: float,
    ) -> None:
        self._parent = parent
        self._placed: tuple[object, ...] = ()
        self._texts = ("", "")
        with dpg.group(horizontal=True, parent=parent, tag="toolbar.left"):
            for short, label, call, tip in (
                ("open", "Open…", on_open, "Open a capture folder (Ctrl+O)"),
                ("run", "Open run…", on_open_run, "Go on with a saved run (Ctrl+Shift+O)"),
                ("demo", "Demo", on_demo, "Open the demo capture and train at once"),
                ("save", "Save…", on_save, "Save the run: it can be reopened and goes on from there (Ctrl+S)"),
                ("save_as", "Save as…", on_save_as, "Save the run in another folder (Ctrl+Shift+S)"),
                ("export", "Export…", on_export, "Write the mesh, normal maps and lights (Ctrl+E)"),
            ):
                button(label, call, tag=f"toolbar.{short}", tip=tip)
        dpg.add_text("", tag="toolbar.title", parent=parent)
        dpg.bind_item_font("toolbar.title", font("heading"))
        caption("", tag="toolbar.note", parent=parent)
        with dpg.group(horizontal=True, parent=parent, tag="toolbar.right"):
            labels = [f"{each:.0%}" for each in scales]
            dpg.add_combo(
                labels, default_value=f"{scale:.0%}", tag="toolbar.scale", width=scaled(86),
                callback=lambda _sender, text: on_scale(scales[labels.index(text)]),
            )  # fmt: skip
            tooltip("toolbar.scale", "Size of everything in the window; from the next start on")
            button("Shortcuts", on_shortcuts, tag="toolbar.shortcuts", kind="quiet", tip="All keyboard shortcuts (F1)")
        self.show_state("empty", saved=False)

    def show_state(self, state: str, *, saved: bool) -> None:
        """Enable what makes sense in this state of the run; ``saved``: it has a folder, which Save writes again."""
        dpg.configure_item("toolbar.save", label="Save" if saved else "Save…")
        dpg.configure_item("toolbar.save_as", show=saved)
        for tag in _SAVING:
            dpg.configure_item(tag, enabled=state not in ("empty", "loading"))

    def show_title(self, title: str) -> None:
        """What is open."""
        dpg.set_value("toolbar.title", title)

    def show_note(self, text: str, tone: Tone = "quiet") -> None:
        """What happened last, until something else does."""
        dpg.set_value("toolbar.note", text)
        dpg.configure_item("toolbar.note", color=_TONES[tone])

    def update(self) -> None:
        """Follow the window's width; once a frame."""
        width, height = room(self._parent)
        texts = (dpg.get_value("toolbar.title"), dpg.get_value("toolbar.note"))
        left, right = room("toolbar.left")[0], room("toolbar.right")[0]
        state = (width, height, texts, left, right)
        if state == self._placed or not left or not text_width("0"):
            return
        self._placed = state
        pad, gap = scaled(SPACING.panel), scaled(18)
        dpg.set_item_pos("toolbar.right", [width - right - pad, scaled(SPACING.normal)])
        title = pad + left + gap
        dpg.set_item_pos("toolbar.title", [title, scaled(SPACING.normal + 5)])
        note = title + text_width(texts[0], font("heading")) + gap
        dpg.set_item_pos("toolbar.note", [int(note), scaled(SPACING.normal + 6)])
        fits = note + text_width(texts[1], font("small")) < width - right - 2 * pad
        dpg.configure_item("toolbar.note", show=fits or not texts[1])
