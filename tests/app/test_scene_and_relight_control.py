from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.messages import (
    Lights,
    Mesh,
    Relight,
    RelitImage,
    RunState,
    SetShown,
    ViewCapture,
    ViewFailed,
    ViewFrame,
    ViewJump,
    ViewLights,
    ViewMesh,
    ViewMouse,
    ViewOptions,
    ViewSize,
)
from app.relight_control import camera_from_gl
from app.scene_control import light_colours
from core.types import ImageKey, gl_from_camera
from tests.app.desk import Desk, opened, run_state, stats
from tests.app.fake_captures import camera, keys
from widgets.viewport3d import Pointer
from widgets.viewport_tools import Choices


def lights(direction: tuple[float, float, float] = (0.0, 0.6, 0.8)) -> Lights:
    rows = np.tile(np.array(direction, np.float32), (4, 1))
    rows[3] = np.nan
    return Lights(
        light_ids=(0, 1, 2, 3), estimate_gl=rows, start_gl=rows, truth_gl=None,
        intensities=np.array([[2, 2, 2], [1, 1, 1], [0.5, 1, 2], [np.nan] * 3], np.float32), error_deg=None,
    )  # fmt: skip


def mesh() -> Mesh:
    corners = np.eye(3, dtype=np.float32)
    faces = np.array([[0, 1, 2]], np.int32)
    return Mesh(step=1, vertices=corners, faces=faces, normals=corners, colours={}, error_limit=0.3)


def test_a_capture_draws_its_cameras_upright() -> None:
    desk = Desk()
    desk.handle(opened())
    kinds = [type(message) for message in desk.drawn]
    assert kinds.index(ViewOptions) < kinds.index(ViewCapture) < kinds.index(ViewMesh)
    options = next(message for message in desk.drawn if isinstance(message, ViewOptions))
    assert options.up == "-y"
    desk.panels.scene.show_text.assert_called_with(None)


def test_choices_are_drawn_and_only_what_is_on_screen_is_made() -> None:
    desk = Desk()
    desk.open()
    desk.panels.scene.choices = Choices(split=True, colours=("albedo", "error"), cameras=False)
    desk.controller.scene.choose(desk.panels.scene.choices)
    assert next(m for m in desk.drawn if isinstance(m, ViewOptions)).frustums is False
    assert desk.last(SetShown).mesh_colours == ("albedo", "error")
    desk.panels.scene.choices = Choices(colours=("albedo", "error"))
    desk.controller.show_tab("scene")
    assert desk.last(SetShown) == SetShown(tab="scene", mesh_colours=("albedo",))


@pytest.mark.parametrize(
    ("word", "to"), [("object", "object"), ("everything", "everything"), ("camera", ImageKey(0, 0))]
)
def test_the_eye_jumps(word: str, to: object) -> None:
    desk = Desk()
    desk.open()
    desk.controller.scene.jump(word)
    assert desk.drawn == [ViewJump(to=to)]  # type: ignore[arg-type]


def test_mouse_and_size_are_passed_on() -> None:
    desk = Desk()
    desk.controller.scene.resize(1, 300, 200, 0.5)
    mouse: dict[str, Any] = {
        "viewport": 0, "x": 3, "y": 4, "button": "left", "shift": True, "press": 2, "wheel": 1.0,
        "pressed_at": (1.0, 2.0), "pressed_with": "left",
    }  # fmt: skip
    desk.controller.scene.point(Pointer(**mouse))
    assert desk.drawn == [
        ViewSize(viewport=1, width=300, height=200, quick=0.5),
        ViewMouse(**mouse),
    ]


@pytest.mark.parametrize(("state", "count"), [("paused", 1), ("running", 0)])
def test_while_training_lights_are_drawn_only_with_the_mesh(state: RunState, count: int) -> None:
    desk = Desk()
    desk.open(state, step=5)
    desk.handle(lights())
    assert sum(isinstance(m, ViewLights) for m in desk.drawn) == count
    desk.handle(mesh())
    assert sum(isinstance(m, ViewLights) for m in desk.drawn) == count + 1
    desk.panels.scene.show_error_scale.assert_called_with(0.3, "relative")


@pytest.mark.parametrize("standing", [False, True])
def test_near_lights_are_drawn_where_they_are(standing: bool) -> None:
    desk = Desk()
    desk.open("paused", step=5)
    desk.controller.images.select(ImageKey(1, 0))
    at = np.tile(np.array([0.5, 1.0, 0.0], np.float32), (4, 1))
    distances = np.ones(4, np.float32)
    desk.handle(replace(lights(), standing=standing, positions=at, distances=distances))
    drawn = [m for m in desk.drawn if isinstance(m, ViewLights)][-1]
    assert drawn.places_world is not None
    right, down, _ = camera(1).rotation.T
    beside_and_above = camera(1).centre + 0.5 * right - 1.0 * down
    assert drawn.places_world[0] == pytest.approx(at[0] if standing else beside_and_above, abs=1e-6)
    assert desk.panels.lights.show_lights.call_args[1]["distances"] is distances


def test_exposures_reach_the_photographs() -> None:
    desk = Desk()
    desk.open("paused", step=5)
    desk.handle(replace(lights(), exposures={ImageKey(1, 0): 0.92}))
    desk.panels.capture.show_exposures.assert_called_with({ImageKey(1, 0): 0.92})


