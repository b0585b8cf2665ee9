"""Every reflectance trains, is saved and read, and shows its material in the same convention."""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from core.capture.capture import Capture
from core.fields.material_fit import fitted_material
from core.fields.reflectance_kind import ReflectanceKind
from core.fit.checkpoint import NUMBER_FILE, TENSOR_FILE, load_trainer, save_checkpoint
from core.fit.choices import FitChoices
from core.fit.config import with_choices
from core.fit.trainer import Trainer
from tests.core.fit.small import CPU, SMALL, train

KINDS = get_args(ReflectanceKind)


def _trainer(capture: Capture, kind: ReflectanceKind, *, steps: int) -> Trainer:
    config = with_choices(replace(SMALL, steps=steps), FitChoices(reflectance=kind))
    return Trainer(capture, config, device=CPU)


def _features(trainer: Trainer, count: int = 64) -> torch.Tensor:
    points = 0.5 * torch.nn.functional.normalize(torch.randn((count, 3), generator=torch.Generator().manual_seed(3)))
    with torch.no_grad():
        return trainer.model.sdf(points)[1]


@pytest.mark.parametrize("kind", KINDS)
def test_every_reflectance_learns(tiny_capture: Capture, kind: ReflectanceKind) -> None:
    trainer = _trainer(tiny_capture, kind, steps=120)
    start = [parameter.detach().clone() for parameter in trainer.model.reflectance.parameters()]
    losses = train(trainer, 120)
    assert sum(losses[-20:]) < 0.8 * sum(losses[:20])
    moved = [not torch.equal(old, new) for old, new in zip(start, trainer.model.reflectance.parameters(), strict=True)]
    assert all(moved)


@pytest.mark.parametrize("kind", KINDS)
def test_every_reflectance_comes_back_from_disk(tiny_capture: Capture, kind: ReflectanceKind, tmp_path: Path) -> None:
    trainer = _trainer(tiny_capture, kind, steps=6)
    train(trainer, 3)
    save_checkpoint(trainer, tmp_path)
    again = load_trainer(tmp_path, capture=tiny_capture, device=CPU)
    assert again.config.model.reflectance == kind
    assert train(trainer, 3) == train(again, 3)


@pytest.mark.parametrize(("residual", "kind"), [(True, "hybrid"), (False, "analytic")])
def test_runs_saved_before_there_was_a_choice_open(
    tiny_capture: Capture, tmp_path: Path, residual: bool, kind: ReflectanceKind
) -> None:
    trainer = _trainer(tiny_capture, kind, steps=6)
    train(trainer, 2)
    save_checkpoint(trainer, tmp_path)
    numbers = json.loads((tmp_path / NUMBER_FILE).read_text())
    del numbers["config"]["model"]["reflectance"]
    numbers["config"]["model"]["residual"] = residual
    (tmp_path / NUMBER_FILE).write_text(json.dumps(numbers))
    again = load_trainer(tmp_path, capture=tiny_capture, device=CPU)
    assert again.config.model.reflectance == kind
    assert train(trainer, 2) == train(again, 2)


def test_runs_open_whose_network_had_no_name_of_its_own(tiny_capture: Capture, tmp_path: Path) -> None:
    trainer = _trainer(tiny_capture, "hybrid", steps=6)
    train(trainer, 2)
    save_checkpoint(trainer, tmp_path)
    file = tmp_path / TENSOR_FILE
    with safe_open(file, framework="pt") as opened:
        mark = opened.metadata()
        tensors = {name.replace(".network.", "."): opened.get_tensor(name) for name in list(opened.keys())}
    assert "model.reflectance.feature_w" in tensors
    save_file(tensors, file, metadata=mark)
    again = load_trainer(tmp_path, capture=tiny_capture, device=CPU)
    assert train(trainer, 2) == train(again, 2)


@pytest.mark.parametrize("kind", KINDS)
def test_shown_colours_are_those_under_the_mean_light(tiny_capture: Capture, kind: ReflectanceKind) -> None:
    """Under the mean light albedo one appears as one, whatever the brightness of light and photographs is."""
    trainer = _trainer(tiny_capture, kind, steps=20)
    train(trainer, 5)
    model, features = trainer.model, _features(trainer)
    with torch.no_grad():
        own, shown = fitted_material(model.reflectance, features), model.shown_material(features)
        unit = model.mean_intensity() / (math.pi * model.exposure)
    torch.testing.assert_close(shown.albedo, own.albedo * unit)
    torch.testing.assert_close(shown.specular, own.specular * unit)
    torch.testing.assert_close(shown.roughness, own.roughness)
    model.exposure *= 2.0
    torch.testing.assert_close(model.shown_material(features).albedo, 0.5 * shown.albedo)
    assert not shown.albedo.requires_grad
