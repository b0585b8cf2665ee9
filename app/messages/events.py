"""Events: from the fit thread to the window."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from app.messages.commands import RelightLight
from app.messages.message import MeshColour, Message, RunState
from core.fit.choices import FitChoices, PresetName
from core.fit.outlier import Outlier
from core.types import Camera, FloatArray, ImageKey
from widgets.check_data import Checked


@dataclass(frozen=True, kw_only=True)
class Task(Message):
    """A long task's progress; ``fraction`` None when its length is unknown, 1.0 once when it has ended."""

    title: str
    detail: str
    fraction: float | None
    cancellable: bool


@dataclass(frozen=True, kw_only=True)
class CaptureOpened(Message):
    """What the window needs to know about a capture; sent before the optimiser is ready."""

    folder: Path
    keys: tuple[ImageKey, ...]
    cameras: tuple[Camera, ...]
    """Aligned with ``keys``; world frame."""
    thumbnails: dict[int, FloatArray]
    """Per view id: [height, width, 3] display-referred (sRGB) mean photograph of the view, longest side <= 384."""
    light_ids: tuple[int, ...]
    has_truth: bool
    problems: tuple[tuple[str, str], ...]
    """(file, sentence) pairs."""
    image_size: tuple[int, int]
    """(width, height) of the first photograph."""
    scene_centre: tuple[float, float, float]
    scene_radius: float
    """The object's sphere in world units."""


@dataclass(frozen=True, kw_only=True)
class CaptureChecked(Message):
    """What is known about a capture, also one that cannot be trained on.

    Sent before ``CaptureOpened`` with what can be said at once, and again when more has been found out.
    """

    checked: Checked
    opening: bool
    """Whether the capture is being opened; False when more is told about an open one."""
    started: bool = False
    """Training begins at once."""
    choices_kept: bool = True
    """Whether the options it was read with are kept beside the capture; False when its folder cannot be written."""

    @property
    def slot(self) -> str:
        """The word of its being opened is not replaced by what is found out later."""
        return f"CaptureChecked {'opening' if self.opening else 'open'}"


@dataclass(frozen=True, kw_only=True)
class CheckProgress(Message):
    """The open capture is being looked over while there is nothing else to do."""

    fraction: float | None
    """None when that was put off."""


@dataclass(frozen=True, kw_only=True)
class State(Message):
    """The run's state, sent whenever it changes."""

    state: RunState
    run_folder: Path | None
    """Where the run was last saved, or opened from."""
    included: tuple[ImageKey, ...]
    preset: PresetName
    seed: int
    planned_seconds: float
    step: int
    saved_step: int
    """The step at which the run was last saved; steps after it would be lost."""
    kept_folder: Path | None = None
    """Where the run was saved unasked while it had no place of its own; what is there is removed when it gets one."""
    number: int = 0
    """Which of the runs that were opened it is, counted from 1; 0 when none is open."""
    asked_seconds: float = 0.0
    """Planned length as it was asked for; beyond ``planned_seconds`` when the run has converged."""
    choices: FitChoices = field(default_factory=FitChoices)
    """What the run's model was made with."""
    converged: bool = False
    """Whether the plan was shortened because going on would bring no more."""


@dataclass(frozen=True, kw_only=True)
class Stats(Message):
    """Where training stands; several times a second."""

    step: int
    steps_per_second: float
    elapsed_seconds: float
    """Optimisation time of the whole run, pauses and set-up left out."""
    planned_seconds: float
    converged: bool
    """Whether the plan was shortened because going on would bring no more."""
    trial: float | None
    """How much of the trial with all lights on the other side is done; None while none is going on."""
    tried: str
    """What came of such a trial, in words; "" where there was none."""
    losses: dict[str, float]
    """Loss terms by name: ``colour``, ``mask``, ``eikonal``, ``total``."""
    psnr_db: float
    """Of the photographs being trained on, running mean over mask pixels."""
    held_out_psnr_db: float | None
    normal_error_deg: float | None
    """Mean over a sample of views, against ground truth."""
    light_error_deg: float | None
    device: str
    memory_bytes: int
    """Resident memory of the process."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Where a run stood after one of its steps; None where there is nothing to compare with."""

    step: int
    losses: dict[str, float]
    """Loss terms by name, as in ``Stats``."""
    psnr_db: float | None
    held_out_psnr_db: float | None
    normal_error_deg: float | None
    light_error_deg: float | None


