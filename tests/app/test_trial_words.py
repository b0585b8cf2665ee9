"""What window and command line say while all lights are tried on the other side, and afterwards."""

from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
from rich.progress import Progress

from app.commands.training_bar import TrainingBar
from core.fit.mirrored_lights import MirroredLights
from tests.app.desk import Desk, run_state, stats


def _note(desk: Desk) -> str:
    return desk.panels.toolbar.show_note.call_args[0][0]


MOVED = MirroredLights(error=0.2, mirrored_error=0.1).told
STAY = MirroredLights(error=0.1, mirrored_error=0.2).told
BROKEN = MirroredLights(error=0.1, mirrored_error=None, trouble="Out of memory.").told


def _training() -> Desk:
    desk = Desk()
    desk.open("running")
    desk.handle(stats(300))
    desk.panels.toolbar.show_note.reset_mock()
    desk.panels.plots.add.reset_mock()
    return desk


def test_what_is_told_is_what_came_of_it() -> None:
    assert "a hollow explains" in MOVED
    assert "stay" in STAY
    assert BROKEN == "Lights could not be tried on the other side: Out of memory."


@pytest.mark.parametrize("told", [MOVED, STAY, BROKEN])
def test_the_window_says_that_lights_are_being_tried_and_what_came_of_it(told: str) -> None:
    desk = _training()
    desk.handle(stats(320, trial=0.0), stats(320, trial=0.4))
    assert desk.panels.status.show.call_args[1]["word"] == "Trial 40%"
    assert "may look like a bump" in _note(desk)
    assert desk.panels.toolbar.show_note.call_count == 1  # so that other notes can be read
    desk.panels.plots.add.assert_not_called()  # the run stands still
    desk.handle(stats(320, tried=told))
    assert desk.panels.status.show.call_args[1]["word"] == ""
    assert _note(desk) == told
    desk.handle(stats(340, tried=told))
    assert desk.panels.toolbar.show_note.call_count == 2


def test_a_trial_that_was_dropped_has_come_to_nothing() -> None:
    desk = _training()
    desk.handle(stats(320, trial=0.4), stats(330))
    assert desk.panels.toolbar.show_note.call_count == 1
    desk.handle(stats(340, trial=0.0))  # begun anew
    assert desk.panels.toolbar.show_note.call_count == 2


def test_what_came_of_another_runs_trial_is_not_told_as_news() -> None:
    desk = _training()
    desk.handle(stats(320, trial=0.4), run_state("paused", step=900, number=2))
    before = desk.panels.toolbar.show_note.call_count
    desk.handle(stats(900, tried=MOVED))
    assert desk.panels.toolbar.show_note.call_count == before


def test_the_bar_shows_the_trial_and_then_the_run_again() -> None:
    trainer: Any = SimpleNamespace(
        steps=10, seconds=1.0, planned_steps=100, planned_seconds=None, trial_progress=None, psnr_db=lambda: 20.0
    )
    drawn = Mock(spec=Progress)
    bar = TrainingBar(drawn, trainer)
    trainer.trial_progress = 0.25
    bar.show(trainer)
    assert drawn.update.call_args[1] == {"description": "Trial", "detail": "all lights tried on the other side: 25%"}
    trainer.trial_progress = None
    bar.show(trainer)
    assert drawn.update.call_args[1]["description"] == "Training"
    assert "step 10" in drawn.update.call_args[1]["detail"]
