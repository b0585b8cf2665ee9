import json
from datetime import datetime
from pathlib import Path

import pytest

from app import paths
from app.session import Session, load_session, save_session
from app.settings import Settings, load_settings, save_settings, with_recent
from core.errors import RunError
from core.fit.choices import FitChoices
from core.scene.light_model import LightModel
from core.types import ImageKey
from tests.app.fake_captures import keys

CAPTURE = Path("/data/vase")


def test_a_session_survives_being_written_and_read(tmp_path: Path) -> None:
    session = Session(
        capture="/data/vase",
        run="/runs/1",
        selected="V01L02",
        tab="relight",
        preset="ultra",
        seconds=90.0,
        seed=3,
        choices=FitChoices(reflectance="neural", lights=LightModel(fixed_to="world", near=True)),
    ).with_included(CAPTURE, keys(), frozenset(keys()[1:]))
    file = tmp_path / "deep" / "session.json"
    save_session(file, session)
    assert load_session(file) == session
    assert load_session(file).selected_key == ImageKey(1, 2)


def test_settings_survive_being_written_and_read(tmp_path: Path) -> None:
    settings = Settings(ui_scale=1.5, width=1280, height=720, left=300.0, recent_captures=("/a", "/b"))
    save_settings(tmp_path / "settings.json", settings)
    assert load_settings(tmp_path / "settings.json") == settings


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", '{"ui_scale": "huge", "width": true, "tab": 5, "seconds": -1}'])
def test_a_damaged_file_is_the_same_as_none(tmp_path: Path, text: str) -> None:
    file = tmp_path / "file.json"
    file.write_text(text, encoding="utf-8")
    assert load_settings(file) == Settings()
    assert load_session(file) == Session()


def test_a_folder_without_permission_is_told(tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file where a folder should be", encoding="utf-8")
    with pytest.raises(RunError, match="blocked"):
        save_session(tmp_path / "blocked" / "session.json", Session())


def test_the_images_used_are_remembered_for_each_capture() -> None:
    session = Session().with_included(CAPTURE, keys(), frozenset(keys()[2:]))
    assert session.included(CAPTURE, keys()) == keys()[2:]
    assert session.included(Path("/data/other"), keys()) == keys()
    again = session.with_included(CAPTURE, keys(), frozenset(keys()))
    assert again.left_out == {}


def test_a_selection_that_is_no_name_is_none() -> None:
    assert Session(selected="photo.png").selected_key is None
    assert Session().selected_key is None


def test_recents_are_newest_first_and_few() -> None:
    recents: tuple[str, ...] = ()
    for number in [*range(12), 5]:
        recents = with_recent(recents, Path(f"/data/{number}"))
    assert recents[:2] == ("/data/5", "/data/11")
    assert len(recents) == len(set(recents)) == 8


def test_a_new_run_has_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(paths, "runs_folder", lambda: tmp_path / "runs")
    now = datetime(2030, 5, 6, 7, 8, 9)
    first = paths.new_run_folder(CAPTURE, now)
    assert first.name == "vase-2030-05-06-070809"
    first.mkdir(parents=True)
    assert paths.new_run_folder(CAPTURE, now).name == "vase-2030-05-06-070809-2"


def test_what_is_kept_is_readable_by_people(tmp_path: Path) -> None:
    save_session(tmp_path / "session.json", Session(capture="/data/vase"))
    assert json.loads((tmp_path / "session.json").read_text(encoding="utf-8"))["capture"] == "/data/vase"
