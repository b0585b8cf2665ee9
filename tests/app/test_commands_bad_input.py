"""Bad input on the command line: exit code 2, one sentence on standard error, nothing written, nothing lost."""

import errno
import json
import shutil
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from core.capture.synthetic import write_demo_capture
from core.errors import FitError
from core.fit.checkpoint import load_trainer, save_checkpoint
from core.fit.film import up_direction
from core.fit.run_folder import read_run
from core.fit.trainer import Trainer
from tests.app.conftest import Refused
from tests.app.quick_commands import quick_commands
from tests.core.fit.small import CPU


@pytest.fixture(scope="module", autouse=True)
def quick() -> Generator[None, None, None]:
    with quick_commands():
        yield


@pytest.fixture(scope="module")
def run(tiny_capture_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved run. Read it, never change it."""
    folder = tmp_path_factory.mktemp("runs") / "saved"
    assert main(["train", str(tiny_capture_folder), "--out", str(folder), "--steps", "2"]) == 0
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def full_disk(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_missing_and_empty_capture_folders(refused: Refused, tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert "nowhere" in refused("train", tmp_path / "nowhere", "--out", out)
    (tmp_path / "empty").mkdir()
    assert "empty" in refused("train", tmp_path / "empty", "--out", out)
    assert not out.exists()


def test_index_files(refused: Refused, tiny_capture_folder: Path, tmp_path: Path) -> None:
    index = tmp_path / "index.txt"
    line = ("train", tiny_capture_folder, "--out", tmp_path / "run", "--index", index)
    assert "index.txt" in refused(*line)
    index.write_text("V00L00\nV77L00\n")
    assert "V77L00" in refused(*line)
    index.write_text("V00L00\nV00L01\n")
    assert "at least two views" in refused(*line)
    index.write_text("")
    assert "names no image" in refused(*line)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--seconds", "0"), "must be positive"),
        (("--seconds", "nan"), "must be positive"),
        (("--steps", "-3"), "must be positive"),
        (("--seconds", "1", "--steps", "1"), "not both"),
        (("--holdout", "1.5"), "must lie in"),
        (("--device", "quantum"), "quantum"),
        (("--demo",), "either a capture folder"),
        (("--resume",), "holds no run"),
    ],
)
def test_train_options(
    refused: Refused, tiny_capture_folder: Path, tmp_path: Path, options: tuple[str, ...], sentence: str
) -> None:
    assert sentence in refused("train", tiny_capture_folder, "--out", tmp_path / "run", *options)
    assert list(tmp_path.iterdir()) == []


def test_a_run_is_not_replaced(refused: Refused, tiny_capture_folder: Path, run: Path) -> None:
    before = tree(run)
    assert "already holds a run" in refused("train", tiny_capture_folder, "--out", run)
    assert tree(run) == before


def test_other_peoples_files_are_not_touched(refused: Refused, tiny_capture_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    assert "not a run" in refused("train", tiny_capture_folder, "--out", tmp_path, "--overwrite")
    assert "is a file" in refused("train", tiny_capture_folder, "--out", tmp_path / "letter.txt")
    assert "is a file" in refused("train", tiny_capture_folder, "--out", tmp_path / "letter.txt" / "run")
    assert tree(tmp_path) == {"letter.txt": b"dear"}


def test_missing_permission_is_found_before_training(
    refused: Refused, tiny_capture_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    def trained(*_: object, **__: object) -> None:
        raise AssertionError("training has begun")

    monkeypatch.setattr(Path, "mkdir", refuse)
    monkeypatch.setattr("app.commands.opening.read_capture", trained)
    assert "no permission" in refused("train", tiny_capture_folder, "--out", tmp_path / "run")


def test_a_disk_that_fills_up_leaves_what_was_saved(
    refused: Refused, tiny_capture_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "run"
    monkeypatch.setattr("core.fit.results.write_ply", full_disk)
    assert "disk is full" in refused("train", tiny_capture_folder, "--out", out, "--steps", "2")
    assert read_run(out)["steps"] == 2, "the checkpoint was written before the results"
    before = tree(out)
    assert "disk is full" in refused("train", tiny_capture_folder, "--out", tmp_path / "other", "--steps", "1")
    monkeypatch.setattr("core.fit.run_folder.save_checkpoint", full_disk)
    assert "disk is full" in refused("train", tiny_capture_folder, "--out", out, "--steps", "2", "--resume")
    assert tree(out) == before


def test_a_disk_without_room_is_found_before_training(
    refused: Refused, tiny_capture_folder: Path, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trained(*_: object, **__: object) -> None:
        raise AssertionError("training has begun")

    copy = tmp_path / "copy"
    shutil.copytree(run, copy)
    before = tree(tmp_path)
    monkeypatch.setattr("core.fit.room._free_bytes", lambda _: 6_000_000)
    monkeypatch.setattr("app.commands.opening.read_capture", trained)
    said = refused("train", tiny_capture_folder, "--out", tmp_path / "run", "--seconds", "100")
    assert "6.0 MB are free" in said
    assert "no room" in refused("train", tiny_capture_folder, "--out", copy, "--resume", "--steps", "2")
    assert tree(tmp_path) == before


@pytest.mark.parametrize("failures", [2, 99])
def test_a_save_that_fails_on_the_way_is_told_once_and_training_goes_on(
    capsys: pytest.CaptureFixture[str],
    tiny_capture_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    failures: int,
) -> None:
    tries: list[int] = []

    def often_full(trainer: Trainer, folder: Path) -> None:
        tries.append(trainer.steps)
        if 1 < len(tries) <= 1 + failures:
            full_disk()
        save_checkpoint(trainer, folder)

    monkeypatch.setattr("core.fit.run_folder.save_checkpoint", often_full)
    monkeypatch.setattr("app.commands.training_run.SAVE_EVERY_SECONDS", 0.0)
    out = tmp_path / "run"
    assert main(["train", str(tiny_capture_folder), "--out", str(out), "--steps", "5"]) == (0 if failures == 2 else 2)
    assert tries == [1, 2, 3, 4, 5, 5], "after every step, and at the end"
    said = capsys.readouterr().err
    assert said.count("Not saved: ") == 1
    if failures == 2:
        assert read_run(out)["steps"] == 5
    else:
        assert said.strip().endswith("What was saved at step 1 stays.")
        assert read_run(out)["steps"] == 1
        assert load_trainer(out, device=CPU).steps == 1


def test_a_training_that_could_never_be_saved_says_so(
    refused: Refused, tiny_capture_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.fit.run_folder.save_checkpoint", full_disk)
    said = refused("train", tiny_capture_folder, "--out", tmp_path / "run", "--steps", "1")
    assert said.endswith("Nothing of this run is saved.")
    assert list(tmp_path.iterdir()) == []


def test_a_run_resumes_only_on_its_capture(
    refused: Refused, tiny_capture_folder: Path, run: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    write_demo_capture(other, seed=5, views=3, lights=3, size=32)
    assert "another capture" in refused("train", other, "--out", run, "--resume", "--steps", "1")
    assert "another capture" in refused("eval", run, "--capture", other)
    assert "keeps its settings" in refused("train", tiny_capture_folder, "--out", run, "--resume", "--seed", "3")
    said = refused("train", tiny_capture_folder, "--out", run, "--resume", "--near", "--reflectance", "neural")
    assert "leave out --reflectance, --near" in said
    assert "planned end" in refused("train", tiny_capture_folder, "--out", run, "--resume")


@pytest.mark.parametrize("name", ["run.json", "checkpoint.json"])
def test_newer_and_damaged_runs(refused: Refused, run: Path, tmp_path: Path, name: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(run, copy)
    whole = (copy / name).read_text()
    (copy / name).write_text(json.dumps(json.loads(whole) | {"format": 999}))
    assert "newer Chiaro" in refused("eval", copy)
    (copy / name).write_text(whole[: len(whole) // 2])
    assert "damaged" in refused("eval", copy)
    (copy / name).unlink()
    assert name in refused("eval", copy)


def test_commands_on_no_run(refused: Refused, tmp_path: Path) -> None:
    for line in (("eval",), ("export",), ("relight", "--light", "0,0,1")):
        assert "holds no run" in refused(line[0], tmp_path / "nothing", *line[1:])
        assert "holds no run" in refused(line[0], tmp_path, *line[1:])


def test_a_capture_that_has_moved_is_named(refused: Refused, run: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(run, copy)
    numbers = json.loads((copy / "checkpoint.json").read_text())
    (copy / "checkpoint.json").write_text(json.dumps(numbers | {"capture": str(tmp_path / "moved")}))
    for line in (("eval",), ("export",), ("relight", "--light", "0,0,1")):
        sentence = refused(line[0], copy, *line[1:])
        assert "moved" in sentence
        assert "--capture FOLDER" in sentence
    gone = refused("train", tmp_path / "moved", "--out", copy, "--resume", "--steps", "1")
    assert "name the folder it is in now" in gone


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ((), "Say where the light comes from"),
        (("--light", ""), "three numbers"),
        (("--light", "up"), "three numbers"),
        (("--light", "1,2"), "three numbers"),
        (("--light", "nan,0,1"), "three numbers"),
        (("--light", "0,0,0"), "must point somewhere"),
        (("--light", "0,0,1", "--view", "77"), "no view 77"),
        (("--light", "0,0,1", "--orbit"), "does not move; choose --light further from (0, 0, 1)"),
        (("--light", "{up}", "--orbit", "--frame", "world"), "does not move; choose --light further from ({up})"),
        (("--light", "0,0,1", "--colour", "1,-1,1"), "must not be negative"),
        (("--light", "0,0,1", "--size", "2"), "must lie between"),
        (("--light", "0,0,1", "--intensity", "-2"), "must not be negative"),
        (("--light", "0,0,1", "--out", "picture.jpg"), "must end in .png"),
        (("--light", "1,0,1", "--orbit", "--out", "film.png"), "must end in .mp4"),
        (("--light", "0,0,1", "--out", "nowhere/picture.png"), "does not exist"),
    ],
)
def test_relight_options(refused: Refused, run: Path, options: tuple[str, ...], sentence: str) -> None:
    up = ", ".join(f"{value:.3g}" for value in up_direction(load_trainer(run, device=CPU)) + 0.0)
    assert sentence.format(up=up) in refused("relight", run, *(option.format(up=up) for option in options))


def test_files_are_not_replaced(refused: Refused, run: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.png").write_text("mine")
    (tmp_path / "mesh.ply").write_text("mine")
    before = tree(tmp_path)
    assert "exists already" in refused("relight", run, "--light", "0,0,1", "--out", tmp_path / "mine.png")
    assert "exists already" in refused("export", run, "--out", tmp_path)
    assert "not empty" in refused("demo", tmp_path)
    assert "is a file" in refused("export", run, "--out", tmp_path / "mine.png")
    assert "must lie between" in refused("export", run, "--cells", "4")
    assert tree(tmp_path) == before


def test_the_last_good_state_is_saved_when_optimisation_fails(
    refused: Refused, tiny_capture_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Trainer.step

    def failing(self: Trainer) -> Any:
        if self.steps == 2:
            raise FitError("The loss is not a number; the last good state is kept.")
        return plain(self)

    monkeypatch.setattr(Trainer, "step", failing)
    out = tmp_path / "run"
    assert "not a number" in refused("train", tiny_capture_folder, "--out", out, "--steps", "5")
    assert read_run(out)["steps"] == 2


def test_a_resumed_run_without_its_capture_asks_for_it(refused: Refused, run: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(run, copy)
    whole = json.loads((copy / "run.json").read_text())
    line = ("train", "--out", copy, "--resume", "--steps", "1")
    (copy / "run.json").write_text(json.dumps(whole | {"capture": {"folder": str(tmp_path / "moved")}}))
    assert "name the folder it is in now" in refused(*line)
    (copy / "run.json").write_text(json.dumps(whole | {"capture": None}))
    assert "name the folder that it was trained on" in refused(*line)
