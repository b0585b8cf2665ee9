"""Runs inside the studio's own process: opens a capture, trains, drags the light, and writes down what it saw.

``python -m tests.benchmarks.studio_probe CAPTURE LAUNCHED OUT``: ``LAUNCHED`` is when the process was started, in
seconds of ``time.time``; ``OUT`` is the JSON file to write. The mouse is moved by xdotool, as a hand would.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path

import dearpygui.dearpygui as dpg
import numpy as np

from app.controller import Controller
from app.frame_loop import FrameTimes
from app.studio import Hooks, run_studio
from widgets.relight_panel import RelightPanel

WARM_SECONDS = 10.0
"""Of optimisation, before anything is measured: caches, kernels and the first pictures are made."""
MEASURED_SECONDS = 15.0
_DRAG_SECONDS = 6.0
_MOVES_PER_SECOND = 40


class Probe:
    """A script that is carried on by a step each frame."""

    def __init__(self, capture: Path, launched: float) -> None:
        self.times = FrameTimes()
        self.figures: dict[str, float] = {}
        self._capture = capture
        self._launched = launched
        self._relit = 0
        self._script: Generator[None, None, None] | None = None
        self._count_relit_images()

    def on_frame(self, controller: Controller) -> None:
        """Called by the studio after every frame."""
        if self._script is None:
            self.figures["studio.first_window_seconds"] = time.time() - self._launched
            self._script = self._play(controller)
        next(self._script, None)

    def _play(self, controller: Controller) -> Generator[None, None, None]:
        window = controller.window
        yield from _until(lambda: window.run.state == "ready")
        controller.run.start()
        yield from _until(lambda: window.stats is not None and window.stats.elapsed_seconds > WARM_SECONDS)
        yield from self._measure_training(controller)
        yield from self._measure_drag(controller, "studio.relight_updates_per_second")
        controller.run.pause()
        yield from _until(lambda: window.run.state == "paused")
        yield from self._measure_drag(controller, "studio.relight_paused_updates_per_second")
        controller.files.closed = True

    def _measure_training(self, controller: Controller) -> Generator[None, None, None]:
        """Frames and steps while the window shows previews of what is being learnt."""
        step, began, frames = controller.window.step, time.perf_counter(), len(self.times.ends)
        yield from _wait(MEASURED_SECONDS)
        seconds = time.perf_counter() - began
        frame_ms = 1e3 * np.diff(np.array(self.times.ends)[frames - 1 :])
        self.figures |= {
            "studio.steps_per_second": (controller.window.step - step) / seconds,
            "studio.fps": len(frame_ms) / seconds,
            "studio.frame_ms_p95": float(np.percentile(frame_ms, 95.0)),
            "studio.frames_under_50_ms_percent": 100.0 * float((frame_ms < 50.0).mean()),
        }

    def _measure_drag(self, controller: Controller, name: str) -> Generator[None, None, None]:
        """Relit images a second while the light is dragged over the ball."""
        controller.window.panels.tabs.show("relight")
        before = self._relit
        yield from _until(lambda: self._relit > before)
        yield from _wait(1.0)
        before, began = self._relit, time.perf_counter()
        hand = _drag_over("relight.ball")
        yield from _until(lambda: hand.poll() is not None)
        self.figures[name] = (self._relit - before) / (time.perf_counter() - began)

    def _count_relit_images(self) -> None:
        plain = RelightPanel.show_image

        def counting(panel: RelightPanel, *arguments: object) -> None:
            self._relit += 1
            plain(panel, *arguments)  # type: ignore[arg-type]

        RelightPanel.show_image = counting  # type: ignore[method-assign]


def _drag_over(item: str) -> subprocess.Popen[bytes]:
    """Begin to drag in circles over an item; the process ends with the drag."""
    (x, y), (width, height) = dpg.get_item_rect_min(item), dpg.get_item_rect_size(item)
    pause = str(1.0 / _MOVES_PER_SECOND)
    line: list[str] = []
    for number in range(int(_DRAG_SECONDS * _MOVES_PER_SECOND)):
        angle = 2.0 * np.pi * number / (2.0 * _MOVES_PER_SECOND)
        at = (x + width * (0.5 + 0.3 * np.cos(angle)), y + height * (0.5 + 0.3 * np.sin(angle)))
        line += ["mousemove", str(round(at[0])), str(round(at[1]))]
        line += ["mousedown", "1"] if number == 0 else []
        line += ["sleep", pause]
    return subprocess.Popen(["xdotool", *line, "mouseup", "1"])


def _until(holds: Callable[[], bool]) -> Generator[None, None, None]:
    while not holds():
        yield


def _wait(seconds: float) -> Generator[None, None, None]:
    end = time.perf_counter() + seconds
    yield from _until(lambda: time.perf_counter() >= end)


def main(capture: Path, launched: float, out: Path) -> None:
    """Open the studio, play the script, write the figures."""
    probe = Probe(capture, launched)
    run_studio(capture, hooks=Hooks(on_frame=probe.on_frame, times=probe.times))
    out.write_text(json.dumps(probe.figures), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]))
