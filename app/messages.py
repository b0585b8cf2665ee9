"""Everything that crosses between the studio's three threads. Frozen; arrays inside are never written after sending.

Commands go from the window to a worker, events come back. Each message has a ``slot``: in a mailbox a later message
replaces an unread one of the same slot, so a slow reader always sees the newest state and never a queue of old ones.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.types import Camera, FloatArray, ImageKey

RunState = Literal["empty", "loading", "ready", "running", "paused", "finished", "failed"]


@dataclass(frozen=True, kw_only=True)
class Message:
    """A frozen message; see ``slot``."""

    @property
    def slot(self) -> str:
        """Messages of one slot replace each other while unread; by default one slot a type."""
        return type(self).__name__


# ---- commands: window -> fit thread ---------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class OpenCapture(Message):
    """Read a capture, build a trainer, and (when ``start``) train at once."""

    folder: Path
    preset: Literal["draft", "final"]
    seconds: float
    """Planned length of the run."""
    seed: int
    start: bool
    included: tuple[ImageKey, ...] | None = None
    """Images to use; None for all."""


@dataclass(frozen=True, kw_only=True)
class OpenRun(Message):
    """Reopen a saved run folder (its checkpoint and its capture), paused, exactly where it was."""

    folder: Path


@dataclass(frozen=True, kw_only=True)
class SetRunning(Message):
    """Start or resume (true), or pause (false)."""

    running: bool


@dataclass(frozen=True, kw_only=True)
class Restart(Message):
    """Stop and forget what was learnt: a fresh trainer on the same capture, paused, with these settings."""

    preset: Literal["draft", "final"]
    seconds: float
    seed: int


@dataclass(frozen=True, kw_only=True)
class ExtendPlan(Message):
    """Go on past the planned end by this many seconds."""

    seconds: float


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
    mesh: bool
    mesh_cells: int
    """Cells along the longest side of the extraction grid."""
    normals: bool
    lights: bool
    overwrite: bool = False


@dataclass(frozen=True, kw_only=True)
class SetMeshColour(Message):
    """What the live mesh is coloured by."""

    colour: Literal["shaded", "normal", "albedo", "error"]


@dataclass(frozen=True, kw_only=True)
class SetPace(Message):
    """How much the window shows: previews and meshes are made no oftener than this."""

    preview_seconds: float
    mesh_seconds: float


@dataclass(frozen=True, kw_only=True)
class CancelTask(Message):
    """Stop the long task that is under way (opening, saving, exporting)."""


@dataclass(frozen=True, kw_only=True)
class Close(Message):
    """End the thread; when ``save_to`` is given, save the run there first."""

    save_to: Path | None = None


# ---- events: fit thread -> window -----------------------------------------------------------------------------------


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
    """Per view id: [height, width, 3] display-referred (sRGB) mean photograph of the view, longest side <= 128."""
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
class State(Message):
    """The run's state, sent whenever it changes."""

    state: RunState
    run_folder: Path | None
    """Where the run was last saved."""
    included: tuple[ImageKey, ...]
    preset: str
    seed: int


@dataclass(frozen=True, kw_only=True)
class Stats(Message):
    """Where training stands; several times a second."""

    step: int
    steps_per_second: float
    elapsed_seconds: float
    """Optimisation time of the whole run, pauses and set-up left out."""
    planned_seconds: float
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
class ImageLosses(Message):
    """Running mean relative colour error of every image seen so far."""

    losses: dict[ImageKey, float]


@dataclass(frozen=True, kw_only=True)
class Lights(Message):
    """All lights; rows aligned with ``light_ids``. Directions are unit vectors to the light, OpenGL camera frame."""

    light_ids: tuple[int, ...]
    estimate_gl: FloatArray
    """[lights, 3]"""
    start_gl: FloatArray
    truth_gl: FloatArray | None
    intensities: FloatArray
    """[lights, 3] linear RGB."""
    error_deg: FloatArray | None
    """[lights]"""


@dataclass(frozen=True, kw_only=True)
class Preview(Message):
    """The image panes of one photograph. Images are display-referred [height, width, 3] float32 in [0, 1]."""

    key: ImageKey
    step: int
    photograph: FloatArray
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
    colours: NDArray[np.uint8] | None
    """[vertices, 3] by the chosen colouring; None = plain shaded."""
    error_limit: float | None
    """With ``error`` colouring: the error in the colour map's last colour."""


@dataclass(frozen=True, kw_only=True)
class Saved(Message):
    """The run or an export has been written."""

    folder: Path
    what: Literal["run", "export"]
    command: str
    """The command line that does the same."""


@dataclass(frozen=True, kw_only=True)
class Failed(Message):
    """Something went wrong; the sentence is for a dialog. The last good state is kept."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Closed(Message):
    """The fit thread has ended cleanly."""


# ---- window <-> view thread (VTK) -----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ViewCapture(Message):
    """Frustums and scene sphere to draw (world frame); resets the orbit to look at the sphere."""

    cameras: tuple[Camera, ...]
    keys: tuple[ImageKey, ...]
    scene_centre: tuple[float, float, float]
    scene_radius: float


@dataclass(frozen=True, kw_only=True)
class ViewMesh(Message):
    """The mesh to draw."""

    mesh: Mesh


@dataclass(frozen=True, kw_only=True)
class ViewLights(Message):
    """Lights to draw as arrows on a dome, in the rig frame of one image's camera, turned into the world."""

    directions_world: FloatArray
    """[lights, 3] unit vectors to the light."""
    colours: FloatArray
    """[lights, 3] in [0, 1]."""


@dataclass(frozen=True, kw_only=True)
class ViewImage(Message):
    """Highlight one image's frustum; ``included`` frustums are drawn solid, the others faint."""

    selected: ImageKey | None
    included: tuple[ImageKey, ...]


@dataclass(frozen=True, kw_only=True)
class ViewSize(Message):
    """The pixel size of viewport ``viewport``; zero width hides it."""

    viewport: int
    width: int
    height: int

    @property
    def slot(self) -> str:
        return f"ViewSize{self.viewport}"


@dataclass(frozen=True, kw_only=True)
class ViewMouse(Message):
    """The mouse over a viewport; positions in its pixels, origin top left. Newest wins, so totals are sent."""

    viewport: int
    x: float
    y: float
    button: Literal["none", "left", "middle", "right"]
    shift: bool
    wheel: int
    """Wheel clicks since the viewport was made (a running total)."""

    @property
    def slot(self) -> str:
        return f"ViewMouse{self.viewport}"


@dataclass(frozen=True, kw_only=True)
class ViewOptions(Message):
    """What is drawn, and how."""

    frustums: bool
    lights: bool
    sphere: bool
    up: Literal["x", "y", "z", "-x", "-y", "-z"]
    linked: bool
    """Two viewports share one orbit."""
    reset: int
    """A counter; when it grows the orbit is reset."""
    look_through: ImageKey | None
    """Look through this image's camera until the mouse orbits."""


@dataclass(frozen=True, kw_only=True)
class ViewFrame(Message):
    """A rendered viewport."""

    viewport: int
    rgba: NDArray[np.uint8]
    """[height, width, 4], top row first."""

    @property
    def slot(self) -> str:
        return f"ViewFrame{self.viewport}"
