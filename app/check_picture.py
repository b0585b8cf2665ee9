"""The 3D picture of the check view: what the mouse does there, and the frames that are drawn."""

from collections.abc import Callable

from app.messages import CHECK_VIEWPORT, ViewCheckJump, ViewFrame, ViewMouse, ViewSize
from app.window_state import WindowState
from widgets.check_scene import CheckPointer


class CheckPicture:
    """Intents of the picture; frames of the view thread."""

    def __init__(self, window: WindowState, *, selected: Callable[[], int | None]) -> None:
        """``selected()``: the view whose photograph is shown."""
        self._window = window
        self._selected = selected

    def resize(self, width: int, height: int, quick: float) -> None:
        """The picture has another size."""
        self._window.to_view(ViewSize(viewport=CHECK_VIEWPORT, width=width, height=height, quick=quick))

    def point(self, pointer: CheckPointer) -> None:
        """The mouse is at work over the picture."""
        self._window.to_view(
            ViewMouse(
                viewport=CHECK_VIEWPORT,
                x=pointer.x,
                y=pointer.y,
                button=pointer.button,
                shift=pointer.shift,
                press=pointer.press,
                wheel=pointer.wheel,
                pressed_at=pointer.pressed_at,
                pressed_with=pointer.pressed_with,
            )
        )

    def jump(self, to: str) -> None:
        """Move the eye: ``everything``, ``sphere``, or ``camera`` for the selected view's."""
        if to != "camera":
            self._window.to_view(ViewCheckJump(to="sphere" if to == "sphere" else "everything"))
        elif (view := self._selected()) is not None:
            self._window.to_view(ViewCheckJump(to=view))

    def show_frame(self, frame: ViewFrame) -> None:
        """A picture of the 3D view."""
        self._window.panels.check.show_frame(frame.rgba, frame.handles)
