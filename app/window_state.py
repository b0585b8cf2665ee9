"""What the window knows: the newest word of each worker and what the user has chosen. Main thread only."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from app.messages import CaptureOpened, Lights, Message, State, Stats
from app.panels import Panels
from app.session import Session
from app.settings import Settings
from core.capture.import_options import ImportOptions
from core.types import Camera, ImageKey
from widgets.toolbar import Tone

_NOTHING = State(
    state="empty", run_folder=None, included=(), preset="draft", seed=0, planned_seconds=0.0, step=0, saved_step=0
)


@dataclass(kw_only=True)
class WindowState:
    """Shared by the controllers."""

    panels: Panels = field(init=False)
    """Set once they are made; they need the controllers, which need this."""
    to_fit: Callable[[Message], None]
    """Sends a command to the fit thread."""
    to_view: Callable[[Message], None]
    """Sends a message to the view thread."""
    settings: Settings
    session: Session
    capture: CaptureOpened | None = None
    run: State = _NOTHING
    stats: Stats | None = None
    lights: Lights | None = None
    view: int | None = None
    """The view that is selected, in every panel; also of a capture that cannot be trained on yet."""
    light: int | None = None
    """The light of the photograph that is shown."""
    view_chosen: bool = False
    """Whether the user has chosen that view of the capture."""
    blocked: str = ""
    """In a word, why what was opened cannot be trained on; "" when it can, or nothing was opened."""
    new_here: bool = False
    """Whether the user is opening a capture that was not open lately."""
    choices: dict[str, ImportOptions] = field(default_factory=dict[str, ImportOptions])
    """Per capture folder, choices that could not be kept beside it and hold for this session only."""
    title: str = ""
    """What is open, as the window calls it; also a capture that cannot be trained on yet."""
    ui_fps: float | None = None
    summary: str = ""
    """What the open capture holds; stands in the top bar whenever nothing has just happened."""
    passing: Literal["none", "new", "seen"] = "none"
    """Whether the top bar tells something that gives way to the summary after a while."""
    saved: str = ""
    """When the open run was last saved, as a time of day, or a word for why not; "" when it never was."""
    remember: Callable[[], object] = lambda: None
    """Writes down what is open for the next start, should the window end without being closed."""
    new_run_folder: Callable[[Path], Path] = field(default=lambda capture: Path("runs") / capture.name)
    """Where a run of a capture is saved when the user gives no place."""

    def show_note(self, text: str, tone: Tone = "quiet", *, lasting: bool = False) -> None:
        """Tell what happened for a while, or until something else does when ``lasting``; "" tells the summary."""
        self.panels.toolbar.show_note(text or self.summary, tone)
        self.passing = "new" if text and not lasting else "none"

    def tell_saved(self) -> None:
        """The open run has been saved just now."""
        self.saved = f"{datetime.now():%H:%M}"

    @property
    def selected(self) -> ImageKey | None:
        """The photograph that is shown."""
        return None if self.view is None or self.light is None else ImageKey(self.view, self.light)

    @property
    def step(self) -> int:
        """Steps made so far, as far as the window has heard."""
        return max(self.run.step, self.stats.step if self.stats else 0)

    @property
    def unsaved(self) -> bool:
        """Whether leaving the run would lose steps."""
        return self.step != self.run.saved_step

    @property
    def save_folder(self) -> Path | None:
        """Where leaving the run saves it; None when there is nothing to save."""
        if self.capture is None or self.step == 0 or not self.unsaved:
            return None
        return self.run.run_folder or self.run.kept_folder or self.new_run_folder(self.capture.folder)

    @property
    def selected_camera(self) -> Camera | None:
        """The camera of the photograph that is shown."""
        if self.capture is None or self.selected not in self.capture.keys:
            return None
        return self.capture.cameras[self.capture.keys.index(self.selected)]
