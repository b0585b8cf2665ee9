from pathlib import Path

import pytest

from app import file_control
from app.messages import (
    CancelTask,
    Close,
    Closed,
    Export,
    Failed,
    OpenCapture,
    OpenRun,
    Saved,
    SaveRun,
    Task,
)
from app.session import Session
from app.settings import Settings
from core.capture.synthetic import demo_capture_folder
from core.fit.choices import FitChoices
from core.fit.export_options import ExportOptions
from core.mesh.options import MeshOptions
from tests.app.desk import Desk, opened, run_state, stats

CHOICES = FitChoices(reflectance="neural")


def test_a_capture_opens_paused_with_the_images_left_out_last_time() -> None:
    folder = Path("captures/vase")
    session = Session(
        left_out={str(folder.absolute()): ("V00L01",)},
        preset="final",
        seconds=300.0,
        seed=4,
        own_seconds=True,
        choices=CHOICES,
    )
    desk = Desk(session=session)
    desk.controller.files.open_capture(folder)
    assert desk.sent == [
        OpenCapture(
            folder=folder,
            preset="final",
            seconds=300.0,
            seed=4,
            choices=CHOICES,
            start=False,
            left_out=("V00L01",),
            save_to=None,
        )
    ]


def test_the_length_of_one_run_is_not_that_of_the_next_capture() -> None:
    desk = Desk()
    desk.open("finished", step=900, planned_seconds=120.0568)
    assert desk.window.session.seconds == 120.1
    desk.controller.files.open_capture(Path("captures/cup"))
    assert desk.last(OpenCapture).seconds == 60.0
    desk.handle(opened("captures/cup"), run_state("ready"))
    desk.panels.fit.show_state.assert_called_with("ready", "draft", 60.0, 0, FitChoices())
    desk.controller.run.choose_seconds(45.0)
    desk.controller.files.open_capture(Path("captures/cup"))
    assert desk.last(OpenCapture).seconds == 45.0
    desk.controller.files.open_capture(Path("captures/vase"))
    assert desk.last(OpenCapture).seconds == 60.0


def test_the_demo_starts_at_once() -> None:
    desk = Desk()
    desk.controller.files.open_demo()
    command = desk.last(OpenCapture)
    assert command.folder is None
    assert command.start


def test_recent_folders_are_offered_and_remembered() -> None:
    desk = Desk(settings=Settings(recent_captures=("/data/cup",)))
    desk.controller.files.ask_open()
    asked = desk.panels.dialogs.path.call_args[1]
    assert asked["recents"] == [Path("/data/cup")]
    desk.open()
    assert desk.window.settings.recent_captures == (str(Path("captures/vase").absolute()), "/data/cup")


def test_what_is_unsaved_is_saved_before_something_else_opens() -> None:
    desk = Desk()
    desk.open("running", step=10)
    desk.handle(stats(50))
    desk.controller.files.open_run(Path("runs/cup"))
    assert desk.last(OpenRun).save_to == Path("runs/vase-now")


def test_what_is_saved_is_not_saved_again() -> None:
    desk = Desk()
    desk.open("paused", step=50, saved_step=50, run_folder=Path("runs/vase-1"))
    desk.controller.files.open_run(Path("runs/cup"))
    assert desk.last(OpenRun).save_to is None


def test_the_first_save_asks_where_and_later_ones_do_not() -> None:
    desk = Desk()
    desk.open("paused", step=50)
    desk.controller.files.save()
    asked = desk.panels.dialogs.path.call_args[1]
    assert asked["start"] == Path("runs/vase-now")
    asked["on_path"](Path("runs/mine"))
    assert desk.sent == [SaveRun(folder=Path("runs/mine"))]
    desk.handle(run_state("paused", step=50, saved_step=50, run_folder=Path("runs/mine")))
    desk.controller.files.save()
    assert desk.sent[1:] == [SaveRun(folder=Path("runs/mine"))]


