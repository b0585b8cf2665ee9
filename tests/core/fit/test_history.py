"""Records come at growing intervals, survive a file, and end where a checkpoint does."""

from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from core.fit import history, sampled_errors
from core.fit.history import History
from core.types import ImageKey


@pytest.fixture(autouse=True)
def no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures themselves are tested where they are made."""
    for name in ("held_out_psnr_db", "normal_error_deg", "light_error_deg"):
        monkeypatch.setattr(history, name, lambda _trainer: None)


def run(steps: int, seconds_a_step: float) -> History:
    recorded = History()
    for step in range(1, steps + 1):
        trainer: Any = SimpleNamespace(seconds=step * seconds_a_step, psnr_db=lambda: 20.0, trial_progress=None)
        stats: Any = SimpleNamespace(step=step, losses={"total": 1.0})
        recorded.observe(trainer, stats, last=step == steps)
    return recorded


def test_intervals_grow_with_the_run() -> None:
    records = run(60_000, 0.01).records
    gaps = [after.seconds - before.seconds for before, after in pairwise(records)]
    assert 60 < len(records) < 120
    assert min(gaps[:-1]) >= 0.99
    assert gaps[-2] > 20.0


def test_first_and_last_step_are_always_there() -> None:
    records = run(37, 0.01).records
    assert [record.step for record in records] == [1, 37]


def test_the_last_step_is_recorded_once() -> None:
    recorded = run(5, 2.0)
    trainer: Any = SimpleNamespace(seconds=10.0, psnr_db=lambda: 20.0, trial_progress=None)
    stats: Any = SimpleNamespace(step=5, losses={})
    assert recorded.observe(trainer, stats, last=True) is None


def test_file_round_trip_ends_at_the_checkpoint() -> None:
    recorded = run(40, 1.0)
    assert History.from_json(recorded.to_json(), up_to_step=40).records == recorded.records
    assert History.from_json(recorded.to_json(), up_to_step=7).records[-1].step == 7
    later = [entry | {"a_name_of_tomorrow": 1} for entry in recorded.to_json()]
    assert History.from_json(later, up_to_step=40).records == recorded.records


def test_a_view_left_out_as_a_whole_is_not_measured_as_held_out(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer: Any = SimpleNamespace(included=frozenset({ImageKey(0, 0), ImageKey(1, 0)}))
    kept_out = [ImageKey(0, 1), ImageKey(2, 0)]
    monkeypatch.setattr(sampled_errors, "held_out_keys", lambda _: kept_out)
    monkeypatch.setattr(sampled_errors, "_photograph_psnr_db", lambda _, key: 30.0 if key.view == 0 else 5.0)
    assert sampled_errors.held_out_psnr_db(trainer) == 30.0
    kept_out.pop(0)
    assert sampled_errors.held_out_psnr_db(trainer) is None
