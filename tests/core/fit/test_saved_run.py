"""Whatever a stranger makes of the JSON of a saved run, opening it ends in a run or in one sentence."""

import json
import math
import os
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from core.capture.capture import Capture
from core.errors import RunError
from core.fields.model import ModelConfig
from core.fields.sdf import SdfConfig
from core.fit.checkpoint import NUMBER_FILE, load_trainer
from core.fit.config import final, ultra
from core.fit.evaluation.report_sections import convergence_section, problems_section, run_section
from core.fit.history import History
from core.fit.outlier import Outlier, outliers_from_json, outliers_to_json
from core.fit.run_folder import RUN_FILE, read_run, write_run
from core.fit.saved_file import MOST_BYTES
from core.fit.saved_settings import saved_config, saved_plan
from core.fit.trainer import Trainer
from core.types import ImageKey
from tests.core.fit.small import CPU, SMALL
from tests.tiny_run import train_tiny

STRANGE: tuple[Any, ...] = (
    *(-1, 0, 0.5, 1e18, 10**400, math.nan, -math.inf),
    *("x", "", "\x1b[2J", "V99L99", "../..", None, True),
    *([], [["x"]], [{}], {}, {"a": 1}),
)


@pytest.fixture(scope="module")
def trainer(tiny_capture: Capture) -> Trainer:
    sdf = SdfConfig(levels=2, coarsest_cells=4, finest_cells=8, log2_rows=8)
    config = replace(SMALL, steps=3, model=ModelConfig(sdf=sdf, hidden=8, cache_cells=12))
    return Trainer(tiny_capture, config, device=CPU)


