"""Index files and what makes a choice of images trainable."""

from pathlib import Path

import pytest

from core.capture.subset import check_subset, read_subset, write_subset
from core.errors import RunError, SubsetError
from core.types import ImageKey

KEYS = frozenset(ImageKey(view, light) for view in (0, 1, 7) for light in (2, 30, 104))


def test_written_choices_are_read_back(tmp_path: Path) -> None:
    chosen = {ImageKey(7, 104), ImageKey(0, 2), ImageKey(1, 30)}
    write_subset(tmp_path / "index.txt", chosen)
    assert (tmp_path / "index.txt").read_bytes() == b"V00L02\nV01L30\nV07L104\n"
    assert read_subset(tmp_path / "index.txt", KEYS) == chosen
    assert len(list(tmp_path.iterdir())) == 1


def test_blank_lines_comments_and_foreign_line_ends(tmp_path: Path) -> None:
    file = tmp_path / "index.txt"
    file.write_bytes(b"\xef\xbb\xbf# front\r\n\r\n  V00L02  \r\nV01L30 # dim\r\nV00L02\r\n")
    assert read_subset(file, KEYS) == {ImageKey(0, 2), ImageKey(1, 30)}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("V00L02\n\nV09L02\n", r"line 3: the capture has no image V09L02"),
        ("V00L02\nV00L02.png\n", r"line 2: 'V00L02\.png' is no image name"),
        ("V00\n", r"line 1: 'V00' is no image name"),
        ("x" * 5000, r"line 1: 'x{40}…' is no image name"),
        ("# nothing chosen\n", r"names no image"),
        ("", r"names no image"),
    ],
)
def test_what_an_index_file_cannot_hold(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "index.txt"
    file.write_text(text)
    with pytest.raises(SubsetError, match=rf"index\.txt.*{sentence}"):
        read_subset(file, KEYS)


def test_files_that_are_no_index(tmp_path: Path) -> None:
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(SubsetError, match=r"picture\.txt is not a text file"):
        read_subset(tmp_path / "picture.txt", KEYS)
    with pytest.raises(SubsetError, match=r"Cannot read .*missing\.txt"):
        read_subset(tmp_path / "missing.txt", KEYS)
    with pytest.raises(SubsetError, match="Cannot read"):
        read_subset(tmp_path, KEYS)
    huge = tmp_path / "huge.txt"
    with huge.open("wb") as stream:
        stream.truncate(17_000_000)
    with pytest.raises(SubsetError, match="too large"):
        read_subset(huge, KEYS)


def test_a_choice_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="its folder does not exist"):
        write_subset(tmp_path / "nowhere" / "index.txt", KEYS)


@pytest.mark.parametrize(
    "content", [b"0.1 0.2 0.9\n", b"V00L02\nmy notes\n", b"\x89PNG\xff", b"# only a remark\n", b""]
)
def test_only_another_index_is_replaced(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "mine.txt"
    file.write_bytes(content)
    with pytest.raises(SubsetError, match=r"mine\.txt exists and is no index file"):
        write_subset(file, KEYS)
    assert file.read_bytes() == content
    file.write_bytes(b"# of another capture\r\nV88L99\r\n")
    write_subset(file, {ImageKey(0, 2)})
    assert file.read_bytes() == b"V00L02\n"


@pytest.mark.parametrize("name", ["light_directions.txt", "light_intensities.txt", "mesh_gt.ply", "mask/a.txt"])
def test_a_captures_own_files_are_never_written(tmp_path: Path, name: str) -> None:
    (tmp_path / "mask").mkdir()
    with pytest.raises(SubsetError, match="capture's own files"):
        write_subset(tmp_path / name, KEYS, capture_folder=tmp_path)
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []
    write_subset(tmp_path / "view_light_index.txt", KEYS, capture_folder=tmp_path)


def test_trainable_choices() -> None:
    check_subset(KEYS)
    check_subset([ImageKey(0, 0), ImageKey(1, 1)])  # camera and light move together
    with pytest.raises(SubsetError, match="no light"):
        check_subset([])
    with pytest.raises(SubsetError, match="Only view V07"):
        check_subset([ImageKey(7, 2), ImageKey(7, 30)])
