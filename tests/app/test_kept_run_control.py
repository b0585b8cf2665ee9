"""What the window makes of a run that is saved unasked."""

import re
from pathlib import Path

from app.messages import RunKept, SaveRun
from tests.app.desk import Desk, run_state, stats


def test_a_run_saved_unasked_is_told_quietly_and_found_again_after_a_crash() -> None:
    desk = Desk()
    desk.open("running", step=900)
    remembered: list[str | None] = []
    desk.window.remember = lambda: remembered.append(desk.window.session.run)
    kept = Path("data/vase-1")
    for step in (900, 1800):
        desk.handle(RunKept(number=1, folder=kept, step=step))
    assert re.fullmatch(r"\d\d:\d\d", desk.panels.status.show.call_args[1]["saved"])
    assert remembered == [str(kept)]
    desk.handle(stats(1801))
    desk.panels.dialogs.progress.assert_not_called()
    desk.panels.dialogs.message.assert_not_called()
    assert desk.window.save_folder == kept, "leaving it saves it there"
    assert (desk.window.run.run_folder, desk.window.run.saved_step) == (None, 0), "it has no place of its own yet"
    desk.handle(run_state("paused", step=1801, kept_folder=kept))
    assert desk.window.session.run == str(kept)


def test_a_saved_run_is_saved_unasked_where_it_is() -> None:
    desk = Desk()
    desk.open("running", step=900, saved_step=100, run_folder=Path("runs/mine"))
    desk.handle(RunKept(number=1, folder=Path("runs/mine"), step=900))
    assert (desk.window.run.saved_step, desk.window.run.kept_folder) == (900, None)
    assert not desk.window.unsaved


def test_a_run_that_cannot_be_saved_unasked_says_why_in_a_note() -> None:
    desk = Desk()
    desk.open("running", step=900)
    desk.handle(RunKept(number=1, folder=Path("data/vase-1"), step=900, trouble="The disk is full; free some."))
    assert "The disk is full; free some." in desk.panels.toolbar.show_note.call_args[0][0]
    assert desk.panels.status.show.call_args[1]["saved"] == "failed"
    assert desk.window.run.kept_folder is None
    desk.panels.dialogs.message.assert_not_called()


def test_word_of_a_run_that_is_no_longer_open_changes_nothing() -> None:
    desk = Desk()
    desk.open("running", step=900, number=2)
    desk.handle(RunKept(number=1, folder=Path("data/vase-1"), step=5))
    assert (desk.window.run.kept_folder, desk.window.saved) == (None, "")


def test_starting_over_says_that_what_was_saved_unasked_goes_too() -> None:
    desk = Desk()
    desk.open("paused", step=900, kept_folder=Path("data/vase-1"))
    desk.controller.run.stop()
    assert "goes, too" in desk.panels.dialogs.confirm.call_args[0][1]
    desk.handle(RunKept(number=1, folder=Path("data/vase-1"), step=900), run_state("ready", number=2))
    assert (desk.window.saved, desk.window.session.run) == ("", None)


def test_the_folder_it_was_saved_to_unasked_can_be_chosen_without_a_question(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{}")
    desk = Desk()
    desk.open("paused", step=50, kept_folder=tmp_path)
    desk.controller.files.save()
    desk.panels.dialogs.path.call_args[1]["on_path"](tmp_path)
    assert desk.sent == [SaveRun(folder=tmp_path)]
