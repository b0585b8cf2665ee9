"""What the user prefers, kept between sessions; a file that cannot be read is the same as none."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

from core.errors import RunError
from core.files import replacing

UI_SCALES = (0.75, 0.9, 1.0, 1.15, 1.25, 1.5, 1.75, 2.0)
_MOST_RECENTS = 8


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Plain values only."""

    ui_scale: float = 1.0
    """Size of everything in the window; takes effect at the next start."""
    width: int = 1600
    """Of the window, screen pixels."""
    height: int = 1000
    left: float = 288.0
    """Width of the left column, pixels at UI scale 1."""
    right: float = 336.0
    lights: float = 0.52
    """Share of the right column's height that the lights get."""
    recent_captures: tuple[str, ...] = ()
    """Folders, newest first."""
    recent_runs: tuple[str, ...] = ()
    index_folder: str = ""
    """Where an index file was read or written last."""

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """What ``values`` holds in the right type; defaults for the rest."""
        known = {f.name: _as(getattr(cls, f.name), values.get(f.name)) for f in fields(cls)}
        return cls(**known)


def with_recent(recents: tuple[str, ...], folder: Path) -> tuple[str, ...]:
    """``folder`` first, the others behind it, none twice."""
    name = str(folder.absolute())
    return (name, *(other for other in recents if other != name))[:_MOST_RECENTS]


def load_settings(file: Path) -> Settings:
    """The settings in ``file``; defaults when there is none or it is damaged."""
    return Settings.from_json(read_object(file))


def save_settings(file: Path, settings: Settings) -> None:
    """Write the settings. Raises RunError when that is impossible."""
    write_object(file, asdict(settings))


def read_object(file: Path) -> dict[str, Any]:
    """The JSON object in ``file``; empty when there is none."""
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


def write_object(file: Path, values: dict[str, Any]) -> None:
    """Write ``values`` as JSON, all or nothing. Raises RunError when that is impossible."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"Cannot make the folder {file.parent}: {error.strerror or error}; check its owner.") from error
    with replacing(file) as temporary:
        temporary.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8", newline="\n")


def _as(default: Any, value: Any) -> Any:
    """``value`` if it is of the default's kind, else the default."""
    if isinstance(value, bool):  # which would pass for an integer
        return value if isinstance(default, bool) else default
    if isinstance(default, float) and isinstance(value, int | float):
        return float(value)
    if isinstance(default, tuple) and isinstance(value, list):
        return tuple(str(item) for item in value)
    return value if isinstance(value, type(default)) else default
