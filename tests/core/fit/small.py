"""A configuration that fits the tiny capture in a few seconds on one core."""

from dataclasses import replace
from pathlib import Path

import torch

from core.capture.capture import Capture
from core.fields.model import ModelConfig
from core.fields.sdf import SdfConfig
from core.fit.checkpoint import load_trainer, save_checkpoint
from core.fit.config import FitConfig
from core.fit.last_good import live_tensors
from core.fit.trainer import Trainer

CPU = torch.device("cpu")
SMALL = FitConfig(
    seconds=None,
    steps=300,
    rays=192,
    rays_one_light=256,
    rays_beside=64,
    lights_per_ray=4,
    model=ModelConfig(
        sdf=SdfConfig(levels=7, coarsest_cells=12, finest_cells=64, log2_rows=15), hidden=32, cache_cells=48
    ),
)


def small_trainer(capture: Capture, *, steps: int = 300, seed: int = 0) -> Trainer:
    """A trainer of the small configuration, planned for ``steps``."""
    return Trainer(capture, replace(SMALL, steps=steps), device=CPU, seed=seed)


def train(trainer: Trainer, steps: int) -> list[float]:
    """Make ``steps`` steps; the total losses."""
    return [trainer.step().losses["total"] for _ in range(steps)]


def assert_resumes_as_if_never_stopped(straight: Trainer, folder: Path, *, steps: int) -> None:
    """Save ``straight`` after ``steps``, go on with it and with what is loaded: the same to the last bit."""
    train(straight, steps)
    save_checkpoint(straight, folder)
    losses = train(straight, steps)
    resumed = load_trainer(folder, capture=straight.capture, device=CPU)
    assert resumed.config == straight.config
    assert train(resumed, steps) == losses
    for name, tensor in live_tensors(straight).items():
        assert tensor.equal(live_tensors(resumed)[name]), name
