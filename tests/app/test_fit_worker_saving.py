"""The fit thread saves and exports on request, keeps what was learnt unasked, and leaves nothing behind unsaved."""

from pathlib import Path

from app.messages import (
    Close,
    Closed,
    Export,
    ExtendPlan,
    Failed,
    OpenCapture,
    OpenRun,
    Restart,
    RunHistory,
    RunKept,
    Saved,
    SaveRun,
    SetRunning,
    State,
    Stats,
    Task,
)
from core.errors import RunError
from core.fit.export_options import ExportOptions
from core.mesh.options import MeshOptions
from tests.app.bench import bench
from tests.app.fakes import FakeEngine

KEPT = Path("kept/vase")


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


def test_a_paused_run_is_safe_without_a_question() -> None:
    with bench() as b:
        b.open(start=True)
        b.until(Stats, lambda stats: stats.step > 2)
        b.send(SetRunning(running=False))
        kept = b.until(RunKept)
        assert (kept.folder, kept.number, kept.trouble) == (KEPT, 1, "")
        assert b.engine.kept_runs == [(KEPT, b.engine.trainers[0].steps)]
        assert not any(isinstance(event, Task) and "Saving" in event.title for event in b.seen), "a bar came up"
        b.send(ExtendPlan(planned_seconds=2e6))
        state = b.until(State)
        assert (state.run_folder, state.saved_step, state.kept_folder) == (None, 0, KEPT)


def test_a_finished_run_is_safe() -> None:
    with bench() as b:
        b.begin(start=True, seconds=0.1)
        assert b.until(RunKept).step == 10


def test_a_save_that_fails_leaves_the_run_as_it_is() -> None:
    with bench() as b:
        b.open(start=True)
        b.engine.fail_keeping = RunError("The disk is full; free some space and try again.")
        b.until(Stats, lambda stats: stats.step > 2)
        b.send(SetRunning(running=False))
        assert "disk is full" in b.until(RunKept).trouble
        b.start()
        b.until(Stats)
        assert not any(isinstance(event, Failed) for event in b.seen), "no dialog"


def test_leaving_a_run_that_is_safe_already_takes_that_folder_as_its_own() -> None:
    with bench() as b:
        b.open(start=True)
        b.until(Stats, lambda stats: stats.step > 2)
        b.send(SetRunning(running=False))
        b.until(RunKept)
        b.send(Close(save_to=Path("runs/another")))
        assert b.until(Saved).folder == KEPT
        b.until(Closed)
        assert (b.engine.saved, b.engine.removed) == ([], [])


def test_leaving_a_run_that_has_come_further_saves_it_where_it_was_kept() -> None:
    with bench() as b:
        b.open(start=True)
        b.until(Stats, lambda stats: stats.step > 2)
        b.send(SetRunning(running=False))
        before = b.until(RunKept).step
        b.start()
        b.until(Stats, lambda stats: stats.step > before)
        b.send(Close(save_to=Path("runs/another")))
        b.until(Closed)
        assert b.engine.saved == [(KEPT, b.engine.trainers[0].steps, False)]
        assert b.engine.removed == []


def test_a_run_that_is_given_a_place_is_in_that_place_only() -> None:
    with bench() as b:
        b.open(start=True)
        b.until(Stats, lambda stats: stats.step > 2)
        b.send(SetRunning(running=False))
        b.until(RunKept)
        b.send(SaveRun(folder=Path("runs/mine")))
        state = b.until(State, lambda event: event.run_folder is not None)
        assert (state.run_folder, state.kept_folder) == (Path("runs/mine"), None)
        assert b.engine.removed == [KEPT]


def test_a_forgotten_run_leaves_nothing_behind() -> None:
    with bench() as b:
        b.open(start=True)
        b.until(Stats, lambda stats: stats.step > 2)
        b.send(SetRunning(running=False))
        b.until(RunKept)
        b.send(Restart(preset="draft", seconds=60.0, seed=0))
        assert b.state("ready").kept_folder is None
        b.until(RunHistory)
        b.send(SetRunning(running=True))
        b.state("running")
        assert b.engine.removed == [KEPT]
