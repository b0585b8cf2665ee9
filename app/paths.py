"""Where the studio keeps what the user did not place: settings, the session, runs, the log."""

from datetime import datetime
from pathlib import Path

import platformdirs

_APP = "chiaro"


def settings_file() -> Path:
    """What the user prefers."""
    return platformdirs.user_config_path(_APP, appauthor=False) / "settings.json"


def session_file() -> Path:
    """What was open last."""
    return platformdirs.user_state_path(_APP, appauthor=False) / "session.json"


def log_file() -> Path:
    """What went wrong, for a report."""
    return platformdirs.user_log_path(_APP, appauthor=False) / "studio.log"


def capture_title(folder: Path) -> str:
    """What the window calls a capture: its folder's name, but the demo's folder is numbered for the cache's sake."""
    from core.capture.synthetic import demo_capture_folder  # noqa: PLC0415 - not before the window is there

    return "Demo owl" if folder.absolute() == demo_capture_folder().absolute() else folder.name


def runs_folder() -> Path:
    """Where runs are saved that the user gave no place."""
    return platformdirs.user_data_path(_APP, appauthor=False) / "runs"


def new_run_folder(capture: Path, now: datetime) -> Path:
    """A folder for a run of ``capture`` begun ``now``; it does not exist yet."""
    name = f"{capture.name or 'capture'}-{now:%Y-%m-%d-%H%M%S}"
    folder = runs_folder() / name
    number = 1
    while folder.exists():
        number += 1
        folder = runs_folder() / f"{name}-{number}"
    return folder
