"""Messages about RAW photographs: commands to the fit thread and its answers."""

from dataclasses import dataclass
from pathlib import Path

from app.messages.message import Message
from core.capture.import_options import ImportOptions, RawCurve, RawOptions
from widgets.raw_data import RawPicture


@dataclass(frozen=True, kw_only=True)
class FindRaw(Message):
    """Look for RAW photographs in a capture."""

    folder: Path
    options: ImportOptions | None = None
    """None: those saved beside the capture."""


@dataclass(frozen=True, kw_only=True)
class DevelopRaw(Message):
    """Develop one of them to look at; a later one is wanted instead of an earlier."""

    file: Path
    curve: RawCurve


@dataclass(frozen=True, kw_only=True)
class RawFound(Message):
    """The RAW photographs of a capture."""

    folder: Path
    files: tuple[Path, ...]
    """None for a capture without any."""
    options: ImportOptions
    """How the capture is read as things stand."""
    raw: RawOptions
    """How they are developed as things stand."""


@dataclass(frozen=True, kw_only=True)
class RawDeveloped(Message):
    """One of them, to look at."""

    picture: RawPicture | None
    """None when it cannot be developed."""
    trouble: str = ""
    """Why not."""
