"""The GLB of a trained run, drawn by VTK, against the studio's own picture of the model under the same light."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from core.capture.synthetic import ensure_demo_capture
from tests.benchmarks.headless import ROOT, SHARED, told, train

CAPTURES = ("owl", "bunny", "spot_sparse", "horse_metal")
"""The demo's, and development captures."""
FIGURES = ("whole_db", "inside_db")
_STEPS = 800


def measure_looks() -> dict[str, float]:
    """PSNR over three views of each capture that is here, with and without the object's outline."""
    found: dict[str, float] = {}
    for name in CAPTURES:
        capture = ensure_demo_capture() if name == "owl" else SHARED / "data" / "olat" / name
        if capture.is_dir():
            found |= {f"looks.{name}.{figure}": value for figure, value in _compared(capture).items()}
    return found


def _compared(capture: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as parent:
        run, out = Path(parent) / "run", Path(parent) / "glb"
        train(capture, run, "--steps", str(_STEPS))
        told("export", str(run), "--what", "mesh", "--format", "glb", "--out", str(out))
        # In a process of its own: VTK keeps to one thread.
        line = [sys.executable, "-m", "tests.benchmarks.looks_probe", str(run), str(out / "mesh.glb")]
        done = subprocess.run(line, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])
