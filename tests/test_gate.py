"""The gate of the benchmarks lets noise pass and stops what is worse. Nothing is measured here."""

import json
from pathlib import Path

import pytest

from tests.benchmarks import __main__ as benchmarks
from tests.benchmarks.__main__ import Arguments
from tests.benchmarks.figures import FIGURES, Figure

NAME = "headless.peak_memory_gb"


def gate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: float, baseline: float, *, on: bool = True) -> int:
    file = tmp_path / "baseline.json"
    file.write_text(json.dumps({"figures": {NAME: baseline}}))
    monkeypatch.setattr(benchmarks, "BASELINE", file)
    monkeypatch.setattr(benchmarks, "measure_headless", lambda: {NAME: value})
    return benchmarks.main(Arguments(gate=on, only=("headless",)))


def test_noise_passes_and_regressions_do_not(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert gate(monkeypatch, tmp_path, value=1.0, baseline=1.0) == 0
    assert gate(monkeypatch, tmp_path, value=1.1, baseline=1.0) == 0
    assert gate(monkeypatch, tmp_path, value=0.5, baseline=1.0) == 0
    assert gate(monkeypatch, tmp_path, value=1.3, baseline=1.0) == 1
    assert gate(monkeypatch, tmp_path, value=1.3, baseline=1.0, on=False) == 0


def test_a_missed_goal_fails_whatever_the_baseline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert gate(monkeypatch, tmp_path, value=2.1, baseline=2.1) == 1


def test_better_means_what_the_figure_says() -> None:
    speed = Figure(unit="steps/s", better="higher", goal=25.0, tolerance=0.2)
    assert speed.meets_goal(25.0)
    assert not speed.meets_goal(24.9)
    assert speed.regressed(79.0, 100.0)
    assert not speed.regressed(81.0, 100.0)
    error = Figure(unit="°", better="lower", tolerance=0.2)
    assert error.meets_goal(1e9)
    assert error.regressed(1.21, 1.0)
    assert not error.regressed(0.1, 1.0)


def test_the_committed_baseline_knows_only_figures_that_are_measured() -> None:
    if benchmarks.BASELINE.is_file():
        assert json.loads(benchmarks.BASELINE.read_text())["figures"].keys() <= FIGURES.keys()
