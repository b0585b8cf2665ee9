"""Commands run in the test's own process, made quick."""

from collections.abc import Generator
from contextlib import contextmanager

import pytest

from app.commands import opening, train
from tests.tiny_run import coarse_meshes


@contextmanager
def quick_commands() -> Generator[None, None, None]:
    """Coarse meshes, and one thread: tests run beside others, and threads that wait for each other are slow there."""
    with coarse_meshes(), pytest.MonkeyPatch.context() as patch:
        for module in (opening, train):
            patch.setattr(module, "default_threads", lambda **_: 1)
        yield
