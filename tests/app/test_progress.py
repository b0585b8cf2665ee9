"""Bars and tables of the command line."""

import io
from collections.abc import Callable

import pytest
from rich.console import Console

from app import progress
from app.evaluation_words import figures_of
from core.fields.kernels import compile_kernels
from core.fit.evaluation.figures import Evaluation


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """A terminal of 80 columns; called, it gives what was written to it."""
    written = io.StringIO()
    monkeypatch.setattr(
        progress, "error_console", lambda: Console(file=written, force_terminal=True, width=80, highlight=False)
    )
    return written.getvalue


def test_a_bar_is_shown_in_full_and_gone_when_its_task_ends(terminal: Callable[[], str]) -> None:
    with progress.progress_bar("Opening the run") as report:
        report("Getting the optimiser ready", 0.875)
    written = terminal()
    assert "Getting the optimiser ready" in written
    assert "88%" in written
    assert "\x1b[2K" in written.rpartition("Getting the optimiser ready")[2], (
        "the line is erased after its last drawing"
    )


def test_the_kernels_are_ready_at_the_end() -> None:
    told: list[tuple[str, float]] = []
    compile_kernels(lambda detail, fraction: told.append((detail, fraction)))
    assert [fraction for _, fraction in told] == sorted(fraction for _, fraction in told)
    assert not told or told[-1] == ("Getting the optimiser ready", 1.0)
    told.clear()
    compile_kernels(lambda detail, fraction: told.append((detail, fraction)))
    assert told == []


@pytest.mark.parametrize("kept_out", [0, 3])
def test_photographs_kept_out_are_only_told_where_there_are_some(kept_out: int) -> None:
    known = dict.fromkeys(Evaluation.__dataclass_fields__, 1) | {"surface": None, "held_out_images": kept_out}
    evaluation = Evaluation(**known)
    named = [name for name, _ in figures_of(evaluation) if "kept out" in name]
    assert named == ([f"PSNR, {kept_out} images kept out"] if kept_out else [])
