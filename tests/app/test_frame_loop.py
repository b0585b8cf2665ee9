from collections.abc import Callable
from inspect import signature
from typing import Any

import pytest

from app.frame_loop import call_back


def _none() -> list[Any]:
    return []


def _default(sender: Any, data: Any, axis: str = "view") -> list[Any]:
    return [sender, data, axis]


@pytest.mark.parametrize(
    ("callback", "heard"),
    [
        (_none, []),
        (lambda sender: [sender], ["combo"]),
        (lambda sender, data: [sender, data], ["combo", "03"]),
        (lambda sender, data, user: [sender, data, user], ["combo", "03", None]),
        (_default, ["combo", "03", "view"]),
    ],
)
def test_a_callback_hears_what_it_asks_for_and_keeps_its_defaults(
    callback: Callable[..., list[Any]], heard: list[Any]
) -> None:
    told: list[Any] = []

    def job(*words: Any) -> None:
        told.extend(callback(*words))

    job.__signature__ = signature(callback)  # type: ignore[attr-defined]
    call_back((job, "combo", "03", None))
    assert told == heard
