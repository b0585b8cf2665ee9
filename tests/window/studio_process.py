"""The real studio in a process of its own, which also writes what it shows into a file a few times a second.

    python -m tests.window.studio_process PROBE [--capture FOLDER | --run FOLDER | --demo]

The file tells the tests where things are and what state they are in, so that they click and wait instead of guessing.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import dearpygui.dearpygui as dpg

from app.controller import Controller
from app.frame_loop import FrameTimes
from app.studio import Hooks, run_studio
from core.errors import ChiaroError
from core.types import ImageKey
from widgets.mask_editor import MaskEditor
from widgets.raw_panel import RawPanel

_EVERY_SECONDS = 0.1


class Probe:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._written = 0.0
        self._begun = 0.0
        """When the frame that is on screen was begun, or shortly before; of the clock that all processes share."""
        self._notes = [""]
        self.times = FrameTimes()

    def __call__(self, controller: Controller) -> None:
        note = dpg.get_value("toolbar.note")
        if note != self._notes[-1]:
            self._notes.append(note)
        now = time.monotonic()
        if now - self._written >= _EVERY_SECONDS:
            self._written = now
            partial = self._file.with_suffix(".part")
            partial.write_text(json.dumps(self._seen(controller)), encoding="utf-8")
            partial.replace(self._file)
        self._begun = time.monotonic()

    def _seen(self, controller: Controller) -> dict[str, Any]:
        window, panels = controller.window, controller.window.panels
        keys = window.capture.keys if window.capture else ()
        return {
            "frame": len(self.times.ends),
            "begun": self._begun,
            "state": window.run.state,
            "step": window.step,
            "saved_step": window.run.saved_step,
            "run_folder": str(window.run.run_folder) if window.run.run_folder else None,
            "kept_folder": str(window.run.kept_folder) if window.run.kept_folder else None,
            "planned": window.run.planned_seconds,
            "choices": window.run.choices.to_json(),
            "ticked": {name: dpg.get_value(f"model.{name}") for name in ("near", "falloff", "bounce")},
            "state_word": dpg.get_value("fit.state"),
            "included": [key.name for key in window.run.included],
            "shown_included": sorted(key.name for key in panels.capture.included),
            "selected": window.selected.name if window.selected else None,
            "tab": panels.tabs.shown,
            "dialog": panels.dialogs.open,
            "export": panels.export.open,
            "path": dpg.get_value("dialog.path.text"),
            "refused": dpg.get_value("dialog.path.note"),
            "message": dpg.get_value("dialog.message.text"),
            "notes": self._notes,  # one gives way to the next, which may come at once
            "title": dpg.get_value("toolbar.title"),
            "panes": dpg.get_value("panes.title"),
            "light": panels.relight.light.to_light,
            "check": _check(controller),
            "sphere": [*window.capture.scene_centre, window.capture.scene_radius] if window.capture else None,
            "plotted": len(dpg.get_value("plots.psnr.train")[0]),
            "masks": _masks(panels.masks),
            "raw": _raw(panels.raw),
            "evaluation": dpg.get_value("evaluation.note"),
            "rects": _rects(),
            "cells": {key.name: panels.capture.cell_centre(key) for key in keys},
            "headers": _headers(controller, keys),
        }


def _headers(controller: Controller, keys: tuple[ImageKey, ...]) -> dict[str, tuple[float, float]]:
    """Where whole lights are switched; nowhere when every view has a light of its own."""
    lights = {key.light for key in keys}
    if len(lights) == len(keys):
        return {}
    return {str(light): controller.window.panels.capture.header_centre("light", light) for light in lights}


def _check(controller: Controller) -> dict[str, Any]:
    """What the check view shows."""
    check, panel = controller.check, controller.window.panels.check
    checked = check.checked
    return {
        "complete": checked is not None and checked.complete,
        "layout": checked.report.layout if checked else None,
        "options": checked.options.to_json() if checked else None,
        "findings": [[f.severity.value, f.topic, f.text] for f in checked.report.findings] if checked else [],
        "sphere": [*check.sphere.centre, check.sphere.radius] if check.sphere else None,
        "view": check.views.shown,
        "changed": panel.changed,
        "handles": [panel.scene.handle_centre(number) for number in range(2)],
        "tiles": {str(view): centre for view, centre in panel.tile_centres().items()},
        "title": dpg.get_value("check.outline.title"),
    }


def _masks(editor: MaskEditor) -> dict[str, Any]:
    """What the mask editor shows, and where on the screen the corners of its picture are."""
    sheet = editor.sheet
    if sheet is None or not dpg.is_item_visible("masks.hint"):
        return {"view": None}
    width, height = sheet.painting.size
    shown = sheet.shown
    return {
        "view": editor.view,
        "object": None if shown is None else int(shown.sum()),
        "marks": int((sheet.painting.values != 0).sum()),
        "saved": sheet.saved,
        "near": editor.canvas.window_position((-0.5, -0.5)),
        "far": editor.canvas.window_position((width - 0.5, height - 0.5)),
        "usable": dpg.get_item_configuration("masks.use")["enabled"],
        "busy": dpg.get_item_configuration("masks.busy.ground")["show"],
    }


def _raw(panel: RawPanel) -> dict[str, Any]:
    """What the RAW panel shows, and where on the screen the corners of its frame are."""
    picture = panel.picture
    if picture is None or not dpg.is_item_visible("raw.hint"):
        return {"file": None}
    return {
        "file": picture.file.name,
        "curve": picture.curve,
        "crop": panel.canvas.crop,
        "near": panel.canvas.window_position((0, 0)),
        "far": panel.canvas.window_position(picture.size),
        "changed": dpg.get_item_configuration("raw.apply")["enabled"],
    }


def _rects() -> dict[str, list[float]]:
    """(x, y, width, height) of everything visible that has a name."""
    found: dict[str, list[float]] = {}
    for alias in dpg.get_aliases():
        state = dpg.get_item_state(alias)
        # A child window says neither whether it is visible nor where; one that is not visible has no size.
        near = state.get("rect_min", state.get("pos"))
        if state.get("visible", True) and near and all(state.get("rect_size", (0, 0))):
            found[alias] = [*near, *state["rect_size"]]
    return found


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("probe", type=Path)
    parser.add_argument("--capture", type=Path)
    parser.add_argument("--run", type=Path)
    parser.add_argument("--demo", action="store_true")
    arguments = parser.parse_args()
    probe = Probe(arguments.probe)
    try:
        run_studio(
            arguments.capture,
            run=arguments.run,
            demo=arguments.demo,
            hooks=Hooks(on_frame=probe, times=probe.times),
        )
    except ChiaroError as error:
        print(error)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
