"""View and light by the names of photographs: common ways, patterns, tables, numbers."""

from pathlib import Path

import numpy as np
import pytest

from core.capture.layouts.plain_names import by_common_names, by_pattern, keys_of, natural, numbered
from core.capture.layouts.plain_table import by_table
from core.errors import CaptureError

HERE = Path("capture")
PAIRS = [(view, light) for view in range(3) for light in range(4)]


def found_pairs(names: list[str]) -> list[tuple[int, int]] | None:
    naming = by_common_names(names)
    if naming is None:
        return None
    keys = {named.name: key for key, named in keys_of(naming, HERE).items()}
    return [(keys[name].view, keys[name].light) for name in names]


@pytest.mark.parametrize(
    "pattern",
    [
        "V{v:02d}L{n:02d}.png",
        "image/V{v:02d}L{n:02d}.jpg",
        "view{v}_light{n}.ARW",
        "owl-View_{v:03d}-Light_{n:03d}.png",
        "owl_cam{v} led{n}.tif",
        "light{n}_view{v}.png",
        "{v:02d}_{n:02d}.png",
        "owl_{v}-{n}.png",
        "view_{v}/{n:03d}.png",
        "photos/pose{v}/IMG_{n:04d}.jpg",
        "light{n}/{v}.png",
        "L{n:02d}/view{v}.png",
    ],
)
def test_common_names(pattern: str) -> None:
    assert found_pairs([pattern.format(v=v, n=n) for v, n in PAIRS]) == PAIRS


def test_numbers_are_kept_as_they_are() -> None:
    names = [f"view{v}_light{n}.png" for v in (3, 7) for n in (12, 90)]
    assert found_pairs(names) == [(3, 12), (3, 90), (7, 12), (7, 90)]


def test_folders_in_which_the_camera_has_counted_on() -> None:
    names = [f"view{v}/DSC_{100 + 4 * v + n:05d}.JPG" for v, n in PAIRS]
    assert found_pairs(names) == PAIRS


def test_photographs_beside_the_folders_of_views_do_not_disturb() -> None:
    names = [f"view{v}/{n}.png" for v, n in PAIRS]
    naming = by_common_names([*names, "images/a.png", "images/b.png", "readme.png"])
    assert naming is not None
    assert [named.name for named in naming.photographs] == names


def test_folders_with_names_of_their_own_are_counted() -> None:
    names = [f"{v}/{n}.png" for v in ("back", "front", "left") for n in range(4)]
    assert found_pairs(names) == PAIRS


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["a.png"],
        ["IMG_0001.png", "IMG_0002.png"],
        ["a/1.png", "b/2.png"],
        ["a/1.png", "a/2.png", "b/3.png", "b/4.png"],
        ["1_2.png", "b/1_2.png", "c/1_2.png"],
    ],
)
def test_names_that_tell_nothing(names: list[str]) -> None:
    assert by_common_names(names) is None


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("{view}/{light}.jpg", "{v}/{n}.jpg"),
        ("{VIEW}", None),
        ("shots/*_{light}_from_{view}.png", "shots/owl 1_{n}_from_{v}.png"),
        ("{view}/{view}_{light}.png", "{v}/{v}_{n}.png"),
        ("{view}\\{light}.JPG", "{v}/{n}.jpg"),
    ],
)
def test_patterns(pattern: str, name: str | None) -> None:
    if name is None:
        with pytest.raises(CaptureError, match=r"only \{view\} and \{light\} may occur"):
            by_pattern(["a"], pattern, HERE)
        return
    names = [name.format(v=v, n=n) for v, n in PAIRS]
    naming = by_pattern([*names, "other.txt"], pattern, HERE)
    assert [(key.view, key.light) for key in keys_of(naming, HERE)] == PAIRS


def test_a_pattern_without_light_or_view() -> None:
    names = [f"{n:03d}.png" for n in range(5)]
    both_moved = keys_of(by_pattern(names, "{view}.png", HERE), HERE)
    assert [(key.view, key.light) for key in both_moved] == [(n, n) for n in range(5)]
    one_view = keys_of(by_pattern(names, "{light}.png", HERE), HERE)
    assert [(key.view, key.light) for key in one_view] == [(0, n) for n in range(5)]


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [("*.png", "needs {view} or {light}"), ("{view}.gif", "no photograph is named like"), ("{a}{view}", "only {view}")],
)
def test_patterns_that_cannot_be(pattern: str, sentence: str) -> None:
    with pytest.raises(CaptureError, match=sentence):
        by_pattern(["1.png"], pattern, HERE)


def test_two_photographs_of_one_view_and_light() -> None:
    naming = by_pattern(["a/1_1.png", "b/1_1.png"], "*/{view}_{light}.png", HERE)
    with pytest.raises(CaptureError, match=r"b/1_1\.png and a/1_1\.png both show V01L01"):
        keys_of(naming, HERE)


def test_words_become_ids() -> None:
    assert numbered({"view10", "view9", "View12"}) == {"view9": 9, "view10": 10, "View12": 12}
    assert numbered({"front", "back"}) == {"back": 0, "front": 1}
    assert numbered({"a10", "a9", "b1"}) == {"a9": 0, "a10": 1, "b1": 2}
    assert numbered({"12345678", "12345679"}) == {"12345678": 0, "12345679": 1}  # ids have four digits at most
    assert numbered({"01", "1"}) == {"01": 0, "1": 1}
    assert sorted(["a10", "a9", "b", "10", "9", "a"], key=natural) == ["a", "a9", "a10", "b", "9", "10"]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table(tmp_path: Path, mark: str) -> None:
    for name in ("a b.png", "c.png", "m.png"):
        (tmp_path / name).touch()
    lines = [["View", "file", "light", "mask"], ["3", "a b.png", "left", "m.png"], ["3", "c.png", "right", "no.png"]]
    lines.append(["4", "gone.png", "left", ""])
    (tmp_path / "table.csv").write_text("\n".join(mark.join(line) for line in lines))
    naming, missing = by_table(tmp_path, "table.csv")
    assert missing == ("no.png", "gone.png")
    keys = keys_of(naming, tmp_path)
    assert [(key.name, named.name, named.mask) for key, named in keys.items()] == [
        ("V03L00", "a b.png", "m.png"),
        ("V03L01", "c.png", None),
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "does not name the columns"),
        ("file,view\na.png,1", "does not name the columns"),
        ("file,view,light\na.png,1", "line 2: file, view and light are not all given"),
        ("file,view,light\n/etc/passwd,1,1", "leads out of the folder"),
        ("file,view,light\n../a.png,1,1", "leads out of the folder"),
        ("file,view,light\nb.png,1,1", "names no photograph that is there"),
        ('file,view,light\n"' + "x" * 200_000 + '",1,1', "is not a CSV file"),
    ],
)
def test_tables_that_cannot_be_read(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "a.png").touch()
    (tmp_path / "table.csv").write_text(text)
    with pytest.raises(CaptureError, match=sentence):
        by_table(tmp_path, "table.csv")
    with pytest.raises(CaptureError, match=r"none\.csv is missing"):
        by_table(tmp_path, "none.csv")


def test_hostile_names_take_no_time() -> None:
    rng = np.random.default_rng(0)
    names = ["".join(rng.choice(list("v1l2_-/ "), 250)) for _ in range(300)]
    by_common_names(names)
    with pytest.raises(CaptureError):
        by_pattern(names, "{view}_{light}-{view}_{light}*{view}*{light}x.png", HERE)
