from dataclasses import replace
from pathlib import Path

import pytest

from app.messages import ExtendPlan, Moment, Restart, RunHistory, RunState, SetRunning
from app.session import Session
from core.fit.choices import FitChoices
from core.scene.light_model import LightModel
from tests.app.desk import Desk, run_state, stats
from tests.app.fake_captures import keys
from widgets.model_form import InForce, model_in_force

NEURAL = FitChoices(reflectance="neural", lights=LightModel(near=True))


@pytest.mark.parametrize("state", ["ready", "paused", "failed"])
def test_start_starts_and_resumes(state: RunState) -> None:
    desk = Desk()
    desk.open(state)
    desk.controller.run.start()
    assert desk.sent == [SetRunning(running=True)]


@pytest.mark.parametrize("state", ["empty", "loading", "running"])
def test_start_does_nothing_where_there_is_nothing_to_start(state: RunState) -> None:
    desk = Desk()
    desk.open(state)
    desk.controller.run.start()
    assert desk.sent == []


def test_one_key_starts_and_pauses() -> None:
    desk = Desk()
    desk.open("running", step=3)
    desk.controller.run.toggle()
    desk.handle(run_state("paused", step=9))
    desk.controller.run.toggle()
    assert desk.sent == [SetRunning(running=False), SetRunning(running=True)]


def test_a_finished_run_goes_on_a_minute_past_its_end() -> None:
    desk = Desk()
    desk.open("finished", step=900)
    desk.handle(stats(900, elapsed=60.2))
    desk.controller.run.start()
    assert desk.sent == [ExtendPlan(planned_seconds=pytest.approx(120.2)), SetRunning(running=True)]


def test_two_extensions_before_the_answer_add_up() -> None:
    desk = Desk()
    desk.open("running", step=5)
    desk.handle(stats(5, elapsed=2.0))
    desk.controller.run.extend(30.0)
    desk.controller.run.extend(60.0)
    assert desk.last(ExtendPlan).planned_seconds == pytest.approx(150.0)


def test_stop_asks_before_it_forgets() -> None:
    desk = Desk()
    desk.open("running", step=1234)
    desk.controller.run.stop()
    assert desk.sent == []
    (title, text, yes), options = desk.panels.dialogs.confirm.call_args
    assert "1,234 steps" in text
    assert "not saved" in text
    assert options == {"yes": "Start over", "no": "Keep", "danger": True}
    yes()
    assert desk.sent == [Restart(preset="draft", seconds=60.0, seed=0)]
    assert title.endswith("?")


def test_starting_over_tells_how_much_of_a_saved_run_stays() -> None:
    desk = Desk()
    desk.open("paused", step=900, saved_step=400, run_folder=Path("runs/mine"))
    desk.controller.run.stop()
    assert "up to step 400" in desk.panels.dialogs.confirm.call_args[0][1]
    desk.handle(run_state("paused", step=900, saved_step=900, run_folder=Path("runs/mine")))
    desk.controller.run.stop()
    assert "runs/mine stays." in desk.panels.dialogs.confirm.call_args[0][1]


def test_stop_has_nothing_to_forget_before_the_first_step() -> None:
    desk = Desk()
    desk.open("ready")
    desk.controller.run.stop()
    desk.panels.dialogs.confirm.assert_not_called()


def test_settings_chosen_before_the_start_are_used_by_it() -> None:
    desk = Desk()
    desk.open("ready")
    desk.controller.run.choose_preset("final")
    desk.controller.run.choose_seed(7)
    assert desk.last(Restart) == Restart(preset="final", seconds=600.0, seed=7)
    desk.panels.fit.show_state.assert_called_with("ready", "final", 600.0, 7, FitChoices())


def test_settings_chosen_while_it_runs_wait_for_the_next_start() -> None:
    desk = Desk()
    desk.open("running", step=50)
    desk.controller.run.choose_seed(7)
    desk.controller.run.choose_model(NEURAL)
    assert desk.sent == []
    assert "after Start over" in desk.panels.toolbar.show_note.call_args[0][0]
    desk.handle(run_state("paused", step=60))
    desk.panels.fit.show_state.assert_called_with("paused", "draft", 60.0, 7, NEURAL)
    desk.controller.run.stop()
    desk.panels.dialogs.confirm.call_args[0][2]()
    assert desk.last(Restart) == Restart(preset="draft", seconds=60.0, seed=7, choices=NEURAL)


