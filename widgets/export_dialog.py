"""What to export, before asking where to."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from widgets.controls import button, caption, field_label, heading
from widgets.theme import SPACING, font, scaled

_WIDTH, _BUTTON = 460, 140
_CELLS = (128, 192, 256, 384, 512)
_PARTS = (
    ("mesh", "Mesh (mesh.ply), world frame, vertex colours = albedo"),
    ("normals", "Normal maps (normals/Vxx.exr), OpenGL camera frame"),
    ("lights", "Lights (light_directions.txt, light_intensities.txt)"),
    ("renders", "Renders of photographs kept out of training (16-bit PNG)"),
    ("sheet", "Contact sheet (contact_sheet.png)"),
)
_TICKED = ("mesh", "normals", "lights")


class ExportDialog:
    """A modal window; ``on_export(names, mesh_cells)`` is called when the choice is made. ``update`` once a frame."""

    def __init__(self, *, on_export: Callable[[tuple[str, ...], int], object]) -> None:
        self._on_export = on_export
        self._place: tuple[int, ...] = ()
        self.open = False
        with dpg.window(
            tag="export", modal=True, show=False, no_title_bar=True, no_resize=True, no_move=True,
            no_saved_settings=True, width=scaled(_WIDTH), no_scrollbar=True, min_size=(50, 50),
        ):  # fmt: skip
            heading("Export", tag="export.title")
            dpg.bind_item_font("export.title", font("title"))
            dpg.add_spacer(height=scaled(SPACING.hair))
            for name, label in _PARTS:
                dpg.add_checkbox(
                    label=label, tag=f"export.{name}", default_value=name in _TICKED, callback=self._show_enabled
                )
            with dpg.group(horizontal=True):
                field_label("Mesh detail", width=84)
                dpg.add_combo(
                    [str(cells) for cells in _CELLS], default_value="256", tag="export.cells", width=scaled(86)
                )
                caption("cells along the longest side")
            dpg.add_spacer(height=scaled(SPACING.normal))
            with dpg.group(horizontal=True):
                dpg.add_spacer(width=scaled(_WIDTH - 2 * SPACING.panel - 2 * _BUTTON - 2 * SPACING.normal))
                button("Cancel", self.close, tag="export.cancel", width=_BUTTON)
                button("Choose folder…", self._accept, tag="export.ok", width=_BUTTON, kind="primary")

    def show(self) -> None:
        """Ask what to export."""
        self.open, self._place = True, ()
        self._show_enabled()
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
        if dpg.is_key_pressed(dpg.mvKey_Escape):
            self.close()
        elif dpg.is_key_pressed(dpg.mvKey_Return):
            self._accept()

    def _chosen(self) -> tuple[str, ...]:
        return tuple(name for name, _ in _PARTS if dpg.get_value(f"export.{name}"))

    def _show_enabled(self) -> None:
        dpg.configure_item("export.ok", enabled=bool(self._chosen()))
        dpg.configure_item("export.cells", enabled="mesh" in self._chosen())

    def _accept(self) -> None:
        chosen = self._chosen()
        if chosen:
            self.close()
            self._on_export(chosen, int(dpg.get_value("export.cells")))
