"""``check``, ``convert``, ``cache`` and the options that say how a capture is read, as a script would use them."""

import json
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from app.cli import main
from app.import_arguments import ImportArguments
from core.capture.capture import Capture
from core.capture.choices import save_choices
from core.capture.import_options import ImportOptions, MaskChoice, RawOptions
from core.capture.read import read_capture
from core.capture.writers.target import Target
from core.capture.writers.write import left_out
from core.errors import CaptureError
from core.fit.run_folder import read_run
from tests.app.quick_commands import quick_commands
from tests.core.capture.check_folder import Folder

Printed = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module", autouse=True)
def quick() -> Generator[None, None, None]:
    with quick_commands():
        yield


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Printed:
    """Run a command: its exit code, standard output and standard error."""

    def run(*line: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([str(part) for part in line])
        out = capsys.readouterr()
        assert "Traceback" not in out.err
        return code, out.out, out.err

    return run


def test_check_prints_the_report(printed: Printed, tmp_path: Path) -> None:
    folder = Folder(views=8)
    folder.turn(5, 4.0)
    code, out, _ = printed("check", folder.write(tmp_path / "capture"))
    assert code == 0
    assert "32: 8 views, 4 lights" in out
    assert "V05 agrees worst" in out.replace("\n", " ")
    assert "→ Leave out V05" in out
    assert "--up +y" in out
    assert "worst V05 with" in out
    assert "full (applied)" in out
    assert "Nothing must be fixed" in out


def test_check_tells_a_script_the_same(printed: Printed, tmp_path: Path) -> None:
    path = Folder(views=3).write(tmp_path / "capture")
    (path / "mask" / "V01.png").unlink()
    code, out, _ = printed("check", path, "--json")
    told: dict[str, Any] = json.loads(out)
    assert code == 1
    assert told["trainable"] is False
    assert (told["layout"], told["views"], told["lights"], told["photographs"]) == ("MVSCPS", 3, 4, 12)
    worst = told["findings"][0]
    assert (worst["severity"], worst["topic"], worst["view"]) == ("must fix", "Masks", 1)
    assert {fix["argument"] for fix in worst["fixes"]} >= {"--masks threshold", "--masks none"}
    assert told["estimates"][0]["applied"] is True
    assert printed("check", path)[0] == 1
    code, out, _ = printed("check", path, "--json", "--masks", "threshold")
    assert code == 0
    told = json.loads(out)
    assert told["worst_view"] in told["agreement"]
    assert told["median_agreement"] == pytest.approx(np.median(list(told["agreement"].values())))


def test_check_of_a_bad_path_ends_with_two(printed: Printed, tmp_path: Path) -> None:
    assert printed("check", tmp_path / "nowhere")[0] == 2
    (tmp_path / "file").write_text("x")
    assert printed("check", tmp_path / "file")[0] == 2


def test_check_of_no_capture_ends_with_one(printed: Printed, tmp_path: Path) -> None:
    (tmp_path / "capture").mkdir()
    (tmp_path / "capture" / "letter.txt").write_text("dear")
    code, out, _ = printed("check", tmp_path / "capture")
    assert code == 1
    assert "1 thing must be fixed" in out


@pytest.mark.parametrize("option", [("--layout", "bogus"), ("--names", "{foo}"), ("--table", "nope.csv")])
def test_check_with_a_mistyped_option_ends_with_two(printed: Printed, tmp_path: Path, option: tuple[str, str]) -> None:
    path = Folder(views=3).write(tmp_path / "capture")
    code, out, err = printed("check", path, "--json", *option)
    assert (code, out) == (2, "")
    assert option[1] in err
    save_choices(path, ImportOptions(layout="bogus"))
    assert printed("check", path)[0] == 1, "nothing was typed: what is saved beside the capture must be mended"


@pytest.mark.parametrize("to", get_args(Target))
def test_convert_writes_what_is_read_back(printed: Printed, tiny_capture: Capture, tmp_path: Path, to: Target) -> None:
    line = ("convert", tiny_capture.folder, tmp_path / "out", "--to", to, "--from-up", "+y", "--up", "-z")
    code, out, _ = printed(*line)
    assert code == 0
    assert out.splitlines()[-1] == "World: right-handed, -z up."
    found = read_capture(tmp_path / "out")
    assert (found.keys, found.up) == (tiny_capture.keys, "-z")
    assert np.array_equal(found.linear(3), tiny_capture.linear(3))
    code, _, err = printed(*line)
    assert code == 2
    assert "not empty" in err


@pytest.mark.parametrize("to", get_args(Target))
def test_convert_tells_what_it_leaves_out(printed: Printed, tiny_capture: Capture, tmp_path: Path, to: Target) -> None:
    """Exactly what reading the result does not give back."""
    truth = tiny_capture.truth
    assert truth.normals_gl
    assert truth.mesh is not None
    code, out, _ = printed("convert", tiny_capture.folder, tmp_path / "out", "--to", to)
    assert code == 0
    found = read_capture(tmp_path / "out").truth
    for what, kept in (
        ("normals", bool(found.normals_gl)),
        ("light directions", found.light_directions_gl is not None),
        ("light intensities", found.light_intensities is not None),
        ("mesh", found.mesh is not None),
    ):
        assert (f"the ground truth {what}" in out) == (not kept)
    assert ("Left out" in out) == (to != "mvscps")
    line = ("convert", tiny_capture.folder, tmp_path / "turned", "--to", to, "--from-up", "+y", "--up", "-z", "--json")
    told = json.loads(printed(*line)[1])["left_out"]
    assert ("ground truth mesh, which stays in the old axes" in told) == (to == "mvscps")


def test_sparse_points_are_left_out_of_all_but_colmap(tiny_capture: Capture) -> None:
    points = np.zeros((5, 3), np.float32)
    with_points = replace(tiny_capture, points=points)
    for to in get_args(Target):
        assert ("sparse points" in left_out(with_points, to=to)) == (to != "colmap")


def test_convert_refuses_before_it_reads(printed: Printed, tiny_capture_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    inside = tiny_capture_folder / "out"
    for line, words in (
        ((tiny_capture_folder, tmp_path / "file", "--to", "idr"), "is a file"),
        ((tiny_capture_folder, inside, "--to", "idr"), "inside the capture"),
        ((tiny_capture_folder, tmp_path / "out", "--to", "idr", "--up", "+z"), "--from-up"),
        ((tiny_capture_folder, tmp_path / "out", "--to", "colmap", "--handedness", "left"), "left-handed"),
        ((tmp_path / "nowhere", tmp_path / "out", "--to", "idr"), "nowhere"),
    ):
        code, out, err = printed("convert", *line)
        assert (code, out) == (2, "")
        assert words in " ".join(err.split())
    assert not inside.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_convert_tells_a_script_what_it_did(printed: Printed, tiny_capture_folder: Path, tmp_path: Path) -> None:
    line = ("convert", tiny_capture_folder, tmp_path / "out", "--to", "transforms", "--handedness", "left", "--json")
    code, out, _ = printed(*line, "--reduce", "2")
    told = json.loads(out)
    assert code == 0
    assert (told["to"], told["handedness"], told["views"], told["lights"]) == ("transforms", "left", 4, 4)
    assert read_capture(tmp_path / "out").cameras[0].width == 24


def test_train_reads_the_capture_as_it_is_told(printed: Printed, tiny_capture_folder: Path, tmp_path: Path) -> None:
    line = ("train", tiny_capture_folder, "--out", tmp_path / "run", "--steps", "2", "--reduce", "2")
    assert printed(*line)[0] == 0
    assert read_run(tmp_path / "run")["steps"] == 2
    code, _, err = printed("train", tiny_capture_folder, "--out", tmp_path / "other", "--reduce", "99")
    assert code == 2
    assert "--reduce must lie between" in err


def test_a_run_remembers_how_its_capture_was_read(printed: Printed, tiny_capture_folder: Path, tmp_path: Path) -> None:
    line = ("train", tiny_capture_folder, "--out", tmp_path / "run", "--steps")
    assert printed(*line, "2", "--reduce", "2")[0] == 0
    assert printed(*line, "1", "--resume")[0] == 0
    assert read_run(tmp_path / "run")["steps"] == 3
    assert printed("eval", tmp_path / "run")[0] == 0
    assert printed("eval", tmp_path / "run", "--capture", tiny_capture_folder)[0] == 0
    code, _, err = printed(*line, "1", "--resume", "--reduce", "2")
    assert code == 2
    assert "keeps its settings" in err


def test_the_studio_reads_the_capture_as_it_is_told(
    printed: Printed, tiny_capture_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[dict[str, Any]] = []
    monkeypatch.setattr("app.studio.run_studio", lambda **arguments: opened.append(arguments))
    assert printed("studio", tiny_capture_folder, "--masks", "none")[0] == 0
    assert printed("studio", tiny_capture_folder)[0] == 0
    assert [arguments["options"] for arguments in opened] == [ImportOptions(masks=MaskChoice.NONE), None]
    assert opened[0]["capture"] == tiny_capture_folder
    code, _, err = printed("studio", "--demo", "--masks", "none")
    assert code == 2
    assert "name its folder" in err


def test_the_cache_is_listed_and_emptied(printed: Printed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.capture.cache.platformdirs.user_cache_path", lambda *_, **__: tmp_path / "cache")
    monkeypatch.setattr("core.capture.read._HELD_BYTES", 0)
    assert "is empty" in printed("cache")[1]
    path = Folder(views=3).write(tmp_path / "capture")
    capture = read_capture(path)
    table = capture.linear(0)
    _, out, _ = printed("cache")
    assert str(path) in out
    told = json.loads(printed("cache", "--json")[1])
    assert told["bytes"] == sum(entry["bytes"] for entry in told["entries"]) > 0
    assert told["entries"][0]["capture"] == str(path)
    code, out, _ = printed("cache", "--clear")
    assert code == 0
    assert out.startswith("Freed ")
    assert json.loads(printed("cache", "--json")[1])["entries"] == []
    assert np.array_equal(capture.linear(0), table), "pixels that are in use stay readable"


def test_a_cache_in_a_place_that_is_none(printed: Printed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("mine")
    for home in (tmp_path / "file", tmp_path / "nowhere"):
        monkeypatch.setenv("XDG_CACHE_HOME", str(home))
        code, out, _ = printed("cache")
        assert code == 0
        assert f"{home}/chiaro/pixels is empty; the folder is not there" in out
        code, out, err = printed("cache", "--clear")
        assert code == 0
        assert out.startswith("Freed 0.0 MB")
        assert f"Emptying {home}/chiaro/pixels" in err
    assert (tmp_path / "file").read_text() == "mine"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert "does not count" in printed("cache")[2]


def test_nothing_said_leaves_the_saved_choices(tmp_path: Path) -> None:
    assert ImportArguments().chosen(tmp_path) is None


def test_what_is_said_goes_over_what_is_saved(tmp_path: Path) -> None:
    saved = ImportOptions(masks=MaskChoice.ALPHA, up="-y", raw=RawOptions(curve="bt709", crop=(1, 2, 30, 40)))
    save_choices(tmp_path, saved)
    assert ImportArguments(reduce=3).chosen(tmp_path) == replace(saved, reduce=3)
    said = ImportArguments(masks="files", up="+z", raw_curve="linear").chosen(tmp_path)
    raw = RawOptions(curve="linear", crop=(1, 2, 30, 40))
    assert said == replace(saved, masks=MaskChoice.FILES, up="+z", raw=raw)


def test_every_option_arrives(tmp_path: Path) -> None:
    arguments = ImportArguments(
        layout="COLMAP",
        cameras="sparse/0",
        encoding="srgb",
        threshold=0.1,
        fill_holes=True,
        reduce=4,
        up="-z",
        handedness="left",
        names="{view}/{light}.jpg",
        table="names.csv",
        raw_curve="bt709",
        raw_crop="12,8,4000,3000",
        sphere="0,-1,2.5,3",
        ball="410,322,55",
    )
    assert arguments.chosen(tmp_path) == ImportOptions(
        layout="COLMAP",
        cameras="sparse/0",
        encoding="srgb",
        masks=MaskChoice.THRESHOLD,
        threshold=0.1,
        fill_holes=True,
        reduce=4,
        up="-z",
        handedness="left",
        names="{view}/{light}.jpg",
        table="names.csv",
        raw=RawOptions(curve="bt709", crop=(12, 8, 4000, 3000)),
        sphere=((0.0, -1.0, 2.5), 3.0),
        ball=(410.0, 322.0, 55.0),
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (ImportArguments(sphere="1,2,3"), "four numbers"),
        (ImportArguments(sphere="1,2,3,-1"), "must be positive"),
        (ImportArguments(sphere="1,nan,3,1"), "four numbers"),
        (ImportArguments(ball="1,2,3,4"), "three numbers"),
        (ImportArguments(ball="a,b,c"), "three numbers"),
        (ImportArguments(reduce=0), "--reduce"),
        (ImportArguments(threshold=2.0), "--threshold"),
        (ImportArguments(threshold=float("nan")), "--threshold"),
        (ImportArguments(threshold=0.2, masks="alpha"), "--masks threshold"),
        (ImportArguments(raw_crop="1,2,0,4"), "--raw-crop"),
        (ImportArguments(raw_crop="-1,2,3,4"), "--raw-crop"),
    ],
)
def test_values_that_cannot_be(tmp_path: Path, arguments: ImportArguments, words: str) -> None:
    with pytest.raises(CaptureError, match=words):
        arguments.chosen(tmp_path)


def test_axes_may_begin_with_a_minus_on_the_command_line(printed: Printed, tmp_path: Path) -> None:
    path = Folder(views=3).write(tmp_path / "capture")
    for line in (("--up", "-y"), ("--up=-y",)):
        told = json.loads(printed("check", path, "--json", *line)[1])
        assert {"what": "Up", "value": "-y"} in told["facts"]
    told = json.loads(printed("check", path, "--json", "--sphere", "-1,0,0,50")[1])
    assert any("sphere" in finding["text"] for finding in told["findings"])
