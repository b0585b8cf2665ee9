"""The run folder keeps its contract with other tools, and nothing of the user's is ever lost."""

import errno
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import open3d as o3d
import pytest
import torch

from core.capture.capture import Capture
from core.capture.images import read_image
from core.errors import Cancelled, RunError
from core.fit import results
from core.fit.history import History
from core.fit.last_good import live_tensors
from core.fit.run_folder import check_run_folder, export_results, read_run, refresh_results, remove_run, write_run
from core.fit.trainer import Trainer
from core.types import ImageKey
from tests.core.fit.small import small_trainer, train
from tests.tiny_run import STEPS, coarse_meshes, tiny_trainer, train_tiny

HELD_OUT = ImageKey(1, 2)
UNKNOWN_LIGHT = 3


@pytest.fixture(scope="module")
def run(tiny_capture: Capture) -> tuple[Trainer, History]:
    """Trained without one image, and without any image of one light."""
    without = {HELD_OUT} | {key for key in tiny_capture.keys if key.light == UNKNOWN_LIGHT}
    trainer = tiny_trainer(tiny_capture, without=frozenset(without))
    return trainer, train_tiny(trainer)


@dataclass(frozen=True)
class Written:
    """A complete run folder, written once; copied by the tests that change it."""

    folder: Path
    progress: list[float]

    def copy(self, to: Path) -> Path:
        shutil.copytree(self.folder, to)
        return to


@pytest.fixture(scope="module")
def written(run: tuple[Trainer, History], tmp_path_factory: pytest.TempPathFactory) -> Written:
    written = Written(tmp_path_factory.mktemp("runs") / "new" / "first", [])
    write(run, written.folder, progress=lambda _text, fraction: written.progress.append(fraction))
    return written


@pytest.fixture(scope="module", autouse=True)
def quick_meshes() -> Generator[None, None, None]:
    with coarse_meshes():
        yield


