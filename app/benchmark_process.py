"""The jobs of a benchmark as processes of their own, several side by side.

A process of its own frees its memory, cannot take another one down with it, and has its own share of the cores.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import IO

from app.benchmark_jobs import RUNS, Job, error_of, finished_row, row_file
from app.interrupts import StopRequest

_POLL_SECONDS = 0.2
_GRACE_SECONDS = 60.0
"""Given to a process that was asked to stop: it saves what it has first."""
_CODE = "import sys; from app.benchmark_child import do_job; sys.exit(do_job(*sys.argv[1:]))"


@dataclass(frozen=True, kw_only=True)
class _Running:
    """A job under way."""

    job: Job
    process: "subprocess.Popen[bytes]"
    log: IO[bytes]
    cores: tuple[int, ...]


class JobRunner:
    """Does jobs side by side."""

    def __init__(self, out: Path, *, processes: int) -> None:
        """``out`` is the benchmark's folder; each of the ``processes`` gets an equal share of the cores."""
        self._out = out
        self._free = core_shares(processes)
        self._running: list[_Running] = []

    def go(self, jobs: Sequence[Job], *, stop: StopRequest, changed: Callable[[Sequence[Job]], None]) -> dict[str, str]:
        """Do the jobs, or as many as there are before the user stops; returns the failed ones' names and reasons.

        ``changed`` is called with what runs whenever a job has begun or ended.
        """
        waiting, failed = list(jobs), dict[str, str]()
        try:
            while (waiting or self._running) and not stop.made:
                began = bool(waiting and self._free)
                while waiting and self._free:
                    self._begin(waiting.pop(0))
                ended = self._ended()
                failed |= {one.job.name: self._reason(one) for one in ended if finished_row(self._out, one.job) is None}
                if began or ended:
                    changed([one.job for one in self._running])
                sleep(_POLL_SECONDS)
        finally:
            self._end_all()
        return failed

    def _begin(self, job: Job) -> None:
        runs = self._out / RUNS
        job_file = runs / f"{job.name}.job"
        job.write(job_file)
        row_file(self._out, job).unlink(missing_ok=True)  # the row of a failure
        cores = self._free.pop(0)
        root = str(Path(__file__).parents[1])
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])}
        line = [sys.executable, "-c", _CODE, str(job_file), str(self._out), json.dumps(cores) if cores else ""]
        log = (runs / f"{job.name}.log").open("wb")
        # A session of its own: Ctrl-C reaches this process alone, which then asks the others to save and end.
        process = subprocess.Popen(
            line, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
        self._running.append(_Running(job=job, process=process, log=log, cores=cores))

    def _ended(self) -> list[_Running]:
        """Those that have ended since the last call; their cores are free again."""
        ended = [one for one in self._running if one.process.poll() is not None]
        for one in ended:
            self._close(one)
        return ended

    def _end_all(self) -> None:
        for one in self._running:
            one.process.terminate()
        deadline = monotonic() + _GRACE_SECONDS
        for one in list(self._running):
            try:
                one.process.wait(max(0.0, deadline - monotonic()))
            except subprocess.TimeoutExpired:
                one.process.kill()
                one.process.wait()
            self._close(one)

    def _close(self, one: _Running) -> None:
        one.log.close()
        (self._out / RUNS / f"{one.job.name}.job").unlink(missing_ok=True)
        self._running.remove(one)
        self._free.append(one.cores)

    def _reason(self, one: _Running) -> str:
        log = self._out / RUNS / f"{one.job.name}.log"
        return error_of(self._out, one.job) or f"It ended with exit code {one.process.returncode}; see {log}."


def core_shares(processes: int) -> list[tuple[int, ...]]:
    """The cores each process may use: equal shares; empty, which leaves it open, where cores cannot be given out."""
    if not hasattr(os, "sched_getaffinity"):
        return [()] * processes
    cores = sorted(os.sched_getaffinity(0))
    share = len(cores) // processes
    return [tuple(cores[i * share : (i + 1) * share]) for i in range(processes)] if share else [()] * processes