@dataclass(frozen=True, kw_only=True)
class RunHistory(Message):
    """How the run just opened got where it is; sent once, before its first ``Stats``."""

    moments: tuple[Moment, ...]
    """In the order of their steps; none for a run that has learnt nothing yet."""


@dataclass(frozen=True, kw_only=True)
class ImageLosses(Message):
    """Running mean relative colour error of every image seen so far."""

    losses: dict[ImageKey, float]


@dataclass(frozen=True, kw_only=True)
class Outliers(Message):
    """The photographs trained on that do not fit the others, the worst first."""

    found: tuple[Outlier, ...]


@dataclass(frozen=True, kw_only=True)
class Lights(Message):
    """All lights; rows aligned with ``light_ids``. Directions are unit vectors to the light, OpenGL camera frame."""

    light_ids: tuple[int, ...]
    estimate_gl: FloatArray
    """[lights, 3]; nan where never trained."""
    start_gl: FloatArray
    truth_gl: FloatArray | None
    intensities: FloatArray
    """[lights, 3] linear RGB."""
    error_deg: FloatArray | None
    """[lights]"""
    standing: bool = False
    """Whether they stand in the room: directions are those in the capture's first photograph."""
    positions: FloatArray | None = None
    """[lights, 3] of near lights, world units: from the camera, OpenGL camera frame, or of ``standing`` ones in the
    world frame; nan where never trained."""
    distances: FloatArray | None = None
    """[lights] of near lights from the object's centre, world units; nan likewise."""
    exposures: dict[ImageKey, float] = field(default_factory=dict[ImageKey, float])
    """Brightness of each photograph relative to its light's others, where that is estimated."""


@dataclass(frozen=True, kw_only=True)
class Preview(Message):
    """The image panes of one photograph. Images are display-referred [height, width, 3] float32 in [0, 1]."""

    key: ImageKey
    step: int
    photograph: FloatArray
    """In full size also where the others are coarse."""
    render: FloatArray
    error: FloatArray
    """Colour-mapped |render - photograph|, see ``error_limit``."""
    error_limit: float
    """The linear difference drawn in the colour map's last colour."""
    normals: FloatArray
    """(n + 1) / 2, OpenGL camera frame."""
    albedo: FloatArray
    shading: FloatArray
    """Render without albedo: cosine, shine and shadow in grey."""
    roughness: FloatArray
    shadow: FloatArray
    depth: FloatArray
    psnr_db: float
    """Of this render at its own size, so not to be compared with one of another size."""


@dataclass(frozen=True, kw_only=True)
class RelitImage(Message):
    """The relight view under the light asked for last."""

    image: FloatArray
    """[height, width, 3] display-referred in [0, 1]."""
    light: RelightLight
    seconds: float
    """How long shading took."""


@dataclass(frozen=True, kw_only=True)
class Mesh(Message):
    """The live mesh, world frame."""

    step: int
    vertices: FloatArray
    """[vertices, 3]"""
    faces: NDArray[np.int32]
    """[faces, 3]"""
    normals: FloatArray
    """[vertices, 3] unit, world."""
    colours: dict[MeshColour, NDArray[np.uint8]]
    """[vertices, 3] for each colouring asked for; none for ``shaded``."""
    error_limit: float | None
    """With ``error`` colouring: the error in the colour map's last colour."""


@dataclass(frozen=True, kw_only=True)
class Saved(Message):
    """The run or an export has been written."""

    folder: Path
    what: Literal["run", "export"]
    command: str
    """The command line that does the same."""

    @property
    def slot(self) -> str:
        """One slot a kind."""
        return f"Saved {self.what}"


@dataclass(frozen=True, kw_only=True)
class RunKept(Message):
    """The run has been saved unasked, or could not be; said once for failures that follow each other."""

    number: int
    """Which of the runs that were opened, as in ``State``."""
    folder: Path
    step: int
    trouble: str = ""
    """Why it could not be, as a sentence; "" when it was."""


@dataclass(frozen=True, kw_only=True)
class Failed(Message):
    """Something went wrong; the sentence is for a dialog. The last good state is kept."""

    text: str

    @property
    def slot(self) -> str:
        """No failure replaces another."""
        return f"Failed {self.text}"


@dataclass(frozen=True, kw_only=True)
class Closed(Message):
    """The fit thread has ended cleanly."""
