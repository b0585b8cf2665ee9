"""Lights that stand in the room are turned into the world by the first photograph's camera, whichever is selected."""

import numpy as np
import pytest

from app.messages import Lights, ViewLights
from core.types import ImageKey, gl_from_camera
from tests.app.desk import Desk
from tests.app.fake_captures import camera


def test_lights_in_the_room_do_not_turn_with_the_selected_camera() -> None:
    desk = Desk()
    desk.open("paused", step=5)
    rows = np.tile(np.array([0.0, 0.6, 0.8], np.float32), (4, 1))
    message = Lights(
        light_ids=(0, 1, 2, 3),
        estimate_gl=rows,
        start_gl=rows,
        truth_gl=None,
        intensities=np.ones((4, 3), np.float32),
        error_deg=None,
        standing=True,
    )
    desk.handle(message)
    drawn: list[ViewLights] = []
    for view in (0, 1):
        desk.controller.images.select(ImageKey(view, 0))
        drawn.append([message for message in desk.drawn if isinstance(message, ViewLights)][-1])
    assert not np.allclose(camera(0).rotation, camera(1).rotation)
    np.testing.assert_allclose(drawn[0].directions_world, drawn[1].directions_world)
    first = drawn[1].directions_world[0] @ camera(0).rotation
    assert gl_from_camera(first) == pytest.approx([0.0, 0.6, 0.8], abs=1e-6)
