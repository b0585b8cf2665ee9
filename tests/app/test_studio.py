import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.frame_loop import FrameTimes
from app.studio import run_studio
from core.errors import ChiaroError

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there always is a display")
@pytest.mark.parametrize("display", ["", ":4711"])
def test_without_a_display_there_is_one_sentence_and_no_window(display: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", display)
    with pytest.raises(ChiaroError, match="display"):
        run_studio()


def test_the_window_waits_for_nothing_heavy() -> None:
    code = "import app.studio, json, sys; print(json.dumps([*sys.modules]))"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    loaded = {name.partition(".")[0] for name in json.loads(found.stdout)}
    assert not loaded & {"torch", "numba", "pyvista", "vtk", "vtkmodules", "open3d", "scipy", "OpenImageIO"}


def test_frames_a_second_are_counted_over_the_last_moments() -> None:
    times = FrameTimes()
    assert times.fps is None
    times.ends.extend([0.0, 1.0, *(100.0 + 0.04 * number for number in range(50))])
    assert times.fps == pytest.approx(25.0)
