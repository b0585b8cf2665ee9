"""A run's mesh in every format, from the trained model to the file."""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh

from core.capture.capture import Capture
from core.errors import Cancelled, RunError
from core.fit import results
from core.fit.config import ultra
from core.fit.export_options import ExportOptions
from core.fit.history import History
from core.fit.run_folder import export_results, refresh_results, write_run
from core.fit.trainer import Trainer
from core.mesh.options import MESH_FORMATS, TEXTURED_FACES, MeshFormat, MeshOptions
from tests.core.mesh.glb_conformance import faults
from tests.tiny_run import coarse_meshes, tiny_trainer, train_tiny

FILES = {
    "ply": ["mesh.ply"],
    "glb": ["mesh.glb"],
    "obj": ["mesh.mtl", "mesh.obj", *(f"mesh_{n}.png" for n in ("base_colour", "metallic", "normal", "roughness"))],
}


def options(kind: MeshFormat) -> ExportOptions:
    return ExportOptions(mesh=MeshOptions(cells=24, format=kind, faces=400, texture=256, smooth=3))


@pytest.fixture(scope="module")
def trainer(tiny_capture: Capture) -> Trainer:
    trainer = tiny_trainer(tiny_capture)
    train_tiny(trainer)
    return trainer


@pytest.fixture(scope="module", autouse=True)
def quick() -> Generator[None, None, None]:
    with coarse_meshes():
        yield


@pytest.mark.parametrize("kind", MESH_FORMATS)
def test_every_format_holds_the_same_surface(trainer: Trainer, tmp_path: Path, kind: MeshFormat) -> None:
    told: list[float] = []
    export_results(trainer, tmp_path, what=["mesh"], options=options(kind), progress=lambda _, done: told.append(done))
    assert sorted(file.name for file in tmp_path.iterdir()) == FILES[kind]
    read = trimesh.load_scene(tmp_path / f"mesh.{kind}", process=False).to_geometry()
    assert len(read.faces) == pytest.approx(400, rel=0.05)
    export_results(trainer, tmp_path / "plain", what=["mesh"], options=options("ply"))
    plain = trimesh.load_mesh(tmp_path / "plain" / "mesh.ply", process=False)
    np.testing.assert_allclose(read.bounds, plain.bounds, atol=1e-5)
    assert told == sorted(told)
    assert told[-1] == 1.0
    if kind == "glb":
        assert faults((tmp_path / "mesh.glb").read_bytes()) == []


def test_a_run_s_other_meshes_stay_until_another_run_takes_its_place(trainer: Trainer, tmp_path: Path) -> None:
    folder, history = tmp_path / "run", History()
    write_run(trainer, folder, history=history, preset="draft", setup_seconds=0.0)
    refresh_results(trainer, folder, what=["mesh"], options=options("obj"))
    assert {file.name for file in folder.glob("mesh*")} == {"mesh.ply", *FILES["obj"]}
    write_run(trainer, folder, history=history, preset="draft", setup_seconds=0.0, own=True)
    assert {file.name for file in folder.glob("mesh*")} == {"mesh.ply", *FILES["obj"]}
    write_run(trainer, folder, history=history, preset="draft", setup_seconds=0.0, overwrite=True)
    assert {file.name for file in folder.glob("mesh*")} == {"mesh.ply"}


def test_only_files_of_the_same_format_are_in_the_way(trainer: Trainer, tmp_path: Path) -> None:
    (tmp_path / "mesh.ply").write_text("mine")
    export_results(trainer, tmp_path, what=["mesh"], options=options("glb"))
    with pytest.raises(RunError, match=r"mesh\.glb exists already"):
        export_results(trainer, tmp_path, what=["mesh"], options=options("glb"))
    assert (tmp_path / "mesh.ply").read_text() == "mine"


def test_baking_can_be_stopped_and_leaves_nothing(trainer: Trainer, tmp_path: Path) -> None:
    def stop(text: str, done: float) -> None:
        if text == "Baking the textures":
            raise Cancelled

    with pytest.raises(Cancelled):
        export_results(trainer, tmp_path / "out", what=["mesh"], options=options("glb"), progress=stop)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"cells": 4}, "4 cells a side is not possible; choose 8 to 1024"),
        ({"cells": 2000}, "choose 8 to 1024"),
        ({"texture": 16}, "16 texels a side of its texture is not possible; choose 256 to 4096"),
        ({"smooth": -1}, "choose 0 to 200"),
        ({"faces": 600_000, "format": "glb"}, "choose 100 to 500000, or PLY"),
        ({"faces": 5}, "5 triangles is not possible; choose 100 or more"),
    ],
)
def test_what_is_not_possible_is_said(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RunError, match=sentence):
        MeshOptions(**wrong)


def test_textured_meshes_are_reduced_unless_told_otherwise() -> None:
    assert MeshOptions().target is None
    assert MeshOptions(format="glb").target == TEXTURED_FACES
    assert MeshOptions(format="obj", faces=1000).target == MeshOptions(faces=1000).target == 1000


def test_a_mesh_is_as_fine_as_the_run_s_configuration_says_unless_told_otherwise(
    trainer: Trainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract, asked = results.extract_mesh, list[int]()

    def extracted(*arguments: Any, cells: int, **others: Any) -> Any:
        asked.append(cells)
        return extract(*arguments, cells=cells, **others)

    monkeypatch.setattr(results, "extract_mesh", extracted)
    monkeypatch.setattr(trainer, "config", replace(trainer.config, mesh_cells=12))
    write_run(trainer, tmp_path / "run", history=History(), preset="draft", setup_seconds=0.0)
    refresh_results(trainer, tmp_path / "run", what=["mesh"])
    told = ExportOptions(mesh=MeshOptions(cells=16))
    export_results(trainer, tmp_path / "out", what=["mesh"], options=told)
    assert asked == [12, 12, 16]
    assert ultra().mesh_cells == 512
