from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.messages import Include, Lights, Preview, ShowImage, ViewImage, ViewMesh, ViewPicked
from app.session import Session
from core.types import ImageKey
from tests.app.desk import Desk, opened, run_state, stats
from tests.app.fake_captures import keys


def preview(key: ImageKey) -> Preview:
    picture = np.zeros((4, 4, 3), np.float32)
    names = ("photograph", "render", "error", "normals", "albedo", "shading", "roughness", "shadow", "depth")
    return Preview(key=key, step=9, error_limit=0.2, psnr_db=27.0, **dict.fromkeys(names, picture))


def test_a_capture_is_shown_and_its_first_photograph_selected() -> None:
    desk = Desk()
    desk.handle(opened())
    shown = desk.panels.capture.show_capture.call_args[0]
    assert shown[0] == keys()
    assert shown[2] == (("mask/V01.png", "It is empty; draw one."),)
    assert desk.last(ShowImage).key == keys()[0]
    desk.panels.toolbar.show_title.assert_called_with("vase")
    assert "3 views, 4 lights, 12 photographs of 24 × 24, with ground truth" in str(
        desk.panels.toolbar.show_note.call_args
    )


def test_what_the_first_pictures_wait_for_is_what_goes_on() -> None:
    desk = Desk()
    said = lambda: desk.panels.images.show_empty.call_args[0][0]  # noqa: E731
    desk.handle(run_state("loading"), opened())
    assert "Preparing" in said()
    desk.handle(run_state("ready"))
    assert "press Start" in said()
    desk.handle(run_state("running"))
    assert "Training starts" in said()
    desk.handle(stats(3))
    assert "beside the training" in said()
    desk.panels.images.show_empty.reset_mock()
    desk.handle(stats(4), preview(keys()[0]), run_state("paused", step=4), stats(4))
    desk.panels.images.show_empty.assert_not_called()


def test_the_photograph_of_the_last_session_is_selected_again_where_it_exists() -> None:
    desk = Desk(session=Session(selected="V02L03"))
    desk.handle(opened())
    assert desk.window.selected == ImageKey(2, 3)
    other = Desk(session=Session(selected="V77L03"))
    other.handle(opened())
    assert other.window.selected == keys()[0]


def test_selecting_asks_for_pictures_and_marks_every_panel() -> None:
    desk = Desk()
    desk.open()
    desk.controller.images.select(ImageKey(1, 2))
    assert desk.sent[0] == ShowImage(key=ImageKey(1, 2))
    desk.panels.capture.show_selection.assert_called_with(ImageKey(1, 2))
    desk.panels.lights.show_selection.assert_called_with(2)
    assert [m.selected for m in desk.drawn if isinstance(m, ViewImage)] == [ImageKey(1, 2)]
    assert desk.window.session.selected == "V01L02"


def test_a_photograph_that_is_not_there_is_not_selected() -> None:
    desk = Desk()
    desk.open()
    desk.controller.images.select(ImageKey(9, 9))
    assert desk.sent == []


def test_a_light_is_shown_in_the_same_view_where_it_was_photographed_there() -> None:
    desk = Desk()
    desk.open()
    desk.controller.images.select(ImageKey(1, 0))
    desk.controller.images.select_light(3)
    assert desk.window.selected == ImageKey(1, 3)
    diagonal = tuple(ImageKey(i, i) for i in range(3))
    desk.handle(opened(images=diagonal))
    desk.controller.images.select_light(2)
    assert desk.window.selected == ImageKey(2, 2)


def test_a_clicked_camera_selects_its_photograph() -> None:
    desk = Desk()
    desk.open()
    desk.handle(ViewPicked(key=ImageKey(2, 0)))
    assert desk.window.selected == ImageKey(2, 0)


def test_used_images_are_sent_and_remembered() -> None:
    desk = Desk()
    desk.open("running")
    fewer = frozenset(keys()[:-1])
    desk.controller.images.include(fewer)
    assert desk.last(Include).keys == tuple(sorted(fewer))
    folder = str(Path("captures/vase").absolute())
    assert desk.window.session.left_out == {folder: (keys()[-1].name,)}


@pytest.mark.parametrize("chosen", [frozenset[ImageKey](), frozenset(keys()[:2])])
def test_a_choice_that_cannot_be_trained_stays_on_the_panel_and_is_not_sent(chosen: frozenset[ImageKey]) -> None:
    desk = Desk()
    desk.open("running")
    desk.controller.images.include(chosen)
    assert desk.sent == []
    assert "two views" in desk.panels.toolbar.show_note.call_args[0][0]
    desk.panels.capture.included = chosen
    desk.panels.capture.show_included.reset_mock()
    desk.handle(run_state("running"))
    desk.panels.capture.show_included.assert_not_called()


def test_a_state_from_before_the_last_choice_does_not_undo_it() -> None:
    desk = Desk()
    desk.open("running")
    fewer = keys()[:-1]
    desk.panels.capture.included = frozenset(fewer)
    desk.controller.images.include(frozenset(fewer))
    desk.panels.capture.show_included.reset_mock()
    desk.handle(run_state("running", included=keys()))
    desk.panels.capture.show_included.assert_not_called()
    desk.handle(run_state("running", included=fewer))
    desk.panels.capture.included = frozenset(keys())
    desk.handle(run_state("running", included=fewer))
    desk.panels.capture.show_included.assert_called_with(frozenset(fewer))