def test_lights_are_turned_into_the_world_by_the_selected_camera() -> None:
    desk = Desk()
    desk.open("paused", step=5)
    desk.controller.images.select(ImageKey(1, 0))
    desk.handle(lights())
    drawn = [m for m in desk.drawn if isinstance(m, ViewLights)][-1]
    inside = drawn.directions_world[0] @ camera(1).rotation
    assert gl_from_camera(inside) == pytest.approx([0.0, 0.6, 0.8], abs=1e-6)
    assert np.isnan(drawn.directions_world[3]).all()
    assert drawn.axis_world == pytest.approx(-camera(1).rotation[:, 2])
    assert drawn.selected == 0


def test_the_brightest_light_is_full_and_none_is_black() -> None:
    colours = light_colours(lights().intensities)
    assert colours.max() == pytest.approx(1.0)
    assert colours.min() >= 0.15
    assert colours.shape == (4, 3)


def test_frames_and_failures_of_the_view_are_shown() -> None:
    desk = Desk()
    rgba = np.zeros((2, 3, 4), np.uint8)
    desk.handle(ViewFrame(viewport=1, rgba=rgba), ViewFailed(text="No OpenGL here."))
    desk.panels.scene.show_frame.assert_called_with(1, rgba)
    desk.panels.scene.show_text.assert_called_with("No OpenGL here.")


def test_relighting_waits_for_the_first_step_and_for_its_tab() -> None:
    desk = Desk()
    desk.open("running")
    desk.controller.relight.turn()
    desk.controller.show_tab("relight")
    assert not any(isinstance(m, Relight) for m in desk.sent)
    desk.handle(stats(3))
    desk.controller.relight.turn((0, 0, 1), "camera", 1.0, (1, 1, 1), True)
    asked = desk.last(Relight)
    assert asked.key == keys()[0]
    assert (asked.light.to_light, asked.light.intensity) == ((0.0, 0.6, 0.8), 1.5)
    desk.sent.clear()
    desk.controller.show_tab("images")
    desk.controller.relight.turn()
    assert not any(isinstance(m, Relight) for m in desk.sent)


def test_a_run_reopened_on_the_relight_tab_is_relit_by_itself() -> None:
    desk = Desk()
    desk.controller.show_tab("relight")
    desk.handle(opened(), run_state("loading"))
    assert not any(isinstance(m, Relight) for m in desk.sent)
    desk.handle(run_state("paused", step=120))
    assert desk.last(Relight).key == keys()[0]
    desk.sent.clear()
    desk.handle(stats(120), run_state("paused", step=120))
    assert not any(isinstance(m, Relight) for m in desk.sent)


def test_the_relit_view_appears_with_the_first_steps_and_goes_with_them() -> None:
    desk = Desk()
    desk.controller.show_tab("relight")
    desk.open("running")
    desk.handle(stats(3), stats(9))
    assert sum(isinstance(m, Relight) for m in desk.sent) == 1
    desk.panels.relight.show_empty.reset_mock()
    desk.handle(run_state("ready"))
    assert "Train for a few seconds" in desk.panels.relight.show_empty.call_args[0][0]
    desk.sent.clear()
    desk.handle(run_state("running"), stats(2))
    assert any(isinstance(m, Relight) for m in desk.sent)


def test_what_the_relit_view_and_the_mesh_wait_for_is_what_goes_on() -> None:
    desk = Desk()
    relight = lambda: desk.panels.relight.show_empty.call_args[0][0]  # noqa: E731
    scene = lambda: desk.panels.scene.show_waiting.call_args[0][0]  # noqa: E731
    desk.controller.show_tab("relight")
    desk.open("ready")
    assert "Train for a few seconds" in relight()
    desk.handle(run_state("running"))
    assert "Training starts" in relight()
    assert "Training starts" in scene()
    desk.handle(stats(3))
    assert "Shading the object beside the training" in relight()
    assert "first mesh" in scene()


def test_a_scene_that_cannot_be_drawn_says_so_of_every_capture_until_it_can() -> None:
    desk = Desk()
    desk.handle(ViewFailed(text="No OpenGL here."))
    desk.open()
    desk.panels.scene.show_text.assert_called_with("No OpenGL here.")
    desk.handle(ViewFrame(viewport=0, rgba=np.zeros((2, 3, 4), np.uint8)), opened())
    desk.panels.scene.show_text.assert_called_with(None)


def test_the_relit_view_follows_the_selection() -> None:
    desk = Desk()
    desk.open("paused", step=5)
    desk.controller.show_tab("relight")
    desk.controller.images.select(ImageKey(2, 1))
    assert desk.last(Relight).key == ImageKey(2, 1)
    turned = desk.panels.relight.show_camera.call_args[0][0]
    assert turned == pytest.approx(camera_from_gl(camera(2).rotation))


def test_a_direction_to_the_viewer_is_the_cameras_backward_direction() -> None:
    rotation = camera(1).rotation
    assert camera_from_gl(rotation) @ np.array([0, 0, 1.0]) == pytest.approx(-rotation[:, 2])


def test_relit_images_are_shown() -> None:
    desk = Desk()
    desk.open("paused", step=5)
    desk.controller.show_tab("relight")
    light = desk.last(Relight).light
    image = np.zeros((2, 2, 3), np.float32)
    desk.handle(RelitImage(image=image, light=light, seconds=0.01))
    desk.panels.relight.show_image.assert_called_with(image, 0.01)
