"""Every numerical test runs on one thread: results do not depend on it, and parallel test processes do not fight."""

import pytest

from core.device import set_threads


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    set_threads(1)
