import sys
from pathlib import Path

import pytest

from widgets import native_dialog
from widgets.folder_listing import (
    Wanted,
    enters,
    list_folder,
    objection,
    only_a_parent,
    replaced,
    shortened,
    typed_path,
    unlike_words,
    with_suffix,
)
from widgets.native_dialog import NativeDialog, native_command

FOLDER = Wanted(folders=True, save=False)
FILE = Wanted(folders=False, save=False, suffix=".txt")
SAVE = Wanted(folders=False, save=True, suffix=".txt")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name in ("Beta", "alpha", ".hidden"):
        (tmp_path / name).mkdir()
    for name in ("one.txt", "two.png", "Three.TXT"):
        (tmp_path / name).write_text("")
    return tmp_path


def test_folders_come_first_and_hidden_ones_not_at_all(place: Path) -> None:
    listing = list_folder(place, files=True)
    assert [entry.path.name for entry in listing.entries] == ["alpha", "Beta", "one.txt", "Three.TXT", "two.png"]
    assert [entry.folder for entry in listing.entries] == [True, True, False, False, False]


def test_files_are_filtered_by_suffix_whatever_its_case(place: Path) -> None:
    names = [entry.path.name for entry in list_folder(place, files=True, suffix=".txt").entries if not entry.folder]
    assert names == ["one.txt", "Three.TXT"]
    assert all(entry.folder for entry in list_folder(place, files=False).entries)


def test_a_folder_that_cannot_be_listed_says_so(place: Path) -> None:
    assert "no such file" in list_folder(place / "gone", files=True).note
    assert list_folder(place / "alpha", files=True).note == "Nothing to choose here."


def test_a_list_of_folders_says_which_files_it_leaves_out(place: Path) -> None:
    for number in range(3):
        (place / "alpha" / f"V{number:02d}.PNG").write_text("")
    listing = list_folder(place / "alpha", files=False)
    assert listing.note == "It holds 3 photographs, but no subfolders."
    (place / "alpha" / "lights.txt").write_text("")
    listing = list_folder(place / "alpha", files=False)
    assert listing.note == "It holds 3 photographs and 1 other file, but no subfolders."
    assert listing.note in unlike_words(listing)
    assert "here is what it holds" not in unlike_words(listing)
    assert "here is what it holds" in unlike_words(list_folder(place, files=False))
    assert list_folder(place / "alpha", files=True, suffix=".json").note.endswith("no file that ends in .json.")


def test_typed_paths_are_absolute_relative_or_at_home(place: Path) -> None:
    assert typed_path(" /x/y ", place) == Path("/x/y")
    assert typed_path("alpha/../Beta", place) == place / "Beta"
    assert typed_path("~", place) == Path.home()


def test_what_is_wrong_with_a_path(place: Path) -> None:
    assert objection(place / "alpha", FOLDER) is None
    assert objection(place / "gone", FOLDER) == f"{place / 'gone'} does not exist."
    assert objection(place / "one.txt", FOLDER) == f"{place / 'one.txt'} is a file; choose a folder."
    assert objection(place / "alpha", FILE) == f"{place / 'alpha'} is a folder; choose a file."
    assert objection(place / "new.txt", SAVE) is None
    assert objection(place / "alpha", SAVE) == f"{place / 'alpha'} is a folder; type a file name after it."
    asked = objection(place / "one.txt", Wanted(folders=True, save=True))
    assert asked == f"{place / 'one.txt'} is a file; choose another name."


def test_only_a_file_that_is_there_is_replaced(place: Path) -> None:
    assert replaced(place / "one.txt", SAVE)
    assert not replaced(place / "new.txt", SAVE)
    assert not replaced(place / "one.txt", FILE)
    assert not replaced(place / "alpha", Wanted(folders=True, save=True))


def test_a_folder_of_folders_is_only_a_parent(place: Path) -> None:
    (place / "alpha" / "inside").mkdir()
    assert only_a_parent(place / "alpha")
    assert not only_a_parent(place)
    assert not only_a_parent(place / "Beta")


def test_enter_opens_what_is_looked_for_and_lists_what_is_not(place: Path) -> None:
    def is_beta(folder: Path) -> bool:
        return folder.name == "Beta"

    (place / "Beta" / "folders only").mkdir()
    assert not enters(place / "Beta", place, FOLDER, is_beta)
    assert enters(place / "alpha", place, FOLDER, is_beta)
    assert not enters(place / "alpha", place / "alpha", FOLDER, is_beta)
    assert not enters(place / "gone", place, FOLDER, is_beta)
    assert enters(place / "Beta", place, FOLDER, None)
    assert enters(place / "alpha", place, FILE, None)
    assert not enters(place / "alpha", place, SAVE, None)


def test_a_saved_file_gets_its_suffix_once(place: Path) -> None:
    assert with_suffix(place / "new", SAVE) == place / "new.txt"
    assert with_suffix(place / "new.csv", SAVE) == place / "new.csv"
    assert with_suffix(place / "new", FILE) == place / "new"


def test_long_paths_lose_their_middle() -> None:
    text = "/a/very/long/path/to/a/capture"
    assert shortened(text, 100) == text
    short = shortened(text, 15)
    assert len(short) == 15
    assert short.endswith("/capture")
    assert "…" in short


@pytest.mark.parametrize(
    ("program", "expected"), [("zenity", "--file-selection"), ("kdialog", "--getexistingdirectory")]
)
def test_the_desktop_dialog_there_is_gets_used(
    program: str, expected: str, monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    monkeypatch.setattr(native_dialog.shutil, "which", lambda name: f"/bin/{name}" if name == program else None)
    command = native_command("Open", FOLDER, place)
    assert command is not None
    assert command[0] == f"/bin/{program}"
    assert expected in command


def test_without_any_dialog_there_is_no_command(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    monkeypatch.setattr(native_dialog.shutil, "which", lambda _: None)
    monkeypatch.setattr(native_dialog.importlib.util, "find_spec", lambda _: None)
    assert native_command("Open", FOLDER, place) is None


def test_tkinter_runs_in_another_process(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    monkeypatch.setattr(native_dialog.shutil, "which", lambda _: None)
    monkeypatch.setattr(native_dialog.importlib.util, "find_spec", lambda _: object())
    command = native_command("Save", SAVE, place / "new.txt")
    assert command is not None
    assert command[0] == sys.executable
    assert command[-4:] == ["save", "Save", str(place), "new.txt"]


def wait(dialog: NativeDialog) -> None:
    dialog._process.wait(timeout=20)
    assert dialog.finished()


def test_an_answer_is_a_path_and_a_cancelled_dialog_is_none() -> None:
    answered = NativeDialog([sys.executable, "-c", "print('/somewhere/else')"])
    cancelled = NativeDialog([sys.executable, "-c", "raise SystemExit(1)"])
    for dialog in (answered, cancelled):
        wait(dialog)
    assert answered.answer() == Path("/somewhere/else")
    assert cancelled.answer() is None


def test_closing_ends_the_dialog() -> None:
    dialog = NativeDialog([sys.executable, "-c", "import time; time.sleep(60)"])
    assert not dialog.finished()
    dialog.close()
    assert dialog.finished()
