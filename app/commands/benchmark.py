"""``benchmark``: captures x presets x seeds, each a run of its own, into one table."""

import math
import os
from collections.abc import Sequence
from pathlib import Path

from app.arguments import Benchmark
from app.benchmark_jobs import RUNS, Job, all_rows, finished_row, plan
from app.benchmark_process import JobRunner
from app.benchmark_table import FIGURES, Row, grouped, write_tables
from app.interrupts import StopRequest, stop_request
from app.outcome import Outcome
from app.progress import progress_bar
from app.terminal_tables import quiet_table, rendered
from core.errors import RunError
from core.files import write_failure
from core.fit.staging import check_writable, entries

_CORES_PER_PROCESS = 4
"""Fewer make a run slower than the share it frees is worth."""


def benchmark(arguments: Benchmark) -> Outcome:
    """Do what is not done yet; the tables are up to date after every run."""
    jobs = _planned(arguments)
    out = arguments.out
    rows = [finished_row(out, job) for job in jobs]
    waiting = [job for job, row in zip(jobs, rows, strict=True) if row is None]
    processes = arguments.processes or max(1, (os.cpu_count() or 1) // _CORES_PER_PROCESS)
    with stop_request() as stop, progress_bar("Benchmark") as progress:

        def changed(running: Sequence[Job]) -> None:
            write_tables(out, all_rows(out))
            done = sum(finished_row(out, job) is not None for job in jobs)
            progress(f"{done} of {len(jobs)} done; " + ", ".join(job.name for job in running), done / len(jobs))

        changed([])
        failed = JobRunner(out, processes=min(processes, max(1, len(waiting)))).go(waiting, stop=stop, changed=changed)
        write_tables(out, all_rows(out))
    return _outcome(out, jobs, skipped=len(jobs) - len(waiting), failed=failed, stop=stop)


def _planned(arguments: Benchmark) -> list[Job]:
    """The jobs, after everything that can be found wrong before anything slow begins."""
    if not arguments.captures:
        raise RunError("Name the captures to train on: folders, or a text file with one a line.")
    if arguments.seconds is not None and arguments.steps is not None:
        raise RunError("Give either --seconds or --steps, not both.")
    length = arguments.seconds if arguments.steps is None else arguments.steps
    if length is not None and not 0 < length < math.inf:
        raise RunError(f"The length of the runs must be positive, not {length:g}.")
    if arguments.holdout is not None and not 0.0 <= arguments.holdout < 1.0:
        raise RunError(f"The fraction to keep out of training must lie in [0, 1), not {arguments.holdout:g}.")
    if arguments.processes is not None and arguments.processes < 1:
        raise RunError(f"At least one process is needed, not {arguments.processes}.")
    _prepare(arguments.out)
    return plan(arguments)


def _prepare(out: Path) -> None:
    """Make the folder; one that holds something else is left alone."""
    if out.exists() and not out.is_dir():
        raise RunError(f"{out} is a file, not a folder; choose another name for the benchmark.")
    if entries(out) and not (out / RUNS).is_dir():
        raise RunError(f"{out} holds files that are not a benchmark; choose an empty or a new folder.")
    check_writable(out)
    try:
        (out / RUNS).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_failure(out, error) from error


def _outcome(out: Path, jobs: Sequence[Job], *, skipped: int, failed: dict[str, str], stop: StopRequest) -> Outcome:
    rows = [row for job in jobs if (row := finished_row(out, job)) is not None]
    lines = _table(rows) if rows else []
    lines += [f"{name} failed: {reason}" for name, reason in failed.items()]
    earlier = f", {skipped} of them earlier" if skipped else ""
    lines.append(f"{len(rows)} of {len(jobs)} runs are done{earlier}; table: {out.absolute() / 'benchmark.md'}")
    if stop.made:
        lines.append("Stopped; the same command goes on from here.")
    data = {"folder": str(out), "done": len(rows), "skipped": skipped, "failed": failed, "rows": rows}
    return Outcome(lines=lines, data=data, exit_code=stop.exit_code if stop.made else int(bool(failed)))


def _table(rows: Sequence[Row]) -> list[str]:
    """Means over the seeds."""
    names = [name for name in FIGURES if any(row.get(name) is not None for row in rows)][:6]
    table = quiet_table("Capture", "Preset", "Runs")
    for name in names:
        table.add_column(FIGURES[name][0], justify="right")
    for (capture, setup), group in grouped(rows).items():
        table.add_row(capture, setup, str(len(group)), *(_mean(group, name) for name in names))
    return rendered([table])


def _mean(rows: Sequence[Row], name: str) -> str:
    values = [float(row[name]) for row in rows if row.get(name) is not None]
    _, unit, digits = FIGURES[name]
    return f"{sum(values) / len(values):.{digits}f}{unit}" if values else "–"
