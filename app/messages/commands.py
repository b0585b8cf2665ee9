"""Commands: from the window to the fit thread."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from app.messages.message import MeshColour, Message, Shown
from core.capture.import_options import Axis, ImportOptions
from core.fit.choices import FitChoices, PresetName
from core.fit.export_options import ExportOptions
from core.fit.result_names import Result
from core.types import ImageKey


@dataclass(frozen=True, kw_only=True)
class OpenCapture(Message):
    """Read a capture, build a trainer, and (when ``start``) train at once."""

    folder: Path | None
    """None for the demo capture, which is written into the user's cache first when it is not there yet."""
    preset: PresetName
    seconds: float
    """Planned length of the run."""
    seed: int
    start: bool
    choices: FitChoices = field(default_factory=FitChoices)
    """Of the new run's model."""
    left_out: tuple[str, ...] = ()
    """Names (``VxxLyy``) of images not to use, as far as the capture has them and the rest can be trained on."""
    save_to: Path | None = None
    """Save the run that is open there first; when that fails nothing is opened."""
    options: ImportOptions | None = None
    """How to read the folder, kept beside it for next time; None reads it as was chosen last time."""


@dataclass(frozen=True, kw_only=True)
class CheckCapture(Message):
    """Check the capture of the open run again; the run stays as it is."""


@dataclass(frozen=True, kw_only=True)
class SetUp(Message):
    """Take another world axis of the open capture as up: for views and exports, so the run stays as it is."""

    up: Axis | None
    """None as the layout declares, if it does."""


@dataclass(frozen=True, kw_only=True)
class OpenRun(Message):
    """Reopen a saved run folder (its checkpoint and its capture), paused, exactly where it was."""

    folder: Path
    save_to: Path | None = None
    """Save the run that is open there first; when that fails nothing is opened."""


@dataclass(frozen=True, kw_only=True)
class SetRunning(Message):
    """Start or resume (true), or pause (false)."""

    running: bool


@dataclass(frozen=True, kw_only=True)
class Restart(Message):
    """Stop and forget what was learnt: a fresh trainer on the same capture, paused, with these settings."""

    preset: PresetName
    seconds: float
    seed: int
    choices: FitChoices = field(default_factory=FitChoices)


@dataclass(frozen=True, kw_only=True)
class ExtendPlan(Message):
    """Move the planned end of the run."""

    planned_seconds: float
    """The new planned length of the whole run: a total, so that a replaced unread message loses nothing."""


@dataclass(frozen=True, kw_only=True)
class Include(Message):
    """Train on exactly these images from the next step on."""

    keys: tuple[ImageKey, ...]


@dataclass(frozen=True, kw_only=True)
class ShowImage(Message):
    """Render previews for this image's camera and light until told otherwise."""

    key: ImageKey


@dataclass(frozen=True, kw_only=True)
class RelightLight:
    """The light of the relight view."""

    to_light: tuple[float, float, float]
    """Unit vector to the light in ``frame``."""
    frame: Literal["camera", "world"]
    """``camera``: OpenGL camera frame (x right, y up, z to the viewer), turning with the view."""
    intensity: float
    colour: tuple[float, float, float]
    """Linear RGB, multiplied with ``intensity``; 1 and white = the mean light of the capture."""
    shadows: bool


@dataclass(frozen=True, kw_only=True)
class Relight(Message):
    """Shade the relight view, seen from image ``key``'s camera, under this light."""

    key: ImageKey
    light: RelightLight


@dataclass(frozen=True, kw_only=True)
class SaveRun(Message):
    """Write the run folder; refuses to replace another run's folder unless ``overwrite``."""

    folder: Path
    overwrite: bool = False


@dataclass(frozen=True, kw_only=True)
class Export(Message):
    """Write the chosen results into ``folder``."""

    folder: Path
    what: tuple[Result, ...]
    options: ExportOptions
    """How each of them is written."""
    overwrite: bool = False


@dataclass(frozen=True, kw_only=True)
class SetShown(Message):
    """What the window shows, so that nothing is made that nobody sees."""

    tab: Shown
    mesh_colours: tuple[MeshColour, ...]
    """The colourings of the live mesh that are on screen."""


@dataclass(frozen=True, kw_only=True)
class SetPace(Message):
    """How much the window may take from training."""

    share: float
    """Of the fit thread's time, for previews, meshes and metrics, while training runs; in (0, 1)."""
    preview_seconds: float
    """Previews are made no oftener than this."""
    mesh_seconds: float
    """Meshes are made no oftener than this."""


@dataclass(frozen=True, kw_only=True)
class CancelTask(Message):
    """Stop the long task that is under way (opening, saving, exporting)."""


@dataclass(frozen=True, kw_only=True)
class Close(Message):
    """End the thread; when ``save_to`` is given, save the run there first."""

    save_to: Path | None = None
