"""The main job, done by hand in the real window."""

import json
from pathlib import Path

import pytest

from tests.window.close_button import press_close_button
from tests.window.person import Person

PANES = ("panes.1", "panes.2", "panes.3", "panes.4", "panes.5")
"""Render, error, normals, albedo and shading; the photograph does not change."""


def train_demo(person: Person, steps: int = 20) -> None:
    person.open_studio()
    person.click("toolbar.demo")
    person.wait("training", lambda seen: seen["state"] == "running" and seen["step"] >= steps)


def pause(person: Person) -> int:
    """Pause by click; the step it rests at."""
    person.click("fit.pause")
    return person.wait("the pause", lambda seen: seen["state"] == "paused")["step"]


def test_open_start_watch_and_pause(person: Person, tiny_capture_folder: Path) -> None:
    person.open_studio("--capture", tiny_capture_folder)
    person.wait("the capture, paused", lambda seen: seen["state"] == "ready" and seen["title"] == "tiny")
    person.wait("the first pictures", lambda seen: seen["panes"] == "V00L00")
    before = {pane: person.still(f"{pane}.canvas") for pane in PANES}
    person.click("fit.start")
    person.wait("some steps", lambda seen: seen["step"] > 30)
    for pane in PANES:
        person.wait_for_change(pane, f"{pane}.canvas", before[pane])
    person.wait("the plots", lambda seen: seen["plotted"] > 3)
    rested = pause(person)
    frame = person.look()["frame"]
    later = person.wait("more frames", lambda seen: seen["frame"] > frame + 10)
    assert later["step"] == rested
    person.press("space")
    person.wait("training to go on", lambda seen: seen["state"] == "running" and seen["step"] > rested)
    assert "Traceback" not in person.said


def test_images_are_chosen_while_it_trains(person: Person) -> None:
    train_demo(person)
    seen = person.look()
    everything = set(seen["included"])
    person.click_on("the header of light 2", lambda seen: seen["headers"].get("2"))
    seen = person.wait("light 2 to be left out", lambda seen: len(seen["included"]) < len(everything))
    assert everything - set(seen["included"]) == {f"V{view:02d}L02" for view in range(4)}
    person.click_on("the cell of V01L03", lambda seen: seen["cells"].get("V01L03"))
    person.wait("one image to be left out", lambda seen: "V01L03" not in seen["included"])
    step = person.look()["step"]
    person.wait("training to go on", lambda seen: seen["step"] > step + 5 and seen["state"] == "running")
    person.click("capture.none")
    seen = person.wait("word that nothing is chosen", lambda seen: any("Not used yet" in n for n in seen["notes"]))
    assert seen["shown_included"] == []
    assert "V00L00" in seen["included"]
    person.click("capture.all")
    person.wait("all images again", lambda seen: set(seen["included"]) == everything)


def test_another_photograph_is_shown(person: Person) -> None:
    train_demo(person)
    person.wait("the first pictures", lambda seen: seen["panes"] == "V00L00")
    before = person.still("panes.0.canvas")
    person.click_on("the cell of V02L01", lambda seen: seen["cells"].get("V02L01"), button=3)
    person.wait("pictures of it", lambda seen: seen["panes"] == "V02L01")
    person.wait_for_change("the photograph", "panes.0.canvas", before)
    person.press("Right")
    person.wait("the next view", lambda seen: seen["selected"] == "V03L01")


def test_a_dragged_light_relights_the_object(person: Person) -> None:
    train_demo(person, steps=60)
    pause(person)
    person.click("tabs.relight")
    canvas = "relight.canvas"
    person.wait("the relit object", lambda _: person.pixels(canvas).std() > 10.0)
    before = person.still(canvas)
    person.drag(person.middle("relight.ball"), person.middle("relight.ball", 0.8, 0.5))
    right = person.wait("the light on the right", lambda seen: seen["light"][0] > 0.4)
    person.wait_for_change("the relit object", canvas, before, least=0.5)
    from_right = person.still(canvas)
    person.drag(person.middle("relight.ball", 0.8, 0.5), person.middle("relight.ball", 0.2, 0.3))
    left = person.wait("the light on the left", lambda seen: seen["light"][0] < -0.4)
    assert left["step"] == right["step"]
    person.wait_for_change("the relit object", canvas, from_right, least=0.5)


