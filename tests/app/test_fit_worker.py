"""The fit thread opens, trains and tells, and no failure ends it."""

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.fit_worker import FitWorker
from app.mailbox import Mailbox
from app.messages import (
    CancelTask,
    CaptureOpened,
    Close,
    Closed,
    ExtendPlan,
    Failed,
    ImageLosses,
    Include,
    Lights,
    OpenCapture,
    OpenRun,
    Relight,
    RelightLight,
    RelitImage,
    Restart,
    RunHistory,
    SetRunning,
    SetShown,
    State,
    Stats,
    Task,
)
from core.errors import FitError
from core.fit.choices import FitChoices
from core.scene.light_model import LightModel
from core.types import ImageKey
from tests.app.bench import bench
from tests.app.fake_captures import keys
from tests.app.fakes import FakeEngine


def test_a_capture_opens_paused_and_the_window_hears_of_it_before_the_optimiser_is_ready() -> None:
    with bench() as b:
        state = b.open()
        kinds = [type(event) for event in b.seen]
        assert kinds.index(CaptureOpened) < len(kinds) - 1
        assert state.included == keys()
        assert state.seed == 3
        assert b.engine.trainers[0].steps == 0


def test_starting_trains_and_pausing_stops_the_steps() -> None:
    with bench() as b:
        b.open()
        b.start()
        b.until(Stats, lambda stats: stats.step > 3)
        b.send(SetRunning(running=False))
        paused = b.state("paused")
        last = b.until(Stats)
        assert last.step == paused.step == b.engine.trainers[0].steps
        b.send(SetRunning(running=True))
        b.until(Stats, lambda stats: stats.step > last.step)


def test_a_reopened_run_tells_its_history_before_its_figures() -> None:
    engine = FakeEngine()
    engine.records = [
        SimpleNamespace(
            step=step, losses={"total": 0.5}, psnr_db=21.0, held_out_psnr_db=None, normal_error_deg=8.0,
            light_error_deg=None,
        )
        for step in (60, 120)
    ]  # fmt: skip
    with bench(engine) as b:
        b.send(OpenRun(folder=Path("runs/vase")))
        told = b.until(RunHistory)
        assert [moment.step for moment in told.moments] == [60, 120]
        assert told.moments[0].normal_error_deg == 8.0
        assert not any(isinstance(event, Stats) for event in b.seen[: b.seen.index(told)])


def test_while_training_lights_and_losses_are_told() -> None:
    with bench() as b:
        b.open(start=True)
        assert b.until(Lights).light_ids == (0, 1, 2, 3)
        assert b.until(ImageLosses, lambda event: bool(event.losses)).losses[ImageKey(0, 0)] == pytest.approx(0.1)


def test_a_failing_step_is_told_and_training_can_go_on() -> None:
    engine = FakeEngine()
    engine.fail_at = 5
    with bench(engine) as b:
        b.begin(start=True)
        assert "not a number" in b.until(Failed).text
        assert b.engine.trainers[0].steps == 5
        b.start()
        b.until(Stats, lambda stats: stats.step > 5)


@pytest.mark.parametrize("error", [MemoryError("no room"), RuntimeError("index out of range"), FitError("Bad.")])
def test_no_exception_ends_the_thread(error: Exception) -> None:
    engine = FakeEngine()
    engine.fail_at, engine.error = 2, error
    with bench(engine) as b:
        b.begin(start=True)
        b.state("failed")
        assert b.until(Failed).text.endswith(".")
        assert b.open(folder="somewhere/cup").state == "ready"


def test_reaching_the_planned_end_finishes_and_a_longer_plan_goes_on() -> None:
    with bench() as b:
        b.begin(start=True, seconds=0.1)
        assert b.state("finished").step == 10
        b.send(SetRunning(running=True))
        b.send(ExtendPlan(planned_seconds=0.3), SetRunning(running=True))
        assert b.state("finished").step == 30


def test_the_plan_is_a_total_so_two_unread_extensions_do_not_add_up() -> None:
    with bench() as b:
        b.open(seconds=60.0)
        for total in (90.0, 120.0, 120.0):
            b.send(ExtendPlan(planned_seconds=total))
        state = b.until(State, lambda event: event.planned_seconds >= 120.0)
        assert state.planned_seconds == pytest.approx(120.0)


def test_images_are_chosen_while_it_runs_and_a_choice_that_cannot_be_trained_changes_nothing() -> None:
    with bench() as b:
        b.open(start=True)
        fewer = keys()[:-1]
        b.send(Include(keys=fewer))
        assert b.until(State, lambda s: s.included == fewer).included == fewer
        b.send(Include(keys=(ImageKey(0, 0),)))
        assert "one view" in b.until(Failed).text
        assert b.engine.trainers[0].included == frozenset(fewer)


