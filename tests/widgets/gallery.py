"""Opens every panel filled with made-up data and saves a screenshot, to look at:

xvfb-run -a -s "-screen 0 1600x1000x24" python -m tests.widgets.gallery out.png --width 1600 --height 1000 --tab relight
"""

import argparse
import subprocess
import time
from pathlib import Path

import dearpygui.dearpygui as dpg

from core.fit.choices import FitChoices
from core.types import ImageKey
from tests.widgets import gallery_data as data
from widgets.capture_panel import CapturePanel
from widgets.controls import button
from widgets.dialogs import Dialogs
from widgets.fit_panel import FitPanel
from widgets.image_panes import ImagePanes
from widgets.layout import Layout
from widgets.light_panel import LightPanel
from widgets.loss_plot import LossPlots
from widgets.relight_panel import RelightPanel
from widgets.status_bar import StatusBar
from widgets.texture import TexturePool
from widgets.theme import build_theme

PROBLEMS = [
    ("image/V03L07.png", "The photograph is overexposed in 12 % of the object; leave it out or take it again."),
    ("camera_params.json", "Camera V20 has no photograph; it is ignored."),
]


class Gallery:
    """All panels as the studio arranges them."""

    def __init__(self, *, scale: float, images: tuple[ImageKey, ...]) -> None:
        self.images = images
        self.selections: list[ImageKey] = []
        self.relit: list[tuple[float, float, float]] = []
        self.seeds: list[int] = []
        self.selected = images[min(5, len(images) - 1)]
        build_theme(scale)
        self.pool = TexturePool(slots=16)
        self.layout = Layout()
        self._add_toolbar()
        self.fit = FitPanel(
            self.layout.parent("fit"), on_start=_nothing, on_pause=_nothing, on_stop=_nothing,
            on_extend=_ignore, on_preset=_ignore, on_seconds=_ignore, on_seed=self.seeds.append,
            on_choices=_ignore,
        )  # fmt: skip
        self.capture = CapturePanel(
            self.layout.parent("capture"), self.pool, on_select=self.selections.append, on_include=lambda _: None,
            on_load_subset=_nothing, on_save_subset=_nothing, on_outlier=_ignore,
        )  # fmt: skip
        with dpg.tab_bar(parent=self.layout.parent("centre"), tag="tabs"):
            for name in ("Images", "3D", "Relight"):
                dpg.add_tab(label=name, tag=f"tab.{name.lower()}")
        self.panes = ImagePanes("tab.images", self.pool)
        self.relight = RelightPanel("tab.relight", self.pool, on_light=lambda to_light, *_: self.relit.append(to_light))
        self.lights = LightPanel(self.layout.parent("lights"), on_select_light=_ignore)
        self.plots = LossPlots(self.layout.parent("plots"))
        self.status = StatusBar(self.layout.parent("status"))
        self.dialogs = Dialogs()

    def _add_toolbar(self) -> None:
        with dpg.group(horizontal=True, parent=self.layout.parent("toolbar")):
            for name in ("Open…", "Open run…", "Save", "Export…"):
                button(name, _nothing)

    def fill(self) -> None:
        """Show everything."""
        thumbnails = {view: data.panes(96, view)["photograph"] for view in sorted({key.view for key in self.images})}
        self.capture.show_capture(self.images, thumbnails, PROBLEMS)
        self.capture.show_losses(data.losses(self.images))
        out = {key for key in self.images if key.view == 4 or key.light == 2 or (key.view + key.light) % 11 == 0}
        self.capture.show_included(frozenset(self.images) - out)
        self.capture.show_selection(self.selected)
        self.fit.show_state("running", "draft", 60.0, 0, FitChoices())
        self.panes.show_preview(data.panes(256), title=self.selected.name, psnr_db=31.24, error_limit=0.1)
        self.relight.show_image(data.panes(256)["render"], 0.012)
        ids = tuple(sorted({key.light for key in self.images}))
        light = data.lights(len(ids))
        self.lights.show_lights(
            ids, light["estimate"], start_gl=light["start"], truth_gl=light["truth"],
            intensities=light["intensities"], error_deg=light["error"],
        )  # fmt: skip
        self.lights.show_selection(self.selected.light)
        for step in range(0, 2400, 12):
            fade = 1.0 / (1.0 + step / 90)
            terms = {"colour": 0.012 + 0.3 * fade, "mask": 0.002 + 0.1 * fade**2, "eikonal": 0.004 + 0.04 * fade}
            self.plots.add(
                step, {**terms, "total": sum(terms.values())}, psnr_db=33 - 18 * fade, held_out=31 - 16 * fade,
                normal_error=3.1 + 30 * fade, light_error=0.4 + 14 * fade,
            )  # fmt: skip
        self.status.show(
            state="running", step=2388, steps_per_second=41.2, ui_fps=29.7, device="cpu, 1 thread",
            memory_bytes=1_243_000_000, elapsed=34.0, remaining=26.0,
        )  # fmt: skip

    def update(self) -> None:
        """One frame of every widget."""
        self.layout.update()
        for widget in (self.fit, self.capture, self.panes, self.relight, self.lights, self.plots, self.status):
            widget.update()
        self.dialogs.update()
        self.pool.update()

    def frames(self, count: int) -> None:
        """Render ``count`` frames as the studio's loop does."""
        for _ in range(count):
            jobs = dpg.get_callback_queue()
            dpg.run_callbacks(jobs)
            self.update()
            dpg.render_dearpygui_frame()


