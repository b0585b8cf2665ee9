"""Threads are set within what the environment allows."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core import spin_count


def test_fewer_threads_allowed_than_there_are_cores_are_no_error() -> None:
    code = "from core.device import set_threads; set_threads(8); import numba; print(numba.get_num_threads())"
    environment = os.environ | {"NUMBA_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "1"


@pytest.mark.parametrize(
    ("load", "count"),
    [("0.90 1.20 1.10 1/230 99\n", "3000"), ("0.00 0.00 0.00 2/230 99\n", "0"), ("", "0"), ("?", "0")],
)
def test_threads_wait_awake_only_where_nothing_else_runs(load: str, count: str) -> None:
    assert spin_count(load) == count
