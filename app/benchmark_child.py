"""What the process of one benchmark job does: train, measure, write the row."""

import json
import os
from pathlib import Path
from typing import Any

from app.arguments import Eval, Train
from app.benchmark_jobs import RUNS, Job, row_file, write_row
from app.commands.evaluate import evaluate
from app.commands.train import train
from app.model_arguments import ModelArguments
from core.errors import ChiaroError
from core.fit.run_folder import RUN_FILE


def do_job(job_file: str, out: str, cores: str) -> int:
    """Train, measure and write the row; what the process of a job runs. Returns its exit code."""
    if cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, json.loads(cores))
    job, folder = Job.read(Path(job_file)), Path(out)
    try:
        return _train_and_measure(job, folder)
    except ChiaroError as error:
        write_row(row_file(folder, job), job, {"error": str(error)})
        return 2


def _train_and_measure(job: Job, out: Path) -> int:
    run = out / RUNS / job.name
    arguments = Train(
        capture=Path(job.capture),
        out=run,
        seconds=job.seconds,
        steps=job.steps,
        preset=job.preset,
        holdout=job.holdout,
        device=job.device,
        seed=job.seed,
        model=ModelArguments.of(job.choices),
        overwrite=(run / RUN_FILE).is_file(),  # left by a process that was stopped
    )
    trained = train(arguments)
    if trained.exit_code:
        return trained.exit_code
    measured = evaluate(Eval(run=run, device=job.device)).data
    write_row(row_file(out, job), job, _row(job, trained.data, measured))
    return 0


def _row(job: Job, trained: dict[str, Any], measured: dict[str, Any]) -> dict[str, Any]:
    surface = measured["surface"]
    names = ("training_psnr_db", "training_ssim", "held_out_psnr_db", "held_out_ssim", "normal_error_deg")
    names += ("training_lpips", "held_out_lpips", "test_light_psnr_db")
    names += ("normal_median_deg", "light_error_deg", "intensity_error_percent")
    return {
        "capture": job.label,
        "preset": job.preset,
        "model": " ".join(job.choices.tags()),
        "seed": job.seed,
        "steps": trained["steps"],
        "seconds": trained["seconds"],
        "setup_seconds": trained["setup_seconds"],
        **{name: measured[name] for name in names},
        "chamfer_percent": None if surface is None else surface["chamfer_percent"],
        "f_score": None if surface is None else surface["f_score"],
    }
