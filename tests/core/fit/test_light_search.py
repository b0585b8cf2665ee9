"""Lights that were put in a wrong place are found again, and lights in the right place stay there."""

import numpy as np
import torch

from core.capture.capture import Capture
from core.fit import metrics
from core.fit.light_search import search_lights
from core.fit.trainer import Trainer
from tests.core.fit.small import small_trainer, train


def _errors_deg(trainer: Trainer) -> np.ndarray:
    truth = trainer.capture.truth.light_directions_gl
    assert truth is not None
    return metrics.light_error_deg(trainer.lights().directions_gl, truth)


def test_lights_in_their_places_stay_there(tiny_capture: Capture) -> None:
    trainer = small_trainer(tiny_capture, steps=200)
    train(trainer, 200)
    before = trainer.model.lights.direction.detach().clone()
    state = trainer.generator.get_state()
    assert search_lights(trainer) == ()
    assert trainer.model.lights.direction.equal(before)
    assert trainer.generator.get_state().equal(state)  # the run goes on as without


def test_a_light_on_the_wrong_side_is_found_and_given_its_intensity(tiny_capture: Capture) -> None:
    trainer = small_trainer(tiny_capture, steps=200)
    train(trainer, 200)
    lights = trainer.model.lights
    intensity = lights.intensity().detach().clone()
    with torch.no_grad():
        lights.direction[1] *= torch.tensor([-1.0, -1.0, 1.0])
        lights.log_intensity[1] += 1.0
        lights.direction[2] = torch.nn.functional.normalize(torch.tensor([0.9, -0.3, -0.3]), dim=0)
    worst = _errors_deg(trainer)[[1, 2]].min()
    assert worst > 30.0
    assert search_lights(trainer) == (1, 2)
    assert _errors_deg(trainer)[[1, 2]].max() < 20.0  # the directions tried are some 25 degrees apart
    assert torch.allclose(lights.intensity()[1], intensity[1], rtol=0.25)
