"""A trainer that has made a few steps on the tiny capture: enough to save, load, export and relight."""

from dataclasses import replace

import torch

from core.capture.capture import Capture
from core.fit.config import draft
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
