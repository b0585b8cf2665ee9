"""Saved and resumed runs equal straight ones; wrong checkpoints are refused in a sentence."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import SafetensorError

from core.capture.capture import Capture
from core.capture.import_options import ImportOptions
from core.capture.read import read_capture
from core.errors import RunError
from core.fit.checkpoint import NUMBER_FILE, TENSOR_FILE, load_trainer, save_checkpoint, saved_options
from core.fit.fingerprint import capture_fingerprint
from core.fit.last_good import live_tensors
from tests.core.fit.small import CPU, small_trainer, train


@pytest.fixture(scope="module")
def saved(tiny_capture: Capture, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    trainer = small_trainer(tiny_capture, steps=60)
    train(trainer, 20)
    save_checkpoint(trainer, folder)
    return folder


def _copy(saved: Path, folder: Path) -> Path:
    for name in (NUMBER_FILE, TENSOR_FILE):
        (folder / name).write_bytes((saved / name).read_bytes())
    return folder


def test_a_resumed_run_equals_a_straight_one(tiny_capture: Capture, saved: Path) -> None:
    straight = small_trainer(tiny_capture, steps=60)
    train(straight, 20)
    straight_losses = train(straight, 40)
    resumed = load_trainer(saved, device=CPU)  # reads the capture itself
    assert resumed.steps == 20
    assert train(resumed, 40) == straight_losses
    assert resumed.finished
    for name, tensor in live_tensors(straight).items():
        assert tensor.equal(live_tensors(resumed)[name]), name
    assert resumed.image_losses() == straight.image_losses()
    np.testing.assert_array_equal(resumed.lights().directions_gl, straight.lights().directions_gl)


def test_the_choice_of_images_and_the_plan_come_back(tiny_capture: Capture, tmp_path: Path) -> None:
    trainer = small_trainer(tiny_capture, steps=10)
    chosen = frozenset(key for key in tiny_capture.keys if key.view != 1)
    trainer.include(chosen)
    train(trainer, 10)
    trainer.extend(steps=5)
    save_checkpoint(trainer, tmp_path)
    resumed = load_trainer(tmp_path, capture=tiny_capture, device=CPU)
    assert resumed.included == chosen
    assert resumed.course.plan == trainer.course.plan
    assert resumed.config == trainer.config


def test_both_files_may_be_read_by_the_same_people(saved: Path) -> None:
    assert (saved / TENSOR_FILE).stat().st_mode == (saved / NUMBER_FILE).stat().st_mode


def test_another_capture_is_refused(tiny_capture: Capture, saved: Path) -> None:
    changed = replace(tiny_capture, masks={view: ~mask for view, mask in tiny_capture.masks.items()})
    with pytest.raises(RunError, match="another capture"):
        load_trainer(saved, capture=changed, device=CPU)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"format": 99}, "newer Chiaro"),
        ({"format": "one"}, "not written by Chiaro"),
        ({"mark": "0"}, "different saves"),
        ({"config": {}}, "holds what no run can have"),
        ({"plan": {"first_step": 1}}, "holds what no run can have"),
        ({"included": ["nonsense"]}, "holds what no run can have"),
        ({"seed": None}, "holds what no run can have"),
    ],
)
def test_changed_numbers_are_refused(
    tiny_capture: Capture, saved: Path, tmp_path: Path, change: dict[str, object], sentence: str
) -> None:
    folder = _copy(saved, tmp_path)
    numbers = json.loads((folder / NUMBER_FILE).read_text()) | change
    (folder / NUMBER_FILE).write_text(json.dumps(numbers))
    with pytest.raises(RunError, match=sentence):
        load_trainer(folder, capture=tiny_capture, device=CPU)


def test_runs_saved_before_features_and_mist_had_weights_stay_as_they_were(
    tiny_capture: Capture, saved: Path, tmp_path: Path
) -> None:
    folder = _copy(saved, tmp_path)
    numbers = json.loads((folder / NUMBER_FILE).read_text())
    assert numbers["config"]["model"]["sdf"].pop("feature_gain") != 1.0
    weights = numbers["config"]["weights"]
    assert 0.0 not in (weights.pop("clear"), weights.pop("solid"))
    floor = weights["colour_floor"]
    assert weights.pop("least_floor") < floor
    (folder / NUMBER_FILE).write_text(json.dumps(numbers))
    trainers = [load_trainer(each, capture=tiny_capture, device=CPU) for each in (saved, folder)]
    old = replace(trainers[0].config.weights, clear=0.0, solid=0.0, least_floor=floor)
    assert trainers[1].config.weights == old
    assert trainers[1].colour_floor == floor
    now, then = (trainer.model.sdf for trainer in trainers)
    points = torch.rand((20, 3), generator=torch.Generator().manual_seed(1)) - 0.5
    torch.testing.assert_close(now(points)[1], now.config.feature_gain * then(points)[1])
    assert torch.equal(now(points)[0], then(points)[0])


@pytest.mark.parametrize("name", [NUMBER_FILE, TENSOR_FILE])
def test_missing_and_cut_files_are_refused(tiny_capture: Capture, saved: Path, tmp_path: Path, name: str) -> None:
    folder = _copy(saved, tmp_path)
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(RunError, match=f"{name}.*damaged"):
        load_trainer(folder, capture=tiny_capture, device=CPU)
    (folder / name).unlink()
    with pytest.raises(RunError, match=f"{name} is missing"):
        load_trainer(folder, capture=tiny_capture, device=CPU)


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)"),
    ],
)
def test_a_full_disk_leaves_the_old_checkpoint(
    error: Exception, tiny_capture: Capture, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _copy(saved, tmp_path)
    trainer = load_trainer(folder, capture=tiny_capture, device=CPU)
    train(trainer, 2)

    def full(*_: object, **__: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr("core.fit.saved_tensors.save_file", full)
        with pytest.raises(RunError, match=f"into {folder}: No space left on device; free some space"):
            save_checkpoint(trainer, folder)
    assert load_trainer(folder, capture=tiny_capture, device=CPU).steps == 20


def test_a_run_remembers_how_its_capture_was_read(tmp_path: Path, tiny_capture_folder: Path) -> None:
    options = ImportOptions(reduce=2, sphere=((0.0, 0.0, 0.0), 0.9))
    trainer = small_trainer(read_capture(tiny_capture_folder, options=options))
    save_checkpoint(trainer, tmp_path)
    assert saved_options(tmp_path) == options
    resumed = load_trainer(tmp_path, device=CPU)
    assert resumed.capture.cameras[0].width == 24
    assert resumed.frame.scale == 0.9
    assert capture_fingerprint(resumed.capture) == capture_fingerprint(trainer.capture)


def test_a_reduction_that_memory_asked_for_is_kept(tmp_path: Path, tiny_capture: Capture) -> None:
    save_checkpoint(small_trainer(replace(tiny_capture, reduced=3)), tmp_path)
    assert saved_options(tmp_path).reduce == 3
