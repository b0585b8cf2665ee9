"""What to export, before asking where to."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from core.mesh.options import MeshFormat, MeshOptions
from widgets.controls import button, caption, field_label, heading
from widgets.theme import SPACING, font, scaled

_WIDTH, _BUTTON = 460, 140
_CELLS = (128, 192, 256, 384, 512, 768, 1024)
_FORMATS: dict[str, MeshFormat] = {
    "PLY, colours at the vertices": "ply",
    "GLB (glTF 2.0), textures inside": "glb",
    "OBJ, textures beside it": "obj",
}
_TEXTURES = (512, 1024, 2048, 4096)
_PARTS = (
    ("mesh", "Mesh, world frame"),
    ("normals", "Normal maps (normals/Vxx.exr), OpenGL camera frame"),
    ("lights", "Lights (light_directions.txt, light_intensities.txt)"),
    ("renders", "Renders of photographs kept out of training (16-bit PNG)"),
    ("sheet", "Contact sheet (contact_sheet.png)"),
)
_TICKED = ("mesh", "normals", "lights")
_LISTS, _SETTLED = ("export.format", "export.cells", "export.texture"), 5
"""The fields with a list, and the frames after which all of them are visible."""
_LABEL, _FIELD = 84, 86


class ExportDialog:
    """A modal window; ``on_export(names, mesh)`` is called when the choice is made. ``update`` once a frame."""

    def __init__(self, *, on_export: Callable[[tuple[str, ...], MeshOptions], object]) -> None:
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
            for name, label in _PARTS:
                dpg.add_checkbox(
                    label=label, tag=f"export.{name}", default_value=name in _TICKED, callback=self._show_enabled
                )
            self._build_mesh_fields()
            dpg.add_spacer(height=scaled(SPACING.normal))
            with dpg.group(horizontal=True):
                dpg.add_spacer(width=scaled(_WIDTH - 2 * SPACING.panel - 2 * _BUTTON - 2 * SPACING.normal))
                button("Cancel", self.close, tag="export.cancel", width=_BUTTON)
                button("Choose folder…", self._accept, tag="export.ok", width=_BUTTON, kind="primary")

    def _build_mesh_fields(self) -> None:
        plain = MeshOptions()
        with dpg.group(horizontal=True):
            field_label("Mesh format", width=_LABEL)
            dpg.add_combo(
                list(_FORMATS), default_value=next(iter(_FORMATS)), tag="export.format", width=scaled(3 * _FIELD),
                callback=self._show_enabled,
            )  # fmt: skip
        for tag, label, values, value, unit in (
            ("export.cells", "Mesh detail", _CELLS, plain.cells, "cells along the longest side"),
            ("export.texture", "Textures", _TEXTURES, plain.texture, "pixels a side, GLB and OBJ"),
        ):  # fmt: skip
            with dpg.group(horizontal=True):
                field_label(label, width=_LABEL)
                dpg.add_combo([str(v) for v in values], default_value=str(value), tag=tag, width=scaled(_FIELD))
                caption(unit)

    def show(self) -> None:
        """Ask what to export."""
        self.open, self._place, self._frames, self._listing = True, (), 0, False
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
        self._frames += 1
        listing, self._listing = self._listing, self._frames > _SETTLED and not all(map(dpg.is_item_visible, _LISTS))
        if dpg.is_key_pressed(dpg.mvKey_Escape):
            if listing or self._listing:
                dpg.focus_item("export")  # which closes the list
            else:
                self.close()
        elif dpg.is_key_pressed(dpg.mvKey_Return) and not self._listing:
            self._accept()

    def _chosen(self) -> tuple[str, ...]:
        return tuple(name for name, _ in _PARTS if dpg.get_value(f"export.{name}"))

    def _show_enabled(self) -> None:
        dpg.configure_item("export.ok", enabled=bool(self._chosen()))
        mesh = "mesh" in self._chosen()
        for tag in ("export.format", "export.cells"):
            dpg.configure_item(tag, enabled=mesh)
        dpg.configure_item("export.texture", enabled=mesh and self._mesh().textured)

    def _mesh(self) -> MeshOptions:
        return MeshOptions(
            cells=int(dpg.get_value("export.cells")),
            format=_FORMATS[dpg.get_value("export.format")],
            texture=int(dpg.get_value("export.texture")),
        )

    def _accept(self) -> None:
        chosen = self._chosen()
        if chosen:
            self.close()
            self._on_export(chosen, self._mesh())
