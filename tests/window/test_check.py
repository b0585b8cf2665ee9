"""Looking a capture over before training, by hand in the real window."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from core.capture.choices import save_choices
from core.capture.import_options import ImportOptions
from tests.window.person import Pair, Person

_POPUP_TOP, _POPUP_ROW = 5, 22
"""Of a combo's list, pixels: its padding, and from one entry to the next."""


@pytest.fixture
def without_masks(tmp_path: Path, tiny_capture_folder: Path) -> Path:
    """A capture whose masks are missing."""
    folder = tmp_path / "bare"
    shutil.copytree(tiny_capture_folder, folder)
    shutil.rmtree(folder / "mask")
    return folder


@pytest.fixture
def whole(tmp_path: Path, tiny_capture_folder: Path) -> Path:
    """A capture of one's own that may be written into."""
    return Path(shutil.copytree(tiny_capture_folder, tmp_path / "whole"))


def open_checked(person: Person, folder: Path) -> None:
    """Open a capture and bring its check to the front."""
    person.open_studio("--capture", folder)
    person.wait("the capture, paused", lambda seen: seen["state"] == "ready")
    person.click("tabs.check")
    person.wait("the picture of the cameras", lambda seen: seen["check"]["handles"][1] is not None)


def write_number(person: Person, tag: str, text: str) -> None:
    person.click(tag)
    person.hand("key", "--clearmodifiers", "ctrl+a")
    person.hand("type", "--delay", "30", text)
    person.press("Return")


def test_missing_masks_are_told_and_mended_by_one_click(person: Person, without_masks: Path) -> None:
    person.open_studio("--capture", without_masks)
    seen = person.wait("the check", lambda seen: seen["tab"] == "check" and seen["check"]["findings"])
    assert seen["state"] == "empty"
    assert seen["dialog"] is None
    severity, topic, _ = seen["check"]["findings"][0]
    assert (severity, topic) == ("must fix", "Masks")
    person.click("fit.start")  # cannot be pressed
    assert person.notice()["state"] == "empty"
    person.click("check.findings.0.1")  # painting them comes first
    person.wait("the capture to be read", lambda seen: seen["state"] == "ready")
    kept = json.loads((without_masks / "chiaro" / "import.json").read_text(encoding="utf-8"))
    assert kept == {"masks": "threshold"}
    person.click("fit.start")
    person.wait("training, with its pictures", lambda seen: seen["step"] > 5 and seen["tab"] == "images")
    assert "Traceback" not in person.said


def test_a_capture_is_looked_over_while_it_rests_and_the_views_compared(person: Person, whole: Path) -> None:
    open_checked(person, whole)
    person.wait("the closer look", lambda seen: seen["check"]["complete"])
    before = person.still("check.outline")
    person.click_on("the picture of V02", lambda seen: seen["check"]["tiles"].get("2"))
    seen = person.wait("the third view", lambda seen: seen["check"]["title"].startswith("V02"))
    assert (seen["check"]["view"], seen["selected"]) == (2, "V02L00")
    person.wait_for_change("the photograph", "check.outline", before)
    person.press("Right")
    person.wait("the next view", lambda seen: seen["selected"] == "V03L00" and seen["check"]["view"] == 3)
    cells = person.settled("the cells", lambda seen: seen["cells"])
    person.drag(cells["V03L00"], cells["V03L03"])
    person.wait("the view to be left out", lambda seen: "left out" in seen["check"]["title"])
    before = person.still("check.scene.view")
    person.click("check.scene.camera")
    person.wait_for_change("the view through a camera", "check.scene.view", before)


def test_the_sphere_is_moved_by_number_and_trained_in(person: Person, whole: Path) -> None:
    open_checked(person, whole)
    person.click("check.page.sphere")
    before = person.still("check.outline")
    write_number(person, "check.sphere.radius", "0.6")
    person.wait("the smaller sphere", lambda seen: seen["check"]["sphere"][3] == pytest.approx(0.6))
    person.wait_for_change("what it covers", "check.outline", before)
    write_number(person, "check.sphere.x", "0.05")
    seen = person.wait("the moved sphere", lambda seen: seen["check"]["sphere"][0] == pytest.approx(0.05))
    assert seen["sphere"][3] == pytest.approx(1.0)
    assert seen["check"]["changed"]
    person.click("fit.start")
    seen = person.wait("training in it", lambda seen: seen["step"] > 5)
    assert seen["sphere"] == pytest.approx([0.05, 0.0, 0.0, 0.6], abs=1e-6)
    assert not seen["check"]["changed"]


