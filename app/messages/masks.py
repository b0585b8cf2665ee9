"""Messages about masks that are painted in the window: commands to the fit thread and its answers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from numpy import int8, uint8
from numpy.typing import NDArray

from app.messages.message import Message
from core.capture.import_options import ImportOptions
from core.types import BoolArray

MaskWay = Literal["strokes", "threshold", "alpha", "holes"]
"""``holes``: the mask at hand with its holes closed."""
MaskState = Literal["missing", "file", "painted"]


@dataclass(frozen=True, kw_only=True)
class EditMasks(Message):
    """List the capture in ``folder`` so that its masks can be painted; it need not be readable as a whole."""

    folder: Path
    options: ImportOptions | None = None
    """None: those saved beside the capture."""


@dataclass(frozen=True, kw_only=True)
class ShowMaskView(Message):
    """Read the photographs of a view to paint over; a later one stops it."""

    view: int


@dataclass(frozen=True, kw_only=True)
class MakeMask(Message):
    """Make a mask of the view shown last."""

    view: int
    ticket: int
    """Comes back with the answer."""
    way: MaskWay
    marks: NDArray[int8]
    """[height, width] of the picture: +1 object, -1 background, 0 unknown; used by ``strokes``."""
    start: BoolArray | None = None
    """[height, width] the mask at hand, which ``strokes`` goes on from."""
    level: float | None = None
    """Of ``threshold``: linear, 1 = full range; None finds one (Otsu's method)."""
    fill_holes: bool = False


@dataclass(frozen=True, kw_only=True)
class SaveMask(Message):
    """Write the mask of a view beside the capture."""

    view: int
    mask: BoolArray
    """[height, width] of the picture."""

    @property
    def slot(self) -> str:
        """One slot a view."""
        return f"SaveMask{self.view}"


@dataclass(frozen=True, kw_only=True)
class MaskViews(Message):
    """The views of a capture and which of them have masks."""

    folder: Path
    options: ImportOptions
    states: dict[int, MaskState]
    """Per view id, in order."""
    trouble: str = ""
    """Why there are no views."""


@dataclass(frozen=True, kw_only=True)
class MaskReading(Message):
    """What is being done for the mask editor right now; "" when nothing is."""

    text: str


@dataclass(frozen=True, kw_only=True)
class MaskPhotograph(Message):
    """A view to paint over."""

    view: int
    picture: NDArray[uint8]
    """[height, width, 3] sRGB."""
    mask: BoolArray | None
    """[height, width] the mask that is there, or a guess; None for neither."""
    guessed: bool
    """Whether ``mask`` was guessed from the colours of the view saved before."""
    has_alpha: bool
    level: float
    """Otsu's level of the view's brightness."""
    full_size: tuple[int, int]
    """(width, height) of the photographs."""
    trouble: str = ""
    """Why the mask that is there cannot be shown."""


@dataclass(frozen=True, kw_only=True)
class MaskMade(Message):
    """The answer to ``MakeMask``."""

    view: int
    ticket: int
    way: MaskWay
    mask: BoolArray
    level: float | None = None
    """The level of ``threshold``."""


@dataclass(frozen=True, kw_only=True)
class MaskSaved(Message):
    """A painted mask is on disk."""

    view: int
    file: Path

    @property
    def slot(self) -> str:
        """One slot a view."""
        return f"MaskSaved{self.view}"
