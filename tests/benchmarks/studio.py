"""The studio's own speed on a virtual screen (Xvfb, software GL): frames, steps beside the window, relighting."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from core.capture.synthetic import write_demo_capture
from core.fit.run_folder import read_run
from tests.benchmarks.headless import ROOT, train
from tests.benchmarks.studio_probe import MEASURED_SECONDS, WARM_SECONDS

_PIXELS = 256
"""Of the photographs' sides, so that relighting is measured at 256 x 256."""
_PATIENCE_SECONDS = 240.0


def measure_studio() -> dict[str, float]:
    """Figures of the real window while it trains on a demo capture of 256 x 256 pixels."""
    if shutil.which("xvfb-run") is None or shutil.which("xdotool") is None:
        print("studio: xvfb-run and xdotool are not here, nothing measured", file=sys.stderr)
        return {}
    with tempfile.TemporaryDirectory() as parent:
        capture = Path(parent) / "demo"
        write_demo_capture(capture, size=_PIXELS)
        alone = _headless_steps_per_second(capture, Path(parent) / "run")
        figures = _window_figures(capture, Path(parent))
    figures["studio.headless_steps_percent"] = 100.0 * figures["studio.steps_per_second"] / alone
    return figures


def _window_figures(capture: Path, parent: Path) -> dict[str, float]:
    """What the probe wrote; the studio starts with settings of its own."""
    out = parent / "figures.json"
    homes = {name: str(parent / name) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
    line = ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24", sys.executable, "-m", "tests.benchmarks.studio_probe"]
    line += [str(capture), str(time.time()), str(out)]
    subprocess.run(line, cwd=ROOT, env=os.environ | homes, check=True, timeout=_PATIENCE_SECONDS)
    return json.loads(out.read_text(encoding="utf-8"))


def _headless_steps_per_second(capture: Path, run: Path) -> float:
    """Steps a second without a window, over the stretch of the plan that is measured with one."""
    train(capture, run, "--seconds", "60")
    end = WARM_SECONDS + MEASURED_SECONDS
    records = [record for record in read_run(run)["metrics"] if WARM_SECONDS <= record["seconds"] <= end + 1.0]
    first, last = records[0], records[-1]
    return (last["step"] - first["step"]) / (last["seconds"] - first["seconds"])
