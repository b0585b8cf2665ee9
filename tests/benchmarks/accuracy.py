"""Accuracy after a minute, and of the final preset, judged by the scorer that lies beside the development captures."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.figures import FIGURES
from tests.benchmarks.headless import SHARED, train

CAPTURES = ("bunny", "nefertiti_free", "spot_sparse", "horse_metal")
_HOLDOUT = {"bunny": "0.1"}
"""Captures of whose photographs a part is kept out of the final run, to see how well they are foretold."""


def measure_draft(capture: str) -> dict[str, float]:
    """Figures of one capture after 60 seconds; nothing where the captures or the scorer are not at hand."""
    return _scores(capture, capture, "--seconds", "60")


def measure_final(capture: str) -> dict[str, float]:
    """As ``measure_draft``, of the final preset until it has converged: up to ten minutes."""
    holdout = ("--holdout", _HOLDOUT[capture]) if capture in _HOLDOUT else ()
    return _scores(f"final_{capture}", capture, "--preset", "final", *holdout)


def _scores(suite: str, capture: str, *options: str) -> dict[str, float]:
    folder, scorer = SHARED / "data" / "olat" / capture, SHARED / "tools" / "score.py"
    if not (folder.is_dir() and scorer.is_file()):
        print(f"{suite}: the development captures are not here, nothing measured", file=sys.stderr)
        return {}
    with tempfile.TemporaryDirectory() as parent:
        run = Path(parent) / "run"
        train(folder, run, *options)
        line = [sys.executable, str(scorer), str(folder), str(run), "--json"]
        done = subprocess.run(line, stdout=subprocess.PIPE, text=True, check=True)
    scores = json.loads(done.stdout.strip().splitlines()[-1])
    return {name: value for key, value in scores.items() if (name := f"{suite}.{key}") in FIGURES}
