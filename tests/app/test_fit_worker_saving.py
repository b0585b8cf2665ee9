"""The fit thread saves and exports on request, and never leaves an unsaved run behind unasked."""

from pathlib import Path

from app.messages import (
    Close,
    Closed,
    Export,
    Failed,
    OpenCapture,
    OpenRun,
    Saved,
    SaveRun,
    SetRunning,
    Stats,
)
from core.errors import RunError
from core.fit.export_options import ExportOptions
from core.mesh.options import MeshOptions
from tests.app.bench import bench
from tests.app.fakes import FakeEngine


def test_saving_and_exporting_are_told() -> None:
    with bench() as b:
        b.open()
        b.start()
        b.until(Stats, lambda stats: stats.step > 2)
        b.send(SetRunning(running=False), SaveRun(folder=Path("runs/one")))
        assert b.until(Saved).what == "run"
        assert b.engine.saved[0][2] is True
        b.send(Export(folder=Path("out"), what=("mesh", "lights"), options=ExportOptions(mesh=MeshOptions(cells=64))))
        assert b.until(Saved).what == "export"


def test_closing_while_training_saves_first() -> None:
    with bench() as b:
        b.open(start=True)
        b.until(Stats, lambda stats: stats.step > 2)
        b.send(Close(save_to=Path("runs/last")))
        b.until(Closed)
        (folder, steps, results) = b.engine.saved[0]
        assert (folder, results) == (Path("runs/last"), False)
        assert steps == b.engine.trainers[0].steps


def test_closing_does_not_save_what_is_saved_already() -> None:
    with bench() as b:
        b.send(OpenRun(folder=Path("runs/vase")))
        b.state("paused")
        b.send(Close(save_to=Path("runs/vase")))
        b.until(Closed)
        assert b.engine.saved == []


def test_when_saving_fails_closing_is_called_off() -> None:
    with bench() as b:
        b.open(start=True)
        b.until(Stats, lambda stats: stats.step > 2)
        b.engine.fail_saving = RunError("The disk is full; free some space and try again.")
        b.send(Close(save_to=Path("runs/last")))
        b.state("paused")
        assert "disk is full" in b.until(Failed).text
        b.start()
        b.send(Close())
        b.until(Closed)


def test_another_capture_is_only_opened_once_the_open_run_is_safe() -> None:
    with bench() as b:
        b.open(start=True)
        b.until(Stats, lambda stats: stats.step > 2)
        b.engine.fail_saving = RunError("No permission to write there; choose another folder.")
        other = OpenCapture(
            folder=Path("cup"), preset="draft", seconds=60, seed=0, start=False, save_to=Path("runs/last")
        )
        b.send(other)
        b.until(Failed)
        assert len(b.engine.trainers) == 1
        b.engine.fail_saving = None
        b.send(other)
        b.state("ready")
        assert b.engine.saved[0][0] == Path("runs/last")


def test_a_closed_window_stops_the_opening_of_a_capture() -> None:
    engine = FakeEngine()
    engine.gate.clear()
    with bench(engine) as b:
        b.send(OpenCapture(folder=Path("large"), preset="draft", seconds=60, seed=0, start=True))
        assert engine.waiting.wait(30)
        b.send(Close(save_to=Path("runs/none")))
        b.until(Closed)
        assert not engine.saved
