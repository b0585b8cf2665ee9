"""Training without a window, as the command line does it: how fast, how soon, how much memory."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from core.capture.synthetic import ensure_demo_capture

ROOT = Path(__file__).parents[2]
SHARED = (ROOT / "../shared").resolve()
_SECONDS = 20.0


def measure_headless() -> dict[str, float]:
    """Figures of a short run on ``nefertiti_free``, or on the demo capture where that is not at hand."""
    wanted = SHARED / "data" / "olat" / "nefertiti_free"
    capture = wanted if wanted.is_dir() else ensure_demo_capture()
    with tempfile.TemporaryDirectory() as folder:
        result = train(capture, Path(folder) / "run", "--seconds", str(_SECONDS))
    return {
        "headless.steps_per_second": result["steps"] / result["seconds"],
        "headless.setup_seconds": result["setup_seconds"],
        "headless.results_seconds": result["results_seconds"],
        "headless.peak_memory_gb": result["peak_memory_gb"],
    }


def train(capture: Path, run: Path, *options: str) -> dict[str, Any]:
    """The train command's JSON, and how much memory it took, as for ``told``."""
    return told("train", str(capture), "--out", str(run), *options)


def told(*arguments: str) -> dict[str, Any]:
    """The JSON of a command, with ``peak_memory_gb`` added: the largest resident memory of its process."""
    # A process of its own between us and the command, so that the largest child it ever had is this command.
    wrapper = (
        "import json, resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, text=True)\n"
        "peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n"
        "print(json.dumps({'code': done.returncode, 'peak': peak, 'out': done.stdout}))\n"
    )
    command = [sys.executable, "-c", wrapper, sys.executable, "main.py", *arguments, "--json"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(done.stdout)
    if found["code"] != 0:
        raise RuntimeError(f"the {arguments[0]} command ended with exit code {found['code']}")
    return json.loads(found["out"]) | {"peak_memory_gb": found["peak"] * 1024 / 1e9}
