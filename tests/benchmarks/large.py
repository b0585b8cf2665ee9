"""A large capture: 20 views x 96 lights at 612 x 512, generated once; memory, opening, speed beside a small one."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import platformdirs

from core.capture.synthetic import ensure_demo_capture, write_demo_capture

VIEWS, LIGHTS, WIDTH, HEIGHT = 20, 96, 612, 512


def large_capture() -> Path:
    """The generated capture in the user's cache, about 0.8 GB; written first when it is not there yet (minutes)."""
    folder = platformdirs.user_cache_path("chiaro", appauthor=False) / f"benchmark-{VIEWS}x{LIGHTS}-{WIDTH}x{HEIGHT}"
    if not (folder / "camera_params.json").is_file():
        write_demo_capture(folder, views=VIEWS, lights=LIGHTS, size=HEIGHT, width=WIDTH)
    return folder


def measure_large() -> dict[str, float]:
    """Opened with an empty cache, opened again, trained; each in a process of its own, so that peaks are its own."""
    large, small = large_capture(), ensure_demo_capture()
    with tempfile.TemporaryDirectory(prefix="chiaro-cache-") as cache:
        first = _probe(large, cache)
        again = _probe(large, cache)
        beside = _probe(small, cache)
        shutil.rmtree(cache, ignore_errors=True)
    return {
        "large.open_seconds": first["open_seconds"],
        "large.reopen_seconds": again["open_seconds"],
        "large.open_peak_gb": first["open_peak_gb"],
        "large.own_gb": max(first["own_gb"], again["own_gb"]),
        "large.peak_gb": max(first["peak_gb"], again["peak_gb"]),
        "large.steps_per_second": again["steps_per_second"],
        "large.speed_against_small": again["steps_per_second"] / beside["steps_per_second"],
    }


def _probe(capture: Path, cache: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.large_probe", str(capture)]
    done = subprocess.run(
        command, env=os.environ | {"XDG_CACHE_HOME": cache}, stdout=subprocess.PIPE, check=True, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])
