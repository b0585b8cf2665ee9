import numpy as np
import pytest
import torch

from app.told_lights import told_lights
from core.capture.capture import Capture
from core.fit.choices import FitChoices
from core.fit.config import draft, with_choices
from core.fit.trainer import Trainer
from core.scene.light_model import LightFrame, LightModel


def trainer(capture: Capture, lights: LightModel) -> Trainer:
    config = with_choices(draft(), FitChoices(lights=lights))
    return Trainer(capture, config, device=torch.device("cpu"), included=[k for k in capture.keys if k.light])


def test_distant_lights_have_no_places(tiny_capture: Capture) -> None:
    told = told_lights(trainer(tiny_capture, LightModel()))
    assert told.positions is None
    assert told.distances is None
    assert told.exposures == {}
    assert np.isfinite(told.estimate_gl[1:]).all()


@pytest.mark.parametrize("fixed_to", ["camera", "world"])
def test_near_lights_are_told_with_their_places(tiny_capture: Capture, fixed_to: LightFrame) -> None:
    fitted = trainer(tiny_capture, LightModel(fixed_to=fixed_to, near=True, exposure=True))
    told = told_lights(fitted)
    assert told.positions is not None
    assert told.distances is not None
    assert np.isnan(told.positions[0]).all()
    assert np.isnan(told.distances[0])
    if fixed_to == "world":
        away = np.linalg.norm(told.positions[1:] - fitted.frame.centre, axis=1)
        assert told.distances[1:] == pytest.approx(away, rel=1e-5)
    assert told.standing == (fixed_to == "world")
    assert set(told.exposures) == set(tiny_capture.keys)
    assert list(told.exposures.values()) == pytest.approx([1.0] * len(tiny_capture.keys))
