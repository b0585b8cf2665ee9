"""Benchmarks: every run has a row, finished ones are not made again, and stopping loses none of them."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest

from app.arguments import Benchmark
from app.benchmark_jobs import RUNS, Job, all_rows, finished_row, plan, row_file, write_row
from app.benchmark_plot import plot
from app.benchmark_process import core_shares
from app.benchmark_table import csv_text, markdown_text, write_tables
from app.cli import main
from app.model_arguments import ModelArguments
from core.errors import CaptureError, RunError
from tests.core.fit.evaluation.pages import Page

ROOT = Path(__file__).parents[2]


def row(capture: str = "owl", preset: str = "draft", seed: int = 0, **figures: float | str | None) -> dict[str, Any]:
    return {"capture": capture, "preset": preset, "seed": seed, "steps": 10, "seconds": 1.0} | figures


def job(capture: Path, seed: int = 0) -> Job:
    return plan(Benchmark(captures=(capture,), out=Path("out"), seeds=(seed,)))[0]


def told(capsys: pytest.CaptureFixture[str], *line: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = main(["benchmark", *line, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_every_capture_preset_and_seed_is_a_job(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    listed = tmp_path / "list.txt"
    listed.write_text("a  # the first\n\nb\n")
    jobs = plan(
        Benchmark(
            captures=(listed, tmp_path / "c"), out=tmp_path / "o", presets=("draft", "final"), seeds=(0, 1), steps=9
        )
    )
    assert len({each.name for each in jobs}) == len(jobs) == 12
    assert [each.label for each in jobs[::4]] == ["a", "b", "c"]
    assert jobs[-1].name == "c-final-9steps-seed1"
    file = tmp_path / "job.json"
    jobs[3].write(file)
    assert Job.read(file) == jobs[3]


def test_a_job_says_what_is_modelled(tmp_path: Path) -> None:
    model = ModelArguments(reflectance="neural", near=True, bounce=False)
    (made,) = plan(Benchmark(captures=(tmp_path,), out=tmp_path / "o", steps=3, model=model))
    assert made.name == f"{tmp_path.name}-draft-neural-near-no-bounce-3steps-seed0"
    made.write(tmp_path / "job.json")
    again = Job.read(tmp_path / "job.json")
    assert again == made
    assert ModelArguments.of(again.choices).chosen() == model.chosen()


def test_runs_of_unlike_models_are_not_averaged() -> None:
    rows = [row(normal_error_deg=1.0), row(normal_error_deg=3.0, model="neural near")]
    text = markdown_text(rows)
    assert "| owl | draft | 1 | 10 | 1.00° |" in text
    assert "| owl | draft neural near | 1 | 10 | 3.00° |" in text
    shown = Page(plot(rows, {"normal_error_deg": "Normal error"})).shown
    assert "neural near" in shown


def test_lists_that_cannot_be_used_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "x" / "owl").mkdir(parents=True)
    (tmp_path / "owl").mkdir()
    listed = tmp_path / "list.txt"

    def planned(*captures: Path) -> None:
        plan(Benchmark(captures=captures, out=tmp_path / "out"))

    with pytest.raises(CaptureError, match="does not exist"):
        planned(tmp_path / "nothing")
    with pytest.raises(CaptureError, match="Two captures are named owl"):
        planned(tmp_path / "x" / "owl", tmp_path / "owl")
    listed.write_text("# nothing\n")
    with pytest.raises(CaptureError, match="names no capture"):
        planned(listed)
    listed.write_text("nowhere\n")
    with pytest.raises(CaptureError, match="no folder"):
        planned(listed)
    listed.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CaptureError, match="not a text file"):
        planned(listed)


def test_a_row_is_the_row_of_its_capture_alone(tmp_path: Path) -> None:
    for name in ("x", "y"):
        (tmp_path / name / "owl").mkdir(parents=True)
    (tmp_path / RUNS).mkdir()
    mine, other = job(tmp_path / "x" / "owl"), job(tmp_path / "y" / "owl")
    assert finished_row(tmp_path, mine) is None
    write_row(row_file(tmp_path, mine), mine, row(f_score=0.5))
    assert finished_row(tmp_path, mine) == row(f_score=0.5)
    with pytest.raises(RunError, match="another capture"):
        finished_row(tmp_path, other)
    write_row(row_file(tmp_path, mine), mine, {"error": "It failed."})
    assert finished_row(tmp_path, mine) is None
    assert all_rows(tmp_path) == []
    row_file(tmp_path, mine).write_text("{half")
    assert finished_row(tmp_path, mine) is None


def test_the_table_tells_mean_and_spread() -> None:
    rows = [
        row(seed=0, normal_error_deg=1.0, light_error_deg=None),
        row(seed=1, normal_error_deg=3.0, light_error_deg=None),
    ]
    text = markdown_text([*rows, row("a|b", normal_error_deg=0.5)])
    assert "| owl | draft | 2 | 10 ± 0 | 2.00 ± 1.41° |" in text
    assert "| a\\|b | draft | 1 | 10 | 0.50° |" in text
    assert "| owl | draft | 1 | 10 | 1.0 | 3.00° |" in text
    assert "Light error" not in text
    assert "LPIPS" not in text
    told = markdown_text([row(held_out_lpips=0.12345, test_light_psnr_db=28.0)])
    assert "| LPIPS, kept out | PSNR, lights kept out |" in told
    assert "| 0.1235 | 28.00 dB |" in told
    read = list(csv.DictReader(csv_text(rows).splitlines()))
    assert [each["normal_error_deg"] for each in read] == ["1.0", "3.0"]
    assert read[0]["light_error_deg"] == ""


def test_the_plot_is_drawing_alone(tmp_path: Path) -> None:
    rows = [row("<b>&", seed=seed, normal_error_deg=1.0 + seed, f_score=None) for seed in range(3)]
    write_tables(tmp_path, rows)
    assert sorted(file.name for file in tmp_path.iterdir()) == [f"benchmark.{end}" for end in ("csv", "md", "svg")]
    page = Page((tmp_path / "benchmark.svg").read_text(encoding="utf-8"))
    assert page.names.count("circle") == 3
    assert "<b>&" in page.shown
    assert "F-score" not in page.shown
    write_tables(tmp_path, [])
    assert "circle" not in (tmp_path / "benchmark.svg").read_text(encoding="utf-8")


def test_cores_are_shared_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3, 5}, raising=False)
    assert core_shares(2) == [(0, 1), (2, 3)]
    assert core_shares(1) == [(0, 1, 2, 3, 5)]
    assert core_shares(9) == [()] * 9


@pytest.mark.parametrize(
    "options",
    [["--seconds", "1", "--steps", "1"], ["--steps", "0"], ["--holdout", "1"], ["--processes", "0"]],
)
def test_impossible_options_are_refused(tiny_capture_folder: Path, tmp_path: Path, options: Sequence[str]) -> None:
    assert main(["benchmark", str(tiny_capture_folder), "--out", str(tmp_path / "out"), *options]) == 2
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_no_benchmark_is_left_alone(tiny_capture_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    assert main(["benchmark", str(tiny_capture_folder), "--out", str(tmp_path)]) == 2
    assert main(["benchmark", str(tiny_capture_folder), "--out", str(tmp_path / "mine.txt")]) == 2
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_runs_are_made_once_and_failures_again(
    tiny_capture_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    out = tmp_path / "out"
    line = (str(tiny_capture_folder), str(tmp_path / "empty"), "--out", str(out), "--steps", "2", "--holdout", "0.25")
    code, result = told(capsys, *line)
    assert (code, result["done"], result["skipped"]) == (1, 1, 0)
    assert list(result["failed"]) == ["empty-draft-2steps-without0.25-seed0"]
    assert "empty" in next(iter(result["failed"].values()))
    made = result["rows"][0]
    assert (made["capture"], made["steps"]) == ("tiny", 2)
    for name in ("training_psnr_db", "held_out_ssim", "normal_error_deg", "light_error_deg", "chamfer_percent"):
        assert made[name] > 0.0, name
    assert {"training_lpips", "held_out_lpips", "test_light_psnr_db"} <= made.keys()
    assert "| tiny | draft | 1 |" in (out / "benchmark.md").read_text(encoding="utf-8")
    when = (out / RUNS / "tiny-draft-2steps-without0.25-seed0" / "run.json").stat().st_mtime_ns
    code, result = told(capsys, str(tiny_capture_folder), *line[2:])
    assert (code, result["done"], result["skipped"]) == (0, 1, 1)
    assert (out / RUNS / "tiny-draft-2steps-without0.25-seed0" / "run.json").stat().st_mtime_ns == when


@pytest.mark.skipif(os.name == "nt", reason="signals as on POSIX")
def test_ctrl_c_keeps_the_rows_and_leaves_no_process(tiny_capture_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = job(tiny_capture_folder)
    (out / RUNS).mkdir(parents=True)
    write_row(row_file(out, done), done, row("tiny", normal_error_deg=2.0))
    line = [sys.executable, "main.py", "benchmark", str(tiny_capture_folder), "--out", str(out), "--seeds", "0", "1"]
    process = subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    log = out / RUNS / "tiny-draft-seed1.log"
    deadline = time.monotonic() + 120
    while not (log.is_file() and log.stat().st_size) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    printed, _ = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "1 of 2 runs are done, 1 of them earlier" in printed
    assert "the same command goes on" in printed
    assert all_rows(out) == [row("tiny", normal_error_deg=2.0)]
    assert "2.00°" in (out / "benchmark.md").read_text(encoding="utf-8")
    assert not list((out / RUNS).glob("*.job"))
    lines = [" ".join(other.info["cmdline"] or ()) for other in psutil.process_iter(["cmdline"])]
    assert not [line for line in lines if str(out) in line]