def write(run: tuple[Trainer, History], folder: Path, **options: Any) -> None:
    trainer, history = run
    write_run(trainer, folder, history=history, preset="draft", setup_seconds=0.5, **options)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def full_disk(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_run_saved_quickly_is_removed_without_a_trace(run: tuple[Trainer, History], tmp_path: Path) -> None:
    folder = tmp_path / "run"
    write(run, folder, results=False)
    remove_run(folder)
    assert list(tmp_path.iterdir()) == []
    remove_run(folder)  # somebody was quicker


def test_removing_a_run_leaves_what_else_is_there(run: tuple[Trainer, History], tmp_path: Path) -> None:
    write(run, tmp_path, results=False)
    (tmp_path / "letter.txt").write_text("dear")
    (tmp_path / "mesh.ply").write_text("exported")
    remove_run(tmp_path)
    assert contents(tmp_path) == {"letter.txt": b"dear", "mesh.ply": b"exported"}


def test_every_file_of_the_contract_is_there(run: tuple[Trainer, History], written: Written) -> None:
    normals = {f"normals/V{view:02d}.exr" for view in run[0].capture.views}
    single = {"run.json", "checkpoint.safetensors", "checkpoint.json", "mesh.ply", "contact_sheet.png"}
    lights = {"light_directions.txt", "light_intensities.txt"}
    lights |= {"lights/directions_opengl.txt", "lights/directions_opencv.txt"}
    lights |= {f"lights/V{view:02d}.lp" for view in run[0].capture.views}
    assert contents(written.folder).keys() == normals | single | lights | {f"renders/{HELD_OUT.name}.png"}


def test_lights_have_a_row_for_every_id_and_nan_where_unknown(run: tuple[Trainer, History], written: Written) -> None:
    directions = np.loadtxt(written.folder / "light_directions.txt")
    intensities = np.loadtxt(written.folder / "light_intensities.txt")
    known = np.array(run[0].capture.light_ids) != UNKNOWN_LIGHT
    assert directions.shape == intensities.shape == (len(known), 3)
    assert np.isnan(directions[~known]).all()
    assert np.isnan(intensities[~known]).all()
    assert np.allclose(np.linalg.norm(directions[known], axis=1), 1.0, atol=1e-6)
    assert (intensities[known] > 0.0).all()


def test_images_and_mesh_are_of_the_stated_kind(run: tuple[Trainer, History], written: Written) -> None:
    capture = run[0].capture
    normals = read_image(written.folder / "normals" / "V00.exr")
    assert normals.shape == (capture.cameras[0].height, capture.cameras[0].width, 3)
    length = np.linalg.norm(normals, axis=-1)
    assert np.allclose(length[length > 0.0], 1.0, atol=1e-4)
    assert (normals[length > 0.0][:, 2] > 0.0).mean() > 0.9, "seen surfaces face the viewer"
    render = read_image(written.folder / "renders" / f"{HELD_OUT.name}.png")
    assert render.dtype == np.uint16
    mesh = o3d.io.read_triangle_mesh(str(written.folder / "mesh.ply"))
    assert len(mesh.triangles) > 100
    assert mesh.has_vertex_colors()
    reach = np.linalg.norm(np.asarray(mesh.vertices) - run[0].frame.centre, axis=1).max()
    assert 0.1 * run[0].frame.scale < reach < 1.5 * run[0].frame.scale, "the mesh is in the world frame"


def test_run_json_tells_what_was_done(run: tuple[Trainer, History], written: Written) -> None:
    told = read_run(written.folder)
    assert told["steps"] == STEPS
    assert told["seconds"] == pytest.approx(run[0].seconds, abs=1e-3)
    assert told["setup_seconds"] == 0.5
    assert told["config"]["rays"] == 64
    assert told["versions"]["chiaro"]
    assert HELD_OUT.name not in told["included"]
    assert told["figures"]["held_out_images"] == 1
    assert told["metrics"][-1]["step"] == STEPS
    assert told["metrics"][-1]["normal_error_deg"] > 0.0
    assert History.from_json(told["metrics"], up_to_step=STEPS).to_json() == told["metrics"]


def test_the_independent_scorer_reads_it(
    run: tuple[Trainer, History], written: Written, tiny_capture_folder: Path, shared_data: Path
) -> None:
    scorer = shared_data.parent / "tools" / "score.py"
    line = [sys.executable, str(scorer), str(tiny_capture_folder), str(written.folder), "--json"]
    scores = json.loads(subprocess.run(line, capture_output=True, text=True, check=True).stdout)
    figures = read_run(written.folder)["figures"]
    assert scores["normal_mae_deg"] == pytest.approx(figures["normal_error_deg"], abs=0.05)
    assert scores["light_mae_deg"] == pytest.approx(figures["light_error_deg"], abs=0.05)
    assert scores["psnr_db"] == pytest.approx(figures["held_out_psnr_db"], abs=0.05)
    assert scores["renders"] == 1
    assert scores["lights"] == len(run[0].capture.light_ids) - 1
    assert np.isfinite(scores["chamfer"])


def test_writing_results_leaves_the_trainer_as_it_was(tiny_capture: Capture, tmp_path: Path) -> None:
    straight, stopped = (small_trainer(tiny_capture, steps=120) for _ in range(2))
    train(straight, 40)
    train(stopped, 40)  # the cached distances have been renewed in part
    export_results(stopped, tmp_path, what=("normals", "mesh"))
    for name, value in live_tensors(stopped).items():
        assert torch.equal(value, live_tensors(straight)[name]), name
    assert train(stopped, 20) == train(straight, 20)


def test_a_run_is_replaced_only_when_asked_to(run: tuple[Trainer, History], written: Written, tmp_path: Path) -> None:
    folder = written.copy(tmp_path / "run")
    with pytest.raises(RunError, match="already holds a run"):
        write(run, folder)
    assert contents(folder) == contents(written.folder)
    check_run_folder(folder, overwrite=True)


@pytest.mark.parametrize("overwrite", [True, False])
def test_a_folder_of_other_things_is_never_written_to(overwrite: bool, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(RunError, match="not a run"):
        check_run_folder(tmp_path, overwrite=overwrite)
    with pytest.raises(RunError, match="is a file"):
        check_run_folder(tmp_path / "letter.txt", overwrite=overwrite)


def test_saving_again_keeps_what_the_user_put_there_and_drops_what_is_stale(
    run: tuple[Trainer, History], written: Written, tmp_path: Path
) -> None:
    folder = written.copy(tmp_path / "run")
    (folder / "notes.txt").write_text("mine")
    (folder / "normals" / "V77.exr").write_bytes(b"of a view that is no longer there")
    write(run, folder, own=True)
    assert (folder / "notes.txt").read_text() == "mine"
    assert not (folder / "normals" / "V77.exr").exists()


def test_a_quick_save_keeps_results_of_the_same_run_but_not_of_another(
    run: tuple[Trainer, History], written: Written, tmp_path: Path
) -> None:
    folder = written.copy(tmp_path / "run")
    write(run, folder, own=True, results=False)
    assert (folder / "mesh.ply").exists()
    assert read_run(folder)["figures"]["steps"] == STEPS
    write(run, folder, overwrite=True, results=False)
    assert not (folder / "mesh.ply").exists()
    assert not list((folder / "normals").glob("*.exr"))
    assert read_run(folder)["figures"] is None


@pytest.mark.parametrize("writer", ["write_ply", "write_exr", "write_png8"])
def test_a_full_disk_leaves_the_earlier_run_untouched(
    run: tuple[Trainer, History], written: Written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writer: str
) -> None:
    folder = written.copy(tmp_path / "run")
    monkeypatch.setattr(results, writer, full_disk)
    with pytest.raises(RunError, match="disk is full"):
        write(run, folder, own=True)
    assert contents(folder) == contents(written.folder)
    with pytest.raises(RunError, match="disk is full"):
        write(run, tmp_path / "other")
    assert [entry.name for entry in tmp_path.iterdir()] == ["run"]


def test_cancelling_leaves_nothing_behind(run: tuple[Trainer, History], tmp_path: Path) -> None:
    def stop(_text: str, fraction: float) -> None:
        if fraction > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        write(run, tmp_path / "run", progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_progress_only_grows_and_ends_at_one(written: Written) -> None:
    assert written.progress == sorted(written.progress)
    assert written.progress[-1] == 1.0


def test_export_writes_what_is_asked_for_and_refuses_to_replace_it(
    run: tuple[Trainer, History], tmp_path: Path
) -> None:
    export_results(run[0], tmp_path, what=("lights", "mesh"))
    directions = {f"lights/directions_{frame}.txt" for frame in ("opengl", "opencv")}
    lists = {f"lights/V{view:02d}.lp" for view in run[0].capture.views}
    single = {"light_directions.txt", "light_intensities.txt", "mesh.ply"}
    assert contents(tmp_path).keys() == single | directions | lists
    with pytest.raises(RunError, match="exists already"):
        export_results(run[0], tmp_path, what=("mesh",))
    export_results(run[0], tmp_path, what=("sheet",))
    export_results(run[0], tmp_path, what=("mesh",), overwrite=True)


def test_refreshing_completes_a_run_that_was_saved_quickly(
    run: tuple[Trainer, History], written: Written, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    write(run, folder, results=False)
    assert not (folder / "mesh.ply").exists()
    refresh_results(run[0], folder)
    assert contents(folder).keys() == contents(written.folder).keys()
    assert read_run(folder)["figures"] == read_run(written.folder)["figures"]


def damage_missing(file: Path) -> None:
    file.unlink()


def damage_cut(file: Path) -> None:
    file.write_text(file.read_text()[:40])


def damage_newer(file: Path) -> None:
    file.write_text(json.dumps({"format": 99}))


def damage_foreign(file: Path) -> None:
    file.write_text("[1, 2]")


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (damage_missing, "holds no run"),
        (damage_cut, "is damaged"),
        (damage_newer, "newer Chiaro"),
        (damage_foreign, "not written by Chiaro"),
    ],
)
def test_a_run_file_that_cannot_be_used_is_named(
    written: Written, tmp_path: Path, damage: Callable[[Path], None], sentence: str
) -> None:
    shutil.copy(written.folder / "run.json", tmp_path)
    damage(tmp_path / "run.json")
    with pytest.raises(RunError, match=sentence):
        read_run(tmp_path)
