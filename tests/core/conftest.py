"""Every numerical test runs on one thread: results do not depend on it, and parallel test processes do not fight."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    from core.device import set_threads

    set_threads(1)
