"""What the 3D tab shows, and what the mouse does there."""

from dataclasses import replace

import numpy as np

from app.messages import (
    CaptureOpened,
    Lights,
    Mesh,
    SetShown,
    Shown,
    ViewCapture,
    ViewFrame,
    ViewImage,
    ViewJump,
    ViewLights,
    ViewMesh,
    ViewMouse,
    ViewOptions,
    ViewSize,
)
from app.waiting_words import scene_waits
from app.window_state import WindowState
from core.color import srgb_from_linear
from core.types import Camera, FloatArray, gl_from_camera
from widgets.orbit import Axis, likely_up
from widgets.viewport3d import Pointer
from widgets.viewport_tools import Choices

_MESH_ERROR = "relative"


class SceneControl:
    """Intents of the 3D tab; meshes and rendered frames."""

    def __init__(self, window: WindowState) -> None:
        self._window = window
        self._tab: Shown = "images"
        self._failure: str | None = None
        """Why there is no picture."""
        self._has_object = False
        """Whether the mesh of this run is in the picture."""

    # ---- intents ----------------------------------------------------------------------------------------------------

    def show_tab(self, tab: Shown) -> None:
        """Another tab is on screen: nothing is made that nobody sees."""
        self._tab = tab
        choices = self._window.panels.scene.choices
        colours = choices.colours if choices.split else choices.colours[:1]
        self._window.to_fit(SetShown(tab=tab, mesh_colours=colours))

    def choose(self, choices: Choices) -> None:
        """Draw something else, or differently."""
        self._window.to_view(
            ViewOptions(
                frustums=choices.cameras,
                lights=choices.lights,
                sphere=choices.sphere,
                up=choices.up,
                linked=choices.linked,
                colours=choices.colours,
            )
        )
        self.show_tab(self._tab)

    def jump(self, to: str) -> None:
        """Move the eye: ``object``, ``everything``, or ``camera`` for the selected photograph's."""
        if to == "camera":
            if self._window.selected is not None:
                self._window.to_view(ViewJump(to=self._window.selected))
        else:
            self._window.to_view(ViewJump(to="object" if to == "object" else "everything"))

    def resize(self, viewport: int, width: int, height: int, quick: float) -> None:
        """A viewport has another size."""
        self._window.to_view(ViewSize(viewport=viewport, width=width, height=height, quick=quick))

    def point(self, pointer: Pointer) -> None:
        """The mouse is at work over a viewport."""
        self._window.to_view(
            ViewMouse(
                viewport=pointer.viewport,
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

    # ---- events -----------------------------------------------------------------------------------------------------

    def show_capture(self, opened: CaptureOpened) -> None:
        """Another capture has been read."""
        window = self._window
        choices = replace(window.panels.scene.choices, up=likely_up(opened.cameras))
        window.panels.scene.set_choices(choices)
        self.choose(choices)
        window.to_view(
            ViewCapture(
                cameras=opened.cameras,
                keys=opened.keys,
                scene_centre=opened.scene_centre,
                scene_radius=opened.scene_radius,
            )
        )
        window.to_view(ViewMesh(mesh=None))
        window.panels.scene.show_text(self._failure)
        self._has_object = False
        self.show_progress()
        self.show_selection()

    def show_up(self, up: Axis) -> None:
        """Another axis of the world points up."""
        panel = self._window.panels.scene
        if panel.choices.up != up:
            panel.set_choices(replace(panel.choices, up=up))
            self.choose(panel.choices)

    def show_forgotten(self) -> None:
        """What was learnt is forgotten: the object with it."""
        self._window.to_view(ViewMesh(mesh=None))
        self._has_object = False
        self.show_progress()

    def show_progress(self) -> None:
        """The run has come further: say what the object waits for while it is not in the picture."""
        window = self._window
        window.panels.scene.show_waiting("" if self._has_object else scene_waits(window.run.state, window.step))

    def show_selection(self) -> None:
        """Another photograph is selected, or others are used."""
        window = self._window
        if window.capture is None:
            return
        included = window.run.included or window.capture.keys
        window.to_view(ViewImage(selected=window.selected, included=included))
        self.show_lights()

    def show_lights(self) -> None:
        """The lights have moved, or the camera they are seen from is another one."""
        window = self._window
        camera, lights = window.selected_camera, window.lights
        if camera is None or lights is None:
            return
        rotation = camera.rotation
        seen_from = window.capture.cameras[0].rotation if lights.standing and window.capture else rotation
        directions = gl_from_camera(lights.estimate_gl) @ seen_from.T
        rows = {light: row for row, light in enumerate(lights.light_ids)}
        window.to_view(
            ViewLights(
                directions_world=directions.astype(np.float32),
                colours=light_colours(lights.intensities),
                axis_world=(-rotation[:, 2]).astype(np.float32),
                selected=rows.get(window.selected.light) if window.selected else None,
                places_world=_places(lights, camera),
            )
        )

    def show_mesh(self, mesh: Mesh) -> None:
        """The live mesh."""
        self._window.to_view(ViewMesh(mesh=mesh))
        self._has_object = len(mesh.faces) > 0
        self.show_progress()
        self.show_lights()
        self._window.panels.scene.show_error_scale(mesh.error_limit, _MESH_ERROR)

    def show_frame(self, frame: ViewFrame) -> None:
        """A picture of the scene."""
        self._failure = None
        self._window.panels.scene.show_frame(frame.viewport, frame.rgba)

    def show_failure(self, text: str) -> None:
        """There is no picture of the scene."""
        self._failure = text
        self._window.panels.scene.show_text(text)


def _places(lights: Lights, camera: Camera) -> FloatArray | None:
    """[lights, 3] world positions of near lights, those that turn with the camera as it stands here."""
    if lights.positions is None or lights.standing:
        return lights.positions
    return (camera.centre + gl_from_camera(lights.positions) @ camera.rotation.T).astype(np.float32)


def light_colours(intensities: FloatArray) -> FloatArray:
    """[lights, 3] display colours of linear intensities, the brightest being full; never quite black."""
    known = np.nan_to_num(intensities, nan=0.0)
    most = float(known.max(initial=0.0)) or 1.0
    return np.maximum(srgb_from_linear(known / np.float32(most)), np.float32(0.15))
