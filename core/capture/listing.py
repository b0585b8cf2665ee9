"""What a reader finds in a folder: everything about a capture but its pixels.

A reader of a layout lists; ``core.capture.read`` turns any listing into a ``Capture``. So that no layout has its own
way of decoding, linearising, undistorting or masking.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.capture.capture import GroundTruth, Problem
from core.capture.import_options import Axis, Encoding, ImportOptions, RawOptions
from core.capture.lens import Lens
from core.types import Camera, FloatArray, ImageKey, Progress

TruthReader = Callable[[Mapping[int, Camera], tuple[int, ...]], tuple[GroundTruth, tuple[Problem, ...]]]
"""Called with a camera of each view at the size the truth files have, and the sorted light ids."""


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One photograph and its camera."""

    key: ImageKey
    file: Path
    """The photograph; known to lie inside the folder."""
    camera: Camera
    """Pinhole, at the photograph's size; of a photograph with a lens, the pinhole camera it is turned into."""
    lens: Lens | None = None
    """How the photograph is distorted; None when it is not."""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A capture before its pixels are read."""

    folder: Path
    layout: str
    """The name of the layout that was read."""
    shots: tuple[Shot, ...]
    """Sorted by key; at least one."""
    masks: Mapping[int, tuple[Path, ...]]
    """Per view id, its mask files: one, or one an image (the majority counts). Views without any are left out."""
    mask_is_alpha: bool = False
    """Photographs carry their mask as an alpha channel, and the layout means it as such."""
    encoding: Encoding | None = None
    """What the layout lays down; None goes by the files: 8 bits are sRGB, more are linear."""
    raw: RawOptions | None = None
    """How RAW files are developed where the layout knows more than the user has said; None: as the user has said."""
    camera_file: str = ""
    """Name of the file the cameras came from, relative to the folder, for messages."""
    camera_choices: tuple[str, ...] = ()
    """Other files in the folder that cameras could be taken from, relative to it."""
    file_frame: tuple[tuple[float, float, float], float] | None = None
    """(centre [3] world, radius) of the sphere around the object, as the files declare it."""
    points: FloatArray | None = None
    """[points, 3] sparse points of a reconstruction, world."""
    up: Axis | None = None
    """The world axis that points up, where the layout lays it down."""
    truth: TruthReader | None = None
    """Reads what is known about the object."""
    without_camera: tuple[str, ...] = ()
    """Photographs (relative to the folder) that were left out because they have no camera."""
    without_photograph: tuple[str, ...] = ()
    """Cameras (as the file names them) that were left out because their photograph is missing."""
    problems: tuple[Problem, ...] = ()
    assumptions: tuple[str, ...] = ()
    """What had to be assumed, one sentence each, such as an orthographic camera."""


@dataclass(frozen=True, kw_only=True)
class Guess:
    """What layout a folder may have."""

    layout: str
    certainty: float
    """In (0, 1]; 1 when a file proves it."""
    reasons: tuple[str, ...]
    """What in the folder speaks for it, in plain words."""


Recognise = Callable[[Path], Guess | None]
"""Looks at names and the first bytes only; never raises for a folder that exists."""
ListCapture = Callable[[Path, ImportOptions, Progress], Listing]
"""Raises CaptureError, naming the file, and Cancelled when the progress does."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A way in which captures lie on disk."""

    name: str
    recognise: Recognise
    list_capture: ListCapture
    about: str = field(default="")
    """One line for the list of layouts: what files it consists of."""
    aliases: tuple[str, ...] = ()
    """Other names it may be called by: small letters and digits only."""
