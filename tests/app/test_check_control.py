from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.messages import (
    CaptureChecked,
    CheckCapture,
    CheckProgress,
    OpenCapture,
    SetRunning,
    SetUp,
    ShowImage,
    ViewChecked,
    ViewCheckMark,
    ViewCheckUsed,
    ViewSphere,
    ViewSphereMoved,
)
from app.settings import Settings
from core.capture.import_options import ImportOptions, MaskChoice
from core.capture.report import Finding, Fix, Severity
from core.types import ImageKey
from tests.app.desk import Desk, opened, run_state, stats
from tests.app.fake_captures import MASKS_MISSING, checked, keys
from widgets.check_data import Sphere

FOLDER = Path("captures/vase")
ELSEWHERE = Sphere(centre=(0.1, 0.2, 0.3), radius=0.7)
LOOK = Finding(severity=Severity.LOOK, topic="Masks", file="mask/V02.png", text="It disagrees.", view=2)


def looked_at(**more: Any) -> Desk:
    """A desk with a capture that was opened and is paused."""
    desk = Desk()
    desk.panels.tabs.shown = "check"
    desk.panels.check.changed = False
    desk.panels.check.options = ImportOptions()
    desk.handle(CaptureChecked(checked=checked(FOLDER, **more), opening=True), opened(), run_state("ready"))
    desk.sent.clear()
    desk.drawn.clear()
    return desk


def broken() -> Desk:
    desk = looked_at()
    desk.handle(
        CaptureChecked(checked=checked(FOLDER, findings=(MASKS_MISSING,), readable=False), opening=True),
        run_state("empty", included=()),
    )
    return desk


def test_what_cannot_be_trained_on_comes_to_the_front_and_nothing_else_stays() -> None:
    desk = broken()
    desk.panels.tabs.show.assert_called_with("check")
    assert desk.window.capture is None
    assert desk.window.session.capture == str(FOLDER.absolute())
    desk.panels.fit.show_blocked.assert_called_with("To be fixed first")
    assert "Check" in desk.panels.capture.show_empty.call_args[0][0]
    desk.panels.dialogs.message.assert_not_called()
    desk.controller.run.start()
    assert not any(isinstance(message, SetRunning) for message in desk.sent)
    desk.handle(CaptureChecked(checked=checked(FOLDER), opening=True), opened(), run_state("ready"))
    desk.panels.fit.show_blocked.assert_called_with("")


def test_a_fix_reads_with_other_options() -> None:
    desk = broken()
    desk.controller.check.fix(MASKS_MISSING.fixes[0])
    command = desk.last(OpenCapture)
    assert command.folder == FOLDER
    assert command.options == ImportOptions(masks=MaskChoice.NONE)
    assert not command.start


def test_a_fix_paints_places_and_leaves_out() -> None:
    desk = looked_at(findings=(LOOK,))
    check = desk.controller.check
    assert check.views.shown == 2
    check.fix(Fix(label="Paint masks", action="paint_masks"))
    desk.panels.tabs.show.assert_called_with("masks")
    check.fix(Fix(label="Place the sphere", action="place_sphere"))
    desk.panels.check.show_page.assert_called_with("sphere")
    check.fix(Fix(label="Leave V02 out", action="untick", keys=tuple(key for key in keys() if key.view == 2)))
    assert {key.view for key in desk.window.panels.capture.show_included.call_args[0][0]} == {0, 1}


def test_a_moved_sphere_is_read_with_and_counts_when_training_starts() -> None:
    desk = looked_at()
    check = desk.controller.check
    desk.handle(ViewSphereMoved(sphere=ELSEWHERE))
    assert check.sphere == ELSEWHERE
    desk.panels.check.show_sphere.assert_called_with(ELSEWHERE)
    assert not any(isinstance(message, ViewSphere) for message in desk.drawn)  # it is there already
    desk.panels.check.changed = True
    desk.controller.run.start()
    command = desk.last(OpenCapture)
    assert command.start
    assert command.options == ImportOptions(sphere=((0.1, 0.2, 0.3), 0.7))
    assert not any(isinstance(message, SetRunning) for message in desk.sent)
    desk.panels.tabs.show.assert_called_with("images")


def test_the_sphere_goes_where_the_masks_say_and_back() -> None:
    desk = looked_at()
    check = desk.controller.check
    check.sphere_from_masks()
    assert desk.drawn[-1] == ViewSphere(sphere=Sphere(centre=(0.0, 0.1, 0.0), radius=1.2))
    check.undo_sphere()
    assert check.sphere == Sphere(centre=(0.0, 0.0, 0.0), radius=1.0)
    check.read_again()
    assert desk.last(OpenCapture).options == ImportOptions()