def test_a_saved_run_can_be_saved_somewhere_else(tmp_path: Path) -> None:
    desk = Desk()
    desk.open("paused", step=50, saved_step=50, run_folder=tmp_path / "mine")
    assert desk.panels.toolbar.show_state.call_args[1] == {"saved": True}
    desk.controller.files.save_as()
    asked = desk.panels.dialogs.path.call_args[1]
    assert asked["start"] == tmp_path / "vase-now"
    asked["on_path"](tmp_path / "other")
    assert desk.sent == [SaveRun(folder=tmp_path / "other")]


def test_a_run_without_a_folder_or_a_step_is_not_saved_elsewhere() -> None:
    desk = Desk()
    desk.open("ready")
    assert desk.panels.toolbar.show_state.call_args[1] == {"saved": False}
    desk.controller.files.save_as()
    desk.panels.dialogs.path.assert_not_called()


def test_runs_are_looked_for_beside_the_open_one_then_where_the_studio_saves_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, here, other = (tmp_path / name for name in ("own", "here", "other"))
    monkeypatch.setattr(file_control, "runs_folder", lambda: own)
    here.mkdir()
    other.mkdir()
    desk = Desk(settings=Settings(recent_runs=(str(other / "cup"),)))
    desk.controller.files.ask_open_run()
    assert desk.panels.dialogs.path.call_args[1]["start"] == other
    own.mkdir()
    desk.controller.files.ask_open_run()
    assert desk.panels.dialogs.path.call_args[1]["start"] == own
    desk.open("paused", step=50, run_folder=here / "vase")
    desk.controller.files.ask_open_run()
    assert desk.panels.dialogs.path.call_args[1]["start"] == here


def test_the_demo_goes_by_its_name_and_other_captures_by_their_folders() -> None:
    desk = Desk()
    desk.handle(opened(str(demo_capture_folder())))
    desk.panels.toolbar.show_title.assert_called_with("Demo owl")
    desk.handle(opened("captures/demo-owl-2"))
    desk.panels.toolbar.show_title.assert_called_with("demo-owl-2")


