"""A trainer that has made a few steps on the tiny capture: enough to save, load, export and relight."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
import torch

from core.capture.capture import Capture
from core.fit import results
from core.fit.config import draft
from core.fit.evaluation import evaluate
from core.fit.history import History
from core.fit.trainer import Trainer
from core.types import ImageKey

STEPS = 12


def tiny_trainer(capture: Capture, *, without: frozenset[ImageKey] = frozenset()) -> Trainer:
    config = replace(draft(), seconds=None, steps=STEPS, rays=64, rays_beside=16)
    return Trainer(capture, config, device=torch.device("cpu"), included=frozenset(capture.keys) - without)


def train_tiny(trainer: Trainer) -> History:
    history = History()
    while not trainer.finished:
        stats = trainer.step()
        history.observe(trainer, stats, last=trainer.finished)
    return history


@contextmanager
def coarse_meshes() -> Generator[None, None, None]:
    """Within the block results come with coarse meshes, for tests of other things."""
    extract = results.extract_mesh

    def coarse(*arguments: Any, cells: int, **options: Any) -> Any:
        return extract(*arguments, cells=min(cells, 24), **options)

    with pytest.MonkeyPatch.context() as patch:
        for module in (results, evaluate):
            patch.setattr(module, "extract_mesh", coarse)
        yield