def test_a_placed_sphere_is_forgotten() -> None:
    placed = ImportOptions(sphere=((0.0, 0.0, 0.0), 2.0))
    desk = looked_at(options=placed)
    desk.panels.check.options = placed
    desk.controller.check.forget_sphere()
    assert desk.last(OpenCapture).options == ImportOptions()


def test_unchanged_training_just_starts() -> None:
    desk = looked_at()
    desk.controller.run.start()
    assert desk.sent_kinds() == ["SetRunning"]


def test_reading_again_asks_when_something_was_learnt() -> None:
    desk = looked_at()
    desk.handle(run_state("paused", step=40), stats(40))
    desk.controller.check.read_again()
    assert not any(isinstance(message, OpenCapture) for message in desk.sent)
    desk.panels.dialogs.confirm.call_args[0][2]()
    assert desk.last(OpenCapture).save_to is not None


def test_more_is_told_without_losing_what_was_changed() -> None:
    desk = looked_at(complete=False)
    shown = desk.panels.check.show.call_count
    desk.handle(ViewSphereMoved(sphere=ELSEWHERE), CheckProgress(fraction=0.4))
    desk.panels.check.show_progress.assert_called_with(0.4)
    desk.handle(CaptureChecked(checked=checked(FOLDER, findings=(LOOK,)), opening=False))
    assert desk.panels.check.show.call_count == shown
    desk.panels.check.show_report.assert_called_once()
    assert desk.controller.check.sphere == ELSEWHERE
    desk.panels.tabs.label.assert_called_with("check", "Check (1)")
    assert not any(isinstance(message, ViewChecked) for message in desk.drawn)


def test_the_worst_view_is_shown_unless_another_was_chosen() -> None:
    for chosen, shown in ((None, 2), (1, 1)):
        desk = looked_at(complete=False)
        if chosen is not None:
            desk.controller.check.views.select(chosen)
        desk.handle(CaptureChecked(checked=checked(FOLDER, findings=(LOOK,)), opening=False))
        assert desk.controller.check.views.shown == shown


@pytest.mark.parametrize(("severity", "state", "shown"), [
    (Severity.MUST_FIX, "ready", True), (Severity.LOOK, "ready", False), (Severity.MUST_FIX, "paused", False),
])  # fmt: skip
def test_only_what_must_be_fixed_interrupts(severity: Severity, state: Any, shown: bool) -> None:
    desk = looked_at(complete=False)
    desk.handle(run_state(state, step=0 if state == "ready" else 30))
    desk.panels.tabs.show.reset_mock()
    finding = Finding(severity=severity, topic="Cameras", file="", text="They disagree.")
    desk.handle(CaptureChecked(checked=checked(FOLDER, findings=(finding,)), opening=False))
    assert desk.panels.tabs.show.called == shown


def test_a_capture_that_is_new_here_is_looked_over_first() -> None:
    known = Settings(recent_captures=(str(FOLDER.absolute()),))
    for settings, shown in ((Settings(), True), (known, False)):
        desk = Desk(settings=settings)
        desk.controller.files.ask_open()
        desk.panels.dialogs.path.call_args[1]["on_path"](FOLDER)
        desk.handle(CaptureChecked(checked=checked(FOLDER), opening=True), opened(), run_state("ready"))
        assert desk.panels.tabs.show.called == shown


def test_choices_that_cannot_be_kept_hold_for_the_session_and_are_told_once() -> None:
    desk = looked_at()
    options = ImportOptions(encoding="srgb")
    for _ in range(2):
        desk.handle(CaptureChecked(checked=checked(FOLDER, options=options), opening=True, choices_kept=False))
    desk.panels.dialogs.message.assert_called_once()
    desk.controller.files.open_capture(FOLDER)
    assert desk.last(OpenCapture).options == options


def test_views_are_stepped_through_and_checked_again() -> None:
    desk = looked_at()
    check = desk.controller.check
    check.views.select(0)
    check.views.step(1)
    assert check.views.shown == 1
    check.views.step(5)
    assert check.views.shown == 2
    desk.controller.step_views(-1)
    assert check.views.shown == 1
    check.check_now()
    assert isinstance(desk.sent[-1], CheckCapture)