def test_the_sphere_is_dragged_and_found_again(person: Person, whole: Path) -> None:
    open_checked(person, whole)
    person.wait("the closer look", lambda seen: seen["check"]["complete"])  # nothing lies elsewhere after it
    from_afar = _apart(person.settled("the handles", handles))
    person.click("check.scene.sphere")
    person.wait("the sphere near by", lambda seen: _apart(handles(seen)) > 1.5 * from_afar)
    centre, _ = person.settled("the handles", handles)
    person.drag(centre, (centre[0] + 40, centre[1] - 20))
    moved = person.wait("the moved sphere", lambda seen: _away(seen["check"]["sphere"]) > 0.1)
    assert moved["check"]["sphere"][3] == pytest.approx(1.0)
    person.wait("its handles there", lambda seen: (handles(seen) or [centre])[0][0] > centre[0] + 25)
    _, rim = person.settled("the handles", handles)
    person.drag(rim, (rim[0] + 30, rim[1]))
    person.wait("the larger sphere", lambda seen: seen["check"]["sphere"][3] > 1.1)
    person.click("check.page.sphere")
    person.click("check.sphere.masks")
    person.wait(
        "the masks' sphere", lambda seen: seen["check"]["sphere"][3] < 1.5 and _away(seen["check"]["sphere"]) < 0.3
    )
    person.click("check.sphere.undo")
    seen = person.wait("the sphere as it was", lambda seen: not seen["check"]["changed"])
    assert seen["check"]["sphere"] == [0.0, 0.0, 0.0, 1.0]


def handles(seen: dict[str, Any]) -> list[Pair] | None:
    """Where the sphere's centre and rim can be gripped, once they are drawn."""
    found = seen["check"]["handles"]
    return found if all(found) else None


def _apart(pair: list[Pair] | None) -> float:
    return abs(pair[0][0] - pair[1][0]) if pair else 0.0


def _away(sphere: list[float]) -> float:
    return sum(value * value for value in sphere[:3]) ** 0.5


def choose(person: Person, combo: str, row: int) -> None:
    """Choose the entry of a combo that stands ``row`` rows below the first."""
    x, y, width, height = person.rect(combo)
    person.click_at((x + width / 2, y + height / 2))
    person.click_at((x + width / 2, y + height + _POPUP_TOP + (row + 0.5) * _POPUP_ROW))


def test_another_encoding_is_read_and_kept(person: Person, whole: Path) -> None:
    open_checked(person, whole)
    choose(person, "check.import.encoding", 2)
    person.wait("the change", lambda seen: seen["check"]["changed"])
    person.click("check.read")
    seen = person.wait("it to be read so", lambda seen: (seen["check"]["options"] or {}).get("encoding"))
    assert seen["check"]["options"] == {"encoding": "srgb"}
    person.wait("the capture again", lambda seen: seen["state"] == "ready" and not seen["check"]["changed"])
    person.quit()
    assert person.ended() == 0
    person.open_studio()
    person.wait("the same choice", lambda seen: seen["check"]["options"] == {"encoding": "srgb"})


def test_holes_in_masks_are_closed_on_request(person: Person, whole: Path) -> None:
    open_checked(person, whole)
    x, y, _, height = person.rect("check.import.holes")
    person.click_at((x + height / 2, y + height / 2))
    person.wait("the change", lambda seen: seen["check"]["changed"])
    person.click("check.read")
    person.wait(
        "it to be read so", lambda seen: seen["check"]["options"] == {"fill_holes": True} and seen["state"] == "ready"
    )


def test_a_wrong_layout_leaves_the_studio_alive_and_is_undone(person: Person, whole: Path) -> None:
    save_choices(whole, ImportOptions(layout="COLMAP"))
    person.open_studio("--capture", whole)
    seen = person.wait("the check", lambda seen: seen["tab"] == "check" and seen["check"]["findings"])
    assert seen["state"] == "empty"
    assert seen["check"]["options"] == {"layout": "COLMAP"}
    person.click("check.findings.0.0")  # read as what it looks like
    person.wait("the capture", lambda seen: seen["state"] == "ready" and seen["check"]["layout"] == "MVSCPS")
    assert "Traceback" not in person.said
