"""Uses the gallery's widgets by real mouse and keys and prints what came of it as JSON; run by test_walk.py."""

import json
import subprocess
import sys
from typing import Any

import dearpygui.dearpygui as dpg
import numpy as np

from core.fit.choices import FitChoices
from core.types import ImageKey
from tests.widgets import gallery_data as data
from tests.widgets.gallery import Gallery
from tests.widgets.walk_paths import walk_paths
from widgets.layout import REGIONS
from widgets.model_form import InForce
from widgets.shortcuts import Shortcuts
from widgets.viewport3d import Viewport3D

WIDTH, HEIGHT = 1280, 720


class Walk:
    """The gallery and a hand."""

    def __init__(self, gallery: Gallery) -> None:
        self.gallery = gallery
        self.found: dict[str, Any] = {}

    def hand(self, *words: object) -> None:
        """Do something with mouse or keyboard, and let the window notice."""
        subprocess.run(["xdotool", *map(str, words)], check=True)
        self.gallery.frames(20 if words[0] == "type" else 8)  # typed letters arrive one a frame

    def move(self, at: tuple[float, float]) -> None:
        """Move the mouse."""
        self.hand("mousemove", round(at[0]), round(at[1]))

    def click(self, at: tuple[float, float], button: int = 1) -> None:
        """Click at a window position."""
        self.move(at)
        self.hand("click", button)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Press, move in two strides, release."""
        self.move(start)
        self.hand("mousedown", 1)
        self.move(((start[0] + end[0]) / 2, (start[1] + end[1]) / 2))
        self.move(end)
        self.hand("mouseup", 1)

    def press(self, tag: str) -> None:
        """Click the middle of a widget."""
        (x, y), (width, height) = dpg.get_item_rect_min(tag), dpg.get_item_rect_size(tag)
        self.click((x + width / 2, y + height / 2))

    def pixel(self, at: tuple[float, float]) -> str:
        """The colour on the screen."""
        crop = f"1x1+{round(at[0])}+{round(at[1])}"
        command = ["import", "-window", "root", "-crop", crop, "-depth", "8", "txt:-"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1]


def walk_matrix(walk: Walk) -> None:
    capture, found = walk.gallery.capture, walk.found
    capture.show_included(frozenset(walk.gallery.images))
    walk.gallery.frames(2)
    walk.click(capture.cell_centre(ImageKey(3, 7)))
    found["after_click"] = sorted(key.name for key in set(walk.gallery.images) - capture.included)
    walk.click(capture.cell_centre(ImageKey(3, 7)))
    walk.drag(capture.cell_centre(ImageKey(0, 0)), capture.cell_centre(ImageKey(1, 2)))
    found["after_drag"] = sorted(key.name for key in set(walk.gallery.images) - capture.included)
    capture.show_included(frozenset(walk.gallery.images))
    walk.click(capture.header_centre("view", 2))
    found["after_view_header"] = sorted({key.view for key in set(walk.gallery.images) - capture.included})
    walk.click(capture.header_centre("view", 2))
    walk.click(capture.header_centre("light", 4))
    found["after_light_header"] = sorted({key.light for key in set(walk.gallery.images) - capture.included})
    walk.click(capture.cell_centre(ImageKey(5, 1)), button=3)
    found["shown_by_right_click"] = walk.gallery.selections[-1].name
    walk.click(capture.thumbnail_centre(2))
    found["shown_by_thumbnail"] = walk.gallery.selections[-1].name
    walk.press("capture.all")
    found["after_all"] = len(capture.included)


def walk_panes(walk: Walk) -> None:
    panes, found = walk.gallery.panes, walk.found
    middle = panes.pane_centre("normals")
    walk.move(middle)
    for _ in range(3):
        walk.hand("click", 4)
    found["zoom_after_wheel"] = panes.view.zoom
    walk.drag(middle, (middle[0] + 40, middle[1]))
    found["centre_after_drag"] = panes.view.centre[0]
    walk.move((middle[0] + 3, middle[1] + 3))
    walk.hand("click", "--repeat", 2, "--delay", 60, 1)
    found["zoom_after_double_click"] = panes.view.zoom
    at = panes.pane_centre("albedo")
    before = walk.pixel(at)
    walk.move((middle[0], middle[1] + 90))
    green = {name: np.full((64, 64, 3), (0.0, 1.0, 0.0), np.float32) for name in data.panes(8)}
    panes.show_preview(green, title="V00L00", error_limit=0.1)
    walk.gallery.frames(15)
    found["pixel_before"], found["pixel_after"] = before, walk.pixel(at)
    found["uploading_when_idle"] = walk.gallery.pool.uploading


def walk_relight(walk: Walk) -> None:
    relight = walk.gallery.relight
    dpg.set_value("tabs", "tab.relight")
    walk.gallery.frames(4)
    walk.drag(relight.ball_position((0.0, 0.0, 1.0)), relight.ball_position((0.6, 0.0, 0.8)))
    walk.found["light_after_drag"] = relight.light.to_light
    walk.found["lights_reported"] = len(walk.gallery.relit)
    dpg.set_value("tabs", "tab.images")
    walk.gallery.frames(4)


def walk_layout(walk: Walk) -> None:
    layout = walk.gallery.layout
    rect = layout.handle_rect("left")
    start = (rect.x + rect.width / 2, rect.y + 300)
    walk.drag(start, (start[0] + 60, start[1]))
    walk.found["left_width"] = layout.split.left
    inside = [(dpg.get_item_pos(layout.parent(region)), region) for region in REGIONS]
    walk.found["bottom"] = max(pos[1] + dpg.get_item_height(layout.parent(region)) for pos, region in inside)


def walk_scene(walk: Walk) -> None:
    """What the 3D tab says before and after the view thread's first picture."""
    gallery, sizes = walk.gallery, list[tuple[int, int]]()
    scene = Viewport3D(
        "tab.3d", gallery.pool, on_pointer=lambda _: None, on_size=lambda _v, *size: sizes.append(size[:2]),
        on_choices=lambda _: None, on_jump=lambda _: None,
    )  # fmt: skip
    scene.show_text(None)
    dpg.set_value("tabs", "tab.3d")

    def said() -> list[str]:
        for _ in range(4):
            gallery.frames(1)
            scene.update()
        drawn = (dpg.get_item_configuration(item) for item in dpg.get_item_children("scene.view.0.over", 2))
        return [each["text"] for each in drawn if "text" in each]

    walk.found["scene_before"] = said()
    width, height = sizes[-1]
    scene.show_frame(0, np.zeros((height, width, 4), np.uint8))
    walk.found["scene_after"] = said()
    dpg.set_value("tabs", "tab.images")
    gallery.frames(4)