def _nothing() -> None:
    """A button of the gallery that leads nowhere."""


def _ignore(_value: object) -> None:
    """A choice that changes nothing here."""


def open_dialog(gallery: Gallery, name: str) -> None:
    """Open one of the dialogs."""
    if name == "message":
        gallery.dialogs.message("The capture cannot be read", "image/V03L07.png is truncated. Copy the file again.")
    elif name == "confirm":
        text = "Starting over forgets what was learnt in 2,388 steps. Save the run first if you want to keep it."
        gallery.dialogs.confirm("Start over?", text, _nothing, yes="Start over", no="Keep", danger=True)
    elif name == "progress":
        gallery.dialogs.progress("Opening the capture", "Reading photographs, 84 of 200", 0.42, _nothing)
    elif name == "shortcuts":
        sheet = [("Space", "Start, pause or resume"), ("Ctrl+O", "Open a capture"), ("Ctrl+Shift+O", "Open a run")]
        gallery.dialogs.shortcuts(
            [*sheet, ("C", "3D: look through the selected camera"), ("→", "Show the next view")] * 3
        )
    elif name == "path":
        here = Path.cwd()
        gallery.dialogs.path(
            "Open a capture", folders=True, save=False, start=here, recents=[here / "tests", here] * 3, on_path=_ignore
        )


def print_times(gallery: Gallery, count: int = 60) -> None:
    """Milliseconds a frame takes, and how much of it is the widgets' Python."""
    started, python = time.perf_counter(), 0.0
    for _ in range(count):
        before = time.perf_counter()
        gallery.update()
        python += time.perf_counter() - before
        dpg.render_dearpygui_frame()
    total = time.perf_counter() - started
    print(f"frame {total / count * 1e3:.1f} ms, of which update {python / count * 1e3:.1f} ms")


def main() -> None:
    """Open, fill, render, save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=720)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--tab", default="images")
    parser.add_argument("--capture", default="small", choices=("small", "big", "diagonal"))
    parser.add_argument("--dialog", default="")
    parser.add_argument("--compare", action="store_true")
    parser.add_argument("--empty", action="store_true")
    parser.add_argument("--mouse", type=int, nargs=2, help="rest the mouse here")
    parser.add_argument("--press", default="", help="press this button by its alias")
    parser.add_argument("--time", action="store_true", help="print the time of a frame")
    arguments = parser.parse_args()
    dpg.create_context()
    dpg.configure_app(manual_callback_management=True)
    shapes = {"small": (8, 10, False), "big": (20, 96, False), "diagonal": (96, 96, True)}
    views, lights, diagonal = shapes[arguments.capture]
    gallery = Gallery(scale=arguments.scale, images=data.keys(views, lights, diagonal=diagonal))
    dpg.create_viewport(width=arguments.width, height=arguments.height, decorated=False, x_pos=0, y_pos=0, vsync=False)
    dpg.setup_dearpygui()
    dpg.show_viewport()
    gallery.frames(3)
    if not arguments.empty:
        gallery.fill()
    dpg.set_value("tabs", f"tab.{arguments.tab}")
    gallery.frames(12)
    if arguments.compare:
        gallery.panes.compare(True)
    open_dialog(gallery, arguments.dialog)
    gallery.frames(8)
    if arguments.mouse:
        subprocess.run(["xdotool", "mousemove", *map(str, arguments.mouse)], check=True)
    if arguments.press:
        x, y = map(int, dpg.get_item_rect_min(arguments.press))
        subprocess.run(["xdotool", "mousemove", str(x + 4), str(y + 4), "click", "1"], check=True)
    gallery.frames(20)
    if arguments.time:
        print_times(gallery)
    size = f"{arguments.width}x{arguments.height}+0+0"
    subprocess.run(["import", "-window", "root", "-crop", size, "+repage", str(arguments.out)], check=True)
    dpg.destroy_context()


if __name__ == "__main__":
    main()
