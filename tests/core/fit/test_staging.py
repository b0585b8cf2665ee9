"""Many files at once: all of them arrive, or the folder stays as it was."""

import errno
from pathlib import Path

import pytest

from core.errors import RunError
from core.fit.staging import check_writable, entries, staged_folder


def tree(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*") if file.is_file()}


def test_new_folder_appears_whole(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "run"
    with staged_folder(folder) as stage:
        (stage / "part").mkdir()
        (stage / "part" / "x.txt").write_text("x")
        assert not folder.exists()
    assert tree(folder) == {"part/x.txt": "x"}
    assert [entry.name for entry in folder.parent.iterdir()] == ["run"]


def test_existing_folder_keeps_what_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    (tmp_path / "old.txt").write_text("old")
    with staged_folder(tmp_path, last="old.txt") as stage:
        (stage / "old.txt").write_text("new")
        (stage / "more").mkdir()
        (stage / "more" / "y.txt").write_text("y")
    assert tree(tmp_path) == {"mine.txt": "mine", "old.txt": "new", "more/y.txt": "y"}


@pytest.mark.parametrize("within", [True, False])
def test_failure_leaves_everything_as_it_was(tmp_path: Path, within: bool) -> None:
    folder = tmp_path / "run"
    if within:
        folder.mkdir()
        (folder / "old.txt").write_text("old")
    before = tree(tmp_path)

    def fill_the_disk() -> None:
        with staged_folder(folder) as stage:
            (stage / "old.txt").write_text("new")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(RunError, match="disk is full"):
        fill_the_disk()
    assert tree(tmp_path) == before
    assert folder.exists() == within


def test_other_errors_pass_through_and_clean_up(tmp_path: Path) -> None:
    def fail() -> None:
        with staged_folder(tmp_path / "run"):
            raise KeyError("unrelated")

    with pytest.raises(KeyError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_errors_speak_of_the_folder_the_user_knows(tmp_path: Path) -> None:
    def fail() -> None:
        with staged_folder(tmp_path / "run") as stage:
            raise RunError(f"Cannot write {stage / 'mesh.ply'}: the disk is full.")

    with pytest.raises(RunError) as caught:
        fail()
    assert str(caught.value) == f"Cannot write {tmp_path / 'run' / 'mesh.ply'}: the disk is full."


def test_leftovers_of_a_killed_writer_do_not_count(tmp_path: Path) -> None:
    with staged_folder(tmp_path) as stage:
        assert entries(tmp_path) == []
        (stage / "x.txt").write_text("x")
    assert [entry.name for entry in entries(tmp_path)] == ["x.txt"]
    assert entries(tmp_path / "missing") == []


def test_writable_check_leaves_no_trace_and_creates_nothing(tmp_path: Path) -> None:
    check_writable(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def test_writable_check_names_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="part of its path is a file"):
        check_writable(tmp_path / "file" / "run")


def test_writable_check_names_missing_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(RunError, match="no permission"):
        check_writable(tmp_path / "run")
