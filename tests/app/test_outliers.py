"""Photographs that do not fit: shown in the window, told by the command line, kept with the run."""

import shutil
from pathlib import Path
from typing import Any, cast

import pytest

from app.cli import main
from app.messages import OpenRun, Outliers, SetRunning, Stats
from app.open_run import OpenedRun
from core.capture.images import read_image, write_exact
from core.fit.outlier import Outlier
from core.fit.run_folder import read_run
from core.types import ImageKey
from tests.app.bench import bench
from tests.app.desk import Desk, run_state
from tests.app.fakes import FakeEngine
from tests.app.quick_commands import quick_commands
from tests.core.fit.evaluation.pages import Page

SPOILT = "V02L01"
FOUND = tuple(
    Outlier(key=key, weight=0.1, error_ratio=4.0, reason="almost black: did the flash fail?")
    for key in (ImageKey(2, 3), ImageKey(0, 1))
)


def noted(desk: Desk) -> list[str]:
    return [call[0][0] for call in desk.panels.toolbar.show_note.call_args_list]


def test_they_are_shown_and_told_once() -> None:
    desk = Desk()
    desk.open("running", step=50)
    desk.panels.toolbar.show_note.reset_mock()
    desk.handle(Outliers(found=FOUND), Outliers(found=FOUND[:1]), Outliers(found=FOUND))
    desk.panels.capture.show_outliers.assert_called_with(FOUND)
    assert noted(desk) == ["2 photographs do not fit: V02L03, V00L01"]
    desk.handle(Outliers(found=()), Outliers(found=FOUND[1:]))
    assert noted(desk)[1:] == ["1 photograph does not fit: V00L01"]


def test_one_is_shown_with_its_error() -> None:
    desk = Desk()
    desk.open("running", step=50)
    desk.controller.images.select_outlier(ImageKey(2, 3))
    assert desk.window.selected == ImageKey(2, 3)
    desk.panels.images.reveal.assert_called_once_with("error")
    desk.panels.tabs.show.assert_called_with("images")


def test_starting_over_forgets_them() -> None:
    desk = Desk()
    desk.open("running", step=50)
    desk.handle(Outliers(found=FOUND), run_state("ready"))
    desk.panels.capture.show_outliers.assert_called_with(())


def test_they_are_told_with_a_run_that_is_opened() -> None:
    engine = FakeEngine()
    engine.unfit = FOUND
    with bench(engine) as b:
        b.send(OpenRun(folder=Path("runs/vase")))
        assert b.until(Outliers).found == FOUND


class SlowWatch:
    """Has looked into everything when asked for the third time."""

    asked = 0

    def look(self) -> tuple[Outlier, ...]:
        self.asked += 1
        return FOUND[: self.asked]

    @property
    def unfinished(self) -> bool:
        return self.asked < 3


def test_what_is_wrong_goes_on_being_found_out_while_a_run_rests() -> None:
    watch = SlowWatch()

    class Engine(FakeEngine):
        def outliers(self, run: OpenedRun) -> tuple[Outlier, ...]:
            run.watch = cast(Any, watch)
            return watch.look()

    with bench(Engine()) as b:
        b.send(OpenRun(folder=Path("runs/vase")))
        b.state("paused")
        b.until(Outliers, lambda event: event.found == FOUND)
        b.send(SetRunning(running=True))
        b.until(Stats)
    assert watch.asked >= 3


@pytest.fixture(scope="module")
def spoilt(tiny_capture_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny capture with one photograph in which something lies before the object."""
    folder = tmp_path_factory.mktemp("captures") / "spoilt"
    shutil.copytree(tiny_capture_folder, folder)
    file = folder / "image" / f"{SPOILT}.png"
    picture = read_image(file)
    picture[8:40, 12:36] = picture.max()
    write_exact(file, picture)
    return folder


def test_the_command_line_names_them_and_keeps_them(
    spoilt: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    with quick_commands():
        assert main(["train", str(spoilt), "--out", str(out), "--steps", "200"]) == 0
        assert f"{SPOILT} " in capsys.readouterr().out
        assert main(["eval", str(out), "--report", str(tmp_path / "report.html"), "--json"]) == 0
    found: list[dict[str, Any]] = read_run(out)["outliers"]
    assert [each["key"] for each in found] == [SPOILT]
    assert found[0]["error_ratio"] > 2.0
    assert found[0]["weight"] < 1.0
    shown = Page((tmp_path / "report.html").read_text(encoding="utf-8")).shown
    assert f"{SPOILT} does not fit. Error" in shown
    assert found[0]["reason"] in shown
