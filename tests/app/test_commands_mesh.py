"""Meshes from the command line."""

import json
from collections.abc import Generator
from pathlib import Path

import pytest

from app.cli import main
from tests.app.quick_commands import quick_commands
from tests.core.mesh.glb_by_hand import read_glb
from tests.core.mesh.glb_conformance import faults


@pytest.fixture(scope="module", autouse=True)
def quick() -> Generator[None, None, None]:
    with quick_commands():
        yield


@pytest.fixture(scope="module")
def run(tiny_capture_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "tiny"
    assert main(["train", str(tiny_capture_folder), "--out", str(folder), "--steps", "8"]) == 0
    return folder


def test_export_writes_a_glb_beside_the_run_s_own_mesh(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    line = ["export", str(run), "--what", "mesh", "--format", "glb", "--faces", "300", "--texture", "256"]
    assert main([*line, "--smooth", "5", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["written"] == ["mesh.glb"]
    assert faults((run / "mesh.glb").read_bytes()) == []
    glb = read_glb(run / "mesh.glb")
    assert len(glb.faces) == pytest.approx(300, rel=0.05)
    assert glb.image(0).shape == (256, 256, 3)
    assert (run / "mesh.ply").is_file()


def test_export_writes_an_obj_with_everything_it_names(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    line = ["export", str(run), "--out", str(out), "--what", "mesh", "--format", "obj", "--texture", "256"]
    assert main(line) == 0
    material = (out / "mesh.mtl").read_text().splitlines()
    named = {text.split()[1] for text in material if text.startswith(("map_", "norm"))}
    assert named | {"mesh.obj", "mesh.mtl"} == {file.name for file in out.iterdir()}


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        (("--texture", "7"), "choose 256 to 4096"),
        (("--faces", "3"), "choose 100 or more"),
        (("--smooth", "-2"), "choose 0 to 200"),
    ],
)
def test_impossible_meshes_are_one_sentence(
    run: Path, capsys: pytest.CaptureFixture[str], option: tuple[str, str], sentence: str
) -> None:
    before = sorted(run.rglob("*"))
    assert main(["export", str(run), "--what", "mesh", "--format", "glb", *option]) == 2
    assert sentence in capsys.readouterr().err
    assert sorted(run.rglob("*")) == before
