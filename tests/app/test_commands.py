"""The command line on a tiny capture, from training to film, as a script would use it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest

from app.cli import main
from core.capture.images import read_image
from core.capture.synthetic_presets import near
from core.fit.run_folder import read_run
from core.fit.trainer import Trainer
from tests.app.quick_commands import quick_commands
from tests.core.fit.evaluation.pages import check_self_contained

STEPS = 8


@pytest.fixture(scope="module", autouse=True)
def quick() -> Generator[None, None, None]:
    with quick_commands():
        yield


@pytest.fixture(scope="module")
def run(tiny_capture_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a few steps with images kept out. Read it, never change it."""
    folder = tmp_path_factory.mktemp("runs") / "tiny"
    line = ["train", str(tiny_capture_folder), "--out", str(folder), "--steps", str(STEPS), "--holdout", "0.25"]
    assert main(line) == 0
    return folder


def told(capsys: pytest.CaptureFixture[str], *line: str) -> Any:
    """What a command prints on standard output with --json."""
    capsys.readouterr()
    assert main([*line, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_train_writes_a_complete_run(run: Path) -> None:
    written = read_run(run)
    assert written["steps"] == STEPS
    assert written["preset"] == "draft"
    assert written["figures"]["held_out_images"] == 4
    assert len(list((run / "renders").iterdir())) == 4
    assert (run / "contact_sheet.png").is_file()


def test_resume_goes_on_from_exactly_there(
    run: Path, tiny_capture_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["train", str(tiny_capture_folder), "--out", str(tmp_path / "run"), "--steps"]
    assert main([*line, "3"]) == 0
    first = read_run(tmp_path / "run")
    result = told(capsys, *line, "2", "--resume")
    second = read_run(tmp_path / "run")
    assert result["steps"] == second["steps"] == 5
    assert second["seconds"] > first["seconds"]
    assert second["metrics"][: len(first["metrics"])] == first["metrics"]
    assert second["metrics"][-1]["step"] == 5


def test_index_file_chooses_the_images(
    tiny_capture_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = tmp_path / "index.txt"
    index.write_text("V00L00\nV01L01\nV02L01\n")
    out = tmp_path / "run"
    told(capsys, "train", str(tiny_capture_folder), "--out", str(out), "--steps", "2", "--index", str(index))
    assert read_run(out)["included"] == ["V00L00", "V01L01", "V02L01"]
    assert np.isnan(np.loadtxt(out / "light_directions.txt")[2:]).all()


def test_what_is_modelled_is_chosen_and_kept(
    tiny_capture_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["train", str(tiny_capture_folder), "--out", str(tmp_path / "run"), "--steps", "2"]
    choices = told(capsys, *line, "--reflectance", "analytic", "--exposure")["choices"]
    assert (choices["reflectance"], choices["lights"]["exposure"], choices["lights"]["near"]) == (
        "analytic",
        True,
        False,
    )
    assert read_run(tmp_path / "run")["choices"] == choices
    assert main([*line[:-1], "1", "--resume"]) == 0
    assert "analytic (diffuse and one GGX lobe)" in capsys.readouterr().out
    assert read_run(tmp_path / "run")["choices"] == choices


def test_overwrite_replaces_another_run(tiny_capture_folder: Path, tmp_path: Path) -> None:
    line = ["train", str(tiny_capture_folder), "--out", str(tmp_path / "run"), "--steps"]
    assert main([*line, "1"]) == 0
    assert main([*line, "2", "--overwrite", "--seed", "7"]) == 0
    assert (read_run(tmp_path / "run")["steps"], read_run(tmp_path / "run")["seed"]) == (2, 7)


def test_eval_measures_every_photograph(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = told(capsys, "eval", str(run))
    assert result["training_images"] == 12
    assert result["held_out_images"] == 4
    figures = read_run(run)["figures"]
    for name in ("normal_error_deg", "light_error_deg", "held_out_psnr_db", "training_psnr_db"):
        assert result[name] == pytest.approx(figures[name]), name
    assert result["surface"]["f_score"] < 1.0
    assert len(result["images"]) == 16
    assert {image["light_part"] for image in result["images"]} == {"train"}
    assert main(["eval", str(run)]) == 0
    text = capsys.readouterr().out
    assert "Chamfer distance" in text
    assert "Kept out, view and light known" in text
    assert "Normal error, mean" in text
    assert "PSNR, 4 images kept out" in text


def test_eval_writes_a_report(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "report.html"
    assert told(capsys, "eval", str(run), "--report", str(file))["report"] == str(file)
    check_self_contained(file.read_text(encoding="utf-8"))
    assert main(["eval", str(run), "--report", str(tmp_path / "report.txt")]) == 2
    assert main(["eval", str(run), "--report", str(tmp_path / "no" / "report.html")]) == 2
    assert main(["eval", str(run), "--threshold", "0"]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_eval_takes_a_threshold_in_world_units(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = told(capsys, "eval", str(run), "--threshold", "100")
    assert (result["surface"]["threshold"], result["surface"]["f_score"]) == (100.0, 1.0)


def test_export_elsewhere_writes_what_is_asked_for(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["export", str(run), "--out", str(tmp_path / "out"), "--what", "mesh", "lights", "--cells", "24"]
    result = told(capsys, *line)
    names = ["light_directions.txt", "light_intensities.txt", "lights", "mesh.ply"]
    assert result["written"] == sorted(path.name for path in (tmp_path / "out").iterdir()) == names
    assert (tmp_path / "out" / names[0]).read_text() == (run / names[0]).read_text()


@pytest.mark.parametrize("frame", ["camera", "world"])
def test_relight_writes_a_picture_that_follows_the_light(run: Path, tmp_path: Path, frame: str) -> None:
    pictures: list[Any] = []
    for light in ("-1,0,0.3", "1,0,0.3"):
        file = tmp_path / f"{light}.png"
        line = ["relight", str(run), "--light", light, "--frame", frame, "--out", str(file), "--size", "64"]
        assert main(line) == 0
        pictures.append(read_image(file).astype(int))
    assert pictures[0].shape == (64, 64, 3)
    assert np.abs(pictures[0] - pictures[1]).mean() > 1.0


def test_relight_from_the_left_is_brighter_on_the_left(run: Path, tmp_path: Path) -> None:
    main(["relight", str(run), "--light", "-1,0,0.2", "--no-shadows", "--out", str(tmp_path / "left.png")])
    picture = read_image(tmp_path / "left.png").sum(axis=(0, 2), dtype=np.int64)
    middle = len(picture) // 2
    assert picture[:middle].sum() > 1.2 * picture[middle:].sum()


def test_orbit_writes_a_film(run: Path, tmp_path: Path) -> None:
    file = tmp_path / "round.mp4"
    assert main(["relight", str(run), "--orbit", "--out", str(file)]) == 0
    frames, seconds = imageio_ffmpeg.count_frames_and_secs(str(file))
    assert (frames, seconds) == (120, pytest.approx(4.0, abs=0.05))


def test_demo_writes_a_capture_that_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Path] = []
    monkeypatch.setattr("app.commands.demo.write_demo_capture", lambda folder, **_: calls.append(folder))
    assert main(["demo", str(tmp_path / "demo")]) == 0
    assert calls == [tmp_path / "demo"]


def test_demo_writes_the_test_capture_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []
    monkeypatch.setattr("app.commands.demo.write_case_capture", lambda folder, case, **_: calls.append((folder, case)))
    assert main(["demo", str(tmp_path / "near"), "--case", "near"]) == 0
    assert calls == [(tmp_path / "near", near())]
    assert main(["demo", str(tmp_path / "none"), "--case", "nearer"]) == 2
    assert len(calls) == 1


def interrupted_at(step: int, signal_number: int) -> Callable[[Trainer], Any]:
    plain = Trainer.step

    def interrupting(self: Trainer) -> Any:
        stats = plain(self)
        if stats.step == step:
            os.kill(os.getpid(), signal_number)
        return stats

    return interrupting


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_saves_what_was_learnt(
    tiny_capture_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    signal_number: int,
) -> None:
    out = tmp_path / "run"
    monkeypatch.setattr(Trainer, "step", interrupted_at(3, signal_number))
    assert main(["train", str(tiny_capture_folder), "--out", str(out), "--steps", "6"]) == 128 + signal_number
    assert read_run(out)["steps"] == 3
    assert not (out / "mesh.ply").exists()
    monkeypatch.undo()
    capsys.readouterr()
    assert main(["train", "--out", str(out), "--resume"]) == 0, "the run knows its capture"
    assert "Going on from step 3: 3 steps to go." in capsys.readouterr().err
    assert read_run(out)["steps"] == 6
    assert (out / "mesh.ply").exists()


def test_stopping_during_set_up_writes_nothing(
    tiny_capture_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop_while_reading(folder: Path, *, options: object, progress: Callable[[str, float], None]) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        progress(f"Reading {folder}", 0.1)

    monkeypatch.setattr("app.commands.opening.read_capture", stop_while_reading)
    assert main(["train", str(tiny_capture_folder), "--out", str(tmp_path / "run")]) == 130
    assert list(tmp_path.iterdir()) == []


def test_a_python_without_the_packages_is_told_which_to_call() -> None:
    """As ``python3 main.py`` does, where the packages are in ``.venv`` only."""
    line = [sys.executable, "-S", "main.py", "check", "capture"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "lacks packages of Chiaro, such as tyro" in done.stderr
    assert done.stderr.endswith(
        f"call {Path('.venv', 'Scripts' if os.name == 'nt' else 'bin', 'python')} main.py instead.\n"
    )


def test_mistakes_name_the_program_as_it_was_called() -> None:
    line = [sys.executable, "main.py", "check", "capture", "--mask", "files"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    told = " ".join(done.stderr.split())
    assert told == (
        f"check has no option --mask (is --masks meant?); '{sys.executable} main.py check --help' tells more."
    )


def test_help_and_mistakes_answer_without_loading_the_optimiser() -> None:
    code = (
        "import sys\nfrom app.cli import main\n"
        "for line in (['--help'], ['train', '--help'], ['train']):\n"
        "    try:\n        print(main(line))\n    except SystemExit as end:\n        print(end.code)\n"
        "print(sorted({'torch', 'numba', 'open3d', 'vtk', 'dearpygui'} & sys.modules.keys()))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert [line for line in lines if line in {"0", "2"}] == ["0", "0", "2"]
    assert lines[-1] == "[]"
