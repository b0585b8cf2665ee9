"""Relighting the photograph that is shown by hand."""

from typing import Any

import numpy as np

from app.messages import Relight, RelightLight, RelitImage, Shown
from app.waiting_words import relight_waits
from app.window_state import WindowState
from core.types import DoubleArray


class RelightControl:
    """Intents of the relight panel; relit images."""

    def __init__(self, window: WindowState) -> None:
        self._window = window
        self._tab: Shown = "images"
        self._asked = False
        """Whether a picture of this run has been asked for; the fit thread keeps it fresh from then on."""

    def show_tab(self, tab: Shown) -> None:
        """Another tab is on screen."""
        self._tab = tab
        self.refresh()

    def turn(self, *_: Any) -> None:
        """The light has moved or changed."""
        self.refresh()

    def refresh(self) -> None:
        """Ask for the selected view under the panel's light."""
        window = self._window
        if self._tab != "relight" or window.selected is None or window.step == 0:
            return
        if not self._asked:
            window.panels.relight.show_empty(relight_waits(window.run.state, window.step))
        self._asked = True
        light = window.panels.relight.light
        window.to_fit(
            Relight(
                key=window.selected,
                light=RelightLight(
                    to_light=light.to_light,
                    frame=light.frame,
                    intensity=light.intensity,
                    colour=light.colour,
                    shadows=light.shadows,
                ),
            )
        )

    def show_selection(self) -> None:
        """Another photograph is selected: the light turns with its camera, or stays in the world."""
        camera = self._window.selected_camera
        if camera is not None:
            self._window.panels.relight.show_camera(camera_from_gl(camera.rotation))
        self.refresh()

    def show_empty(self) -> None:
        """There is nothing to relight yet."""
        self._asked = False
        window = self._window
        window.panels.relight.show_empty(relight_waits(window.run.state, window.step))

    def show_progress(self) -> None:
        """The run has come further, or is another one: show it by itself once there is something to relight."""
        if self._window.run.state == "loading":
            return
        if self._window.step == 0:
            self.show_empty()
        elif not self._asked:
            self.refresh()

    def show_image(self, relit: RelitImage) -> None:
        """The object under the light asked for last."""
        if self._window.step:
            self._window.panels.relight.show_image(relit.image, relit.seconds)


def camera_from_gl(rotation: DoubleArray) -> DoubleArray:
    """[3, 3] world from the OpenGL camera frame, from world from the OpenCV one."""
    return rotation @ np.diag([1.0, -1.0, -1.0])
