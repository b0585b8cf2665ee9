"""Messages between the window and the view thread (VTK)."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from app.messages.events import Mesh
from app.messages.message import Axis, MeshColour, Message
from core.types import Camera, FloatArray, ImageKey
from widgets.check_data import Checked, Sphere

Button = Literal["none", "left", "middle", "right"]
CHECK_VIEWPORT = 2
"""The viewport of the check view; 0 and 1 are those of the 3D tab."""


@dataclass(frozen=True, kw_only=True)
class ViewCapture(Message):
    """Frustums and scene sphere to draw (world frame); resets the orbit to look at the sphere."""

    cameras: tuple[Camera, ...]
    keys: tuple[ImageKey, ...]
    scene_centre: tuple[float, float, float]
    scene_radius: float


@dataclass(frozen=True, kw_only=True)
class ViewMesh(Message):
    """The mesh to draw; None for no mesh yet."""

    mesh: Mesh | None


@dataclass(frozen=True, kw_only=True)
class ViewLights(Message):
    """Lights to draw: near ones as lamps at their places, distant ones as arrows on a dome, in the rig frame of one
    image's camera, turned into the world.
    """

    directions_world: FloatArray
    """[lights, 3] unit vectors to the light."""
    colours: FloatArray
    """[lights, 3] in [0, 1]."""
    axis_world: FloatArray
    """[3] unit: the middle of the dome, from the object to the camera."""
    selected: int | None
    """The row to highlight."""
    places_world: FloatArray | None = None
    """[lights, 3] where near lights are, nan where not known; None for distant lights."""


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
    quick: float = 1.0
    """Share of these pixels, along each side, that is drawn while the mouse moves the eye; in (0, 1]."""

    @property
    def slot(self) -> str:
        """One slot a viewport."""
        return f"ViewSize{self.viewport}"


@dataclass(frozen=True, kw_only=True)
class ViewMouse(Message):
    """The mouse over a viewport; positions in its pixels, origin top left. Newest wins, so totals are sent."""

    viewport: int
    x: float
    y: float
    button: Button
    """The one that is down."""
    shift: bool
    press: int
    """Presses since the viewport was made (a running total): a new one starts a new drag."""
    wheel: float
    """Wheel clicks since the viewport was made (a running total)."""
    pressed_at: tuple[float, float] | None = None
    """Where the newest press was, since the report of the press itself may be replaced unread; None: where it is."""
    pressed_with: Button = "none"
    """The button of the newest press, which may be up again by now."""

    @property
    def dragging_with(self) -> Button:
        """The button of the drag that goes on, or that ends with this report."""
        return self.pressed_with if self.button == "none" else self.button

    @property
    def slot(self) -> str:
        """One slot a viewport."""
        return f"ViewMouse{self.viewport}"


@dataclass(frozen=True, kw_only=True)
class ViewOptions(Message):
    """What is drawn, and how."""

    frustums: bool
    lights: bool
    sphere: bool
    up: Axis
    linked: bool
    """Two viewports share one orbit."""
    colours: tuple[MeshColour, ...]
    """Colouring of the mesh in each viewport."""


@dataclass(frozen=True, kw_only=True)
class ViewJump(Message):
    """Move the eye: to see the object whole, everything with the cameras, or what a photograph's camera saw."""

    to: Literal["object", "everything"] | ImageKey


@dataclass(frozen=True, kw_only=True)
class ViewChecked(Message):
    """The capture to draw in the check view, from a new eye; None for nothing."""

    checked: Checked | None


@dataclass(frozen=True, kw_only=True)
class ViewSphere(Message):
    """Where the check view draws the sphere."""

    sphere: Sphere | None


@dataclass(frozen=True, kw_only=True)
class ViewCheckMark(Message):
    """The view whose camera the check view highlights."""

    view: int | None


@dataclass(frozen=True, kw_only=True)
class ViewCheckUsed(Message):
    """The views of which no photograph is used: the check view draws them faint."""

    left_out: frozenset[int]


@dataclass(frozen=True, kw_only=True)
class ViewCheckJump(Message):
    """Move the eye of the check view: to see all cameras, the sphere whole, or what a view's camera saw."""

    to: Literal["everything", "sphere"] | int


@dataclass(frozen=True, kw_only=True)
class ViewFrame(Message):
    """A rendered viewport."""

    viewport: int
    rgba: NDArray[np.uint8]
    """[height, width, 4], top row first."""
    handles: tuple[tuple[float, float], ...] = ()
    """Check view: where the sphere's centre and its rim can be gripped, as fractions of width and height."""

    @property
    def slot(self) -> str:
        """One slot a viewport."""
        return f"ViewFrame{self.viewport}"


@dataclass(frozen=True, kw_only=True)
class ViewPicked(Message):
    """A frustum was clicked."""

    key: ImageKey


@dataclass(frozen=True, kw_only=True)
class ViewCheckPicked(Message):
    """A camera of the check view was clicked."""

    view: int


@dataclass(frozen=True, kw_only=True)
class ViewSphereMoved(Message):
    """The sphere of the check view was dragged to here."""

    sphere: Sphere


@dataclass(frozen=True, kw_only=True)
class ViewFailed(Message):
    """The 3D view cannot be drawn; the sentence is shown in its place."""

    text: str
