"""COLMAP's database: matches by name and both ways; a hostile database costs neither time nor memory."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from core.capture.colmap_database import PAIR, matches_from_database
from core.capture.colmap_matches import matches_of, write_all_matches
from core.errors import CaptureError
from core.types import DoubleArray

TABLES = (
    "CREATE TABLE images (image_id INTEGER PRIMARY KEY, name TEXT, camera_id INTEGER)",
    "CREATE TABLE keypoints (image_id INTEGER PRIMARY KEY, rows INTEGER, cols INTEGER, data BLOB)",
    "CREATE TABLE two_view_geometries (pair_id INTEGER PRIMARY KEY, rows INTEGER, cols INTEGER, data BLOB)",
)
NAMES = {5: "b.png", 2: "sub/c.png", 9: "a.png"}
"""Ids that do not follow the order of the names."""
PHOTOGRAPHS = ("images/a.png", "images/b.png", "images/sub/c.png")


def points(image: int) -> DoubleArray:
    return np.random.default_rng(image).uniform(0.5, 99.5, (12, 2)).astype(np.float32).astype(np.float64)


def change(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


def rows(*pairs: tuple[int, int]) -> bytes:
    return np.array(pairs, dtype="<u4").tobytes()


SIX = rows((0, 1), (1, 0), (2, 5), (3, 3), (7, 4), (11, 11))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    place = tmp_path / "data base?.db"
    change(place, *TABLES)
    with closing(sqlite3.connect(place)) as database:
        for image, name in NAMES.items():
            columns = {5: 2, 2: 4, 9: 6}[image]  # position; and scale and orientation; or an affine shape
            table = np.zeros((12, columns), "<f4")
            table[:, :2] = points(image)
            database.execute("INSERT INTO images VALUES (?, ?, 1)", (image, name))
            database.execute("INSERT INTO keypoints VALUES (?, 12, ?, ?)", (image, columns, table.tobytes()))
        insert = "INSERT INTO two_view_geometries VALUES (?, ?, 2, ?)"
        database.execute(insert, (2 * PAIR + 5, 6, SIX))
        database.execute(insert, (5 * PAIR + 9, 4, SIX[:32]))  # too few to say anything
        database.execute(insert, (2 * PAIR + 9, 0, None))
        database.commit()
    return place


def test_matches_by_name_and_both_ways(file: Path) -> None:
    found = matches_from_database(file, PHOTOGRAPHS)
    assert set(found) == {1, 2}
    assert found[1].sources.tolist() == [2]
    pairs = np.frombuffer(SIX, "<u4").reshape(-1, 2)
    in_c, in_b = points(2)[pairs[:, 0]] - 0.5, points(5)[pairs[:, 1]] - 0.5  # centres at integers
    np.testing.assert_allclose(found[1].points[0], np.hstack([in_b, in_c]))
    np.testing.assert_allclose(found[2].points[0], np.hstack([in_c, in_b]))


def test_images_that_are_no_photographs_are_left_out(file: Path) -> None:
    assert matches_from_database(file, ("a.png", "b.png")) == {}
    change(file, "INSERT INTO images VALUES (3, 'other/b.png', 1)")
    both = ("x/b.png", "y/b.png", "sub/c.png")  # a name that two photographs have decides nothing
    assert matches_from_database(file, both) == {}


def test_as_porf_keeps_them(file: Path, tmp_path: Path) -> None:
    found = matches_from_database(file, PHOTOGRAPHS)
    write_all_matches(tmp_path, found)
    read = matches_of(tmp_path)
    assert sorted(path.name for path in (tmp_path / "colmap_matches").iterdir()) == ["000001.npz", "000002.npz"]
    for number, matches in found.items():
        assert read[number].sources.tolist() == matches.sources.tolist()
        np.testing.assert_allclose(read[number].points[0], matches.points[0], atol=1e-12)


def test_nothing_is_written(file: Path) -> None:
    before = (file.read_bytes(), sorted(file.parent.iterdir()))
    file.chmod(0o444)
    matches_from_database(file, PHOTOGRAPHS)
    assert (file.read_bytes(), sorted(file.parent.iterdir())) == before


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"


@pytest.mark.parametrize(
    ("statements", "named"),
    [
        (("DROP TABLE keypoints",), "no plain table keypoints"),
        (("DROP TABLE images", f"CREATE VIEW images AS {ENDLESS} SELECT x AS image_id, 'a' AS name FROM n"), "images"),
        (
            (
                "DROP TABLE images",
                "CREATE TABLE images (image_id INTEGER, name TEXT GENERATED ALWAYS AS (hex(zeroblob(99999999))))",
            ),
            "no plain table images",
        ),
        (("DROP TABLE images", "CREATE TABLE images (other)"), "no such column"),
        (("UPDATE images SET name = NULL WHERE image_id = 2",), "no number or no name"),
        (("UPDATE two_view_geometries SET rows = 7 WHERE rows = 6",), "cut short"),
        (("UPDATE two_view_geometries SET cols = 3",), "impossible size"),
        (("UPDATE two_view_geometries SET data = 'text' WHERE rows = 6",), "impossible size"),
        (("UPDATE two_view_geometries SET rows = 99999999999 WHERE rows = 6",), "more than 4000000 matches"),
        (("UPDATE two_view_geometries SET rows = 'many' WHERE rows = 6",), "impossible size"),
        (("UPDATE two_view_geometries SET pair_id = -1 WHERE rows = 6",), "belong to no images"),
        (("UPDATE keypoints SET rows = 3, data = substr(data, 1, 24) WHERE image_id = 5",), "not there"),
        (("UPDATE keypoints SET rows = 11",), "cut short"),
        (("UPDATE keypoints SET rows = 99999999999",), "more than 20000000 keypoints"),
        (("UPDATE keypoints SET cols = 1, rows = 24 WHERE image_id = 5",), "not finite numbers"),
        (("DELETE FROM keypoints",), "keypoints of image 2 are missing"),
    ],
)
def test_what_is_wrong_is_named(file: Path, statements: tuple[str, ...], named: str) -> None:
    change(file, *statements)
    with pytest.raises(CaptureError, match=named) as caught:
        matches_from_database(file, PHOTOGRAPHS)
    assert str(file) in str(caught.value)


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000),
        lambda file: file.write_text("hello"),
        lambda file: file.write_bytes(file.read_bytes()[:9000]),
        lambda file: file.unlink(),
    ],
)
def test_no_database(file: Path, damage: Callable[[Path], object]) -> None:
    damage(file)
    with pytest.raises(CaptureError, match="data base"):
        matches_from_database(file, PHOTOGRAPHS)


def test_seeded_damage_never_escapes(file: Path) -> None:
    whole = file.read_bytes()
    random = np.random.default_rng(2)
    for _ in range(300):
        content = bytearray(whole)
        for place in random.integers(0, len(whole), 8):
            content[place] = random.integers(0, 256)
        file.write_bytes(content)
        try:
            matches_from_database(file, PHOTOGRAPHS)
        except CaptureError as error:
            assert str(file) in str(error)  # noqa: PT017 - either ending is good
