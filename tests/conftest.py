"""Fixtures every part of the test suite shares."""

from pathlib import Path

import pytest

from core.capture.capture import Capture
from core.capture.read import read_capture
from core.capture.synthetic import write_demo_capture

TINY_VIEWS, TINY_LIGHTS, TINY_SIZE = 4, 4, 48


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of development captures beside the checkout."""
    folder = (Path(__file__).parents[1] / "../shared/data").resolve()
    if not folder.is_dir():
        pytest.skip("the development captures (../shared/data) are not there")
    return folder


@pytest.fixture(scope="session")
def tiny_capture_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo capture with 4 views, 4 lights and 48 x 48 pixels. Read it, never change it."""
    folder = tmp_path_factory.mktemp("capture") / "tiny"
    write_demo_capture(folder, views=TINY_VIEWS, lights=TINY_LIGHTS, size=TINY_SIZE)
    return folder


@pytest.fixture(scope="session")
def tiny_capture(tiny_capture_folder: Path) -> Capture:
    """The tiny demo capture in memory. Read it, never change it."""
    return read_capture(tiny_capture_folder)
