"""What was found, with DearPyGui's items, but without a window."""

from collections.abc import Generator

import dearpygui.dearpygui as dpg
import pytest

from core.capture.report import Finding, Fix, Severity
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
