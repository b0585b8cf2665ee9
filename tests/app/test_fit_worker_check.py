"""What the fit thread tells about a capture before and between training."""

from pathlib import Path

from app.messages import (
    CaptureChecked,
    CheckCapture,
    CheckProgress,
    Failed,
    OpenCapture,
    OpenRun,
    Preview,
    SetRunning,
    SetUp,
    ShowImage,
    Stats,
)
from core.capture.import_options import ImportOptions
from core.types import ImageKey
from tests.app.bench import bench
from tests.app.fakes import FakeEngine


def test_an_opened_capture_is_looked_over_at_once_and_closer_while_it_rests() -> None:
    with bench() as b:
        b.begin()
        first = b.until(CaptureChecked)
        assert first.opening
        assert not first.checked.complete
        assert b.until(CaptureChecked, lambda event: event.checked.complete).opening is False
        assert b.engine.checks == 1


def test_looking_closer_gives_way_to_what_is_asked_and_begins_anew() -> None:
    engine = FakeEngine()
    engine.check_parts = 10_000
    with bench(engine) as b:
        b.open()
        b.until(CheckProgress, lambda event: (event.fraction or 0.0) > 0.0)
        b.start()
        b.until(Stats, lambda stats: stats.step > 3)
        engine.check_parts = 3
        b.send(SetRunning(running=False))
        b.until(CaptureChecked, lambda event: event.checked.complete)


def test_a_capture_that_cannot_be_read_is_shown_with_its_fixes_and_read_with_one() -> None:
    with bench() as b:
        b.open()
        b.send(OpenCapture(folder=Path("somewhere/broken"), preset="draft", seconds=60.0, seed=0, start=True))
        event = b.until(CaptureChecked, lambda event: not event.checked.trainable)
        assert event.opening
        assert not event.started
        assert b.state("empty").included == ()
        options = event.checked.report.findings[0].fixes[0].options
        b.send(
            OpenCapture(
                folder=Path("somewhere/broken"), preset="draft", seconds=60.0, seed=0, start=True, options=options
            )
        )
        assert b.until(CaptureChecked, lambda event: event.checked.trainable).started
        b.state("running")
        assert b.engine.kept == {Path("somewhere/broken"): options}
        assert not any(isinstance(event, Failed) for event in b.seen)


def test_choices_that_cannot_be_kept_are_told() -> None:
    with bench() as b:
        locked = Path("somewhere/locked")
        b.send(
            OpenCapture(
                folder=locked, preset="draft", seconds=60.0, seed=0, start=False, options=ImportOptions(reduce=2)
            )
        )
        event = b.until(CaptureChecked)
        assert not event.choices_kept
        assert event.checked.options.reduce == 2


def test_an_open_capture_is_checked_on_request_also_while_it_trains() -> None:
    with bench() as b:
        b.open(start=True)
        b.until(Stats, lambda stats: stats.step > 3)
        b.send(CheckCapture())
        b.until(CaptureChecked, lambda event: event.checked.complete)
        last = b.until(Stats)
        b.until(Stats, lambda stats: stats.step > last.step)


def test_a_run_is_looked_over_too() -> None:
    with bench() as b:
        b.send(OpenRun(folder=Path("runs/vase")))
        b.until(CaptureChecked, lambda event: event.checked.complete and not event.opening)


def test_after_an_opening_that_came_to_nothing_figures_and_pictures_are_told_again() -> None:
    with bench() as b:
        b.open()
        b.until(Stats)
        b.send(ShowImage(key=ImageKey(0, 0)))
        b.until(Preview)
        b.begin(folder="somewhere/missing")
        b.until(Failed)  # of two states in a row only the newer need arrive
        b.until(Stats)
        b.until(Preview)


def test_another_up_axis_is_taken_by_the_open_run() -> None:
    with bench() as b:
        b.open(start=True)
        b.until(Stats, lambda stats: stats.step > 3)
        b.send(SetUp(up="+y"))
        event = b.until(CaptureChecked, lambda event: event.checked.options.up == "+y")
        assert not event.opening
        assert len(b.engine.trainers) == 1
        assert b.engine.trainers[0].capture.up == "+y"
        assert b.engine.kept == {Path("somewhere/vase"): ImportOptions(up="+y")}


def test_a_folder_that_nothing_can_be_made_of_is_an_error_whatever_is_open(tmp_path: Path) -> None:
    folder = tmp_path / "missing pictures"
    folder.mkdir()
    with bench() as b:
        for _ in range(2):
            b.send(OpenCapture(folder=folder, preset="draft", seconds=60.0, seed=0, start=False))
            assert b.until(Failed).text
            b.open()