def walk_settings(walk: Walk) -> None:
    """What the training panel says is in force: nothing, another model, and nothing again."""
    fit, told = walk.gallery.fit, list[list[object]]()
    own = InForce(preset="draft", seed=0, choices=FitChoices())
    chosen = InForce(preset="draft", seed=0, choices=FitChoices(reflectance="analytic", bounce=False))
    for page, run, other in (
        ("model", own, own), ("model", own, chosen), ("run", own, chosen), ("model", own, chosen),
        ("model", None, chosen),
    ):  # fmt: skip
        fit.show_page(page)
        fit.show_in_force(run, other)
        walk.gallery.frames(2)
        told.append([dpg.is_item_visible("fit.in_force"), dpg.get_value("fit.in_force")])
    fit.show_page("run")
    walk.found["in_force"] = [text if shown else "" for shown, text in told]


def walk_dialogs(walk: Walk) -> None:
    gallery, found = walk.gallery, walk.found
    before = gallery.capture.included
    gallery.dialogs.message("Read this", "Something went wrong.")
    gallery.dialogs.message("And this", "Something else went wrong.")
    gallery.frames(6)
    walk.click(gallery.capture.cell_centre(ImageKey(0, 5)))
    found["matrix_below_dialog_changed"] = gallery.capture.included != before
    walk.hand("key", "Return")
    gallery.frames(6)
    found["second_message"] = [gallery.dialogs.open, dpg.get_value("dialog.message.title")]
    walk.press("dialog.message.ok")
    found["after_messages"] = gallery.dialogs.open
    answers: list[str] = []
    gallery.dialogs.confirm("Sure?", "Really?", lambda: answers.append("yes"))
    gallery.frames(6)
    walk.hand("key", "Escape")
    gallery.dialogs.confirm("Sure?", "Really?", lambda: answers.append("yes"))
    gallery.frames(6)
    walk.press("dialog.confirm.yes")
    found["answers"] = answers
    walk_paths(walk)
    cancelled: list[bool] = []
    gallery.dialogs.progress("Working", "step 1 of 2", 0.5, lambda: cancelled.append(True))
    gallery.frames(6)
    walk.press("dialog.progress.cancel")
    gallery.dialogs.close_progress()
    found["cancelled"], found["after_progress"] = cancelled, gallery.dialogs.open


def walk_keys(walk: Walk) -> None:
    pressed: list[str] = []
    Shortcuts(
        [(dpg.mvKey_S, ("Ctrl",), "Save", lambda: pressed.append("save")),
         (dpg.mvKey_S, (), "Plain", lambda: pressed.append("plain"))],
        blocked=lambda: walk.gallery.dialogs.open is not None,
    )  # fmt: skip
    walk.hand("key", "ctrl+s")
    walk.hand("key", "s")
    walk.press("fit.seed")
    walk.hand("key", "s")
    walk.hand("key", "ctrl+a")
    walk.hand("type", "42")
    walk.hand("key", "Return")
    walk.hand("key", "s")
    walk.found["pressed"], walk.found["seeds"] = pressed, walk.gallery.seeds


def main() -> None:
    """Open the gallery, walk through it, print what was found."""
    dpg.create_context()
    dpg.configure_app(manual_callback_management=True)
    gallery = Gallery(scale=1.0, images=data.keys(8, 10))
    dpg.create_viewport(width=WIDTH, height=HEIGHT, decorated=False, x_pos=0, y_pos=0, vsync=False)
    dpg.setup_dearpygui()
    dpg.show_viewport()
    gallery.frames(3)
    gallery.fill()
    gallery.frames(12)
    walk = Walk(gallery)
    parts = (walk_matrix, walk_panes, walk_relight, walk_layout, walk_scene, walk_settings, walk_dialogs, walk_keys)
    for part in parts:
        part(walk)
    sys.stdout.write(json.dumps(walk.found))
    dpg.destroy_context()


if __name__ == "__main__":
    main()
