"""Whatever a stranger writes into a run's settings is refused in a sentence, or is one that a run can have."""

import json
import math
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from core.capture.capture import Capture
from core.errors import RunError
from core.fit.checkpoint import NUMBER_FILE, TENSOR_FILE, load_trainer, save_checkpoint
from core.fit.config import draft, final, ultra
from core.fit.saved_settings import saved_config
from core.fit.saved_values import MOST
from tests.core.fit.small import CPU, small_trainer, train

STRANGE: tuple[Any, ...] = (
    *(-1, 0, 1, 0.5, 1e18, 10**30, math.nan, math.inf, "x", "", None, True),
    *([], [["x"]], {}, {"a": 1}),
)


@pytest.fixture(scope="module")
def saved(tiny_capture: Capture, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    trainer = small_trainer(tiny_capture, steps=10)
    train(trainer, 3)
    save_checkpoint(trainer, folder)
    return folder


def _places(values: object, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The way to every entry of nested dictionaries."""
    if isinstance(values, dict):
        for name, value in values.items():
            yield (*above, name)
            yield from _places(value, (*above, name))


def _changed(values: dict[str, Any], place: tuple[str, ...], value: object) -> dict[str, Any]:
    copy = deepcopy(values)
    entry = copy
    for name in place[:-1]:
        entry = entry[name]
    entry[place[-1]] = value
    return copy


def _copy(saved: Path, folder: Path) -> Path:
    for name in (NUMBER_FILE, TENSOR_FILE):
        (folder / name).write_bytes((saved / name).read_bytes())
    return folder


def _numbers_of(values: object) -> Iterator[float]:
    if isinstance(values, dict):
        for value in values.values():
            yield from _numbers_of(value)
    elif isinstance(values, int | float):
        yield values


@pytest.mark.parametrize("preset", [draft, final, ultra])
def test_every_preset_comes_back_from_json(preset: Any) -> None:
    config = preset()
    assert saved_config(json.loads(json.dumps(asdict(config)))) == config


def test_runs_saved_before_shiny_surfaces_mirrored_go_on_without() -> None:
    saved = asdict(draft())
    assert saved["model"].pop("mirror") is True
    config = saved_config(saved)
    assert not config.model.mirror
    assert config.model.bounce


def test_no_setting_can_be_made_what_no_run_can_have() -> None:
    written = json.loads(json.dumps(asdict(draft())))
    refused = 0
    for place in _places(written):
        for value in STRANGE:
            try:
                config = saved_config(_changed(written, place, value))
            except ValueError as error:
                refused += len(str(error)) < 200
            else:
                assert all(0.0 <= number <= MOST for number in _numbers_of(asdict(config))), (place, value)
    assert refused > 0.7 * len(STRANGE) * len(list(_places(written)))


@pytest.mark.parametrize(
    "place",
    [
        *(("format",), ("seed",), ("included",), ("steps",), ("seconds",), ("active_levels",), ("shadow_trust",)),
        *(("cache_turn",), ("searches",), ("fingerprint",), ("plan", "last_second"), ("plan", "extension")),
        *(("convergence", "means"), ("convergence",), ("plan",), ("config",), ("mark",)),
    ],
)
@pytest.mark.parametrize("value", [-1, 1e18, math.nan, "x", [["x"]]])
def test_no_number_of_a_run_can_be_made_strange(
    tiny_capture: Capture, saved: Path, tmp_path: Path, place: tuple[str, ...], value: object
) -> None:
    folder = _copy(saved, tmp_path)
    numbers = json.loads((folder / NUMBER_FILE).read_text())
    (folder / NUMBER_FILE).write_text(json.dumps(_changed(numbers, place, value)))
    with pytest.raises(RunError, match=str(folder)):
        load_trainer(folder, capture=tiny_capture, device=CPU)


def test_nothing_large_is_allocated_on_the_word_of_the_settings(
    tiny_capture: Capture, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _copy(saved, tmp_path)
    numbers = json.loads((folder / NUMBER_FILE).read_text())
    numbers["config"]["model"]["sdf"] |= {"log2_rows": 22, "levels": 24, "finest_cells": 8192}
    (folder / NUMBER_FILE).write_text(json.dumps(numbers))
    monkeypatch.setattr("core.fit.checkpoint.Trainer", pytest.fail)
    with pytest.raises(RunError, match="bytes where its settings ask for"):
        load_trainer(folder, capture=tiny_capture, device=CPU)


@pytest.mark.parametrize(
    ("name", "tensor", "sentence"),
    [
        ("lights.trained", torch.zeros(1), "shape"),
        ("cache.grid", None, "missing"),
        ("image_error", "nan", "not a number"),
        ("model.lights.direction", "double", "instead of"),
        ("adam.0.exp_avg", torch.zeros(1), "shape"),
        ("generator", torch.zeros(1, dtype=torch.uint8), "shape"),
    ],
)
def test_tensors_that_do_not_belong_are_refused(
    tiny_capture: Capture, saved: Path, tmp_path: Path, name: str, tensor: torch.Tensor | str | None, sentence: str
) -> None:
    folder = _copy(saved, tmp_path)
    tensors = load_file(folder / TENSOR_FILE)
    found = tensors.pop(name)
    if tensor is not None:
        strange = {"nan": found * math.nan, "double": found.double()}
        tensors[name] = tensor if isinstance(tensor, torch.Tensor) else strange[tensor]
    mark = json.loads((folder / NUMBER_FILE).read_text())["mark"]
    save_file(tensors, folder / TENSOR_FILE, metadata={"mark": mark})
    with pytest.raises(RunError, match=sentence):
        load_trainer(folder, capture=tiny_capture, device=CPU)
