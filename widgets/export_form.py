"""The choices of an export: which results, and how meshes, maps and the film are made."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable, Mapping

import dearpygui.dearpygui as dpg

from core.fit.export_options import PLAIN, ExportOptions, FilmOptions, FilmPath, MapFormat
from core.mesh.options import MeshFormat, MeshOptions
from widgets.controls import caption, field_label, tooltip
from widgets.theme import SPACING, scaled

_RESULTS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "Shape and lights": (
        ("mesh", "Mesh", "In the frame of the capture's cameras (world)"),
        ("normals", "Normal maps", "normals/Vxx.exr, OpenGL camera frame, as other tools score them"),
        ("lights", "Lights", "Directions in OpenGL and OpenCV camera frames, intensities, and .lp lists for RTI"),
    ),
    "Of each view": (
        ("maps", "Maps", "Normal, albedo, specular, base colour, metal, roughness, depth, opacity and cast shadow"),
        ("spheres", "Material spheres", "What the surface is made of, place by place and as a whole"),
        ("latent", "Latent maps", "The features behind the material, as colours: equal colour, equal material"),
    ),
    "To look at": (
        ("renders", "Renders", "16-bit PNG of the photographs kept out of training"),
        ("sheet", "Contact sheet", "contact_sheet.png: photographs, renders, errors, normals and lights at a glance"),
        ("film", "Relighting film", "relighting.mp4: normals, albedo and the relit object side by side"),
    ),
}
_TICKED = ("mesh", "normals", "lights")
_FORMATS: dict[str, MeshFormat] = {
    "PLY, colours at the vertices": "ply",
    "GLB (glTF 2.0), textures inside": "glb",
    "OBJ, textures beside it": "obj",
}
_CELLS: dict[str, int | None] = {
    "automatic": None,
    **{f"{cells}": cells for cells in (128, 192, 256, 384, 512, 768, 1024)},
}
_FACES: dict[str, int | None] = {
    "automatic": None,
    **{f"{faces:,}": faces for faces in (5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000)},
}
_SMOOTH: dict[str, int] = {"none": 0, **{f"{passes}": passes for passes in (5, 10, 20, 50, 100)}}
_TEXTURES: dict[str, int] = {f"{texels}": texels for texels in (512, 1024, 2048, 4096)}
_MAPS: dict[str, MapFormat] = {"PNG, 16 bits": "png", "EXR, 32-bit floats": "exr"}
_SHADOWS: dict[str, bool] = {"first light of each view": False, "every photograph": True}
_PATHS: dict[str, FilmPath] = {
    "light, then camera": "both",
    "light": "light",
    "camera": "camera",
}
_Values = Mapping[str, object]
_FIELDS: tuple[tuple[str, str, str, _Values, object, int, str], ...] = (
    ("mesh", "format", "Format", _FORMATS, PLAIN.mesh.format, 1, ""),
    ("mesh", "cells", "Detail", _CELLS, PLAIN.mesh.cells, 0, "256 cells a side, ultra 512"),
    ("mesh", "faces", "Triangles", _FACES, PLAIN.mesh.faces, 0, "all for PLY, else 50,000"),
    ("mesh", "smooth", "Smoothing", _SMOOTH, PLAIN.mesh.smooth, 0, "passes"),
    ("mesh", "texture", "Textures", _TEXTURES, PLAIN.mesh.texture, 0, "pixels a side, GLB and OBJ"),
    ("maps", "maps_format", "Files", _MAPS, PLAIN.maps, 1, ""),
    ("maps", "shadows", "Shadows of", _SHADOWS, PLAIN.all_shadows, 1, ""),
    ("film", "path", "Goes round", _PATHS, PLAIN.film.path, 1, ""),
)
"""(result, field, label, its choices, the one taken, whether it is wide, unit)."""
_GROUPS = {"mesh": "Mesh", "maps": "Maps", "film": "Film"}
_LABEL, _NARROW, _WIDE = 84, 108, 250
_LEFT = 190
LISTS = tuple(f"export.{field}" for _, field, *_ in _FIELDS)
"""The fields that open a list."""


class ExportForm:
    """Two columns: what to export, and how. ``on_change`` is called after a change."""

    def __init__(self, *, on_change: Callable[[], object]) -> None:
        self._on_change = on_change
        with dpg.group(horizontal=True):
            with dpg.group():
                self._build_results()
                dpg.add_spacer(width=scaled(_LEFT))
            with dpg.group():
                self._build_fields()

    def _build_results(self) -> None:
        for number, (title, results) in enumerate(_RESULTS.items()):
            _gap_before(number)
            caption(title)
            for name, label, tip in results:
                tag = f"export.{name}"
                dpg.add_checkbox(label=label, tag=tag, default_value=name in _TICKED, callback=self._changed)
                tooltip(tag, tip)

    def _build_fields(self) -> None:
        shown = ""
        for result, field, label, values, value, wide, unit in _FIELDS:
            if result != shown:
                _gap_before(list(_GROUPS).index(result))
                caption(_GROUPS[result])
                shown = result
            with dpg.group(horizontal=True):
                field_label(label, width=_LABEL)
                dpg.add_combo(
                    list(values), tag=f"export.{field}", callback=self._changed,
                    default_value=next(name for name, each in values.items() if each == value),
                    width=scaled(_WIDE if wide else _NARROW),
                )  # fmt: skip
                if unit:
                    caption(unit)

    def chosen(self) -> tuple[str, ...]:
        """Names of the results to write."""
        names = [name for results in _RESULTS.values() for name, *_ in results]
        return tuple(name for name in names if dpg.get_value(f"export.{name}"))

    def options(self) -> ExportOptions:
        """How they are written."""
        mesh = MeshOptions(
            format=_FORMATS[dpg.get_value("export.format")],
            cells=_CELLS[dpg.get_value("export.cells")],
            faces=_FACES[dpg.get_value("export.faces")],
            smooth=_SMOOTH[dpg.get_value("export.smooth")],
            texture=_TEXTURES[dpg.get_value("export.texture")],
        )
        return ExportOptions(
            mesh=mesh,
            maps=_MAPS[dpg.get_value("export.maps_format")],
            all_shadows=_SHADOWS[dpg.get_value("export.shadows")],
            film=FilmOptions(path=_PATHS[dpg.get_value("export.path")], beside=PLAIN.film.beside),
        )

    def show_enabled(self) -> None:
        """Grey what does not matter."""
        chosen = self.chosen()
        for result, field, *_ in _FIELDS:
            dpg.configure_item(f"export.{field}", enabled=result in chosen)
        textured = _FORMATS[dpg.get_value("export.format")] != "ply"
        dpg.configure_item("export.texture", enabled="mesh" in chosen and textured)

    def _changed(self) -> None:
        self.show_enabled()
        self._on_change()


def _gap_before(number: int) -> None:
    if number > 0:
        dpg.add_spacer(height=scaled(SPACING.small))