@pytest.fixture(scope="module")
def saved(trainer: Trainer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "run"
    history = train_tiny(trainer)
    write_run(trainer, folder, history=history, preset="draft", setup_seconds=0.5, results=False)
    return folder


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    """A copy of the run, to be changed."""
    for file in saved.iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


def _places(values: object, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to every entry, of lists to the first two."""
    named: list[tuple[str | int, object]] = []
    if isinstance(values, dict):
        named = list(values.items())
    elif isinstance(values, list):
        named = list(enumerate(values[:2]))
    for name, value in named:
        yield (*above, name)
        yield from _places(value, (*above, name))


def _mutations(values: dict[str, Any], *, without: frozenset[str] = frozenset()) -> Iterator[dict[str, Any]]:
    """Copies of ``values`` with one entry made strange, or missing."""
    for place in _places(values):
        if place[0] not in without:
            for strange in (*STRANGE, "missing"):
                copy: Any = deepcopy(values)
                entry = copy
                for name in place[:-1]:
                    entry = entry[name]
                if strange == "missing":
                    del entry[place[-1]]
                else:
                    entry[place[-1]] = strange
                yield copy


def _refusal(action: Callable[[], object]) -> str:
    """The sentence with which the action is refused; "" when it is not. Other errors than that fail the test."""
    try:
        action()
    except RunError as error:
        return str(error)
    return ""


def _is_sentence(text: str, file: Path) -> bool:
    return str(file.parent) in text and len(text) < 200 + 2 * len(str(file)) and text.isprintable() and text[-1] == "."


def test_no_entry_of_a_checkpoint_can_be_made_strange(
    tiny_capture: Capture, trainer: Trainer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The configuration has a test of its own; trainers are not made anew, which takes its time."""
    file = folder / NUMBER_FILE
    numbers = json.loads(file.read_text())

    def like_new(*_: Any, included: Any, **__: Any) -> Trainer:
        trainer.include(included)
        return trainer

    monkeypatch.setattr("core.fit.checkpoint.Trainer", like_new)
    refused = loaded = 0
    for changed in _mutations(numbers, without=frozenset({"config"})):
        file.write_text(json.dumps(changed))
        refusal = _refusal(lambda: load_trainer(folder, capture=tiny_capture, device=CPU))
        assert not refusal or _is_sentence(refusal, file), refusal
        assert refusal or 0.0 <= trainer.progress <= 1.0
        refused, loaded = refused + bool(refusal), loaded + (not refusal)
    assert refused > 3 * loaded > 0


def test_no_entry_of_the_run_file_can_be_made_strange(trainer: Trainer, folder: Path) -> None:
    file = folder / RUN_FILE
    run = json.loads(file.read_text())
    outlier = Outlier(key=ImageKey(0, 0), weight=0.5, error_ratio=2.0, reason="too dark")
    run["outliers"] = outliers_to_json([outlier])
    refused = 0
    for changed in _mutations(run, without=frozenset({"config"})):
        file.write_text(json.dumps(changed))
        refusal = _refusal(lambda: read_run(folder))
        assert not refusal or _is_sentence(refusal, file), refusal
        refused += bool(refusal)
        if not refusal:  # then it can be shown
            found = read_run(folder)
            convergence_section(History.from_json(found.get("metrics") or [], up_to_step=100).records)
            problems_section([], outliers_from_json(found.get("outliers") or []), [])
            run_section(found, trainer.capture)
    assert refused > 100


@pytest.mark.parametrize("name", [RUN_FILE, NUMBER_FILE])
@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda file: file.write_text('{"format": 1, "a": ' + "[" * 100_000), "is damaged"),
        (lambda file: file.write_text('{"format": 1, "a": ' + "[" * 40 + "]" * 40 + "}"), "nested"),
        (lambda file: file.write_text('{"format": 1, "seed": ' + "9" * 5_000 + "}"), "is damaged"),
        (lambda file: file.write_text('{"format": true}'), "not written by Chiaro"),
        (lambda file: file.write_bytes(b"\xff\xfe\x00"), "is damaged"),
        (lambda file: os.truncate(file, MOST_BYTES + 1), "larger than"),
        (lambda file: (file.unlink(), file.mkdir()), "is missing"),
    ],
)
def test_files_that_are_no_settings_are_refused(
    tiny_capture: Capture, folder: Path, name: str, damage: Callable[[Path], object], sentence: str
) -> None:
    damage(folder / name)
    refusal = _refusal(lambda: (read_run(folder), load_trainer(folder, capture=tiny_capture, device=CPU)))
    assert sentence in refusal
    assert _is_sentence(refusal, folder / name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
@pytest.mark.parametrize("name", [RUN_FILE, NUMBER_FILE])
def test_nobody_waits_for_a_pipe(tiny_capture: Capture, folder: Path, name: str) -> None:
    (folder / name).unlink()
    os.mkfifo(folder / name)
    assert "is missing" in _refusal(lambda: (read_run(folder), load_trainer(folder, capture=tiny_capture, device=CPU)))


@pytest.mark.parametrize(
    "sizes",
    [
        {"rays": 65_536, "sections": 12},
        {"rays_one_light": 4_096, "sections": 128},
        {"rays_beside": 65_536},
        {"rays": 65_536, "lights_per_ray": 256, "sections": 2},
    ],
)
def test_no_step_asks_for_more_memory_than_there_is(sizes: dict[str, int]) -> None:
    """Each number alone is one that a run may have."""
    with pytest.raises(ValueError, match="samples a step"):
        saved_config(json.loads(json.dumps(asdict(replace(final(), **sizes)))))
    assert saved_config(json.loads(json.dumps(asdict(ultra())))) == ultra()


def test_a_plan_without_an_end_is_refused() -> None:
    plan = {"first_step": 0, "first_second": 0.0, "last_step": None, "last_second": 10.0, "extension": False}
    assert saved_plan(plan).last_second == 10.0
    with pytest.raises(ValueError, match="no end"):
        saved_plan(plan | {"last_second": None})


def test_records_out_of_the_order_of_time_are_refused() -> None:
    entries = [{"step": step, "seconds": second} for step, second in ((1, 0.5), (2, 0.4))]
    assert len(History.from_json(entries[:1], up_to_step=9).records) == 1
    with pytest.raises(ValueError, match="order of time"):
        History.from_json(entries, up_to_step=9)
