"""The panels in a real window: clicks, drags, wheel and keys by xdotool under Xvfb."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """What one walk through all panels came to; a process of its own, since a context cannot be made twice."""
    command = ["xvfb-run", "-a", "-s", "-screen 0 1280x720x24", sys.executable, "-m", "tests.widgets.walk"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_clicks_in_the_matrix_choose_images(found: dict[str, Any]) -> None:
    assert found["after_click"] == ["V03L07"]
    assert found["after_drag"] == ["V00L00", "V00L01", "V00L02", "V01L00", "V01L01", "V01L02"]
    assert found["after_view_header"] == [2]
    assert found["after_light_header"] == [4]
    assert found["after_all"] == 80


def test_right_click_and_thumbnails_show_an_image(found: dict[str, Any]) -> None:
    assert found["shown_by_right_click"] == "V05L01"
    assert found["shown_by_thumbnail"] == "V02L01"


def test_panes_zoom_pan_and_reset_together(found: dict[str, Any]) -> None:
    assert found["zoom_after_wheel"] == pytest.approx(1.15**3)
    assert 0.0 < found["centre_after_drag"] < 0.5
    assert found["zoom_after_double_click"] == 1.0


def test_a_new_preview_reaches_the_screen_and_uploading_stops(found: dict[str, Any]) -> None:
    assert found["pixel_after"] in ("lime", "srgb(0,255,0)")
    assert found["pixel_before"] != found["pixel_after"]
    assert found["uploading_when_idle"] == 0


def test_dragging_the_ball_turns_the_light(found: dict[str, Any]) -> None:
    assert found["light_after_drag"] == pytest.approx((0.6, 0.0, 0.8), abs=0.02)
    assert found["lights_reported"] >= 2


def test_a_splitter_moves_its_panel_and_nothing_leaves_the_window(found: dict[str, Any]) -> None:
    assert found["left_width"] == pytest.approx(348, abs=2)
    assert found["bottom"] == 720


def test_the_scene_says_what_it_waits_for_until_there_is_a_picture(found: dict[str, Any]) -> None:
    assert found["scene_before"] == ["Drawing the scene…"]
    assert found["scene_after"] == []


def test_what_is_in_force_stays_said_while_something_else_is_chosen(found: dict[str, Any]) -> None:
    words = "In force until Start over: Hybrid and 1 more"
    assert found["in_force"] == ["", words, "", words, ""]


def test_dialogs_come_one_at_a_time_and_shield_the_window(found: dict[str, Any]) -> None:
    assert not found["matrix_below_dialog_changed"]
    assert found["second_message"] == ["message", "And this"]
    assert found["after_messages"] is None
    assert found["answers"] == ["yes"]
    assert found["cancelled"] == [True]
    assert found["after_progress"] is None


def test_the_path_dialog_walks_into_folders_and_refuses_what_is_not_there(found: dict[str, Any]) -> None:
    assert found["paths"] == ["inside"]
    assert found["path_note"].startswith("/")
    assert found["path_note"].endswith("/nowhere does not exist.")
    assert found["typed"] == ["", "inside", ""]
    assert found["buttons_above_edge"]
    assert found["replaced"] == ["one.txt"]
    assert found["kept"] == []


def test_shortcuts_wait_while_a_field_is_typed_in(found: dict[str, Any]) -> None:
    assert found["pressed"] == ["save", "plain", "plain"]
    assert found["seeds"] == [42]
