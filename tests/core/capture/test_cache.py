"""Large captures: what is kept in the cache folder is what the files hold, and never more than it may be."""

import errno
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from core.capture import cache, photographs, read
from core.capture.capture import Capture
from core.capture.images import write_exr, write_png16
from core.capture.import_options import ImportOptions
from core.capture.mapped import MappedPhotographs
from core.capture.read import read_capture
from core.capture.rim import kept_pixels
from core.errors import Cancelled, CaptureError
from core.fit.fingerprint import capture_fingerprint
from tests.core.capture import png_by_hand as png


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of its own, and no capture small enough for memory."""
    monkeypatch.setattr(cache, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(read, "fits_in_memory", lambda *_: False)
    return tmp_path / "cache"


@pytest.fixture
def folder(tmp_path: Path, tiny_capture_folder: Path) -> Path:
    return Path(shutil.copytree(tiny_capture_folder, tmp_path / "capture"))


def names(place: Path) -> list[str]:
    return sorted(file.name for file in place.iterdir())


def counted(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The photographs that are decoded from now on."""
    seen: list[Path] = []
    decode = photographs.linear_photograph

    def counting(shot, listing, options):
        seen.append(shot.file)
        return decode(shot, listing, options)

    monkeypatch.setattr(photographs, "linear_photograph", counting)
    return seen


def test_a_mapped_capture_is_the_same_capture(place: Path, tiny_capture: Capture, tiny_capture_folder: Path) -> None:
    capture = read_capture(tiny_capture_folder)
    assert isinstance(capture.photographs, MappedPhotographs)
    for image, key in enumerate(capture.keys):
        kept = kept_pixels(tiny_capture.masks[key.view])
        assert np.array_equal(capture.photographs[image][kept], tiny_capture.photographs[image][kept])
        assert np.array_equal(capture.object_pixels(image), tiny_capture.object_pixels(image))
    assert capture.problems == tiny_capture.problems
    assert capture_fingerprint(capture) == capture_fingerprint(tiny_capture)


def test_the_second_opening_decodes_nothing(folder: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = read_capture(folder)
    seen = counted(monkeypatch)
    again = read_capture(folder)
    assert seen == []
    assert capture_fingerprint(first) == capture_fingerprint(again)
    assert first.problems == again.problems


def test_another_photograph_is_another_entry(folder: Path, place: Path) -> None:
    before = read_capture(folder)
    write_png16(folder / "image" / "V01L02.png", np.full((48, 48, 3), 0.25))
    after = read_capture(folder)
    assert capture_fingerprint(before) != capture_fingerprint(after)
    assert np.all(after.object_pixels(after.keys.index(before.keys[6])) == round(0.25 * 65535))
    assert len(cache.entries()) == 2


def test_the_same_photographs_elsewhere_are_the_same_entry(
    folder: Path, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_capture(folder)
    seen = counted(monkeypatch)
    read_capture(Path(shutil.copytree(folder, tmp_path / "moved")))
    assert seen == []


@pytest.mark.parametrize("damage", ["pixels.bin", "index.json"])
def test_a_damaged_entry_is_made_again(folder: Path, place: Path, damage: str) -> None:
    before = capture_fingerprint(read_capture(folder))
    file = next(place.glob(f"pixels-*/{damage}"))
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert capture_fingerprint(read_capture(folder)) == before


def test_cancelling_leaves_nothing(folder: Path, place: Path) -> None:
    def cancel(what: str, _fraction: float) -> None:
        if what == "Preparing photograph V02L01":
            raise Cancelled

    with pytest.raises(Cancelled):
        read_capture(folder, progress=cancel)
    assert names(place) == ["contents.json"]


def test_a_damaged_photograph_leaves_nothing(folder: Path, place: Path) -> None:
    file = folder / "image" / "V02L01.png"
    file.write_bytes(file.read_bytes()[:200])
    with pytest.raises(CaptureError, match=r"V02L01\.png"):
        read_capture(folder)
    assert names(place) == ["contents.json"]


def test_what_was_used_longest_ago_makes_room(folder: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_capture(folder)
    (first,) = cache.entries()
    os.utime(place / first.name / "index.json", (1, 1))
    monkeypatch.setattr(cache, "size_limit", lambda: int(first.bytes * 1.2))
    read_capture(folder, options=ImportOptions(encoding="srgb"))
    (left,) = cache.entries()
    assert left.name != first.name


def test_no_room_at_all_is_said(folder: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "size_limit", lambda: 10)
    with pytest.raises(CaptureError, match="free some disk space"):
        read_capture(folder)


def test_the_cache_is_cleaned_and_open_captures_stay(folder: Path, place: Path) -> None:
    capture = read_capture(folder)
    before = capture.object_pixels(0).copy()
    (entry,) = cache.entries()
    assert entry.folder == str(folder)
    assert cache.clear() == entry.bytes > 0
    assert cache.entries() == ()
    assert np.array_equal(capture.object_pixels(0), before)


def test_floats_are_kept_as_half_floats(folder: Path, place: Path) -> None:
    rng = np.random.default_rng(0)
    for file in (folder / "image").iterdir():
        write_exr(file.with_suffix(".exr"), rng.uniform(0.0, 3.0, (48, 48, 3)))
        file.unlink()
    capture = read_capture(folder)
    assert capture.photographs[0].dtype == np.float16
    assert 2.0 < capture.linear(0).max() <= 3.0


def test_eight_bits_become_sixteen(folder: Path, place: Path, tiny_capture: Capture) -> None:
    for file in (folder / "image").iterdir():
        png.write_samples(file, np.full((48, 48, 3), 51, np.uint8), png.RGB)
    assert np.all(read_capture(folder).object_pixels(2) == 51 * 257)


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "free some disk space"),
        (errno.EACCES, "set XDG_CACHE_HOME"),
        (errno.ENOENT, "set XDG_CACHE_HOME"),
        (errno.EROFS, "set XDG_CACHE_HOME"),
    ],
)
def test_what_helps_depends_on_why_nothing_can_be_kept(
    place: Path, tiny_capture_folder: Path, monkeypatch: pytest.MonkeyPatch, number: int, remedy: str
) -> None:
    def refuse(_needed: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(cache, "make_room", refuse)
    with pytest.raises(CaptureError) as error:
        read_capture(tiny_capture_folder)
    assert remedy in str(error.value)
    assert ("disk space" in str(error.value)) == (number == errno.ENOSPC)
