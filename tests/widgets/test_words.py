"""Small texts the widgets write: durations, memory, keys, pixel values; and the bundled fonts."""

from pathlib import Path

import dearpygui.dearpygui as dpg
import numpy as np
import pytest

from tests.widgets.gallery_data import panes
from widgets.fit_panel import start_word
from widgets.pane_contents import CONTENTS, values_text
from widgets.shortcuts import combination, key_name
from widgets.status_bar import Reading, duration, fitting, memory
from widgets.theme import _FACES, FONTS, fitting_scale


def test_the_scale_fits_the_window() -> None:
    assert fitting_scale(1.0, 1280, 720) == 1.0
    assert fitting_scale(2.0, 2560, 1440) == 2.0
    assert fitting_scale(2.0, 1280, 720) == pytest.approx(1.5, abs=0.01)
    assert fitting_scale(1.0, 300, 200) == 0.75


def test_durations() -> None:
    assert [duration(s) for s in (None, 0, 59.6, 61, 3725, -3)] == ["–", "0:00", "1:00", "1:01", "1:02:05", "0:00"]


def test_memory() -> None:
    assert [memory(b) for b in (None, 4_000_000, 999_400_000, 1_250_000_000)] == ["–", "4 MB", "999 MB", "1.25 GB"]


def test_a_narrow_bar_keeps_the_most_important_readings() -> None:
    readings = [Reading(name=name, text="", widest="") for name in "abc"]
    assert fitting(readings, [50, 50, 50], 120) == [0, 1]
    assert fitting(readings, [50, 50, 50], 150) == [0, 1, 2]
    assert fitting(readings, [50, 50, 50], 10) == []


def test_the_first_button_says_what_it_does() -> None:
    assert [start_word(state) for state in ("ready", "paused", "finished")] == ["Start", "Resume", "Go on"]


def test_keys_are_written_as_printed() -> None:
    assert combination(dpg.mvKey_S, ("Shift", "Ctrl")) == "Ctrl+Shift+S"
    assert key_name(dpg.mvKey_1) == "1"
    assert key_name(dpg.mvKey_F1 + 4) == "F5"
    assert key_name(dpg.mvKey_Spacebar) == "Space"
    with pytest.raises(ValueError, match="no name"):
        key_name(-5)


def test_pixels_read_as_what_they_mean() -> None:
    pictures = panes(64)
    assert values_text(pictures, "normals", (0.0, 0.0)) == "outside"
    normal = np.array(values_text(pictures, "normals", (0.5, 0.5)).split(), float)
    assert np.linalg.norm(normal) == pytest.approx(1.0, abs=0.02)
    assert len(values_text(pictures, "photograph", (0.5, 0.5)).split()) == 3
    assert values_text({**pictures, "render": pictures["photograph"]}, "error", (0.5, 0.5)) == "0.0000"
    assert values_text({"error": pictures["error"]}, "error", (0.5, 0.5)) == "–"
    for content in CONTENTS:
        assert values_text(pictures, content.name, (0.999, 0.999))


def test_bundled_fonts_are_there_small_and_licensed() -> None:
    licences = (FONTS.parent / "LICENSES.md").read_text()
    files = {file for file, _ in _FACES.values()}
    assert files == {path.name for path in FONTS.iterdir() if path.suffix in (".otf", ".ttf")}
    for file in files:
        assert Path(FONTS / file).stat().st_size < 1_000_000
        assert file in licences
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text()
