"""LPIPS is used as MVSCPS uses it where it is installed, and otherwise said to be missing; nothing is downloaded."""

import importlib.util
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from core.fit.evaluation.perceptual import perceptual_metric


class FarFrom:
    """Stands in for the network: twice the mean absolute difference; remembers what it was given."""

    given: list[torch.Tensor]

    def __init__(self, net: str, verbose: bool) -> None:
        self.given = []

    def eval(self) -> "FarFrom":
        FarFrom.last = self
        return self

    def __call__(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        self.given += [a, b]
        return 2.0 * (a - b).abs().mean(dim=(1, 2, 3), keepdim=True)

    last: "FarFrom"


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The packages are there; returns the folder of weights, empty."""
    real = importlib.util.find_spec

    def find_spec(name: str, package: str | None = None) -> Any:
        return ModuleSpec(name, None) if name in {"lpips", "torchvision"} else real(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", find_spec)
    monkeypatch.setitem(sys.modules, "lpips", SimpleNamespace(LPIPS=FarFrom))
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    (tmp_path / "checkpoints").mkdir()
    return tmp_path / "checkpoints"


def test_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    metric, why = perceptual_metric()
    assert metric is None
    assert "not installed" in why


def test_says_where_the_weights_should_be(installed: Path) -> None:
    metric, why = perceptual_metric()
    assert metric is None
    assert str(installed) in why


def test_compares_the_object_on_black(installed: Path) -> None:
    (installed / "alexnet-owt-7be5be79.pth").touch()
    metric, why = perceptual_metric()
    assert (metric is not None, why) == (True, "")
    mask = np.zeros((90, 100), bool)
    mask[10:80, 20:90] = True
    a, b = np.full((90, 100, 3), 2.0, np.float32), np.full((90, 100, 3), 0.9, np.float32)
    assert metric is not None
    # 1 against 0.9, in [-1, 1]: a difference of 0.2, twice.
    assert metric(a, b, mask) == pytest.approx(0.4)
    assert [tuple(image.shape) for image in FarFrom.last.given] == [(1, 3, 70, 70)] * 2
    mask[40:] = False
    assert metric(a, np.zeros_like(b), mask) <= 1.0
    assert FarFrom.last.given[-1].shape[2:] == (64, 70)
