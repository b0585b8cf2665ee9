"""Captures written in another layout, read back and trained on: the score is that of the capture they came from."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.accuracy import CAPTURES
from tests.benchmarks.headless import ROOT, SHARED

WRITERS = ("mvscps", "idr", "transforms", "colmap")
STEPS = 600


def measure_roundtrip() -> dict[str, float]:
    """The largest difference of the scores over all captures and writers, at equal steps and seed."""
    if not (SHARED / "data" / "olat").is_dir():
        print("roundtrip: the development captures are not here, nothing measured", file=sys.stderr)
        return {}
    normals, lights = [0.0], [0.0]
    for name in CAPTURES:
        capture = SHARED / "data" / "olat" / name
        with tempfile.TemporaryDirectory() as place:
            before = _score(capture, capture, Path(place) / "run")
            _print(name, "as it is", before)
            for to in WRITERS:
                written = Path(place) / to
                line = [sys.executable, "main.py", "convert", str(capture), str(written), "--to", to]
                subprocess.run(line, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                after = _score(capture, written, Path(place) / f"run-{to}")
                _print(name, to, after)
                normals.append(abs(after["normal_mae_deg"] - before["normal_mae_deg"]))
                lights.append(abs(after["light_mae_deg"] - before["light_mae_deg"]))
    return {"roundtrip.normal_difference_deg": max(normals), "roundtrip.light_difference_deg": max(lights)}


def _score(truth: Path, capture: Path, run: Path) -> dict[str, float]:
    train = [sys.executable, "main.py", "train", str(capture), "--out", str(run), "--steps", str(STEPS), "--json"]
    subprocess.run(train, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    scorer = [sys.executable, str(SHARED / "tools" / "score.py"), str(truth), str(run), "--json"]
    done = subprocess.run(scorer, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def _print(capture: str, to: str, scores: dict[str, float]) -> None:
    normals, lights = scores["normal_mae_deg"], scores["light_mae_deg"]
    print(f"| {capture} | {to} | {normals:.2f} | {lights:.2f} | {scores['chamfer']:.4f} |", flush=True)
