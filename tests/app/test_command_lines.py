"""The command lines that are told do what was done: read back, they give the very options."""

import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from app import cli
from app.arguments import Train
from app.cli import main
from app.command_lines import choice_options, train_line
from app.commands import train
from app.open_run import OpenedRun
from app.tone import capture_exposure
from core.capture.import_options import ImportOptions, MaskChoice, RawOptions
from core.fit.choices import FitChoices, PresetName
from core.scene.light_model import LightModel
from tests.app.fake_captures import capture, keys
from tests.app.fakes import FakeHistory, FakeTrainer

FOLDER = Path("some captures/it's a vase")
MANY = FitChoices(
    reflectance="neural",
    lights=LightModel(fixed_to="world", near=True, falloff=True, exposure=True),
    soft_shadows=False,
    bounce=False,
)
READ = ImportOptions(
    layout="Plain folders",
    cameras="cameras 2.json",
    encoding="srgb",
    masks=MaskChoice.THRESHOLD,
    threshold=0.1,
    fill_holes=True,
    reduce=2,
    up="-y",
    handedness="left",
    names="{view}/{light}.jpg",
    table="all.csv",
    sphere=((-1.0, 0.0, 0.5), 1.25),
    ball=(410.0, 322.5, 55.0),
    raw=RawOptions(curve="bt709", crop=(12, 8, 400, 300)),
)


def opened(
    choices: FitChoices | None = None,
    *,
    read: ImportOptions | None = None,
    left_out: int = 0,
    preset: PresetName = "draft",
    **trainer: Any,
) -> OpenedRun:
    made = replace(capture(FOLDER), options=read or ImportOptions())
    fake: Any = FakeTrainer(capture=made, seed=7, included=frozenset(keys()[left_out:]), **trainer)
    return OpenedRun(
        trainer=fake,
        history=cast(Any, FakeHistory()),
        preset=preset,
        choices=choices or FitChoices(),
        exposure=capture_exposure(made),
        folder=Path("runs/my vase"),
    )


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Train]:
    """What the train command was called with."""
    calls: list[Train] = []
    monkeypatch.setattr(train, "train", lambda arguments: calls.append(arguments) or cli.Outcome(lines=[], data={}))
    return calls


def read_back(line: str, asked: list[Train]) -> Train:
    assert main(shlex.split(line, comments=True)[1:]) == 0
    return asked[-1]


@pytest.mark.parametrize("choices", [FitChoices(), FitChoices(bounce=False), FitChoices(soft_shadows=False), MANY])
def test_a_run_is_made_again_by_its_command_line(choices: FitChoices, asked: list[Train]) -> None:
    arguments = read_back(train_line(opened(choices, preset="final", planned_seconds=90.5)), asked)
    assert (arguments.capture, arguments.out) == (FOLDER, Path("runs/my vase"))
    assert (arguments.preset, arguments.seconds, arguments.steps, arguments.seed) == ("final", 90.5, None, 7)
    assert arguments.model.chosen() == choices
    assert arguments.importing.chosen(FOLDER) is None


def test_only_what_is_not_the_default_is_said_of_the_model() -> None:
    assert choice_options(FitChoices()) == []
    assert choice_options(FitChoices(bounce=False)) == ["--no-bounce"]


def test_the_capture_is_read_as_it_was(asked: list[Train]) -> None:
    assert read_back(train_line(opened(read=READ)), asked).importing.chosen(FOLDER) == READ


def test_a_converged_run_is_told_with_the_length_it_was_given(asked: list[Train]) -> None:
    run = opened(planned_seconds=31.0, converged=True)
    assert read_back(train_line(run), asked).seconds == 60.0
    assert (run.state("finished").planned_seconds, run.state("finished").asked_seconds) == (31.0, 60.0)


def test_a_run_planned_by_steps_is_told_by_steps(asked: list[Train]) -> None:
    run = opened(planned_seconds=None)
    run.trainer.config = cast(Any, type(run.trainer.config)(seconds=None, steps=800))
    run.trainer.planned_steps = 500  # pyright: ignore[reportAttributeAccessIssue] - shortened
    arguments = read_back(train_line(run), asked)
    assert (arguments.steps, arguments.seconds) == (800, None)


def test_photographs_left_out_are_told_behind_the_line(asked: list[Train]) -> None:
    line = train_line(opened(left_out=2))
    assert line.endswith(f"  # without {keys()[0].name}, {keys()[1].name}: --index FILE names those to use")
    assert read_back(line, asked).index is None
    assert "# without 8 photographs:" in train_line(opened(left_out=8))
    assert "#" not in train_line(opened())


@pytest.mark.parametrize("options", [["--no-bounce"], ["--no-soft-shadows", "--no-bounce"], ["--falloff"], []])
def test_options_that_a_resumed_run_refuses_are_named_as_they_were_written(
    options: list[str], asked: list[Train]
) -> None:
    assert main(["train", "vase", "--out", "run", *options]) == 0
    assert asked[-1].model.given() == options
