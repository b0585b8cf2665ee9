"""The studio: a window on the main thread, the optimiser and VTK on their own, frozen messages between them.

Nothing heavy is imported here: the window is on screen before torch and VTK have begun to load.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from logging.handlers import RotatingFileHandler
from pathlib import Path
from time import perf_counter

import dearpygui.dearpygui as dpg

from app.controller import Controller
from app.frame_loop import FrameLoop, FrameTimes
from app.interrupts import stop_request
from app.paths import log_file, new_run_folder, session_file, settings_file
from app.screen import display_problem
from app.session import Session, load_session, save_session
from app.settings import Settings, load_settings, save_settings
from app.window import SMALLEST, Window, window_context
from app.workers import Workers
from core.capture.import_options import ImportOptions
from core.errors import ChiaroError, RunError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Hooks:
    """What tests and benchmarks may watch; called on the main thread."""

    on_frame: Callable[[Controller], None] | None = None
    """After every frame."""
    times: FrameTimes | None = None
    """Records every frame."""


def run_studio(
    capture: Path | None = None,
    *,
    run: Path | None = None,
    demo: bool = False,
    options: ImportOptions | None = None,
    ui_scale: float | None = None,
    hooks: Hooks | None = None,
) -> None:
    """Open the window on a capture, a run, the demo, or what was open last; returns when it is closed.

    ``options``: how to read ``capture``; None as it was read last time. Raises ChiaroError when there is no display.
    """
    problem = display_problem()
    if problem is not None:
        raise ChiaroError(problem)
    _log_to_file()
    settings, session = load_settings(settings_file()), load_session(session_file())
    if ui_scale is not None:
        settings = replace(settings, ui_scale=ui_scale)
    workers = Workers()
    with window_context(settings):
        try:
            window = Window(
                to_fit=workers.to_fit, to_view=workers.to_view, settings=settings, session=session, now=perf_counter
            )
            window.controller.window.new_run_folder = lambda folder: new_run_folder(folder, datetime.now())
            window.controller.window.remember = partial(_remember, window)
            first = partial(_open_first, session=session, capture=capture, run=run, demo=demo, options=options)
            _serve(window, workers, first, hooks or Hooks())
            _remember(window)
        finally:
            workers.end()


def _serve(window: Window, workers: Workers, open_first: Callable[[Controller], None], hooks: Hooks) -> None:
    """Show the window and answer it until it is closed."""
    controller, times = window.controller, hooks.times or FrameTimes()

    def update() -> None:
        controller.window.ui_fps = times.fps
        window.update()
        if stop.made:
            controller.files.close()

    def after() -> None:
        if hooks.on_frame is not None:
            hooks.on_frame(controller)

    loop = FrameLoop(
        workers.events,
        handle=controller.handle,
        update=update,
        on_error=lambda error: _tell(window, error),
        is_busy=lambda: controller.window.run.state in ("running", "loading"),
        times=times,
        after=after,
    )
    dpg.set_exit_callback(controller.close)
    dpg.setup_dearpygui()
    dpg.show_viewport()
    with stop_request() as stop:
        loop.frame()
        workers.start()
        open_first(controller)
        loop.run(lambda: controller.files.closed)


def _open_first(
    controller: Controller,
    *,
    session: Session,
    capture: Path | None,
    run: Path | None,
    demo: bool,
    options: ImportOptions | None,
) -> None:
    """Open what was asked for, or what was open last time."""
    files = controller.files
    if demo:
        files.open_demo()
    elif run is not None:
        files.open_run(run)
    elif capture is not None:
        files.open_capture(capture, options=options)
    elif session.run is not None and Path(session.run).is_dir():
        files.open_run(Path(session.run))
    elif session.capture is not None and Path(session.capture).is_dir():
        files.open_capture(Path(session.capture))


def _tell(window: Window, error: Exception) -> None:
    """A fault of ours: say so without a dialog for each frame it comes back in."""
    window.controller.window.show_note(
        f"Something went wrong in the window ({type(error).__name__}); the log has the details.", "warning"
    )


def _remember(window: Window) -> None:
    """Keep the session and the window's layout for next time."""
    state = window.controller.window
    split = state.panels.layout.split
    width, height = dpg.get_viewport_width(), dpg.get_viewport_height()
    settings: Settings = replace(
        state.settings,
        width=max(width, SMALLEST[0]),
        height=max(height, SMALLEST[1]),
        left=split.left,
        right=split.right,
        lights=split.lights,
    )
    try:
        save_settings(settings_file(), settings)
        save_session(session_file(), state.session)
    except RunError as error:
        _log.warning("%s", error)


def _log_to_file() -> None:
    """Keep a log for reports; without a place for it the studio works all the same."""
    file = log_file()
    root = logging.getLogger()
    if any(isinstance(handler, RotatingFileHandler) for handler in root.handlers):
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(file, maxBytes=1_000_000, backupCount=1, encoding="utf-8", delay=True)
    except OSError:
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
