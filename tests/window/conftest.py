"""A display of its own for the real window, so that no test clicks on somebody's desktop."""

import os
import shutil
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from core.capture.synthetic import demo_capture_folder
from tests.window.person import Person

_NEEDED = {"Xvfb": "xvfb", "xdotool": "xdotool", "import": "imagemagick"}


@pytest.fixture(scope="session")
def display() -> Generator[str, None, None]:
    """The name of a running virtual display."""
    if not sys.platform.startswith("linux"):
        pytest.skip("the window tests drive an X server")
    missing = [package for program, package in _NEEDED.items() if shutil.which(program) is None]
    if missing:
        pytest.fail(f"the window tests need these Debian packages: {' '.join(missing)} (make test installs them)")
    reader, writer = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x720x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=[writer],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    with os.fdopen(reader) as answer:
        number = answer.readline().strip()
    if not number:
        pytest.fail("Xvfb did not start")
    yield f":{number}"
    server.terminate()
    server.wait()


@pytest.fixture
def person(display: str, tmp_path: Path, tiny_capture_folder: Path) -> Generator[Person, None, None]:
    """Someone at a fresh desktop on which the demo capture is a tiny one."""
    made = Person(display, tmp_path)
    cache = tmp_path / "cache" / "chiaro"
    cache.mkdir(parents=True)
    shutil.copytree(tiny_capture_folder, cache / demo_capture_folder().name)
    yield made
    made.abandon()
