"""Accuracy after a minute of optimisation, judged by the scorer that lies beside the development captures."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.figures import FIGURES
from tests.benchmarks.headless import SHARED, train

CAPTURES = ("bunny", "nefertiti_free", "spot_sparse", "horse_metal")
_SECONDS = 60.0


def measure_accuracy(capture: str) -> dict[str, float]:
    """Figures of one capture; nothing where the captures or the scorer are not at hand."""
    folder, scorer = SHARED / "data" / "olat" / capture, SHARED / "tools" / "score.py"
    if not (folder.is_dir() and scorer.is_file()):
        print(f"{capture}: the development captures are not here, nothing measured", file=sys.stderr)
        return {}
    with tempfile.TemporaryDirectory() as parent:
        run = Path(parent) / "run"
        train(folder, run, seconds=_SECONDS)
        line = [sys.executable, str(scorer), str(folder), str(run), "--json"]
        done = subprocess.run(line, stdout=subprocess.PIPE, text=True, check=True)
    scores = json.loads(done.stdout.strip().splitlines()[-1])
    return {name: value for key, value in scores.items() if (name := f"{capture}.{key}") in FIGURES}
