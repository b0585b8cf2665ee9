"""Choosing what is modelled, and what to do about photographs that do not fit, by hand in the real window."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from core.capture.images import read_image, write_exact
from tests.app.quick_commands import quick_commands
from tests.window.person import Person
from tests.window.test_check import choose
from tests.window.test_studio import pause

SPOILT = "V02L01"


def at_rest(seen: dict[str, Any]) -> bool:
    return seen["state"] == "ready" and seen["dialog"] is None


def test_a_model_is_chosen_trained_saved_and_opened_again(
    person: Person, tiny_capture_folder: Path, tmp_path: Path
) -> None:
    person.open_studio("--capture", tiny_capture_folder)
    person.wait("the capture", at_rest)
    person.click("fit.page.model")
    person.click("model.reflectance.neural")
    person.wait("a neural surface", lambda seen: at_rest(seen) and seen["choices"]["reflectance"] == "neural")
    person.click("model.falloff")
    seen = person.wait("lamps with beams", lambda seen: at_rest(seen) and seen["choices"]["lights"]["falloff"])
    assert seen["ticked"] == {"near": True, "falloff": True, "bounce": True}
    person.click("model.near")
    person.wait("distant lights", lambda seen: at_rest(seen) and not seen["choices"]["lights"]["near"])
    person.click("model.near")
    seen = person.wait("near lights", lambda seen: at_rest(seen) and seen["choices"]["lights"]["near"])
    assert not seen["ticked"]["falloff"]
    chosen = seen["choices"]
    person.click("fit.start")
    person.wait("training", lambda seen: seen["state"] == "running" and seen["step"] > 20)
    person.click("model.bounce")
    person.wait("word of the next start", lambda seen: any("after Start over" in n for n in seen["notes"]))
    rested = pause(person)
    seen = person.notice()
    assert not seen["ticked"]["bounce"]
    assert seen["choices"] == chosen
    person.press("ctrl+s")
    person.wait("the question where to", lambda seen: seen["dialog"] == "path")
    person.write(str(tmp_path / "run"))
    person.wait("the run to be saved", lambda seen: seen["saved_step"] == rested and seen["dialog"] is None)
    person.quit()
    assert person.ended() == 0
    assert json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))["choices"] == chosen

    person.open_studio()
    seen = person.wait("the run as it was left", lambda seen: seen["state"] == "paused")
    assert seen["choices"] == chosen
    assert seen["ticked"] == {"near": True, "falloff": False, "bounce": True}
    person.click("fit.start")
    person.wait("training to go on", lambda seen: seen["state"] == "running" and seen["step"] > rested)
    assert "Traceback" not in person.said


@pytest.fixture
def spoilt(tiny_capture_folder: Path, tmp_path: Path) -> Path:
    """The tiny capture with one photograph in which something lies before the object."""
    folder = tmp_path / "spoilt"
    shutil.copytree(tiny_capture_folder, folder)
    file = folder / "image" / f"{SPOILT}.png"
    picture = read_image(file).copy()
    picture[8:40, 12:36] = picture.max()
    write_exact(file, picture)
    return folder


@pytest.fixture
def spoilt_run(spoilt: Path, tmp_path: Path) -> Path:
    """A run of it: so many steps, however long they take here."""
    folder = tmp_path / "run"
    with quick_commands():
        assert main(["train", str(spoilt), "--out", str(folder), "--steps", "200"]) == 0
    return folder


def test_a_photograph_that_does_not_fit_is_shown_and_left_out(person: Person, spoilt_run: Path) -> None:
    person.open_studio("--run", spoilt_run)
    person.wait("word of it", lambda seen: "capture.outliers" in seen["rects"])
    person.click("tabs.relight")
    person.click("capture.outliers")
    person.click(f"capture.outlier.{SPOILT}")
    person.wait("its pictures", lambda seen: seen["selected"] == SPOILT and seen["tab"] == "images")
    person.click("capture.outliers.out")
    seen = person.wait("it to be left out", lambda seen: SPOILT not in seen["included"])
    person.wait("nothing else to mend", lambda seen: "capture.outliers" not in seen["rects"])
    person.click("fit.start")
    person.wait("training without it", lambda now: now["state"] == "running" and now["step"] > seen["step"] + 5)
    assert SPOILT not in person.look()["included"]
    assert "Traceback" not in person.said


def test_the_view_is_chosen_from_its_list(person: Person, tiny_capture_folder: Path) -> None:
    person.open_studio("--capture", tiny_capture_folder)
    person.wait("the capture", lambda seen: at_rest(seen) and seen["selected"] == "V00L00")
    choose(person, "capture.view", 2)
    person.wait("the third view", lambda seen: seen["selected"] == "V02L00")