def test_one_view_is_selected_in_check_and_images() -> None:
    desk = looked_at()
    desk.controller.check.views.select(2)
    assert desk.window.selected == ImageKey(2, 0)
    desk.panels.capture.show_selection.assert_called_with(ImageKey(2, 0))
    assert desk.sent == [ShowImage(key=ImageKey(2, 0))]
    desk.controller.images.select(ImageKey(1, 3))
    assert desk.controller.check.views.shown == 1
    desk.panels.check.show_selection.assert_called_with(1)
    assert desk.drawn[-1] == ViewCheckMark(view=1)
    desk.controller.check.views.select(0)
    assert desk.window.selected == ImageKey(0, 3)


def test_choosing_views_does_not_make_the_check_begin_anew() -> None:
    desk = looked_at(complete=False)
    desk.controller.check.views.select(2)
    assert desk.sent == []
    desk.controller.show_tab("images")
    assert desk.last(ShowImage) == ShowImage(key=ImageKey(2, 0))


def test_views_are_looked_at_before_the_capture_can_be_trained_on() -> None:
    desk = broken()
    desk.controller.check.views.select(1)
    assert desk.controller.check.views.shown == 1
    assert desk.window.selected is None
    desk.handle(CaptureChecked(checked=checked(FOLDER), opening=True), opened(), run_state("ready"))
    assert desk.window.view == 1


def test_the_check_turns_to_the_worst_view_only_before_who_looks_at_it() -> None:
    desk = looked_at(complete=False)
    desk.panels.tabs.shown = "images"
    desk.handle(CaptureChecked(checked=checked(FOLDER, findings=(LOOK,)), opening=False))
    assert desk.window.selected == ImageKey(0, 0)


def test_a_run_whose_photographs_are_gone_has_nothing_to_check() -> None:
    desk = looked_at()
    desk.handle(opened("captures/cup", (ImageKey(0, 0), ImageKey(1, 0))))
    assert desk.controller.check.checked is None
    assert ViewChecked(checked=None) in desk.drawn
    desk.panels.check.show_empty.assert_called_once()


def test_while_something_else_is_opened_its_pictures_are_gone_and_they_return_when_nothing_comes_of_it() -> None:
    desk = looked_at()
    desk.handle(run_state("loading"))
    desk.panels.check.show_opening.assert_called_with(True)
    desk.drawn.clear()
    desk.handle(run_state("paused"))
    desk.panels.check.show_opening.assert_called_with(False)
    assert any(isinstance(message, ViewChecked) and message.checked is not None for message in desk.drawn)


def test_another_up_axis_needs_no_new_run() -> None:
    desk = looked_at()
    desk.handle(run_state("finished", step=40), stats(40))
    turned = ImportOptions(up="+y")
    desk.controller.check.fix(Fix(label="Take +y as up", action="options", options=turned))
    assert desk.sent == [SetUp(up="+y")]
    desk.panels.dialogs.confirm.assert_not_called()
    desk.controller.check.fix(Fix(label="As sRGB", action="options", options=ImportOptions(encoding="srgb")))
    assert desk.panels.dialogs.confirm.call_args[1]["no"] == "Keep the run"


def test_a_folder_that_holds_no_capture_is_not_remembered_as_one() -> None:
    desk = Desk()
    nothing = checked(FOLDER, findings=(MASKS_MISSING,), readable=False, known=False)
    desk.handle(CaptureChecked(checked=nothing, opening=True))
    assert desk.window.settings.recent_captures == ()


def test_an_opened_run_shows_its_pictures() -> None:
    desk = looked_at()
    desk.handle(run_state("loading"), run_state("paused", step=40, saved_step=40, number=2))
    desk.panels.tabs.show.assert_called_with("images")


def test_a_finding_whose_view_was_left_out_counts_no_longer_and_is_taken_back() -> None:
    wrong = tuple(key for key in keys() if key.view == 2)
    fix = Fix(label="Leave out V02", action="untick", keys=wrong)
    desk = looked_at(findings=(replace(LOOK, fixes=(fix,)),))
    desk.panels.tabs.label.assert_called_with("check", "Check (1)")
    desk.handle(run_state("ready", included=keys()[:-4]))
    desk.panels.check.show_left_out.assert_called_with(frozenset(wrong), frozenset({2}))
    assert ViewCheckUsed(left_out=frozenset({2})) in desk.drawn
    desk.panels.tabs.label.assert_called_with("check", "Check")
    desk.panels.capture.included = frozenset(keys()[:-4])
    desk.controller.check.fix(fix)
    assert desk.window.panels.capture.show_included.call_args[0][0] == frozenset(keys())


def test_the_photographs_list_what_the_check_found() -> None:
    note = Finding(severity=Severity.NOTE, topic="Axes", file="", text="The up axis is not known.")
    desk = looked_at(findings=(LOOK, note))
    desk.panels.capture.show_problems.assert_called_with([("mask/V02.png", "It disagrees.")])
