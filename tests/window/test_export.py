"""Exporting a textured mesh, by hand in the real window."""

from pathlib import Path

from tests.core.mesh.glb_by_hand import read_glb
from tests.core.mesh.glb_conformance import faults
from tests.window.person import Person
from tests.window.test_check import choose
from tests.window.test_studio import pause, train_demo


def test_a_glb_with_textures_is_exported(person: Person, tmp_path: Path) -> None:
    train_demo(person, steps=60)
    pause(person)
    person.press("ctrl+e")
    person.wait("the question what to export", lambda seen: seen["export"])
    for other in ("export.normals", "export.lights"):
        person.click(other)
    plain = person.pixels("export.texture")
    choose(person, "export.format", 1)
    person.wait_for_change("textures, which can be chosen now", "export.texture", plain)
    choose(person, "export.texture", 0)
    choose(person, "export.cells", 0)
    person.click("export.ok")
    person.wait("the question where to", lambda seen: seen["dialog"] == "path")
    person.write(str(tmp_path / "out"))
    seen = person.wait("the command that does the same", lambda seen: "chiaro export" in seen["message"])
    assert seen["message"].endswith("--what mesh --cells 128 --format glb --texture 512")
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["mesh.glb"]
    assert faults((tmp_path / "out" / "mesh.glb").read_bytes()) == []
    glb = read_glb(tmp_path / "out" / "mesh.glb")
    assert glb.image(0).shape == (512, 512, 3)
