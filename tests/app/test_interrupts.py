"""Ctrl-C once asks politely, twice it does not wait."""

import os
import signal

import pytest

from app.cli import main
from app.interrupts import stop_request
from core.errors import Cancelled


def test_the_first_request_is_noted_and_the_second_interrupts() -> None:
    with stop_request() as stop:
        stop.check()
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.made
        assert stop.exit_code == 130
        with pytest.raises(Cancelled):
            stop.check()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)


def test_handlers_are_as_before_afterwards() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with stop_request():
        assert signal.getsignal(signal.SIGINT) != before[0]
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


@pytest.mark.parametrize("stopped_by", [KeyboardInterrupt, Cancelled])
def test_a_stopped_command_ends_with_130_and_says_so(
    stopped_by: type[BaseException], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(_: object) -> None:
        raise stopped_by

    monkeypatch.setattr("app.commands.doctor.doctor", stop)
    assert main(["doctor"]) == 130
    assert capsys.readouterr().err == "Stopped; nothing was changed.\n"
