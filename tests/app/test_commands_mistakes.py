"""Command lines that make no sense: exit code 2 and one sentence on standard error."""

from pathlib import Path

import pytest

from app.cli import main
from tests.app.conftest import Refused


def test_studio_without_a_display(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    assert "no display" in refused("studio")
    assert "no display" in refused()
    monkeypatch.setenv("DISPLAY", ":9876")
    assert "does not answer" in refused("studio", "--demo")


def test_studio_opens_one_thing(refused: Refused, tmp_path: Path) -> None:
    assert "one thing at a time" in refused("studio", tmp_path, "--demo")


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--up", "z", "choose one of +x, -x, +y, -y, +z, -z, not 'z'"),
        ("--encoding", "gamma", "choose one of linear, srgb, not 'gamma'"),
        ("--masks", "bad", "choose one of files, alpha, threshold, none, not 'bad'"),
        ("--reduce", "x", "it takes a whole number, such as 2, not 'x'"),
        ("--threshold", "x", "it takes a number, such as 0.5, not 'x'"),
    ],
)
def test_mistyped_values_are_told_what_may_be_said(refused: Refused, option: str, value: str, sentence: str) -> None:
    assert refused("check", "capture", option, value) == f"{option}: {sentence}; 'chiaro check --help' tells more."


def test_errors_begin_with_their_sentence(
    capsys: pytest.CaptureFixture[str], tiny_capture_folder: Path, tmp_path: Path
) -> None:
    """A progress bar that nobody sees leaves no empty line."""
    line = [str(tiny_capture_folder), "--reduce", "64"]
    for command in (
        ["train", *line, "--out", str(tmp_path / "run")],
        ["convert", *line, str(tmp_path / "c"), "--to", "idr"],
    ):
        assert main(command) == 2
        assert capsys.readouterr().err.splitlines()[0].endswith("choose a smaller reduction.")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("unknown", "There is no command unknown; choose one of studio, train,"),
        ("--json", "The command is missing; choose one of studio, train,"),
        ("train", "train needs --out RUN; 'chiaro train --help' tells more."),
        ("train x --out", "--out needs a value: --out RUN; 'chiaro train --help'"),
        ("train x --out y --preset huge", "--preset: choose one of draft, final, ultra, not 'huge'; 'chiaro train"),
        ("train x y --out z", "train has no use for y; 'chiaro train --help'"),
        ("train x --out y --no-bounces", "train has no option --no-bounces (is --no-bounce meant?); 'chiaro train"),
        ("eval", "eval needs RUN; 'chiaro eval --help'"),
        ("eval x --zzz", "eval has no option --zzz; 'chiaro eval --help'"),
        ("relight x --frame moon", "--frame: choose one of camera, world, not 'moon'; 'chiaro relight --help'"),
    ],
)
def test_arguments_that_make_no_sense_are_told_in_a_sentence(refused: Refused, line: str, sentence: str) -> None:
    assert refused(*line.split()).startswith(sentence)


def test_mistakes_end_with_two_where_tyro_has_no_hook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.argument_mistakes.mistakes", None)
    with pytest.raises(SystemExit) as end:
        main(["train"])
    assert end.value.code == 2
