"""A name the user knows never points to a half-written file."""

import errno
import os
from pathlib import Path

import pytest

from core.errors import RunError
from core.files import replacing


def test_the_file_appears_whole_with_its_suffix_kept_on_the_way(tmp_path: Path) -> None:
    file = tmp_path / "table.txt"
    file.write_text("old")
    with replacing(file) as temporary:
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".txt"
        temporary.write_text("new")
        assert file.read_text() == "old"
    assert file.read_text() == "new"
    assert list(tmp_path.iterdir()) == [file]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "table.txt"
    file.write_text("old")

    def fail_halfway() -> None:
        with replacing(file) as temporary:
            temporary.write_text("half")
            raise KeyError("something else went wrong")

    with pytest.raises(KeyError):
        fail_halfway()
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EACCES, "no permission"),
        (errno.EROFS, "read-only"),
        (errno.EIO, os.strerror(errno.EIO)),
    ],
)
def test_operating_system_errors_become_sentences(tmp_path: Path, number: int, sentence: str) -> None:
    def fail() -> None:
        with replacing(tmp_path / "table.txt"):
            raise OSError(number, os.strerror(number))

    with pytest.raises(RunError, match=rf"table\.txt: .*{sentence}.*\.$"):
        fail()