def test_the_mesh_is_turned_and_the_window_lives_on(person: Person) -> None:
    train_demo(person, steps=60)
    person.click("tabs.scene")
    pause(person)
    view = "scene.view.0"
    empty = person.still(view)
    person.click("scene.everything")
    person.wait_for_change("the view with all cameras", view, empty, least=0.5)
    before = person.still(view)
    person.drag(person.middle(view, 0.5, 0.5), person.middle(view, 0.8, 0.4))
    person.wait_for_change("the turned object", view, before)
    turned = person.still(view)
    person.point(person.middle(view))
    for _ in range(3):
        person.hand("click", 4)
    person.wait_for_change("the nearer object", view, turned)
    person.click("scene.split")
    person.rect("scene.view.1")
    # VTK has drawn: the rest of the window must still be alive.
    tabs = person.still("layout.centre")
    person.click("tabs.images")
    person.wait_for_change("the window", "layout.centre", tabs)


def test_save_close_reopen_and_go_on(person: Person, tmp_path: Path) -> None:
    train_demo(person)
    person.click_on("the header of light 1", lambda seen: seen["headers"].get("1"))
    person.wait("light 1 to be left out", lambda seen: len(seen["included"]) == 12)
    rested = pause(person)
    person.press("ctrl+s")
    person.wait("the question where to", lambda seen: seen["dialog"] == "path")
    person.write(str(tmp_path / "run"))
    person.wait("the run to be saved", lambda seen: seen["saved_step"] == rested and seen["dialog"] is None)
    person.press("ctrl+shift+s")
    person.wait("the question where else to", lambda seen: seen["dialog"] == "path" and seen["path"])
    person.press("Escape")
    person.wait("no question", lambda seen: seen["dialog"] is None)
    person.quit()
    assert person.ended() == 0
    run = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    assert run["steps"] == rested
    assert (tmp_path / "run" / "mesh.ply").is_file()

    person.open_studio()
    seen = person.wait("the run as it was left", lambda seen: seen["state"] == "paused")
    assert seen["step"] == rested
    assert len(seen["included"]) == 12
    person.click("fit.start")
    person.wait("training to go on", lambda seen: seen["state"] == "running" and seen["step"] > rested)
    assert "Traceback" not in person.said


def test_closing_the_window_while_training_saves(person: Person, tmp_path: Path) -> None:
    train_demo(person)
    press_close_button("Chiaro", person.environment)
    assert person.ended() == 0
    (run,) = (tmp_path / "data" / "chiaro" / "runs").glob("*/run.json")
    saved = json.loads(run.read_text(encoding="utf-8"))["steps"]
    assert saved >= 20
    person.open_studio()
    person.wait("the run as it was left", lambda seen: seen["state"] == "paused" and seen["step"] == saved)


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_bad_folder_is_told_and_training_goes_on(person: Person, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    train_demo(person)
    person.press("ctrl+o")
    person.wait("the question which folder", lambda seen: seen["dialog"] == "path")
    person.write(str(tmp_path / name))
    if name == "nowhere":  # refused by the dialog itself
        seen = person.wait("word of what is wrong", lambda seen: name in seen["refused"])
        assert seen["dialog"] == "path"
        person.press("Escape")
    else:
        person.wait("word of what is wrong", lambda seen: name in seen["message"])
        person.click("dialog.message.ok")
    person.wait("the dialog to be gone", lambda seen: seen["dialog"] is None)
    step = person.look()["step"]
    person.wait("training to go on", lambda seen: seen["state"] == "running" and seen["step"] > step)


def test_results_are_exported(person: Person, tmp_path: Path) -> None:
    train_demo(person, steps=60)
    pause(person)
    person.press("ctrl+e")
    person.wait("the question what to export", lambda seen: seen["export"])
    person.click("export.normals")
    person.click("export.ok")
    person.wait("the question where to", lambda seen: seen["dialog"] == "path")
    person.write(str(tmp_path / "out"))
    person.wait("the command that does the same", lambda seen: "chiaro export" in seen["message"])
    written = {file.name for file in (tmp_path / "out").iterdir()}
    assert written == {"mesh.ply", "light_directions.txt", "light_intensities.txt", "lights"}


def test_the_shortcut_sheet_opens_and_closes(person: Person) -> None:
    person.open_studio()
    before = person.still("layout.centre")
    person.press("F1")
    person.wait("the sheet", lambda seen: seen["dialog"] == "shortcuts")
    person.wait_for_change("the window", "layout.centre", before)
    person.press("Escape")
    person.wait("the sheet to be gone", lambda seen: seen["dialog"] is None)
    person.quit()
    assert person.ended() == 0