def test_another_run_is_only_replaced_after_asking(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{}", encoding="utf-8")
    desk = Desk()
    desk.open("paused", step=50)
    desk.controller.files.save()
    desk.panels.dialogs.path.call_args[1]["on_path"](tmp_path)
    assert desk.sent == []
    desk.panels.dialogs.confirm.call_args[0][2]()
    assert desk.sent == [SaveRun(folder=tmp_path, overwrite=True)]


@pytest.mark.parametrize("state", ["empty", "loading"])
def test_there_is_nothing_to_save_or_export_without_a_run(state: str) -> None:
    desk = Desk()
    desk.handle(run_state(state))  # type: ignore[arg-type]
    desk.controller.files.save()
    desk.controller.files.ask_export()
    desk.panels.dialogs.path.assert_not_called()
    desk.panels.export.show.assert_not_called()


def test_before_the_first_step_saving_and_exporting_say_what_to_do() -> None:
    desk = Desk()
    desk.open("ready")
    for ask in (desk.controller.files.save, desk.controller.files.ask_export):
        desk.panels.toolbar.show_note.reset_mock()
        ask()
        assert "press Start first" in desk.panels.toolbar.show_note.call_args[0][0]
    desk.panels.dialogs.path.assert_not_called()
    desk.panels.export.show.assert_not_called()


def test_what_is_open_stands_in_the_top_bar_again_after_a_note() -> None:
    desk = Desk()
    desk.open("paused", step=50)
    desk.handle(Saved(folder=Path("runs/mine"), what="run", command="chiaro train"))
    for desk.now in (1.0, 5.0):
        desk.controller.tick()
    assert "runs/mine" in desk.panels.toolbar.show_note.call_args[0][0]
    desk.now = 20.0
    desk.controller.tick()
    assert desk.panels.toolbar.show_note.call_args[0][0].startswith("3 views, 4 lights")


def test_exporting_asks_what_and_where(tmp_path: Path) -> None:
    desk = Desk()
    desk.open("paused", step=50)
    desk.controller.files.ask_export()
    desk.panels.export.show.assert_called_once_with()
    options = ExportOptions(mesh=MeshOptions(cells=384, format="glb"))
    desk.controller.files.choose_export_folder(("mesh", "lights"), options)
    choose = desk.panels.dialogs.path.call_args[1]["on_path"]
    choose(tmp_path / "new")
    assert desk.sent == [Export(folder=tmp_path / "new", what=("mesh", "lights"), options=options)]
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    choose(tmp_path)
    assert len(desk.sent) == 1
    desk.panels.dialogs.confirm.call_args[0][2]()
    assert desk.last(Export).overwrite


def test_what_was_saved_is_noted_and_remembered() -> None:
    desk = Desk()
    desk.open("paused", step=50)
    desk.handle(Saved(folder=Path("runs/mine"), what="run", command="chiaro train"))
    assert "runs/mine" in desk.panels.toolbar.show_note.call_args[0][0]
    assert desk.window.session.run == "runs/mine"
    assert desk.window.settings.recent_runs[0].endswith("mine")


def test_an_export_tells_the_command_line_that_does_the_same() -> None:
    desk = Desk()
    desk.open("paused", step=50)
    desk.handle(Saved(folder=Path("out"), what="export", command="chiaro export RUN"))
    assert "chiaro export RUN" in desk.panels.dialogs.message.call_args[0][1]


def test_a_task_is_shown_once_it_lasts_and_can_be_cancelled() -> None:
    desk = Desk()
    task = Task(title="Opening vase", detail="Reading", fraction=0.2, cancellable=True)
    desk.handle(task)
    desk.panels.dialogs.progress.assert_not_called()
    desk.now = 1.0
    desk.controller.tick()
    title, detail, fraction, cancel = desk.panels.dialogs.progress.call_args[0]
    assert (title, detail, fraction) == ("Opening vase", "Reading", 0.2)
    cancel()
    assert desk.sent == [CancelTask()]
    desk.handle(Task(title="Opening vase", detail="", fraction=1.0, cancellable=False))
    desk.panels.dialogs.close_progress.assert_called_with()


def test_loading_is_noted_without_a_dialog() -> None:
    desk = Desk()
    desk.handle(Task(title="Starting", detail="Loading PyTorch", fraction=None, cancellable=False))
    desk.now = 9.0
    desk.controller.tick()
    desk.panels.dialogs.progress.assert_not_called()
    desk.panels.toolbar.show_note.assert_called_with("Loading PyTorch…", "quiet")
    desk.handle(Task(title="Starting", detail="", fraction=1.0, cancellable=False))
    desk.panels.toolbar.show_note.assert_called_with("", "quiet")


def test_a_failure_is_told_in_a_dialog() -> None:
    desk = Desk()
    desk.handle(Failed(text="The folder does not exist; choose another."))
    assert desk.panels.dialogs.message.call_args[0][1] == "The folder does not exist; choose another."


def test_a_failure_that_comes_back_at_once_does_not_pile_up() -> None:
    desk = Desk()
    for desk.now in (10.0, 10.1, 12.0, 60.0):
        desk.handle(Failed(text="The same again."))
    assert desk.panels.dialogs.message.call_count == 2
    desk.handle(Failed(text="Something else."))
    assert desk.panels.dialogs.message.call_count == 3


def test_closing_saves_what_would_be_lost_and_waits_for_the_worker() -> None:
    desk = Desk()
    desk.open("running", step=50)
    desk.controller.files.close()
    desk.controller.files.close()
    assert desk.sent == [Close(save_to=Path("runs/vase-now"))]
    assert not desk.controller.files.closed
    desk.handle(Closed())
    assert desk.controller.files.closed


def test_a_window_that_cannot_save_stays_until_told_otherwise() -> None:
    desk = Desk()
    desk.open("running", step=50)
    desk.controller.files.close()
    desk.handle(Failed(text="The disk is full; free some space and try again."))
    _, text, give_up = desk.panels.dialogs.confirm.call_args[0]
    assert "disk is full" in text
    assert desk.sent == [Close(save_to=Path("runs/vase-now"))]
    give_up()
    assert desk.sent[1:] == [Close()]


def test_the_scale_is_kept_for_the_next_start() -> None:
    desk = Desk()
    desk.controller.choose_scale(1.5)
    assert desk.window.settings.ui_scale == 1.5
    assert "150%" in desk.panels.toolbar.show_note.call_args[0][0]
