"""What is odd about a capture, with DearPyGui's items, but without a window."""

from collections.abc import Generator
from dataclasses import replace

import dearpygui.dearpygui as dpg
import pytest

from core.fit.outlier import Outlier
from core.types import ImageKey
from widgets.capture_notes import CaptureNotes
from widgets.theme import build_theme

FOUND = tuple(
    Outlier(key=ImageKey(view, 1), weight=0.1, error_ratio=4.0, reason="almost black: did the flash fail?")
    for view in range(3)
)
LIST = "capture.problems.list"


@pytest.fixture
def notes() -> Generator[CaptureNotes, None, None]:
    dpg.create_context()
    build_theme(1.0)
    dpg.add_window(tag="window")
    yield CaptureNotes("window", on_outlier=lambda _: None, on_leave_out=lambda: None)
    dpg.destroy_context()


def press(button: str) -> None:
    dpg.get_item_callback(button)()


def listed() -> list[int]:
    return dpg.get_item_children(LIST, 1)


def test_an_open_list_keeps_its_buttons_while_only_figures_change(notes: CaptureNotes) -> None:
    notes.show_outliers(FOUND)
    press("capture.outliers")
    before = listed()
    changed = replace(FOUND[1], weight=0.05, error_ratio=6.0, reason="shows something else")
    notes.show_outliers((changed, FOUND[0], FOUND[2]))
    assert listed() == before
    assert dpg.get_value("capture.outlier.V01L01.sentence") == changed.sentence
    assert dpg.get_value("capture.outlier.V00L01.sentence") == FOUND[0].sentence


def test_an_open_list_follows_which_photographs_do_not_fit(notes: CaptureNotes) -> None:
    notes.show_outliers(FOUND[:2])
    press("capture.outliers")
    notes.show_outliers(FOUND[1:])
    assert dpg.does_item_exist("capture.outlier.V02L01")
    assert not dpg.does_item_exist("capture.outlier.V00L01")
    notes.show_outliers(())
    assert notes.listing == ""
    assert listed() == []


def test_another_list_that_is_open_stays_as_it_is(notes: CaptureNotes) -> None:
    notes.show_problems([("mask/V01.png", "It is empty; draw one.")])
    press("capture.problems")
    before = listed()
    notes.show_outliers(FOUND)
    notes.show_outliers(FOUND[:1])
    assert notes.listing == "problems"
    assert listed() == before
    press("capture.outliers")
    shown = listed()
    notes.show_problems(())
    assert notes.listing == "outliers"
    assert listed() == shown
