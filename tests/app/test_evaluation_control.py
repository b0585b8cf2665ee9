"""Measuring the open run from the window: what is asked, what is shown, and when it is out of date."""

from pathlib import Path
from typing import Any

import pytest

from app import messages as msg
from core.types import ImageKey
from tests.app.bench import bench
from tests.app.desk import Desk, run_state, stats
from tests.app.fake_captures import evaluation


def measured(desk: Desk, *, steps: int, report: Path | None = None) -> Any:
    desk.handle(msg.Evaluated(evaluation=evaluation(steps), report=report, command="chiaro eval RUN"))
    return desk.panels.evaluation


def last_note(desk: Desk) -> str:
    return desk.panels.evaluation.show_note.call_args.args[0]


def test_there_is_nothing_to_measure_before_the_first_step() -> None:
    desk = Desk()
    desk.controller.evaluation.measure()
    desk.open("ready")
    assert desk.panels.evaluation.enable.call_args.args == (False,)
    desk.controller.evaluation.measure()
    desk.controller.evaluation.ask_report()
    assert desk.sent == []
    assert "Train" in last_note(desk)
    assert "nothing to measure" in desk.panels.toolbar.show_note.call_args.args[0]


def test_a_run_is_measured_as_it_stands() -> None:
    desk = Desk()
    desk.open("paused", step=40)
    assert desk.panels.evaluation.enable.call_args.args == (True,)
    desk.controller.evaluation.measure()
    assert desk.last(msg.Evaluate).report is None


def test_the_worst_photograph_comes_first_and_can_be_looked_at() -> None:
    desk = Desk()
    desk.open("paused", step=40)
    panel = measured(desk, steps=40)
    shown = panel.show.call_args.kwargs
    assert shown["photographs"][0].key == ImageKey(0, 0)
    assert [line.use for line in shown["photographs"]].count("kept out") == 1
    assert ("PSNR, 1 images kept out", "41.00 dB") in shown["figures"]
    assert [group[:2] for group in shown["groups"]] == [("Trained on", "11"), ("Kept out, view and light known", "1")]
    assert shown["notes"] == ("A note.",)
    assert last_note(desk) == "Measured at step 40"


def test_figures_tell_how_old_they_are() -> None:
    desk = Desk()
    desk.open("running", step=40)
    measured(desk, steps=40)
    desk.handle(stats(41))
    assert last_note(desk) == "Measured at step 40, 1 step ago"
    desk.handle(stats(1300))
    assert last_note(desk) == "Measured at step 40, 1,260 steps ago"


def test_another_run_has_no_figures_yet() -> None:
    desk = Desk()
    desk.open("paused", step=40)
    measured(desk, steps=40)
    desk.panels.evaluation.show_empty.reset_mock()
    desk.handle(run_state("ready"), msg.RunHistory(moments=()))
    desk.panels.evaluation.show_empty.assert_called_once()
    assert "Measured" not in last_note(desk)


def test_a_report_goes_where_the_user_says() -> None:
    desk = Desk()
    desk.open("paused", step=40)
    desk.controller.evaluation.ask_report()
    asked = desk.panels.dialogs.path.call_args.kwargs
    assert (asked["folders"], asked["save"], asked["start"].name) == (False, True, "vase.html")
    asked["on_path"](Path("somewhere/mine.html"))
    assert desk.last(msg.Evaluate).report == Path("somewhere/mine.html")
    asked["on_path"](Path("somewhere/mine"))
    assert desk.last(msg.Evaluate).report == Path("somewhere/mine.html")
    measured(desk, steps=40, report=Path("somewhere/mine.html"))
    title, text = desk.panels.dialogs.message.call_args.args
    assert title == "Report written"
    assert "mine.html" in text
    assert "chiaro eval" in text


@pytest.mark.parametrize("running", [False, True])
def test_the_fit_thread_measures_between_two_steps(tmp_path: Path, running: bool) -> None:
    with bench() as fit:
        fit.open(start=True)
        fit.until(msg.Stats, lambda event: event.step > 3)
        if not running:
            fit.send(msg.SetRunning(running=False))
            fit.state("paused")
        file = tmp_path / "report.html"
        fit.send(msg.Evaluate(report=file))
        found = fit.until(msg.Evaluated)
        assert found.report == file
        assert file.is_file()
        assert found.evaluation.steps == fit.engine.trainers[0].steps or running


def test_nothing_is_measured_before_the_first_step() -> None:
    with bench() as fit:
        fit.open()
        fit.send(msg.Evaluate())
        fit.start()
        fit.until(msg.Stats, lambda event: event.step > 0)
        assert not any(isinstance(event, msg.Evaluated) for event in fit.seen)
