"""Exporting by hand in the real window."""

from pathlib import Path

import numpy as np

from core.capture.images import read_image
from tests.core.mesh.glb_by_hand import read_glb
from tests.core.mesh.glb_conformance import faults
from tests.window.person import Person
from tests.window.test_check import choose
from tests.window.test_studio import pause, train_demo


def ask(person: Person) -> None:
    train_demo(person, steps=60)
    pause(person)
    person.press("ctrl+e")
    person.wait("the question what to export", lambda seen: seen["export"])


def write(person: Person, folder: Path) -> str:
    """Choose the folder; the command that is said to do the same."""
    person.click("export.ok")
    person.wait("the question where to", lambda seen: seen["dialog"] == "path")
    person.write(str(folder))
    return person.wait("the command that does the same", lambda seen: "chiaro export" in seen["message"])["message"]


def test_a_glb_with_textures_is_exported(person: Person, tmp_path: Path) -> None:
    ask(person)
    for other in ("export.normals", "export.lights"):
        person.click(other)
    plain = person.still("export.texture")
    choose(person, "export.format", 1)
    person.wait_for_change("textures, which can be chosen now", "export.texture", plain)
    choose(person, "export.texture", 0)
    choose(person, "export.cells", 1)
    choose(person, "export.faces", 1)
    choose(person, "export.smooth", 2)
    said = write(person, tmp_path / "out")
    assert said.endswith("--what mesh --cells 128 --format glb --texture 512 --faces 5000 --smooth 10")
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["mesh.glb"]
    assert faults((tmp_path / "out" / "mesh.glb").read_bytes()) == []
    glb = read_glb(tmp_path / "out" / "mesh.glb")
    assert glb.image(0).shape == (512, 512, 3)
    assert 0.9 * 5000 < len(glb.faces) <= 5000


def test_maps_and_spheres_are_exported(person: Person, tmp_path: Path) -> None:
    ask(person)
    for other in ("export.mesh", "export.normals", "export.lights"):
        person.click(other)
    plain = person.still("export.shadows")
    for wanted in ("export.maps", "export.spheres"):
        person.click(wanted)
    person.wait_for_change("shadows, which can be chosen now", "export.shadows", plain)
    choose(person, "export.maps_format", 1)
    choose(person, "export.shadows", 1)
    said = write(person, tmp_path / "out")
    assert said.endswith("--what maps spheres --map-format exr --all-shadows")
    assert {entry.name for entry in (tmp_path / "out").iterdir()} == {"maps", "spheres"}
    assert len(list((tmp_path / "out/maps/shadow").iterdir())) == 16, "of every photograph"
    assert read_image(tmp_path / "out/maps/depth/V03.exr").dtype == np.float32
