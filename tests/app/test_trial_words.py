"""What window and command line say while all lights are tried on the other side, and afterwards."""

from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

from rich.progress import Progress

from app.commands.training_bar import TrainingBar
from tests.app.desk import Desk, stats


def _note(desk: Desk) -> str:
    return desk.panels.toolbar.show_note.call_args[0][0]


def test_the_window_says_that_lights_are_being_tried_and_what_came_of_it() -> None:
    desk = Desk()
    desk.open("running")
    desk.handle(stats(300))
    desk.panels.toolbar.show_note.reset_mock()
    desk.panels.plots.add.reset_mock()
    desk.handle(stats(320, trial=0.0), stats(320, trial=0.4))
    assert desk.panels.status.show.call_args[1]["word"] == "Hollow?"
    assert "other side, 40%" in _note(desk)
    desk.panels.plots.add.assert_not_called()  # the run stands still
    desk.handle(stats(320, mirrored=True))
    assert desk.panels.status.show.call_args[1]["word"] == ""
    assert "a hollow explains" in _note(desk)
    desk.handle(stats(340, mirrored=True))
    assert "a hollow explains" in _note(desk)


def test_the_window_says_that_the_lights_stay() -> None:
    desk = Desk()
    desk.open("running")
    desk.handle(stats(320, trial=0.4), stats(330))
    assert "explain less" in _note(desk)


def test_the_bar_shows_the_trial_and_then_the_run_again() -> None:
    trainer: Any = SimpleNamespace(
        steps=10, seconds=1.0, planned_steps=100, planned_seconds=None, trial_progress=None, psnr_db=lambda: 20.0
    )
    drawn = Mock(spec=Progress)
    bar = TrainingBar(drawn, trainer)
    trainer.trial_progress = 0.25
    bar.show(trainer)
    assert drawn.update.call_args[1] == {"description": "Hollow?", "detail": "all lights tried on the other side: 25%"}
    trainer.trial_progress = None
    bar.show(trainer)
    assert drawn.update.call_args[1]["description"] == "Training"
    assert "step 10" in drawn.update.call_args[1]["detail"]