def test_index_files_are_read_and_written(tmp_path: Path) -> None:
    desk = Desk()
    desk.open()
    index = tmp_path / "index.txt"
    index.write_text("V00L00\nV01L01\n", encoding="utf-8")
    desk.controller.images.ask_load_subset()
    desk.panels.dialogs.path.call_args[1]["on_path"](index)
    assert desk.last(Include).keys == (ImageKey(0, 0), ImageKey(1, 1))
    desk.panels.capture.included = frozenset({ImageKey(2, 1), ImageKey(0, 3)})
    desk.controller.images.ask_save_subset()
    desk.panels.dialogs.path.call_args[1]["on_path"](tmp_path / "out.txt")
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == "V00L03\nV02L01\n"


def test_writing_an_index_never_replaces_anything_else(tmp_path: Path) -> None:
    desk = Desk()
    desk.handle(opened(str(tmp_path)))
    truth, notes = tmp_path / "light_directions.txt", tmp_path / "notes.txt"
    for file in (truth, notes):
        file.write_text("0.1 0.2 0.9\n", encoding="utf-8")
        desk.controller.images.ask_save_subset()
        desk.panels.dialogs.path.call_args[1]["on_path"](file)
        assert file.read_text(encoding="utf-8") == "0.1 0.2 0.9\n"
    assert [file.name in call[0][1] for file, call in zip(
        (truth, notes), desk.panels.dialogs.message.call_args_list, strict=True
    )] == [True, True]  # fmt: skip


def test_index_files_are_looked_for_outside_the_capture_and_where_the_last_one_was(tmp_path: Path) -> None:
    desk = Desk()
    desk.handle(opened(str(tmp_path / "vase")))
    desk.controller.images.ask_save_subset()
    asked = desk.panels.dialogs.path.call_args[1]
    assert asked["start"].name == "vase-index.txt"
    assert tmp_path not in asked["start"].parents
    asked["on_path"](tmp_path / "mine.txt")
    desk.controller.images.ask_load_subset()
    assert desk.panels.dialogs.path.call_args[1]["start"] == tmp_path


def test_leaving_a_photograph_out_is_said_beside_its_name_at_once() -> None:
    desk = Desk()
    desk.open("paused", step=4)
    desk.handle(preview(keys()[0]))
    desk.handle(run_state("paused", step=4, included=keys()[1:]))
    assert "left out" in desk.panels.images.show_preview.call_args[1]["title"]
    desk.handle(run_state("paused", step=4))
    assert desk.panels.images.show_preview.call_args[1]["title"] == "V00L00"
    assert desk.panels.images.show_preview.call_count == 3


@pytest.mark.parametrize("text", ["V88L00\nV01L01\n", "V00L00\nV00L01\n", "photo.png\n"])
def test_an_index_file_that_does_not_fit_is_told_and_changes_nothing(tmp_path: Path, text: str) -> None:
    desk = Desk()
    desk.open()
    index = tmp_path / "index.txt"
    index.write_text(text, encoding="utf-8")
    desk.controller.images.ask_load_subset()
    desk.panels.dialogs.path.call_args[1]["on_path"](index)
    assert desk.sent == []
    desk.panels.dialogs.message.assert_called_once()


def test_only_pictures_of_the_selected_photograph_are_shown() -> None:
    desk = Desk()
    desk.open("running", step=4)
    desk.handle(preview(ImageKey(2, 2)))
    desk.panels.images.show_preview.assert_not_called()
    desk.handle(preview(keys()[0]))
    panes, options = desk.panels.images.show_preview.call_args
    assert {"photograph", "error", "depth"} <= set(panes[0])
    assert options == {"title": "V00L00", "psnr_db": 27.0, "error_limit": 0.2}


def test_a_photograph_left_out_is_labelled_so() -> None:
    desk = Desk()
    desk.open("running", step=4, included=keys()[1:])
    desk.handle(preview(keys()[0]))
    assert "left out" in desk.panels.images.show_preview.call_args[1]["title"]


def test_lights_are_shown_with_their_errors() -> None:
    desk = Desk()
    desk.open("paused", step=4)
    directions = np.tile(np.array([0, 0, 1], np.float32), (4, 1))
    desk.handle(
        Lights(
            light_ids=(0, 1, 2, 3),
            estimate_gl=directions,
            start_gl=directions,
            truth_gl=directions,
            intensities=np.ones((4, 3), np.float32),
            error_deg=np.zeros(4, np.float32),
        )
    )
    assert desk.panels.lights.show_lights.call_args[0][0] == (0, 1, 2, 3)


def test_the_same_capture_told_again_keeps_the_selection() -> None:
    desk = Desk()
    desk.open()
    desk.controller.images.select(ImageKey(1, 1))
    desk.handle(opened())
    assert desk.window.selected == ImageKey(1, 1)


def test_starting_over_leaves_nothing_of_what_was_learnt_on_screen() -> None:
    desk = Desk()
    desk.open("paused", step=40)
    desk.handle(preview(keys()[0]))
    desk.panels.images.show_empty.reset_mock()
    desk.handle(run_state("loading", step=40), run_state("ready"))
    desk.panels.images.show_empty.assert_called_once()
    desk.panels.capture.show_losses.assert_called_with({})
    assert ViewMesh(mesh=None) in desk.drawn
    desk.handle(replace(preview(keys()[0]), step=0))
    assert desk.panels.images.show_preview.call_args[1]["psnr_db"] is None