def in_force(desk: Desk) -> tuple[InForce | None, InForce]:
    return desk.panels.fit.show_in_force.call_args[0]


def test_what_the_run_was_begun_with_is_told_for_as_long_as_something_else_is_chosen() -> None:
    desk = Desk()
    desk.open("running", step=50)
    desk.controller.run.choose_model(NEURAL)
    for step in (60, 70):
        desk.handle(run_state("running", step=step))
        run, chosen = in_force(desk)
        assert run is not None
        assert model_in_force(run.choices, chosen.choices) == ["Hybrid", "Near off"]
    desk.controller.run.choose_model(FitChoices())
    run, chosen = in_force(desk)
    assert run == chosen
    desk.handle(run_state("ready"))
    assert in_force(desk)[0] is None


def test_every_choice_of_the_model_that_is_not_in_force_is_named() -> None:
    room = FitChoices(
        reflectance="analytic", lights=LightModel(fixed_to="world", exposure=True), soft_shadows=False, bounce=False
    )
    assert model_in_force(room, room) == []
    words = ["Analytic", "In the room", "Near off", "Exposure on", "Soft shadows off", "Bounce off"]
    assert model_in_force(room, NEURAL) == words
    words = ["Neural", "With camera", "Near on", "Exposure off", "Soft shadows on", "Bounce on"]
    assert model_in_force(NEURAL, room) == words


def test_the_status_bar_names_a_capture_that_must_be_fixed() -> None:
    desk = Desk()
    desk.window.title, desk.window.blocked = "vase", "To be fixed first"
    desk.handle(run_state("empty", included=()))
    assert desk.panels.status.show.call_args[1]["word"] == "vase: to be fixed first"
    desk.handle(run_state("loading"))
    assert desk.panels.status.show.call_args[1]["word"] == ""


def test_another_model_chosen_before_the_start_is_used_by_it() -> None:
    desk = Desk()
    desk.open("ready")
    desk.controller.run.choose_model(NEURAL)
    assert desk.last(Restart).choices == NEURAL


def test_an_opened_run_shows_what_it_was_made_with() -> None:
    desk = Desk(session=Session(preset="ultra", seed=5, choices=NEURAL))
    own = FitChoices(bounce=False)
    desk.open("paused", step=80, preset="final", seed=2, choices=own, planned_seconds=90.0)
    desk.panels.fit.show_state.assert_called_with("paused", "final", 90.0, 2, own)
    assert desk.window.session.choices == own


def test_another_run_is_taken_up_although_nothing_was_heard_of_its_loading() -> None:
    desk = Desk()
    desk.open("paused", step=80)
    desk.panels.tabs.shown = "check"
    desk.handle(run_state("paused", step=900, number=2, preset="final", seed=2, choices=NEURAL, planned_seconds=600.0))
    desk.panels.fit.show_state.assert_called_with("paused", "final", 600.0, 2, NEURAL)
    desk.panels.tabs.show.assert_called_with("images")


def test_when_another_capture_cannot_be_opened_the_settings_chosen_for_the_next_run_stay() -> None:
    desk = Desk()
    desk.open("paused", step=80)
    desk.controller.run.choose_preset("final")
    desk.controller.run.choose_model(NEURAL)
    desk.handle(run_state("loading", step=80), run_state("paused", step=80))
    desk.panels.fit.show_state.assert_called_with("paused", "final", 600.0, 0, NEURAL)


def test_a_greater_length_moves_the_end_of_the_run_at_hand() -> None:
    desk = Desk()
    desk.open("running", step=50)
    desk.controller.run.choose_seconds(90.0)
    assert desk.sent == [ExtendPlan(planned_seconds=pytest.approx(90.0))]


def test_starting_does_not_change_the_settings_shown() -> None:
    desk = Desk()
    desk.open("ready")
    desk.controller.run.choose_seconds(45.0)
    desk.handle(run_state("ready", planned_seconds=45.0), run_state("running", planned_seconds=45.0))
    desk.panels.fit.show_state.assert_called_with("running", "draft", 45.0, 0, FitChoices())


def test_figures_reach_the_plots_and_the_status_bar() -> None:
    desk = Desk()
    desk.open("running")
    desk.handle(stats(80, elapsed=20.0))
    assert desk.panels.plots.add.call_args[0] == (80, {"total": 0.5, "colour": 0.4})
    shown = desk.panels.status.show.call_args[1]
    assert (shown["state"], shown["step"], shown["elapsed"], shown["remaining"]) == ("running", 80, 20.0, 40.0)
    assert shown["steps_per_second"] == 40.0


