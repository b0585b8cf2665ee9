"""How a capture folder is read, and every choice there is about it."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import dearpygui.dearpygui as dpg

from core.capture.import_options import Axis, Encoding, Handedness, ImportOptions, MaskChoice, RawCurve
from widgets.check_data import Checked
from widgets.controls import Tag, button, caption, field_label, tooltip
from widgets.theme import SPACING, scaled

_LABEL = 72
_TAG = "check.import"
_AUTOMATIC, _LEVEL = "automatic", "%.3f"
_OF_OBJECTS = "Chrome ball"
"""The layout whose folders are objects, of which one is chosen, rather than files with cameras."""
_OBJECTS_TIP = "The folder of the object that is looked at"
_LIKELIEST = "The likeliest"
_ENCODINGS: dict[str, Encoding | None] = {"By the file": None, "Linear": "linear", "sRGB": "srgb"}
_MASKS: dict[str, MaskChoice] = {
    "Files, or painted": MaskChoice.FILES,
    "Alpha channel": MaskChoice.ALPHA,
    "Threshold": MaskChoice.THRESHOLD,
    "None: all in the sphere": MaskChoice.NONE,
}
_REDUCTIONS: dict[str, int | None] = {
    "As memory asks": None, "Full size": 1, "2 times smaller": 2, "3 times smaller": 3, "4 times smaller": 4,
    "6 times smaller": 6, "8 times smaller": 8,
}  # fmt: skip
_AXES: dict[str, Axis | None] = {
    "As the files say": None, "+x": "+x", "-x": "-x", "+y": "+y", "-y": "-y", "+z": "+z", "-z": "-z",
}  # fmt: skip
_HANDS: dict[str, Handedness] = {"Right-handed": "right", "Left-handed": "left"}
_CURVES: dict[str, RawCurve] = {"Linear": "linear", "BT.709 (as MVSCPS)": "bt709"}
_TIPS = {
    "layout": "How the files lie in the folder",
    "cameras": "The file that cameras are taken from",
    "encoding": "How pixel values stand for light. By the file: 8 bits are sRGB, more are linear",
    "masks": "Where the outline of the object comes from",
    "threshold": "Brighter than this under any light is the object, linear, 1 = full range; 0: found for every view",
    "reduce": "How much smaller photographs are made along each side",
    "up": "The world axis that points up",
    "hand": "How the camera file counts its axes",
    "names": "Plain folders: file names with {view} and {light}, such as {view}/{light}.jpg",
    "table": "Plain folders: a CSV file in the folder with the columns file, view, light",
    "curve": "How camera RAW files are developed",
}


class ImportForm:
    """``show`` what a capture was read with; ``options`` is what the fields say."""

    def __init__(self, parent: Tag, *, on_change: Callable[[], object], on_paint: Callable[[], object]) -> None:
        self._on_change = on_change
        self._base = ImportOptions()
        self._first_cameras = ""
        self._width = 0
        with dpg.group(parent=parent, tag=_TAG):
            self._add_combo("layout", "Layout", [_LIKELIEST])
            caption("", tag=f"{_TAG}.reasons", wrap=0)
            self._add_combo("cameras", "Cameras", [])
            self._add_combo("encoding", "Pixels", list(_ENCODINGS))
            self._add_combo("masks", "Masks", list(_MASKS))
            with dpg.group(horizontal=True, tag=f"{_TAG}.threshold.row", show=False):
                field_label("Level", width=_LABEL)
                dpg.add_input_float(
                    tag=f"{_TAG}.threshold", step=0, format=_LEVEL, min_value=0, max_value=1, min_clamped=True,
                    max_clamped=True, callback=self._level_changed,
                )  # fmt: skip
                tooltip(f"{_TAG}.threshold", _TIPS["threshold"])
            with dpg.group(horizontal=True):
                field_label("", width=_LABEL)
                dpg.add_checkbox(label="Fill holes", tag=f"{_TAG}.holes", callback=self._changed)
                button("Paint…", on_paint, tag=f"{_TAG}.paint", small=True, tip="Make masks by hand")
                dpg.configure_item(f"{_TAG}.paint", height=scaled(SPACING.row))
            self._add_combo("reduce", "Size", list(_REDUCTIONS))
            self._add_combo("up", "Up", list(_AXES))
            self._add_combo("hand", "Axes", list(_HANDS))
            self._add_text("names", "Names", "{view}/{light}.jpg")
            self._add_text("table", "Table", "images.csv")
            self._add_combo("curve", "RAW curve", list(_CURVES))

    def _add_combo(self, name: str, label: str, items: list[str]) -> None:
        with dpg.group(horizontal=True, tag=f"{_TAG}.{name}.row"):
            field_label(label, width=_LABEL, tag=f"{_TAG}.{name}.label")
            dpg.add_combo(items, tag=f"{_TAG}.{name}", callback=self._changed, height_mode=dpg.mvComboHeight_Large)
            tooltip(f"{_TAG}.{name}", _TIPS[name])

    def _add_text(self, name: str, label: str, hint: str) -> None:
        with dpg.group(horizontal=True, tag=f"{_TAG}.{name}.row"):
            field_label(label, width=_LABEL)
            dpg.add_input_text(tag=f"{_TAG}.{name}", hint=hint, callback=self._changed)
            tooltip(f"{_TAG}.{name}", _TIPS[name])

    def show(self, checked: Checked) -> None:
        """Show the choices a capture was read with."""
        self._base, self._first_cameras = checked.options, checked.camera_file
        options = checked.options
        names = [name for name, _ in checked.layouts]
        dpg.configure_item(f"{_TAG}.layout", items=[_LIKELIEST, *names])
        dpg.set_value(f"{_TAG}.layout", self._layout_word(options.layout, names))
        dpg.set_value(f"{_TAG}.reasons", _reasons(checked))
        files = list(dict.fromkeys(name for name in (checked.camera_file, *checked.camera_choices) if name))
        dpg.configure_item(f"{_TAG}.cameras", items=files)
        dpg.configure_item(f"{_TAG}.cameras.row", show=len(files) > 1)
        objects = checked.report.layout == _OF_OBJECTS
        dpg.configure_item(f"{_TAG}.cameras.label", label="Object" if objects else "Cameras")
        tooltip(f"{_TAG}.cameras", _OBJECTS_TIP if objects else _TIPS["cameras"])
        dpg.configure_item(f"{_TAG}.curve.row", show=checked.raw or options.raw.curve != ImportOptions().raw.curve)
        self._set("cameras", options.cameras or checked.camera_file)
        self._set("encoding", _word(_ENCODINGS, options.encoding))
        self._set("masks", _word(_MASKS, options.masks))
        dpg.set_value(f"{_TAG}.threshold", options.threshold or 0.0)
        self._show_level()
        dpg.set_value(f"{_TAG}.holes", options.fill_holes)
        times = options.reduce
        self._set("reduce", _word(_REDUCTIONS, times) if times in _REDUCTIONS.values() else f"{times} times smaller")
        self._set("up", _word(_AXES, options.up))
        self._set("hand", _word(_HANDS, options.handedness))
        self._set("names", options.names or "")
        self._set("table", options.table or "")
        self._set("curve", _word(_CURVES, options.raw.curve))
        self._show_rows()

    @staticmethod
    def _set(name: str, value: str) -> None:
        dpg.set_value(f"{_TAG}.{name}", value)

    @staticmethod
    def _layout_word(layout: str | None, names: list[str]) -> str:
        return next((name for name in names if layout and name.lower() == layout.lower()), _LIKELIEST)

    @property
    def options(self) -> ImportOptions:
        """What the fields say; the sphere and the like stay as they were read."""

        def value(name: str) -> Any:
            return dpg.get_value(f"{_TAG}.{name}")

        base = self._base
        cameras = value("cameras") or None
        reduced = value("reduce")
        layout = value("layout")
        return replace(
            base,
            layout=None if layout == _LIKELIEST else layout,
            cameras=base.cameras if cameras in (None, base.cameras or self._first_cameras) else cameras,
            encoding=_ENCODINGS[value("encoding")],
            masks=_MASKS[value("masks")],
            threshold=_level(cast(float, value("threshold")), base.threshold),
            fill_holes=bool(value("holes")),
            reduce=_REDUCTIONS.get(reduced, base.reduce),
            up=_AXES[value("up")],
            handedness=_HANDS[value("hand")],
            names=str(value("names")).strip() or None,
            table=str(value("table")).strip() or None,
            raw=replace(base.raw, curve=_CURVES[value("curve")]),
        )

    @property
    def changed(self) -> bool:
        """Whether the fields say something else than the capture was read with."""
        return self.options != self._base

    def place(self, width: int) -> None:
        """Fill a panel ``width`` pixels wide."""
        if width == self._width or width <= 0:
            return
        self._width = width
        field = max(width - scaled(_LABEL) - scaled(SPACING.normal), 1)
        for name in (*_TIPS,):
            dpg.configure_item(f"{_TAG}.{name}", width=field)

    def _level_changed(self) -> None:
        self._show_level()
        self._changed()

    @staticmethod
    def _show_level() -> None:
        """0 stands for a level that is found anew for every view, which the field says instead of the number."""
        found = dpg.get_value(f"{_TAG}.threshold") <= 0.0
        dpg.configure_item(f"{_TAG}.threshold", format=_AUTOMATIC if found else _LEVEL)

    def _changed(self) -> None:
        self._show_rows()
        self._on_change()

    @staticmethod
    def _show_rows() -> None:
        threshold = _MASKS[dpg.get_value(f"{_TAG}.masks")] is MaskChoice.THRESHOLD
        dpg.configure_item(f"{_TAG}.threshold.row", show=threshold)


def _level(shown: float, before: float | None) -> float | None:
    """The threshold a field shows; the field is single precision, which must not count as a change."""
    if shown <= 0.0:
        return None
    return before if before is not None and abs(shown - before) < 1e-6 else round(shown, 6)


def _word(words: dict[str, Any], value: object) -> str:
    return next(word for word, each in words.items() if each == value)


def _reasons(checked: Checked) -> str:
    """Why the folder was taken for what it was taken for, or what it looks like instead."""
    report, chosen = checked.report, checked.options.layout
    if not report.guesses:
        about = dict(checked.layouts).get(chosen or "", "")
        return f"{chosen}: {about}" if about else "No layout was recognised; choose one."
    read = chosen or report.layout
    guess = next((guess for guess in report.guesses if guess.layout.lower() == read.lower()), report.guesses[0])
    others = [each.layout for each in report.guesses if each is not guess]
    more = f" It could also be {' or '.join(others[:3])}." if others else ""
    verb = "Read as" if guess.layout.lower() == read.lower() else "It looks like"
    return f"{verb} {guess.layout}: {', '.join(guess.reasons)}.{more}"
