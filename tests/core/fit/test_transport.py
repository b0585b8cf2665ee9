"""Runs that account for bounced light and for the size of the lamps."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.capture.capture import Capture
from core.fit.trainer import Trainer
from core.render.view import shade, trace_view_now
from core.scene.lamp import Lamp
from tests.core.fit.small import CPU, SMALL, assert_resumes_as_if_never_stopped, train


def _trainer(capture: Capture, *, steps: int, bounce: bool = True, soft_shadows: bool = True) -> Trainer:
    model = replace(SMALL.model, bounce=bounce, soft_shadows=soft_shadows)
    return Trainer(capture, replace(SMALL, steps=steps, model=model), device=CPU, seed=0)


def test_a_resumed_run_equals_a_straight_one(tiny_capture: Capture, tmp_path: Path) -> None:
    straight = _trainer(tiny_capture, steps=40)
    assert_resumes_as_if_never_stopped(straight, tmp_path, steps=20)


@pytest.mark.parametrize("choice", ["bounce", "soft_shadows"])
def test_each_choice_changes_a_run_once_there_are_shadows(tiny_capture: Capture, choice: str) -> None:
    plain = _trainer(tiny_capture, steps=60, bounce=False, soft_shadows=False)
    chosen = _trainer(tiny_capture, steps=60, bounce=choice == "bounce", soft_shadows=choice == "soft_shadows")
    assert train(plain, 6) == train(chosen, 6)
    assert train(plain, 54) != train(chosen, 54)
    radius = float(chosen.model.lamp_radius().detach())
    assert (radius > 0.0) == (choice == "soft_shadows")


def test_shadow_edges_move_the_shape_from_where_they_are_said_to(tiny_capture: Capture) -> None:
    config = replace(SMALL, steps=40)
    plain = Trainer(tiny_capture, config, device=CPU, seed=0)
    late = Trainer(tiny_capture, replace(config, shadow_gradients_from=0.5), device=CPU, seed=0)
    assert train(plain, 20) == train(late, 20)
    assert train(plain, 20) != train(late, 20)


def test_pictures_show_bounced_light_where_it_is_accounted_for(tiny_capture: Capture) -> None:
    trainer = _trainer(tiny_capture, steps=30)
    train(trainer, 30)
    model, camera = trainer.model, tiny_capture.pose_groups()[0].camera
    buffer = trace_view_now(model, camera, trainer.frame)
    lamp = Lamp(to_light=np.array([0.3, -0.3, -0.9], np.float32), intensity=np.ones(3, np.float32))
    bright = shade(model, buffer, lamp).render
    model.config = replace(model.config, bounce=False)
    plain = shade(model, buffer, lamp)
    assert (bright >= plain.render).all()
    assert bright.sum() > plain.render.sum()
