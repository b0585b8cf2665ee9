"""A hollow taken for a bump is found out where cameras stand on one side, and nothing else is touched by looking."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
import torch

from core.capture.capture import Capture
from core.capture.read import read_capture
from core.capture.synthetic import front_cameras, orbit_cameras
from core.capture.synthetic_cases import write_case_capture
from core.capture.synthetic_presets import CASES
from core.errors import FitError
from core.fit.checkpoint import load_trainer, save_checkpoint
from core.fit.choices import FitChoices
from core.fit.config import with_choices
from core.fit.last_good import live_tensors
from core.fit.mirror_trial import _mirrored, one_sided
from core.fit.mirrored_lights import MirroredLights
from core.fit.sampled_errors import light_error_deg, normal_error_deg
from core.fit.trainer import Trainer
from core.scene.frame import SceneFrame
from core.scene.light_model import LightModel
from tests.core.fit.small import CPU, SMALL, small_trainer, train

STEPS = 600


@pytest.fixture(scope="module")
def dish(tmp_path_factory: pytest.TempPathFactory) -> Capture:
    folder = tmp_path_factory.mktemp("front") / "dish"
    write_case_capture(folder, replace(CASES["dish"](), bounce=False, views=5, lights=6, size=64))
    return read_capture(folder)


@pytest.fixture(scope="module")
def owl_from_the_front(tmp_path_factory: pytest.TempPathFactory) -> Capture:
    folder = tmp_path_factory.mktemp("front") / "owl"
    write_case_capture(folder, replace(CASES["painted"](), cone_deg=25.0, views=4, lights=4, size=48))
    return read_capture(folder)


def _on_trial(trainer: Trainer) -> Trainer:
    """The trainer a few steps into its trial."""
    while trainer.trial_progress is None:
        assert not trainer.finished
        trainer.step()
    train(trainer, 3)
    return trainer


def _tried(trainer: Trainer) -> MirroredLights:
    for _ in range(2 * STEPS):
        if trainer.mirrored_lights is not None:
            return trainer.mirrored_lights
        trainer.step()
    raise AssertionError("nothing was tried")


def test_only_cameras_on_one_side_leave_the_question_open() -> None:
    frame = SceneFrame(centre=np.zeros(3), scale=1.0)
    assert one_sided(front_cameras(8, 16, 39.0), frame)
    assert not one_sided(front_cameras(400, 16, 44.0), frame)
    assert one_sided(front_cameras(1, 16, 39.0), frame)
    assert not one_sided(orbit_cameras(16, 16), frame)
    assert not one_sided(orbit_cameras(2, 16), frame)  # from opposite sides


def test_a_dish_that_was_taken_for_a_bump_becomes_a_dish(dish: Capture) -> None:
    trainer = small_trainer(dish, steps=STEPS)
    _on_trial(trainer)
    steps, seconds = trainer.steps, trainer.seconds
    light, normal = light_error_deg(trainer), normal_error_deg(trainer)
    assert light is not None
    assert normal is not None
    assert light > 45.0  # all on the other side
    assert normal > 40.0
    found = _tried(trainer)
    assert found.taken
    assert (trainer.steps, trainer.seconds) == (steps, seconds)  # a trial takes none of the run's
    light, normal = light_error_deg(trainer), normal_error_deg(trainer)
    assert light is not None
    assert normal is not None
    assert light < 15.0
    assert normal < 25.0
    train(trainer, STEPS - trainer.steps)
    assert trainer.finished


def test_what_is_round_stays_round_and_the_run_goes_on_as_without_a_trial(owl_from_the_front: Capture) -> None:
    tried, without = (small_trainer(owl_from_the_front, steps=80) for _ in range(2))
    without.mirrored_lights = MirroredLights(error=None, mirrored_error=None)
    while not tried.finished:
        tried.step()
    assert tried.mirrored_lights is not None
    assert not tried.mirrored_lights.taken
    train(without, 80)
    assert without.finished
    for name, tensor in live_tensors(without).items():
        assert tensor.equal(live_tensors(tried)[name]), name
    assert tried.generator.get_state().equal(without.generator.get_state())


def test_cameras_around_the_object_need_no_trial(tiny_capture: Capture) -> None:
    trainer = small_trainer(tiny_capture, steps=60)
    train(trainer, 60)
    assert trainer.finished
    assert trainer.mirrored_lights is None


def test_saved_in_the_middle_of_a_trial_it_resumes_as_if_never_stopped(
    owl_from_the_front: Capture, tmp_path: Path
) -> None:
    straight = _on_trial(small_trainer(owl_from_the_front, steps=80))
    save_checkpoint(straight, tmp_path)
    resumed = load_trainer(tmp_path, capture=owl_from_the_front, device=CPU)
    assert resumed.steps == straight.steps
    assert _tried(resumed) == _tried(straight)
    assert train(resumed, 20) == train(straight, 20)


def test_what_came_of_it_is_saved(dish: Capture, tmp_path: Path) -> None:
    trainer = small_trainer(dish, steps=100)
    found = _tried(trainer)
    save_checkpoint(trainer, tmp_path)
    resumed = load_trainer(tmp_path, capture=dish, device=CPU)
    assert resumed.mirrored_lights == found
    assert MirroredLights.from_json(json.loads(json.dumps(found.to_json()))) == found


@pytest.mark.parametrize("bad", [{"error": 1e40}, {"error": 0.1, "mirrored_error": "x"}, [], {"trouble": 3}])
def test_what_no_trial_can_have_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"error|mirrored_lights|trouble"):
        MirroredLights.from_json(bad)


def test_other_photographs_begin_it_anew(owl_from_the_front: Capture) -> None:
    trainer = _on_trial(small_trainer(owl_from_the_front, steps=80))
    trainer.include(sorted(owl_from_the_front.keys)[:-1])
    assert trainer.trial_progress is None
    assert not _tried(trainer).taken


FAULTS = (FitError("Out of memory."), MemoryError(), RuntimeError("CUDA is gone"))


@pytest.mark.parametrize("error", FAULTS)
@pytest.mark.parametrize("where", ["step", "judge", "take"])
def test_a_trial_that_fails_leaves_the_run_as_it_was(
    owl_from_the_front: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, error: Exception
) -> None:
    trainer = _on_trial(small_trainer(owl_from_the_front, steps=80))
    before, steps = {name: tensor.clone() for name, tensor in live_tensors(trainer).items()}, trainer.steps
    trial = trainer._trial
    assert trial is not None
    fails = Mock(side_effect=error)
    if where == "step":
        monkeypatch.setattr(trial._rival, "step", fails)
    elif where == "judge":
        monkeypatch.setattr("core.fit.mirror_trial._error", fails)
    else:
        trial._error = 1e9  # everything is better
        real, faults = torch.optim.Adam.load_state_dict, [error]

        def broken_once(optimiser: torch.optim.Adam, state: dict[str, Any]) -> None:
            if faults:
                raise faults.pop()
            real(optimiser, state)

        monkeypatch.setattr(torch.optim.Adam, "load_state_dict", broken_once)
    found = _tried(trainer)
    assert (found.mirrored_error, found.taken) == (None, False)
    assert found.trouble == (str(error) or "MemoryError")
    assert trainer.steps == steps
    for name, tensor in live_tensors(trainer).items():
        assert tensor.equal(before[name]), name
    trainer.step()
    assert trainer.steps == steps + 1
    assert trainer.trial_progress is None
    save_checkpoint(trainer, tmp_path)
    assert load_trainer(tmp_path, capture=owl_from_the_front, device=CPU).mirrored_lights == found


def test_numbers_gone_bad_end_the_trial_and_nothing_of_them_is_saved(
    owl_from_the_front: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = _on_trial(small_trainer(owl_from_the_front, steps=80))
    monkeypatch.setattr("core.fit.mirror_trial._error", Mock(return_value=float("nan")))
    found = _tried(trainer)
    assert (found.mirrored_error, found.trouble) == (None, "its numbers went bad")
    save_checkpoint(trainer, tmp_path)
    assert load_trainer(tmp_path, capture=owl_from_the_front, device=CPU).mirrored_lights == found


def test_a_run_gone_bad_is_not_tried_and_goes_back_to_its_last_good_state(owl_from_the_front: Capture) -> None:
    trainer = small_trainer(owl_from_the_front, steps=80)
    while trainer.course.stage < 0.35:
        trainer.step()
    with torch.no_grad():
        trainer.model.sdf.grid.table.fill_(float("nan"))
    assert _tried(trainer).error is None
    with pytest.raises(FitError, match="last good state"):
        trainer.step()
    assert trainer.model.sdf.grid.table.isfinite().all()


def test_without_room_for_a_second_model_there_is_no_trial(
    owl_from_the_front: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.fit.mirror_trial.MirrorTrial", Mock(side_effect=MemoryError))
    trainer = small_trainer(owl_from_the_front, steps=80)
    found = _tried(trainer)
    assert (found.error, found.mirrored_error, found.taken) == (None, None, False)
    while not trainer.finished:
        trainer.step()


def test_the_trial_ends_at_the_stage_of_the_run_whatever_its_plan_is_by(owl_from_the_front: Capture) -> None:
    config = replace(SMALL, steps=None, seconds=60.0)
    trainer = Trainer(owl_from_the_front, config, device=CPU)
    while trainer.trial_progress is None:
        trainer.course.seconds += 0.3  # a slow machine
        trainer.step()
    stage = trainer.course.stage
    trial = trainer._trial
    assert trial is not None
    while trial.part < 1.0:
        trial._rival.course.seconds += 5.0  # and slower still: something else runs now
        trial._rival.step()
    assert trial._rival.course.stage == pytest.approx(stage, abs=0.01)


def test_a_run_thrown_back_to_its_beginning_is_not_tried(owl_from_the_front: Capture) -> None:
    trainer = Trainer(owl_from_the_front, replace(SMALL, steps=None, seconds=60.0), device=CPU)
    trainer.course.seconds = 22.0  # by the clock the opening is nearly over
    with torch.no_grad():
        trainer.model.lights.direction.copy_(torch.nn.functional.normalize(torch.tensor([0.6, 0.0, -0.8]), dim=0))
    trainer.step()
    assert trainer.steps == 1
    assert trainer.trial_progress is None


def test_lights_that_stand_in_the_room_are_turned_about_the_direction_to_the_cameras(dish: Capture) -> None:
    config = with_choices(replace(SMALL, steps=20), FitChoices(lights=LightModel(fixed_to="world")))
    trainer = Trainer(dish, config, device=CPU)
    toward = torch.nn.functional.normalize(torch.tensor([[0.3, 0.4, 0.9], [0.0, 0.0, 1.0]]), dim=1)
    turned = _mirrored(trainer, toward)
    # The cameras are nearly evenly spread about the z axis.
    expected = toward * torch.tensor([-1.0, -1.0, 1.0])
    assert (turned * expected).sum(1).acos().rad2deg().nan_to_num().max() < 8.0
    assert torch.allclose(turned.norm(dim=1), torch.ones(2))
    assert torch.allclose(_mirrored(trainer, turned), toward, atol=1e-6)