def test_an_unreadable_capture_is_told_and_the_open_one_trains_on() -> None:
    with bench() as b:
        b.open(start=True)
        b.send(OpenCapture(folder=Path("missing"), preset="draft", seconds=60, seed=0, start=True))
        assert "does not exist" in b.until(Failed).text
        b.until(Stats)
        assert len(b.engine.trainers) == 1


def test_opening_can_be_cancelled() -> None:
    engine = FakeEngine()
    engine.gate.clear()
    with bench(engine) as b:
        b.send(OpenCapture(folder=Path("large"), preset="draft", seconds=60, seed=0, start=True))
        assert engine.waiting.wait(30)
        assert b.until(Task, lambda task: task.cancellable).title == "Opening large"
        b.send(CancelTask())
        assert b.state("empty").included == ()
        assert not engine.trainers


def test_every_run_that_is_opened_has_a_number_of_its_own() -> None:
    with bench() as b:
        assert b.open().number == 1
        b.send(OpenCapture(folder=Path("missing"), preset="draft", seconds=60, seed=0, start=True))
        assert b.state("ready").number == 1  # the open one stays
        b.send(Restart(preset="draft", seconds=60.0, seed=0))
        assert b.state("ready").number == 2
        b.send(OpenRun(folder=Path("runs/vase")))
        assert b.state("paused").number == 3


def test_a_newer_capture_replaces_the_one_being_opened() -> None:
    engine = FakeEngine()
    engine.gate.clear()
    with bench(engine) as b:
        b.send(OpenCapture(folder=Path("first"), preset="draft", seconds=60, seed=0, start=False))
        assert engine.waiting.wait(30)
        b.send(OpenCapture(folder=Path("second"), preset="draft", seconds=60, seed=0, start=False))
        b.until(Task, lambda task: task.title == "Opening second")
        engine.gate.set()
        b.state("ready")
        assert [trainer.capture.folder.name for trainer in engine.trainers] == ["second"]


def test_a_cancellation_that_comes_too_late_harms_nothing() -> None:
    with bench() as b:
        b.open()
        b.send(CancelTask())
        b.open(folder="somewhere/cup")


def test_a_run_reopens_paused_where_it_was() -> None:
    with bench() as b:
        b.send(OpenRun(folder=Path("runs/vase")))
        state = b.state("paused")
        assert (state.step, state.saved_step, state.run_folder) == (120, 120, Path("runs/vase"))
        assert state.choices == FitChoices(bounce=False)
        b.start()
        b.until(Stats, lambda stats: stats.step > 120)


def test_restarting_forgets_what_was_learnt_and_keeps_the_chosen_images() -> None:
    with bench() as b:
        b.open(start=True)
        fewer = keys()[2:]
        b.send(Include(keys=fewer))
        b.until(Stats)
        choices = FitChoices(reflectance="neural", lights=LightModel(near=True))
        b.send(Restart(preset="ultra", seconds=3600.0, seed=7, choices=choices))
        state = b.state("ready")
        assert (state.step, state.preset, state.seed, state.included) == (0, "ultra", 7, fewer)
        assert state.choices == choices


def test_a_capture_opens_with_the_chosen_model() -> None:
    choices = FitChoices(reflectance="analytic", bounce=False)
    with bench() as b:
        b.send(OpenCapture(folder=Path("vase"), preset="draft", seconds=60, seed=0, choices=choices, start=False))
        assert b.state("ready").choices == choices


def test_the_engine_is_made_and_used_on_the_fit_thread() -> None:
    with bench() as b:
        b.open()
        assert b.engine.threads == {b.thread.ident}
        assert threading.get_ident() not in b.engine.threads


def test_a_dragged_light_does_not_stop_training() -> None:
    light = RelightLight(to_light=(0.0, 0.0, 1.0), frame="camera", intensity=1.0, colour=(1, 1, 1), shadows=True)
    with bench() as b:
        b.open(start=True)
        b.send(SetShown(tab="relight", mesh_colours=("shaded",)))
        first = b.until(Stats).step
        stop = threading.Event()

        def drag() -> None:
            while not stop.is_set():
                b.send(Relight(key=ImageKey(0, 0), light=light))

        hand = threading.Thread(target=drag)
        hand.start()
        b.until(Stats, lambda stats: stats.step > first + 20)
        b.until(RelitImage)
        stop.set()
        hand.join()


def test_without_an_optimiser_the_reason_is_told_and_the_window_can_close() -> None:
    def make() -> Any:
        raise ImportError("libtorch is broken")

    inbox, outbox = Mailbox(), Mailbox()
    inbox.send(OpenCapture(folder=Path("vase"), preset="draft", seconds=60, seed=0, start=False))
    inbox.send(Close(save_to=Path("runs/none")))
    FitWorker(inbox, outbox, make, lambda capture: Path("kept") / capture.name).run()
    events = outbox.take()
    texts = [event.text for event in events if isinstance(event, Failed)]
    assert "libtorch is broken" in texts[0]
    assert "Nothing can be opened" in texts[1]
    assert isinstance(events[-1], Closed)
