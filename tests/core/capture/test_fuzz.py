"""Damaged captures of every layout end as a capture or as one sentence: no traceback, no hang, no gigabyte."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.capture.fuzz_worker import MEMORY_BYTES
from tests.core.capture.tiny_layouts import WRITERS

CASES = 100
"""Of every layout; 2,200 together."""
ROOT = Path(__file__).parents[3]


def test_there_are_enough_cases() -> None:
    assert CASES * len(WRITERS) >= 2000


@pytest.mark.parametrize("name", list(WRITERS))
def test_damaged_captures(name: str) -> None:
    command = [sys.executable, "-m", "tests.core.capture.fuzz_worker", name, "0", str(CASES)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ended with {done.returncode} while reading {done.stderr[-3000:]}"
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["cases"] == CASES
    assert told["faults"] == []
    assert told["peak_bytes"] < MEMORY_BYTES