def test_a_converged_run_ends_earlier_and_says_so() -> None:
    desk = Desk()
    desk.open("running", planned_seconds=600.0)
    desk.handle(stats(5000, elapsed=290.0, planned=600.0))
    desk.handle(replace(stats(5100, elapsed=300.0, planned=330.0), converged=True))
    shown = desk.panels.status.show.call_args[1]
    assert (shown["word"], shown["remaining"]) == ("Finishing", 30.0)
    desk.handle(
        replace(stats(5400, elapsed=330.2, planned=330.0), converged=True),
        run_state("finished", step=5400, planned_seconds=330.0, converged=True),
    )
    desk.panels.fit.show_word.assert_called_with("Converged")
    assert desk.panels.status.show.call_args[1]["word"] == "Converged"
    assert "Converged after 330 s" in desk.panels.toolbar.show_note.call_args[0][0]


def _started_over(desk: Desk) -> float:
    desk.controller.run.stop()
    desk.panels.dialogs.confirm.call_args[0][2]()
    return desk.last(Restart).seconds


CONVERGED = {"planned_seconds": 330.0, "asked_seconds": 600.0, "converged": True}


def test_starting_over_after_convergence_plans_the_full_length_again() -> None:
    desk = Desk()
    desk.open("running", planned_seconds=600.0)
    desk.handle(run_state("finished", step=5400, **CONVERGED))
    assert _started_over(desk) == 600.0
    desk.handle(run_state("paused", step=5400, planned_seconds=390.0))  # went on for a minute
    assert _started_over(desk) == 600.0


def test_a_converged_run_that_is_opened_shows_the_length_it_was_given() -> None:
    desk = Desk()
    desk.open("finished", step=5400, preset="final", **CONVERGED)
    desk.panels.fit.show_state.assert_called_with("finished", "final", 600.0, 0, FitChoices())
    assert _started_over(desk) == 600.0


def test_starting_over_plans_as_long_as_the_run_was_extended_to() -> None:
    desk = Desk()
    desk.open("running", step=5)
    desk.handle(run_state("running", step=5, planned_seconds=120.0))
    assert _started_over(desk) == 120.0


def test_a_run_that_reached_its_planned_end_has_not_converged() -> None:
    desk = Desk()
    desk.open("running", step=50)
    desk.handle(run_state("finished", step=900))
    desk.panels.fit.show_word.assert_called_with("")


def test_a_resting_run_has_no_speed() -> None:
    desk = Desk()
    desk.open("running")
    desk.handle(stats(80), run_state("paused", step=80))
    assert desk.panels.status.show.call_args[1]["steps_per_second"] is None


def test_a_reopened_run_shows_how_it_got_there() -> None:
    desk = Desk()
    desk.open("paused", step=80)
    moments = tuple(
        Moment(step=step, losses={"total": 1.0 / step}, psnr_db=20.0 + step, held_out_psnr_db=None,
               normal_error_deg=9.0, light_error_deg=None)
        for step in (10, 40)
    )  # fmt: skip
    desk.handle(RunHistory(moments=moments))
    desk.panels.plots.clear.assert_called_once_with()
    assert [call[0] for call in desk.panels.plots.add.call_args_list] == [(10, {"total": 0.1}), (40, {"total": 0.025})]
    assert desk.panels.plots.add.call_args[1] == {
        "psnr_db": 60.0, "held_out": None, "normal_error": 9.0, "light_error": None,
    }  # fmt: skip


def test_a_fresh_start_empties_the_plots() -> None:
    desk = Desk()
    desk.open("running", step=80)
    desk.panels.plots.clear.reset_mock()
    desk.handle(run_state("ready"))
    desk.panels.plots.clear.assert_called_once_with()
    assert desk.window.stats is None


def test_leaving_a_view_out_before_the_start_keeps_the_figures() -> None:
    desk = Desk()
    desk.open("ready")
    desk.handle(stats(0, elapsed=0.0), run_state("ready", included=keys()[4:]))
    shown = desk.panels.status.show.call_args[1]
    assert (shown["device"], shown["memory_bytes"], shown["remaining"]) == ("cpu", 10**9, 60.0)
    desk.handle(stats(30), run_state("ready"))
    assert desk.panels.status.show.call_args[1]["device"] == ""
