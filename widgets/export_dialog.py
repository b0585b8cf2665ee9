"""What to export, before asking where to."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from core.fit.export_options import ExportOptions
from widgets.controls import button, heading
from widgets.export_form import LISTS, ExportForm
from widgets.theme import SPACING, font, scaled

_WIDTH, _BUTTON = 640, 140
_SETTLED = 5
"""The frames after which all fields are visible."""


class ExportDialog:
    """A modal window; ``on_export(names, options)`` is called when the choice is made. ``update`` once a frame."""

    def __init__(self, *, on_export: Callable[[tuple[str, ...], ExportOptions], object]) -> None:
        self._on_export = on_export
        self._place: tuple[int, ...] = ()
        self._frames = 0
        """Since the window was shown."""
        self._listing = False
        """Whether a list of choices is open; DearPyGui calls its field invisible then, and has no other sign of it."""
        self.open = False
        with dpg.window(
            tag="export", modal=True, show=False, no_title_bar=True, no_resize=True, no_move=True,
            no_saved_settings=True, width=scaled(_WIDTH), no_scrollbar=True, min_size=(50, 50),
        ):  # fmt: skip
            heading("Export", tag="export.title")
            dpg.bind_item_font("export.title", font("title"))
            dpg.add_spacer(height=scaled(SPACING.hair))
            self._form = ExportForm(on_change=self._show_ready)
            dpg.add_spacer(height=scaled(SPACING.normal))
            with dpg.group(horizontal=True):
                dpg.add_spacer(width=scaled(_WIDTH - 2 * SPACING.panel - 2 * _BUTTON - 2 * SPACING.normal))
                button("Cancel", self.close, tag="export.cancel", width=_BUTTON)
                button("Choose folder…", self._accept, tag="export.ok", width=_BUTTON, kind="primary")

    def show(self) -> None:
        """Ask what to export."""
        self.open, self._place, self._frames, self._listing = True, (), 0, False
        self._form.show_enabled()
        self._show_ready()
        dpg.configure_item("export", show=True)

    def close(self) -> None:
        """Close without exporting."""
        self.open = False
        dpg.configure_item("export", show=False)

    def update(self) -> None:
        """Keep the window in the middle; Esc closes it, Enter goes on; once a frame."""
        if not self.open:
            return
        content = dpg.get_item_rect_size("export")
        size = (dpg.get_viewport_client_width(), dpg.get_viewport_client_height(), *map(int, content))
        if size != self._place:
            self._place = size
            dpg.set_item_pos("export", [max((size[0] - size[2]) // 2, 0), max((size[1] - size[3]) // 2, 0)])
        self._frames += 1
        listing, self._listing = self._listing, self._frames > _SETTLED and not all(map(dpg.is_item_visible, LISTS))
        if dpg.is_key_pressed(dpg.mvKey_Escape):
            if listing or self._listing:
                dpg.focus_item("export")  # which closes the list
            else:
                self.close()
        elif dpg.is_key_pressed(dpg.mvKey_Return) and not self._listing:
            self._accept()

    def _show_ready(self) -> None:
        dpg.configure_item("export.ok", enabled=bool(self._form.chosen()))

    def _accept(self) -> None:
        chosen = self._form.chosen()
        if chosen:
            self.close()
            self._on_export(chosen, self._form.options())
