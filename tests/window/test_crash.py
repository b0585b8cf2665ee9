"""What is left when the studio ends without being closed."""

import json
from pathlib import Path

from tests.window.person import Person
from tests.window.test_studio import pause, train_demo


def test_a_run_outlives_a_crash_and_has_one_place_once_it_is_saved(person: Person, tmp_path: Path) -> None:
    runs = tmp_path / "data" / "chiaro" / "runs"
    train_demo(person)
    rested = pause(person)
    seen = person.wait("the run to be kept", lambda seen: seen["kept_folder"] is not None)
    assert (seen["run_folder"], seen["saved_step"], seen["dialog"]) == (None, 0, None)
    person.abandon()
    (kept,) = runs.iterdir()
    assert json.loads((kept / "run.json").read_text(encoding="utf-8"))["steps"] == rested

    person.open_studio()
    person.wait("the run as it was", lambda seen: seen["state"] == "paused" and seen["step"] == rested)
    person.click("toolbar.demo")
    person.wait("another run", lambda seen: seen["state"] == "running" and seen["step"] >= 5)
    pause(person)
    person.wait("the other run to be kept", lambda seen: seen["kept_folder"] is not None)
    person.press("ctrl+s")
    person.wait("the question where to", lambda seen: seen["dialog"] == "path")
    person.write(str(tmp_path / "mine"))
    person.wait("the run to be saved", lambda seen: seen["run_folder"] == str(tmp_path / "mine"))
    assert list(runs.iterdir()) == [kept]
    assert "Traceback" not in person.said
