"""Writing a fine mesh of a finished run: how long the whole command takes, and how much memory."""

import tempfile
import time
from pathlib import Path

from core.capture.synthetic import ensure_demo_capture
from tests.benchmarks.headless import told, train

_CELLS = "512"


def measure_export() -> dict[str, float]:
    """The demo capture after 20 seconds, its mesh of 512 cells along the longest side as PLY and as GLB."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as parent:
        run = Path(parent) / "run"
        train(ensure_demo_capture(), run, "--seconds", "20")
        for kind in ("ply", "glb"):
            out, began = Path(parent) / kind, time.perf_counter()
            choices = ("--what", "mesh", "--cells", _CELLS, "--format", kind, "--out", str(out))
            result = told("export", str(run), *choices)
            found[f"export.{kind}_seconds"] = time.perf_counter() - began
            found[f"export.{kind}_peak_gb"] = result["peak_memory_gb"]
    return found
