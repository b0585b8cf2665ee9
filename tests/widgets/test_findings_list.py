"""What was found, with DearPyGui's items, but without a window."""

from collections.abc import Generator

import dearpygui.dearpygui as dpg
import pytest

from core.capture.report import Finding, Fix, Severity
from widgets.controls import wrapped
from widgets.findings_list import FindingsList
from widgets.theme import build_theme
from widgets.tips import explanation

FIRST = "check.findings.0.0"


@pytest.fixture
def findings() -> Generator[FindingsList, None, None]:
    dpg.create_context()
    build_theme(1.0)
    dpg.add_window(tag="window")
    yield FindingsList("window", on_fix=lambda _: None, on_view=lambda _: None)
    dpg.destroy_context()


def finding(*fixes: Fix, text: str = "Something is wrong.") -> Finding:
    return Finding(severity=Severity.MUST_FIX, topic="Cameras", file="", text=text, fixes=fixes)


def test_a_button_does_not_keep_the_tip_of_the_one_that_was_there_before(findings: FindingsList) -> None:
    findings.show((finding(Fix(label="Turn", action="untick", argument="--up +y")),), complete=True)
    assert explanation(FIRST).endswith("--up +y")
    findings.show((finding(Fix(label="Leave out V02", action="untick")),), complete=True)
    assert dpg.get_item_label(FIRST) == "Leave out V02"
    assert explanation(FIRST) == ""


def test_texts_are_broken_at_spaces_only() -> None:
    text = "2 photographs are clipped, V10L10 on 8.9% of the object; see mask/V10.png."
    for width in range(14, 60):
        lines = wrapped(text, width, len).split("\n")
        assert " ".join(lines) == text
        assert max(len(line) for line in lines) <= width


def test_a_word_wider_than_the_line_is_broken_and_nothing_is_lost() -> None:
    assert wrapped("in a/very/long/path of it", 8, len) == "in\na/very/l\nong/path\nof it"
    assert wrapped("one\n\ntwo", 8, len) == "one\n\ntwo"


def test_only_a_fix_that_is_likely_right_is_the_one_to_press(findings: FindingsList) -> None:
    for likely, wanted in ((True, "style.primary.small"), (False, "style.normal.small")):
        findings.show((finding(Fix(label="Paint masks", action="paint_masks", likely=likely)),), complete=True)
        assert dpg.get_item_alias(dpg.get_item_theme(FIRST)) == wanted
