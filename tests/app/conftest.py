"""What tests of commands share."""

from collections.abc import Callable

import pytest

from app.cli import main

Refused = Callable[..., str]


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Refused:
    """Run a command that must end with exit code 2; returns its sentence."""

    def run(*line: object) -> str:
        capsys.readouterr()
        assert main([str(part) for part in line]) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        sentence = printed.err.strip().splitlines()[-1]
        assert sentence.endswith("."), printed.err
        assert "Traceback" not in printed.err
        return sentence

    return run
